// smtp_load: a closed-loop SMTP load generator: every connection sends its next message when the last one was answered.
// usage: smtp_load PORT CONNECTIONS MESSAGES PER_CONNECTION plain|starttls FOLDER SENDER RCPT
// Prints one line: sent=… failed=… seconds=… rate=… p50_ms=… p99_ms=…  (latency: MAIL to the final reply)
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Time = std::chrono::steady_clock;

struct Plan {
  int port = 0;
  int connections = 1;
  int messages = 1;
  int per_connection = 1;
  bool tls = false;
  std::string sender, rcpt;
  std::string run_name = std::to_string(Time::now().time_since_epoch().count());
  std::vector<std::string> bodies;  // dot-stuffed, with the final dot
  std::atomic<int> next{0};
  std::atomic<int> failed{0};
  std::mutex mutex;
  std::vector<double> latencies_ms;
  SSL_CTX* context = nullptr;
};

class Connection {
 public:
  explicit Connection(Plan& plan) : plan_(plan) {}
  ~Connection() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    if (fd_ >= 0) ::close(fd_);
  }
  Connection(const Connection&) = delete;

  bool open() {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(plan_.port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return false;
    if (reply() != 220 || !say("EHLO load.sender.example\r\n", 250)) return false;
    if (!plan_.tls) return true;
    if (!say("STARTTLS\r\n", 220)) return false;
    ssl_ = SSL_new(plan_.context);
    SSL_set_fd(ssl_, fd_);
    return SSL_connect(ssl_) == 1 && say("EHLO load.sender.example\r\n", 250);
  }

  bool send_message(const std::string& body) {
    return say("MAIL FROM:<" + plan_.sender + ">\r\n", 250) && say("RCPT TO:<" + plan_.rcpt + ">\r\n", 250) &&
           say("DATA\r\n", 354) && say(body, 250);
  }
  void quit() { say("QUIT\r\n", 221); }

 private:
  bool say(const std::string& text, int expected) {
    const char* at = text.data();
    std::size_t left = text.size();
    while (left > 0) {
      const ssize_t put = ssl_ != nullptr ? SSL_write(ssl_, at, static_cast<int>(left)) : ::send(fd_, at, left, MSG_NOSIGNAL);
      if (put <= 0) return false;
      at += put;
      left -= static_cast<std::size_t>(put);
    }
    return reply() == expected;
  }

  int reply() {
    for (;;) {
      for (std::size_t end; (end = buffer_.find("\r\n")) != std::string::npos;) {
        const std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        if (line.size() < 4 || line[3] != '-') return std::atoi(line.c_str());
      }
      char block[4096];
      const ssize_t got = ssl_ != nullptr ? SSL_read(ssl_, block, sizeof block) : ::recv(fd_, block, sizeof block, 0);
      if (got <= 0) return 0;
      buffer_.append(block, static_cast<std::size_t>(got));
    }
  }

  Plan& plan_;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  std::string buffer_;
};

void work(Plan& plan) {
  std::vector<double> latencies;
  for (bool more = true; more;) {
    Connection connection(plan);
    const bool open = connection.open();
    for (int i = 0; i < plan.per_connection; ++i) {
      const int number = plan.next.fetch_add(1);
      if (number >= plan.messages) {
        more = false;
        break;
      }
      const auto begun = Time::now();
      // An id of its own makes every message a new one: a repeated delivery would be recognised and not stored.
      const std::string unique = "Message-ID: <" + plan.run_name + "." + std::to_string(number) + "@load.example>\r\n";
      if (!open || !connection.send_message(unique + plan.bodies[static_cast<std::size_t>(number) % plan.bodies.size()])) {
        plan.failed.fetch_add(1);
        break;
      }
      latencies.push_back(std::chrono::duration<double, std::milli>(Time::now() - begun).count());
    }
    if (open) connection.quit();
  }
  std::lock_guard lock(plan.mutex);
  plan.latencies_ms.insert(plan.latencies_ms.end(), latencies.begin(), latencies.end());
}

std::string stuffed(const std::string& message) {
  std::string out;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '.' && (i == 0 || message[i - 1] == '\n')) out += '.';
    out += message[i];
  }
  return out + ".\r\n";
}

double percentile(std::vector<double>& sorted, double p) {
  return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fprintf(stderr, "usage: smtp_load PORT CONNECTIONS MESSAGES PER_CONNECTION plain|starttls FOLDER SENDER RCPT\n");
    return 2;
  }
  Plan plan;
  plan.port = std::atoi(argv[1]);
  plan.connections = std::atoi(argv[2]);
  plan.messages = std::atoi(argv[3]);
  plan.per_connection = std::atoi(argv[4]);
  plan.tls = std::string(argv[5]) == "starttls";
  plan.sender = argv[7];
  plan.rcpt = argv[8];
  for (const auto& entry : std::filesystem::directory_iterator(argv[6])) {
    std::ifstream file(entry.path(), std::ios::binary);
    plan.bodies.push_back(stuffed({std::istreambuf_iterator<char>(file), {}}));
  }
  plan.context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(plan.context, SSL_SESS_CACHE_OFF);
  const auto begun = Time::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < plan.connections; ++i) threads.emplace_back(work, std::ref(plan));
  for (auto& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Time::now() - begun).count();
  std::sort(plan.latencies_ms.begin(), plan.latencies_ms.end());
  std::printf("sent=%zu failed=%d seconds=%.3f rate=%.1f p50_ms=%.3f p99_ms=%.3f\n", plan.latencies_ms.size(), plan.failed.load(), seconds,
              static_cast<double>(plan.latencies_ms.size()) / seconds, percentile(plan.latencies_ms, 0.5), percentile(plan.latencies_ms, 0.99));
  return plan.failed.load() == 0 ? 0 : 1;
}
