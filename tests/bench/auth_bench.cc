// auth_bench: verdicts on who sent a message (SenderAuthenticator, whole: iprev, SPF, DKIM, DMARC), a second and in CPU
// time, over libunbound and a real server whose answers are warm. Started by auth_bench.py.
//   auth_bench run FOLDER DNS THREADS VERDICTS ENGINE   in process, as in Postern; ENGINE is openssl or opendkim
//   auth_bench serve PORT DNS THREADS                   a daemon of its own: a message in by HTTP, the field out
// FOLDER holds messages.tsv: file, client address, HELO name, sender, number of signatures, a line each. DNS is
// ADDRESS:PORT. `run` prints one JSON object and fails when one verdict is not a pass throughout.
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/encoding.h"
#include "net/unbound_resolver.h"
#include "pipeline/sender/authenticator.h"

namespace postern::bench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kInFlightPerThread = 8;
constexpr auto kVerdictTime = std::chrono::seconds(20);
constexpr std::size_t kRequestBytesMax = 4U << 20U;
constexpr std::string_view kAuthservId = "mx.desk.example";

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "auth_bench: {}\n", why);
  std::exit(1);
}

int to_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) fail("not a number: " + std::string(text));
  return value;
}

// A message as SMTP hands it over.
struct Mail {
  std::string file;
  pipeline::Envelope envelope;
  std::shared_ptr<const pipeline::Message> message;
  std::size_t signatures = 0;
};

std::vector<Mail> read_mails(const std::string& folder) {
  std::ifstream list(folder + "/messages.tsv");
  std::vector<Mail> mails;
  for (std::string line; std::getline(list, line);) {
    std::istringstream fields(line);
    Mail mail;
    std::string sender;
    fields >> mail.file >> mail.envelope.client_ip >> mail.envelope.helo >> sender >> mail.signatures;
    if (!fields) fail("messages.tsv: " + line);
    mail.envelope.mail_from = pipeline::split_address(sender);
    std::ifstream file(folder + "/" + mail.file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.empty()) fail("cannot read " + mail.file);
    mail.message = pipeline::Message::copy_of(bytes);
    mails.push_back(std::move(mail));
  }
  if (mails.empty()) fail("no messages in " + folder);
  return mails;
}

// Why a verdict is not the pass that these messages deserve; empty when it is.
std::string complaint(const pipeline::AuthVerdicts& verdicts, std::size_t signatures) {
  using pipeline::AuthResult;
  if (verdicts.spf.result != AuthResult::kPass) return "spf: " + verdicts.spf.reason;
  if (verdicts.dkim.size() != signatures) return "dkim: wrong number of signatures";
  for (const pipeline::DkimVerdict& dkim : verdicts.dkim) {
    if (dkim.result != AuthResult::kPass) return "dkim: " + dkim.reason;
  }
  if (verdicts.dmarc.result != AuthResult::kPass) return "dmarc: " + verdicts.dmarc.reason;
  return verdicts.iprev == AuthResult::kPass ? std::string() : "iprev";
}

struct Engine {
  Engine(asio::io_context& io, const std::string& dns, pipeline::AuthOptions options) {
    core::Result<net::Endpoint> server = net::Endpoint::parse(dns);
    if (!server) fail("DNS: " + dns);
    net::ResolverOptions settings;
    settings.servers.push_back(*server);
    core::Result<std::unique_ptr<net::UnboundResolver>> started =
        net::UnboundResolver::start(io, std::move(settings), core::system_clock());
    if (!started) fail("the resolver does not start");
    resolver = std::move(*started);
    authenticator =
        std::make_unique<pipeline::SenderAuthenticator>(*resolver, core::system_clock(), std::move(options));
  }
  std::unique_ptr<net::UnboundResolver> resolver;
  std::unique_ptr<pipeline::SenderAuthenticator> authenticator;
};

// One measured or warming run over the messages, in turn.
struct Round {
  const std::vector<Mail>& mails;
  pipeline::SenderAuthenticator& authenticator;
  std::size_t verdicts;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> workers{0};
};

core::Task<void> work(Round& round, asio::io_context& io) {
  for (std::size_t n = round.next.fetch_add(1); n < round.verdicts; n = round.next.fetch_add(1)) {
    const Mail& mail = round.mails[n % round.mails.size()];
    pipeline::Envelope envelope = mail.envelope;
    std::shared_ptr<const pipeline::Message> message = mail.message;
    const core::Deadline by = core::Deadline::after(kVerdictTime, core::system_clock());
    const pipeline::AuthVerdicts found =
        co_await round.authenticator.authenticate(std::move(envelope), std::move(message), by);
    const std::string why = complaint(found, mail.signatures);
    if (!why.empty()) fail(mail.file + ": " + why);
  }
  if (round.workers.fetch_sub(1) == 1) io.stop();
}

double seconds_of(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return seconds_of(now);
}

// Time that this thread has run, and time that it wanted to run while others had the cores.
struct ThreadTimes {
  double ran = 0;
  double waited = 0;
};

ThreadTimes thread_times() {
  ThreadTimes times;
  std::ifstream file("/proc/thread-self/schedstat");
  if (!(file >> times.ran >> times.waited)) fail("no /proc/thread-self/schedstat");
  return {times.ran * 1e-9, times.waited * 1e-9};
}

struct Figures {
  double wall = 0;       // seconds
  double cpu = 0;        // of the whole process, libunbound's thread too
  double ran = 0;        // of the threads that verify
  double could_run = 0;  // of the same: time that others did not take from them
};

