#include "smtp_load_session.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace smtp_load {

namespace {

constexpr const char* kHello = "EHLO mail.sender.example\r\n";
constexpr std::size_t kPieceBytes = 16384;  // one TLS record

float ms_since(Time::time_point then) { return std::chrono::duration<float, std::milli>(Time::now() - then).count(); }

const char* name_of(int state) {
  static constexpr const char* kNames[] = {"connect", "greeting", "EHLO", "STARTTLS", "TLS handshake",
                                           "MAIL",    "RCPT",     "DATA", "content",  "QUIT"};
  return kNames[state];
}

}  // namespace

void Results::add(Results&& other) {
  latencies_ms.insert(latencies_ms.end(), other.latencies_ms.begin(), other.latencies_ms.end());
  ready_ms.insert(ready_ms.end(), other.ready_ms.begin(), other.ready_ms.end());
  replies.insert(replies.end(), std::make_move_iterator(other.replies.begin()),
                 std::make_move_iterator(other.replies.end()));
  complaints.insert(complaints.end(), other.complaints.begin(), other.complaints.end());
  failed += other.failed;
  resumed += other.resumed;
}

bool Session::start() {
  Plan& plan = worker_.plan_;
  close();
  if (plan.failures.load() > Plan::kFailuresMax) return false;
  number_ = plan.next.fetch_add(plan.per_connection);
  if (number_ >= plan.messages) return false;
  end_ = std::min(plan.messages, number_ + plan.per_connection);
  connected_ = progress_ = Time::now();
  state_ = State::kConnecting;
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(plan.port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    fail(std::strerror(errno));
    return false;
  }
  epoll_event event{};
  event.events = watched_ = EPOLLIN | EPOLLOUT;
  event.data.ptr = this;
  ::epoll_ctl(worker_.epoll_, EPOLL_CTL_ADD, fd_, &event);
  return true;
}

bool Session::advance(std::uint32_t events) {
  progress_ = Time::now();
  if (state_ == State::kConnecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(std::strerror(error));
    if ((events & EPOLLOUT) == 0) return true;
    const std::string& client = worker_.plan_.proxied_from;
    expect(State::kGreeting, client.empty() ? "" : "PROXY TCP4 " + client + " 127.0.0.1 40000 25\r\n");
    watch(EPOLLIN);
  }
  if (state_ == State::kHandshake && !shake_hands()) return false;
  if (state_ == State::kHandshake) return true;
  if (!flush()) return fail("the peer hung up");
  return (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || read_and_answer();
}

bool Session::shake_hands() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_);
  if (done == 1) {
    if (SSL_session_reused(ssl_) != 0) ++worker_.results_.resumed;
    expect(State::kEhlo, kHello);
    watch(EPOLLIN);
    return true;
  }
  const int error = SSL_get_error(ssl_, done);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    watch(error == SSL_ERROR_WANT_WRITE ? EPOLLIN | EPOLLOUT : EPOLLIN);
    return true;
  }
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return fail(reason != nullptr ? reason : "the peer hung up");
}

