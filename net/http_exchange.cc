#include "net/http_exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/encoding.h"
#include "net/errc.h"

namespace postern::net {
namespace {

struct Head {
  HttpAnswer answer;
  std::optional<std::size_t> length;
  bool is_chunked = false;
};

template <class Number>
std::optional<Number> number(std::string_view text, int base = 10) {
  Number out{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// The status line, and the fields that matter (RFC 9110 sections 15, 10.2.3); nullopt when it is no HTTP answer.
std::optional<Head> parse_head(std::string_view text) {
  Head out;
  if (!text.starts_with("HTTP/1.") || text.size() < 12 || text[8] != ' ') return std::nullopt;
  const std::optional<int> status = number<int>(text.substr(9, 3));
  if (!status || *status < 100) return std::nullopt;
  out.answer.status = *status;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = core::trim_ascii(line.substr(colon + 1));
    if (core::equals_ignoring_case(name, "retry-after")) {
      if (const auto seconds = number<std::uint32_t>(value)) out.answer.retry_after = std::chrono::seconds(*seconds);
    } else if (core::equals_ignoring_case(name, "content-length")) {
      out.length = number<std::size_t>(value);
    } else if (core::equals_ignoring_case(name, "transfer-encoding")) {
      out.is_chunked = true;
    }
  }
  return out;
}

// The content of chunks as far as it is there. `is_whole`: the last one has come, or nonsense.
std::string without_chunk_heads(std::string_view raw, bool& is_whole) {
  std::string out;
  for (;;) {
    const std::size_t end = raw.find("\r\n");
    if (end == std::string_view::npos) return out;
    const auto size = number<std::size_t>(raw.substr(0, std::min(end, raw.find(';'))), 16);
    is_whole = !size || *size == 0;
    if (is_whole) return out;
    raw.remove_prefix(end + 2);
    out += raw.substr(0, *size);
    if (raw.size() < *size + 2) return out;
    raw.remove_prefix(*size + 2);
  }
}

core::Task<std::string> read_body(Stream& stream, const Head& head, std::string raw, std::size_t most, core::Deadline by) {
  std::array<char, 1024> piece{};
  if (head.answer.status == 204 || head.answer.status == 304) co_return std::string();
  for (;;) {
    bool is_whole = !head.is_chunked && head.length && raw.size() >= *head.length;
    std::string body = head.is_chunked ? without_chunk_heads(raw, is_whole) : raw.substr(0, head.length.value_or(raw.size()));
    if (body.size() >= most || is_whole) co_return body.substr(0, most);
    constexpr std::size_t kRawFactor = 8;  // of chunks of a few bytes each
    const core::Result<std::size_t> count = co_await stream.read_some(piece, by);
    if (!count || raw.size() > most * kRawFactor) co_return body;
    raw.append(piece.data(), *count);
  }
}

}  // namespace

core::Task<core::Result<HttpAnswer>> http_exchange(Stream& stream, core::Clock& clock, std::string_view head, std::string_view body,
                                                   HttpAnswerLimits limits, core::Deadline by) {
  POSTERN_CO_CHECK(co_await stream.write_all(head, by));
  if (!body.empty()) POSTERN_CO_CHECK(co_await stream.write_all(body, by));
  std::string text;
  std::array<char, 1024> piece{};
  for (;;) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end != std::string::npos) {
      std::optional<Head> parsed = parse_head(std::string_view(text).substr(0, end + 2));
      if (!parsed) break;
      text.erase(0, end + 4);
      if (parsed->answer.status < 200) continue;  // 1xx: the answer is still to come (RFC 9110 section 15.2)
      const core::Deadline body_by = by.earlier_of(core::Deadline::after(limits.body_time_max, clock));
      if (limits.body_bytes_max > 0) parsed->answer.body = co_await read_body(stream, *parsed, std::move(text), limits.body_bytes_max, body_by);
      co_return std::move(parsed->answer);
    }
    if (text.size() >= limits.head_bytes_max) break;
    POSTERN_CO_TRY(const std::size_t count, co_await stream.read_some(piece, by));
    text.append(piece.data(), count);
  }
  co_return core::fail_transient(Errc::kClosed, "the answer is not HTTP");
}

}  // namespace postern::net