Figures measure(Round& round, asio::io_context& io, std::size_t threads) {
  io.restart();
  round.workers = threads * kInFlightPerThread;
  for (std::size_t i = 0; i < round.workers.load(); ++i) {
    asio::co_spawn(asio::make_strand(io), work(round, io), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  std::vector<ThreadTimes> times(threads);
  Figures figures;
  const double cpu_before = cpu_seconds();
  const core::Instant begun = core::system_clock().now();
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&io, &mine = times[i]] {
      const ThreadTimes before = thread_times();
      io.run();
      const ThreadTimes after = thread_times();
      mine = {after.ran - before.ran, after.waited - before.waited};
    });
  }
  for (std::thread& thread : running) thread.join();
  figures.wall = std::chrono::duration<double>(core::system_clock().now() - begun).count();
  figures.cpu = cpu_seconds() - cpu_before;
  for (const ThreadTimes& mine : times) {
    figures.ran += mine.ran;
    figures.could_run += figures.wall - mine.waited;
  }
  return figures;
}

int run(const std::vector<std::string>& arguments) {
  const std::vector<Mail> mails = read_mails(arguments[1]);
  const auto threads = static_cast<std::size_t>(std::max(1, to_number(arguments[3])));
  const auto verdicts = static_cast<std::size_t>(to_number(arguments[4]));
  pipeline::AuthOptions options;
  if (arguments[5] == "opendkim") options.dkim.engine = pipeline::DkimEngine::kOpenDkim;
  asio::io_context io(static_cast<int>(threads));
  const auto keep = asio::make_work_guard(io);
  const Engine engine(io, arguments[2], std::move(options));
  Round warming{mails, *engine.authenticator, mails.size()};
  (void)measure(warming, io, 1);
  Round round{mails, *engine.authenticator, verdicts};
  const Figures figures = measure(round, io, threads);
  const auto count = static_cast<double>(verdicts);
  const auto used = static_cast<double>(threads);
  fmt::print(
      "{{\"threads\": {}, \"engine\": \"{}\", \"verdicts\": {}, \"seconds\": {:.4f}, \"cpu_us\": {:.2f}, "
      "\"per_second\": {:.0f}, \"per_second_alone\": {:.0f}, \"busy_share\": {:.4f}}}\n",
      threads, arguments[5], verdicts, figures.wall, figures.cpu * 1e6 / count, count / figures.wall,
      count / (figures.could_run / used), figures.ran / figures.could_run);
  engine.resolver->stop();
  return 0;
}

// A header line of the request, by rspamd's names, so that one client drives both.
std::string field(const std::string& head, std::string_view name) {
  std::istringstream lines(head);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos || !core::equals_ignoring_case(line.substr(0, colon), name)) continue;
    return line.substr(colon + 2, line.find('\r') - colon - 2);
  }
  return {};
}

core::Task<void> serve_connection(asio::ip::tcp::socket socket, pipeline::SenderAuthenticator& authenticator) {
  std::string buffer;
  for (;;) {
    const auto [error, size] = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer, kRequestBytesMax),
                                                               "\r\n\r\n", core::kTuple);
    if (error) co_return;
    const std::string head = buffer.substr(0, size);
    const auto wanted = size + static_cast<std::size_t>(to_number(field(head, "content-length")));
    if (wanted > buffer.size()) {
      const std::size_t have = buffer.size();
      buffer.resize(wanted);
      const auto [failure, got] =
          co_await asio::async_read(socket, asio::buffer(buffer.data() + have, wanted - have), core::kTuple);
      if (failure || got != wanted - have) co_return;
    }
    pipeline::Envelope envelope;
    envelope.client_ip = field(head, "ip");
    envelope.helo = field(head, "helo");
    envelope.mail_from = pipeline::split_address(field(head, "from"));
    std::shared_ptr<const pipeline::Message> message =
        pipeline::Message::copy_of(std::string_view(buffer).substr(size, wanted - size));
    const core::Deadline by = core::Deadline::after(kVerdictTime, core::system_clock());
    const pipeline::AuthVerdicts found =
        co_await authenticator.authenticate(std::move(envelope), std::move(message), by);
    const std::string body = pipeline::authentication_results_header(found, kAuthservId);
    const std::string reply = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    buffer.erase(0, wanted);
    const auto [failure, sent] = co_await asio::async_write(socket, asio::buffer(reply), core::kTuple);
    if (failure || sent != reply.size()) co_return;
  }
}

core::Task<void> accept_connections(asio::ip::tcp::acceptor& acceptor, pipeline::SenderAuthenticator& authenticator,
                                    asio::io_context& io) {
  for (;;) {
    auto strand = asio::make_strand(io);
    auto [error, socket] = co_await acceptor.async_accept(strand, core::kTuple);
    if (error) co_return;
    socket.set_option(asio::ip::tcp::no_delay(true));
    asio::co_spawn(strand, serve_connection(std::move(socket), authenticator), [](const std::exception_ptr& failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
}

// Ends by a signal.
int serve(const std::vector<std::string>& arguments) {
  const int threads = std::max(1, to_number(arguments[3]));
  asio::io_context io(threads);
  const Engine engine(io, arguments[2], {});
  const auto port = static_cast<std::uint16_t>(to_number(arguments[1]));
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
  asio::co_spawn(io, accept_connections(acceptor, *engine.authenticator, io), [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  });
  std::vector<std::thread> running;
  for (int i = 1; i < threads; ++i) running.emplace_back([&io] { io.run(); });
  io.run();
  for (std::thread& thread : running) thread.join();
  return 0;
}

}  // namespace
}  // namespace postern::bench

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  if (arguments.size() == 6 && arguments[0] == "run") return postern::bench::run(arguments);
  if (arguments.size() == 4 && arguments[0] == "serve") return postern::bench::serve(arguments);
  fmt::print(stderr, "usage: auth_bench run FOLDER DNS THREADS VERDICTS openssl|opendkim | serve PORT DNS THREADS\n");
  return 2;
}