bool Session::read_and_answer() {
  char block[kPieceBytes];
  for (;;) {
    const long got = get(block, sizeof block);
    if (got == 0) return true;
    if (got < 0) return state_ == State::kQuit ? false : fail("the peer hung up");
    input_.append(block, static_cast<std::size_t>(got));
    std::size_t at = 0;
    for (std::size_t end; (end = input_.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string_view line(input_.data() + at, end - at);
      if ((line.size() < 4 || line[3] != '-') && !take_line(line)) return false;
    }
    input_.erase(0, at);
    if (state_ == State::kHandshake)
      return shake_hands() && (state_ == State::kHandshake || flush() || fail("the peer hung up"));
    if (!flush()) return fail("the peer hung up");
  }
}

bool Session::take_line(std::string_view line) {
  const int code = std::atoi(std::string(line.substr(0, 3)).c_str());
  if (state_ == State::kQuit) return false;
  const int wanted = state_ == State::kGreeting || state_ == State::kStartTls ? 220
                     : state_ == State::kData                                 ? 354
                                                                              : 250;
  if (code != wanted) return fail(line);
  return state_ < State::kMail ? take_setup_reply(code) : take_mail_reply(code, line);
}

bool Session::take_setup_reply(int /*code*/) {
  switch (state_) {
    case State::kGreeting: expect(State::kEhlo, kHello); return true;
    case State::kEhlo:
      if (!worker_.plan_.tls || ssl_ != nullptr) return ready();
      expect(State::kStartTls, "STARTTLS\r\n");
      return true;
    default:
      ssl_ = SSL_new(worker_.context_);
      SSL_set_fd(ssl_, fd_);
      SSL_set_connect_state(ssl_);
      if (worker_.plan_.resume && worker_.session_ != nullptr) SSL_set_session(ssl_, worker_.session_);
      state_ = State::kHandshake;
      return true;
  }
}

bool Session::ready() {
  worker_.results_.ready_ms.push_back(ms_since(connected_));
  return next_message();
}

bool Session::next_message() {
  if (number_ == end_) {
    expect(State::kQuit, "QUIT\r\n");
    return true;
  }
  begun_ = Time::now();
  const Plan& plan = worker_.plan_;
  std::string text = "MAIL FROM:<" + plan.sender + ">\r\n";
  if (plan.pipelining) text += "RCPT TO:<" + plan.rcpt + ">\r\nDATA\r\n";
  expect(State::kMail, std::move(text));
  return true;
}

bool Session::take_mail_reply(int /*code*/, std::string_view line) {
  Plan& plan = worker_.plan_;
  switch (state_) {
    case State::kMail: expect(State::kRcpt, plan.pipelining ? "" : "RCPT TO:<" + plan.rcpt + ">\r\n"); return true;
    case State::kRcpt: expect(State::kData, plan.pipelining ? "" : "DATA\r\n"); return true;
    case State::kData: begin_content(); return true;
    default:
      worker_.results_.latencies_ms.push_back(ms_since(begun_));
      if (plan.keeps_replies) worker_.results_.replies.emplace_back(number_, line.substr(0, line.find('\r')));
      ++number_;
      return next_message();
  }
}

void Session::begin_content() {
  const Plan& plan = worker_.plan_;
  // An id of its own makes every message a new one: a repeated delivery would be recognised and not stored.
  expect(State::kContent, "Message-ID: <" + plan.run_name + "." + std::to_string(number_) + "@load.example>\r\n");
  body_ = plan.bodies[static_cast<std::size_t>(number_) % plan.bodies.size()];
}

void Session::expect(State state, std::string text) {
  state_ = state;
  pending_ += text;
}

void Session::refill() {
  if (body_.empty()) return;
  const std::size_t room = kPieceBytes - std::min(kPieceBytes, pending_.size());
  pending_.append(body_.substr(0, room));
  body_.remove_prefix(std::min(room, body_.size()));
}

bool Session::flush() {
  for (;;) {
    if (written_ == pending_.size()) {
      pending_.clear();
      written_ = 0;
    }
    if (written_ == 0) refill();
    if (pending_.empty()) break;
    const long put_bytes = put(pending_.data() + written_, pending_.size() - written_);
    if (put_bytes < 0) return false;
    if (put_bytes == 0) {
      watch(EPOLLIN | EPOLLOUT);
      return true;
    }
    written_ += static_cast<std::size_t>(put_bytes);
  }
  watch(EPOLLIN);
  return true;
}

long Session::put(const char* at, std::size_t size) {
  if (ssl_ == nullptr) {
    const ssize_t done = ::send(fd_, at, size, MSG_NOSIGNAL);
    return done >= 0 ? done : errno == EAGAIN ? 0 : -1;
  }
  ERR_clear_error();
  const int done = SSL_write(ssl_, at, static_cast<int>(size));
  if (done > 0) return done;
  const int error = SSL_get_error(ssl_, done);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

long Session::get(char* at, std::size_t size) {
  if (ssl_ == nullptr) {
    const ssize_t done = ::recv(fd_, at, size, 0);
    return done > 0 ? done : done < 0 && errno == EAGAIN ? 0 : -1;
  }
  ERR_clear_error();
  const int done = SSL_read(ssl_, at, static_cast<int>(size));
  if (done > 0) return done;
  const int error = SSL_get_error(ssl_, done);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

void Session::watch(std::uint32_t events) {
  if (events == watched_) return;
  epoll_event event{};
  event.events = watched_ = events;
  event.data.ptr = this;
  ::epoll_ctl(worker_.epoll_, EPOLL_CTL_MOD, fd_, &event);
}

bool Session::give_up_if_stalled(Time::time_point now) {
  if (fd_ < 0 || now - progress_ < std::chrono::seconds(worker_.plan_.stall_seconds)) return false;
  fail("no answer");
  return true;
}

bool Session::fail(std::string_view what) {
  // What this connection had claimed stays unsent: a run with a failure is void anyway.
  ++worker_.results_.failed;
  worker_.plan_.failures.fetch_add(1);
  worker_.results_.complaints.push_back(std::string(name_of(static_cast<int>(state_))) + ": " +
                                        std::string(what.substr(0, what.find('\r'))));
  close();
  return false;
}

void Session::close() {
  if (ssl_ != nullptr) {
    SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else the session counts as broken
    SSL_free(ssl_);
  }
  if (fd_ >= 0) ::close(fd_);
  ssl_ = nullptr;
  fd_ = -1;
  pending_.clear();
  input_.clear();
  written_ = 0;
  body_ = {};
}

Worker::Worker(Plan& plan, Results& results)
    : plan_(plan),
      results_(results),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context_,
                                 plan.resume ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
  SSL_CTX_set_app_data(context_, this);
  SSL_CTX_sess_set_new_cb(context_, keep_session);
}

Worker::~Worker() {
  sessions_.clear();
  if (session_ != nullptr) SSL_SESSION_free(session_);
  SSL_CTX_free(context_);
  ::close(epoll_);
}

int Worker::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto& worker = *static_cast<Worker*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (worker.session_ != nullptr) SSL_SESSION_free(worker.session_);
  worker.session_ = session;
  return 1;
}

void Worker::run(int connections) {
  int alive = 0;
  for (int i = 0; i < connections; ++i) alive += sessions_.emplace_back(*this).start() ? 1 : 0;
  std::vector<epoll_event> events(256);
  auto looked = Time::now();
  while (alive > 0) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
    for (int i = 0; i < count; ++i) {
      auto& session = *static_cast<Session*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (!session.advance(events[static_cast<std::size_t>(i)].events) && !session.start()) --alive;
    }
    const auto now = Time::now();
    if (now - looked < std::chrono::seconds(1)) continue;
    looked = now;
    for (auto& session : sessions_) {
      if (session.give_up_if_stalled(now) && !session.start()) --alive;
    }
  }
}

}  // namespace smtp_load
