#pragma once
// tests/bench/smtp_load_session.h: one client connection of smtp_load as a state machine over a non-blocking socket,
// and the thread that drives many of them. Threads: a Worker and its Sessions belong to one thread; Plan is shared, its
// counters are atomic, the rest constant. Errors: anything but the expected reply ends the session, counts as failed
// and leaves a complaint; no retry.
#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smtp_load {

using Time = std::chrono::steady_clock;

/// What is to be done, for all threads.
struct Plan {
  int port = 0;
  int messages = 1;
  int per_connection = 1;
  int stall_seconds = 30;  ///< A connection that waits this long for a reply has failed.
  bool tls = false;
  bool resume = false;      ///< Offer the TLS session of an earlier connection of the same thread.
  bool pipelining = false;  ///< MAIL, RCPT and DATA in one write.
  bool keeps_replies = false;
  std::string sender, rcpt;
  std::string proxied_from;  ///< Each connection says in a PROXY line that it comes from this IPv4 address.
  std::string run_name = std::to_string(Time::now().time_since_epoch().count());
  std::vector<std::string> bodies;  ///< Dot-stuffed, with the final dot.
  std::atomic<int> next{0};         ///< First message that no connection has claimed.
  std::atomic<int> failures{0};
  static constexpr int kFailuresMax = 20;  ///< More of them end the whole run.
};

/// What came of it, of one thread or of all.
struct Results {
  std::vector<float> latencies_ms, ready_ms;
  std::vector<std::pair<int, std::string>> replies;
  std::vector<std::string> complaints;
  int failed = 0, resumed = 0;

  void add(Results&& other);
};

class Worker;

class Session {
 public:
  explicit Session(Worker& worker) : worker_(worker) {}
  ~Session() { close(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Claims the next messages and connects; false when none are left.
  bool start();
  /// Takes what epoll reported; false when the session has ended and start() may be called again.
  bool advance(std::uint32_t events);
  /// Ends the session when it has waited for too long; true then.
  bool give_up_if_stalled(Time::time_point now);

 private:
  enum class State { kConnecting, kGreeting, kEhlo, kStartTls, kHandshake, kMail, kRcpt, kData, kContent, kQuit };

  bool take_line(std::string_view line);
  bool take_setup_reply(int code);
  bool take_mail_reply(int code, std::string_view line);
  bool ready();
  bool next_message();
  void expect(State state, std::string text);
  void begin_content();
  bool shake_hands();
  bool read_and_answer();
  /// Writes what is pending; false when the connection is broken.
  bool flush();
  /// Moves the next piece of the body behind what is pending.
  void refill();
  long put(const char* at, std::size_t size);
  long get(char* at, std::size_t size);
  void watch(std::uint32_t events);
  bool fail(std::string_view what);
  void close();

  Worker& worker_;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  State state_ = State::kConnecting;
  std::uint32_t watched_ = 0;
  int number_ = 0, end_ = 0;  ///< The message that is being sent, and the one after this connection's share.
  std::string pending_, input_;
  std::size_t written_ = 0;
  std::string_view body_;  ///< What is left of the message.
  Time::time_point connected_, begun_, progress_;
};

class Worker {
 public:
  Worker(Plan& plan, Results& results);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void run(int connections);

 private:
  friend class Session;
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  Plan& plan_;
  Results& results_;
  int epoll_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL_SESSION* session_ = nullptr;
  std::deque<Session> sessions_;
};

}  // namespace smtp_load
