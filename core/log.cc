#include "core/log.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <mutex>

#include "core/clock.h"
#include "core/metrics.h"

namespace postern::core::log {
namespace {

constexpr std::size_t kValueBytesMax = 200;
constexpr std::size_t kPrintableBytesMax = 30;

std::atomic<Level> current_level{Level::kInfo};

// A full pipe, whose reader stands still, loses the line rather than stopping the service. stderr may be shared with
// other programs, so it is not made non-blocking; a pipe that polls as writable takes PIPE_BUF bytes at once (pipe(7)),
// and the lock keeps a second thread from taking that room in between.
void write_stderr(std::string_view line) {
  static std::mutex mutex;
  static Counter& dropped = metrics().counter("postern_log_lines_dropped_total", "log lines that stderr did not take");
  std::string out(line.substr(0, PIPE_BUF - 1));
  out += '\n';
  const std::lock_guard lock(mutex);
  pollfd room{STDERR_FILENO, POLLOUT, 0};
  const bool has_room = ::poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0;
  if (!has_room || ::write(STDERR_FILENO, out.data(), out.size()) < 0) dropped.add();
}
std::atomic<Sink> current_sink{&write_stderr};

std::mutex key_mutex;
std::string& hash_key() {
  static std::string key = "postern-log";
  return key;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text.substr(0, kValueBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += '?';
    } else {
      out += c;
    }
  }
  out += '"';
}

void emit(Level level, std::string_view word, std::string_view event, Fields fields) {
  if (level < current_level.load(std::memory_order_relaxed)) return;
  std::string line = R"({"ts":")";
  line += to_rfc3339(system_clock().wall_now());
  line += R"(","level":")";
  line += word;
  line += R"(","event":)";
  append_quoted(line, event);
  for (const Field& field : fields) {
    line += ',';
    append_quoted(line, field.key());
    line += ':';
    if (field.is_quoted()) {
      append_quoted(line, field.value());
    } else {
      line += field.value();
    }
  }
  line += '}';
  current_sink.load()(line);
}

}  // namespace

Field::Field(std::string_view key, double value) : key_(key), value_(fmt::format("{:.3f}", value)), quoted_(false) {}

void debug(std::string_view event, Fields fields) { emit(Level::kDebug, "debug", event, fields); }
void info(std::string_view event, Fields fields) { emit(Level::kInfo, "info", event, fields); }
void warn(std::string_view event, Fields fields) { emit(Level::kWarn, "warn", event, fields); }
void error(std::string_view event, Fields fields) { emit(Level::kError, "error", event, fields); }

void set_level(Level level) { current_level = level; }
Level level() { return current_level; }
void set_sink(Sink sink) { current_sink = sink != nullptr ? sink : &write_stderr; }

std::string printable(std::string_view untrusted) {
  std::string out;
  for (char c : untrusted.substr(0, kPrintableBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte >= 0x7f ? '?' : c;
  }
  return out;
}

void set_hash_key(std::string_view key) {
  std::lock_guard lock(key_mutex);
  hash_key() = key;
}

std::string hashed(std::string_view address) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  {
    std::lock_guard lock(key_mutex);
    HMAC(EVP_sha256(), hash_key().data(), static_cast<int>(hash_key().size()),
         reinterpret_cast<const unsigned char*>(address.data()), address.size(), digest, &length);
  }
  std::string out = "h:";
  for (unsigned i = 0; i < 6; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

}  // namespace postern::core::log
