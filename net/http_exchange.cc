#include "net/http_exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

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

// The content of chunks (RFC 9112 section 7.1), as it comes; each byte is looked at once.
class ChunkReader {
 public:
  // False when there is no more to come: the last chunk, or nonsense.
  bool take(std::string_view bytes, std::string& out) {
    waiting_ += bytes;
    std::string_view rest = waiting_;
    bool goes_on = true;
    while (goes_on && !rest.empty()) {
      if (left_ > 0) {
        const std::size_t count = std::min(left_, rest.size());
        out += rest.substr(0, count);
        rest.remove_prefix(count);
        left_ -= count;
        ends_chunk_ = left_ == 0;
        continue;
      }
      const std::size_t end = rest.find("\r\n");
      if (end == std::string_view::npos) {
        goes_on = rest.size() < kLineMax;
        break;
      }
      goes_on = take_line(rest.substr(0, end));
      rest.remove_prefix(end + 2);
    }
    waiting_.erase(0, waiting_.size() - rest.size());
    return goes_on;
  }
  bool is_whole() const { return is_whole_; }

 private:
  static constexpr std::size_t kLineMax = 256;
  bool take_line(std::string_view line) {
    if (ends_chunk_) {  // the empty line behind the content of one
      ends_chunk_ = false;
      return line.empty();
    }
    const auto size = number<std::size_t>(line.substr(0, line.find(';')), 16);
    is_whole_ = size && *size == 0;
    left_ = size.value_or(0);
    return size && *size > 0;
  }
  std::string waiting_;
  std::size_t left_ = 0;  // of the chunk
  bool ends_chunk_ = false;
  bool is_whole_ = false;
};

core::Task<void> read_body(Stream& stream, Head* head, std::string begin, std::size_t most, core::Deadline by) {
  constexpr std::size_t kPieceBytes = 16384;
  HttpAnswer& answer = head->answer;
  if (answer.status == 204 || answer.status == 304) co_return;
  ChunkReader chunks;
  std::vector<char> piece(kPieceBytes);
  bool goes_on = true;
  if (head->is_chunked) goes_on = chunks.take(begin, answer.body);
  else answer.body = std::move(begin);
  const std::size_t wanted = head->is_chunked ? most : std::min(most, head->length.value_or(most));
  std::size_t raw = 0;  // chunks of a few bytes each are mostly frames
  while (goes_on && answer.body.size() < wanted && raw <= most * 8 + kPieceBytes) {
    const core::Result<std::size_t> count = co_await stream.read_some(piece, by);
    if (!count) break;
    raw += *count;
    const std::string_view got(piece.data(), *count);
    if (head->is_chunked) goes_on = chunks.take(got, answer.body);
    else answer.body += got;
  }
  if (!head->is_chunked && head->length) answer.body.resize(std::min(answer.body.size(), *head->length));
  answer.is_whole = answer.body.size() <= most && (head->is_chunked ? chunks.is_whole() : head->length == answer.body.size());
  answer.body.resize(std::min(answer.body.size(), most));
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
      if (limits.body_bytes_max > 0) co_await read_body(stream, &*parsed, std::move(text), limits.body_bytes_max, body_by);
      co_return std::move(parsed->answer);
    }
    if (text.size() >= limits.head_bytes_max) break;
    POSTERN_CO_TRY(const std::size_t count, co_await stream.read_some(piece, by));
    text.append(piece.data(), count);
  }
  co_return core::fail_transient(Errc::kClosed, "the answer is not HTTP");
}

}  // namespace postern::net
