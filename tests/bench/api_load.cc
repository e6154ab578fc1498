// api_load: a closed-loop HTTPS client: every connection sends its next request when the last one was answered in full. One thread a
// connection, keep-alive, TLS 1.3, nothing is verified.
//   api_load --port N --plan FILE [--authorization TEXT] [--cookie TEXT] [--plain 1] [--connections N] [--seconds S] [--requests N] [--warm N]
// The plan has one request a line, METHOD, TARGET and perhaps a body, between tabs; they are taken in turn, again from the first on
// behind the last. It ends after so many seconds or requests, whichever comes first; the first --warm requests are not counted.
// Prints one JSON object: latencies in ms, from the first byte sent to the last one read; statuses; cpu_ms is the client's own.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

struct Options {
  unsigned short port = 0;
  std::string plan, authorization, cookie;
  bool is_plain = false;  // without TLS
  std::size_t connections = 1, requests = ~std::size_t{0}, warm = 0;
  double seconds = 10;
};

struct Step {
  http::verb verb;
  std::string target, body;
};

struct Tally {
  std::vector<double> ms;
  std::map<unsigned, std::size_t> statuses;
  std::size_t bytes = 0;
  std::string complaint;  // the first answer that is none of 2xx
};

std::vector<Step> read_plan(const std::string& path) {
  std::vector<Step> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find('\t');
    if (first == std::string::npos) continue;
    const std::size_t second = line.find('\t', first + 1);
    Step step{http::string_to_verb(line.substr(0, first)), line.substr(first + 1, second - first - 1), {}};
    if (second != std::string::npos) step.body = line.substr(second + 1);
    out.push_back(std::move(step));
  }
  return out;
}

class Load {
 public:
  explicit Load(const Options& options) : options_(options), plan_(read_plan(options.plan)) {}

  int run() {
    if (plan_.empty()) {
      std::fprintf(stderr, "api_load: the plan is empty\n");
      return 2;
    }
    end_ = Clock::now() + std::chrono::microseconds(static_cast<long>(options_.seconds * 1e6));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < options_.connections; ++i) threads.emplace_back([this] { connect(); });
    for (std::thread& each : threads) each.join();
    report();
    return failure_.empty() ? 0 : 1;
  }

 private:
  void connect() {
    Tally tally;
    try {
      converse(tally);
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex_);
      if (failure_.empty()) failure_ = error.what();
    }
    const std::lock_guard lock(mutex_);
    all_.ms.insert(all_.ms.end(), tally.ms.begin(), tally.ms.end());
    all_.bytes += tally.bytes;
    for (const auto& [status, count] : tally.statuses) all_.statuses[status] += count;
    if (all_.complaint.empty()) all_.complaint = tally.complaint;
  }

  // One connection after the other: servers end one after so many requests.
  void converse(Tally& tally) {
    while (!is_over_) connect_once(tally);
  }

  void connect_once(Tally& tally) {
    asio::io_context io(1);
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), options_.port});
    socket.set_option(asio::ip::tcp::no_delay(true));
    if (options_.is_plain) return take_turns(socket, tally);
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_verify_mode(asio::ssl::verify_none);
    beast::ssl_stream<asio::ip::tcp::socket> stream(std::move(socket), context);
    SSL_set_tlsext_host_name(stream.native_handle(), "localhost");
    stream.handshake(asio::ssl::stream_base::client);
    take_turns(stream, tally);
  }

  template <class Stream>
  void take_turns(Stream& stream, Tally& tally) {
    beast::flat_buffer buffer;
    for (;;) {
      const std::size_t turn = next_.fetch_add(1);
      if (turn >= options_.requests || Clock::now() >= end_) {
        is_over_ = true;
        return;
      }
      if (turn == options_.warm) begin_ = Clock::now();
      if (!ask(stream, buffer, plan_[turn % plan_.size()], turn >= options_.warm, tally)) return;
    }
  }

  // False when the server ends the connection.
  template <class Stream>
  bool ask(Stream& stream, beast::flat_buffer& buffer, const Step& step, bool counts, Tally& tally) {
    http::request<http::string_body> request{step.verb, step.target, 11};
    request.set(http::field::host, "localhost:" + std::to_string(options_.port));
    request.set(http::field::user_agent, "api_load");
    if (!options_.authorization.empty()) request.set(http::field::authorization, options_.authorization);
    if (!options_.cookie.empty()) request.set(http::field::cookie, options_.cookie);
    if (!step.body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = step.body;
    request.prepare_payload();
    http::response_parser<http::string_body> answer;
    answer.body_limit(std::uint64_t{256} << 20U);
    const auto begin = Clock::now();
    http::write(stream, request);
    http::read(stream, buffer, answer);
    if (!counts) return answer.get().keep_alive();
    tally.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    const unsigned status = answer.get().result_int();
    ++tally.statuses[status];
    tally.bytes += answer.get().body().size();
    if (status / 100 != 2 && tally.complaint.empty()) tally.complaint = step.target + ": " + answer.get().body().substr(0, 300);
    return answer.get().keep_alive();
  }

  void report() {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_.load()).count();
    std::vector<double>& ms = all_.ms;
    std::ranges::sort(ms);
    const auto at = [&ms](double share) { return ms.empty() ? 0.0 : ms[std::min(ms.size() - 1, static_cast<std::size_t>(static_cast<double>(ms.size()) * share))]; };
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const double cpu_ms = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 + static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    std::string statuses;
    for (const auto& [status, count] : all_.statuses) statuses += (statuses.empty() ? "\"" : ", \"") + std::to_string(status) + "\": " + std::to_string(count);
    std::printf("{\"requests\": %zu, \"seconds\": %.3f, \"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"max\": %.3f, \"statuses\": {%s}, \"bytes\": %zu, \"cpu_ms\": %.0f}\n",
                ms.size(), seconds, at(0.5), at(0.9), at(0.99), at(1), statuses.c_str(), all_.bytes, cpu_ms);
    if (!all_.complaint.empty()) std::fprintf(stderr, "api_load: %s\n", all_.complaint.c_str());
    if (!failure_.empty()) std::fprintf(stderr, "api_load: %s\n", failure_.c_str());
  }

  const Options options_;
  const std::vector<Step> plan_;
  Clock::time_point end_;
  std::atomic<Clock::time_point> begin_{Clock::now()};
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> is_over_{false};
  std::mutex mutex_;
  Tally all_;
  std::string failure_;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const char* const value = argv[i + 1];
    if (name == "--port") {
      options.port = static_cast<unsigned short>(std::atoi(value));
    } else if (name == "--plan") {
      options.plan = value;
    } else if (name == "--authorization") {
      options.authorization = value;
    } else if (name == "--cookie") {
      options.cookie = value;
    } else if (name == "--plain") {
      options.is_plain = std::strcmp(value, "1") == 0;
    } else if (name == "--connections") {
      options.connections = std::strtoul(value, nullptr, 10);
    } else if (name == "--requests") {
      options.requests = std::strtoul(value, nullptr, 10);
    } else if (name == "--warm") {
      options.warm = std::strtoul(value, nullptr, 10);
    } else if (name == "--seconds") {
      options.seconds = std::atof(value);
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && options.port != 0 && !options.plan.empty() && options.connections > 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "api_load --port N --plan FILE [--authorization TEXT] [--cookie TEXT] [--plain 1] [--connections N] [--seconds S] [--requests N] [--warm N]\n");
    return 2;
  }
  return Load(options).run();
}
