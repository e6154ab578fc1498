#include "web/server/request_parser.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>

#include "core/encoding.h"
#include "web/errc.h"

namespace postern::web {
namespace {

namespace http = boost::beast::http;

core::Error malformed(const char* why) { return core::fail(Errc::kMalformed, why); }

core::Error translate(boost::beast::error_code error) {
  if (error == http::error::bad_version) return core::fail(Errc::kVersion);
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return core::fail(Errc::kHeaderTooLarge);
  return core::fail(Errc::kMalformed, error.message());
}

// Fields of which a second one makes the message mean two things.
constexpr std::string_view kOnce[] = {"host",          "content-length", "transfer-encoding", "authorization",
                                      "content-type",  "expect",         "origin",            "x-csrf-token",
                                      "sec-fetch-site", "if-match",      "idempotency-key"};

bool is_host(std::string_view value) {
  static constexpr std::string_view kOk =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]";
  return !value.empty() && value.size() <= 260 && value.find_first_not_of(kOk) == std::string_view::npos;
}

}  // namespace

core::Result<void> RequestParser::check_head(std::string_view head) const {
  // `head` may be incomplete: a peer that never sends CRLF is refused at its first bare LF.
  for (std::size_t i = scanned_; i < head.size(); ++i) {
    char c = head[i];
    if (c == '\0') return malformed("NUL in the header");
    if (c == '\n' && (i == 0 || head[i - 1] != '\r')) return malformed("bare LF");
    if (c != '\n' && i > 0 && head[i - 1] == '\r') return malformed("bare CR");
    if ((c == ' ' || c == '\t') && i > 0 && head[i - 1] == '\n') return malformed("folded line");
  }
  return {};
}

core::Result<bool> RequestParser::parse_head(std::string& buffer) {
  // RFC 9112 section 2.2: one empty line before a request is the tail of a broken client's last body.
  if (!skipped_ && buffer.size() < 2 && (buffer.empty() || buffer[0] == '\r')) return false;
  if (!skipped_ && buffer.starts_with("\r\n")) buffer.erase(0, 2);
  skipped_ = true;
  std::size_t end = buffer.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
  std::string_view head = std::string_view(buffer).substr(0, end == std::string::npos ? end : end + 4);
  POSTERN_CHECK(check_head(head));
  if (head.size() > options_.header_bytes_max) return core::fail(Errc::kHeaderTooLarge);
  if (end == std::string::npos) {
    if (std::size_t line = buffer.find('\r'); line == std::string::npos && buffer.size() > options_.target_bytes_max + 32) {
      return core::fail(Errc::kTargetTooLong);
    }
    scanned_ = buffer.size();
    return false;
  }
  POSTERN_CHECK(read_fields(head));
  POSTERN_CHECK(read_framing());
  buffer.erase(0, end + 4);
  scanned_ = 0;
  skipped_ = false;
  return true;
}

core::Result<void> RequestParser::read_fields(std::string_view head) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max + 1));
  parser.body_limit(boost::none);  // bodies are framed and limited by parse_body()
  boost::beast::error_code error;
  while (!parser.is_header_done()) {
    std::size_t used = parser.put(boost::asio::buffer(head.data(), head.size()), error);
    if (error == http::error::need_more) return malformed("incomplete header");
    if (error) return translate(error);
    head.remove_prefix(used);
  }
  const auto& message = parser.get();
  request_ = Request();
  request_.is_http_1_0 = message.version() == 10;
  request_.verb_word = std::string(message.method_string());
  request_.verb = parse_verb(request_.verb_word);
  for (const auto& each : message) {
    if (request_.fields.size() >= options_.header_fields_max) return core::fail(Errc::kHeaderTooLarge);
    std::string name(each.name_string());
    std::string value(each.value());
    request_.fields.push_back(Field{core::to_lower_ascii(name), std::move(value)});
  }
  return read_target(std::string_view(message.target().data(), message.target().size()));
}

core::Result<void> RequestParser::read_framing() {
  for (std::string_view name : kOnce) {
    std::size_t seen = 0;
    for (const Field& each : request_.fields) seen += each.name == name ? 1 : 0;
    if (seen > 1) return malformed("a field that may stand once was given twice");
  }
  if (!request_.is_http_1_0 && !is_host(request_.field("host"))) return malformed("Host");
  bool has_length = request_.has_field("content-length");
  if (request_.has_field("transfer-encoding")) {
    if (has_length) return malformed("Content-Length beside Transfer-Encoding");
    if (request_.is_http_1_0) return malformed("Transfer-Encoding in HTTP/1.0");
    if (!core::equals_ignoring_case(request_.field("transfer-encoding"), "chunked")) return core::fail(Errc::kUnknownCoding);
    request_.is_chunked = true;
  }
  if (has_length) {
    std::string_view digits = request_.field("content-length");
    auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), request_.content_length);
    if (bad != std::errc() || end != digits.data() + digits.size() || digits.size() > 18) return malformed("Content-Length");
  }
  std::string connection = core::to_lower_ascii(request_.field("connection"));
  request_.wants_close = request_.is_http_1_0 ? connection.find("keep-alive") == std::string::npos
                                              : connection.find("close") != std::string::npos;
  if (request_.has_field("expect")) {
    if (!core::equals_ignoring_case(request_.field("expect"), "100-continue")) return core::fail(Errc::kExpectation);
    request_.expects_continue = !request_.is_http_1_0;
  }
  return {};
}

core::Result<void> RequestParser::read_target(std::string_view target) {
  if (target.size() > options_.target_bytes_max) return core::fail(Errc::kTargetTooLong);
  // RFC 9112 section 3.2.2: a server must take the absolute form; the authority is ignored, Host decides.
  for (std::string_view scheme : {"https://", "http://"}) {
    if (core::equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      std::size_t slash = target.find('/', scheme.size());
      target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
      break;
    }
  }
  if (target.empty() || target[0] != '/') return malformed("request target");
  std::size_t question = target.find('?');
  request_.path = std::string(target.substr(0, question));
  for (std::size_t at = 1; at <= request_.path.size();) {
    std::size_t end = std::min(request_.path.find('/', at), request_.path.size());
    std::optional<std::string> segment = percent_decode(std::string_view(request_.path).substr(at, end - at), false);
    if (!segment) return malformed("percent escape");
    request_.segments.push_back(std::move(*segment));
    at = end + 1;
  }
  std::string_view rest = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  while (!rest.empty()) {
    std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (request_.query.size() >= options_.query_params_max) return malformed("too many query parameters");
    std::size_t equals = pair.find('=');
    std::optional<std::string> key = percent_decode(pair.substr(0, equals), true);
    std::optional<std::string> value =
        percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!key || !value) return malformed("percent escape");
    request_.query.emplace_back(std::move(*key), std::move(*value));
  }
  return {};
}

core::Result<bool> RequestParser::parse_body(std::string& buffer, std::size_t bytes_max) {
  if (request_.is_chunked) return parse_chunks(buffer, bytes_max);
  if (request_.content_length > bytes_max) return core::fail(Errc::kBodyTooLarge);
  std::size_t want = static_cast<std::size_t>(request_.content_length) - request_.body.size();
  if (request_.body.empty() && want <= buffer.size() && want == buffer.size()) {
    request_.body = std::exchange(buffer, std::string());
    return true;
  }
  std::size_t take = std::min(want, buffer.size());
  request_.body.append(buffer, 0, take);
  buffer.erase(0, take);
  return take == want;
}

core::Result<bool> RequestParser::parse_chunks(std::string& buffer, std::size_t bytes_max) {
  std::size_t at = 0;
  auto need_more = [&]() -> core::Result<bool> {
    buffer.erase(0, at);
    if (chunk_ != Chunk::kContent && buffer.size() > options_.chunk_head_bytes_max) return malformed("chunk head");
    return false;
  };
  for (;;) {
    std::string_view rest = std::string_view(buffer).substr(at);
    if (chunk_ == Chunk::kContent) {
      std::size_t take = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, rest.size()));
      request_.body.append(rest.substr(0, take));
      at += take;
      chunk_left_ -= take;
      if (chunk_left_ > 0) return need_more();
      chunk_ = Chunk::kContentEnd;
    } else if (chunk_ == Chunk::kHead) {
      std::size_t line = rest.find("\r\n");
      std::size_t digits = std::min(rest.find_first_not_of("0123456789abcdefABCDEF"), rest.size());
      if (digits > 8) return malformed("chunk size");
      if (digits < rest.size() && (digits == 0 || rest[digits] != '\r')) return malformed("chunk size or extension");
      if (line == std::string_view::npos) {
        if (rest.size() > digits + 1) return malformed("chunk size");
        return need_more();
      }
      if (line != digits) return malformed("chunk size");
      std::from_chars(rest.data(), rest.data() + digits, chunk_left_, 16);
      at += line + 2;
      if (chunk_left_ + request_.body.size() > bytes_max) return core::fail(Errc::kBodyTooLarge);
      chunk_ = chunk_left_ == 0 ? Chunk::kTrailer : Chunk::kContent;
    } else {
      if (!std::string_view("\r\n").starts_with(rest.substr(0, 2))) return malformed("end of chunk or trailer");
      if (rest.size() < 2) return need_more();
      at += 2;
      if (chunk_ == Chunk::kTrailer) {
        buffer.erase(0, at);
        chunk_ = Chunk::kHead;
        return true;
      }
      chunk_ = Chunk::kHead;
    }
  }
}

}  // namespace postern::web
