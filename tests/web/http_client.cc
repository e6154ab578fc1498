#include "tests/web/http_client.h"

#include "core/encoding.h"

namespace postern::test {

std::string Reply::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

bool Reply::has(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return true;
  }
  return false;
}

core::Task<void> HttpClient::send(std::string bytes) {
  (void)co_await stream_->write_all(bytes, core::Deadline::never());
}

core::Task<bool> HttpClient::fill() {
  std::string into(4096, '\0');
  core::Result<std::size_t> got = co_await stream_->read_some(std::span<char>(into.data(), into.size()), core::Deadline::never());
  if (!got) co_return false;
  buffer_.append(into, 0, *got);
  co_return true;
}

core::Task<std::string> HttpClient::read_until(std::string text) {
  while (buffer_.find(text) == std::string::npos) {
    bool more = co_await fill();
    if (!more) co_return std::string();
  }
  std::size_t end = buffer_.find(text) + text.size();
  std::string taken = buffer_.substr(0, end);
  buffer_.erase(0, end);
  co_return taken;
}

core::Task<bool> HttpClient::is_closed() {
  bool more = buffer_.empty() ? co_await fill() : true;
  co_return !more;
}

// Up to the empty chunk; what was read when the server closes before it.
core::Task<std::string> HttpClient::read_chunks() {
  std::string body;
  for (;;) {
    const std::string size_line = co_await read_until("\r\n");
    if (size_line.size() < 3) co_return body;
    const std::size_t size = std::stoul(size_line, nullptr, 16);
    while (buffer_.size() < size + 2) {
      bool more = co_await fill();
      if (!more) co_return body;
    }
    body += buffer_.substr(0, size);
    buffer_.erase(0, size + 2);
    if (size == 0) co_return body;
  }
}

core::Task<Reply> HttpClient::read_reply(bool is_head) {
  Reply reply;
  std::string head = co_await read_until("\r\n\r\n");
  if (head.size() < 12) co_return reply;
  reply.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    std::size_t end = head.find("\r\n", at);
    std::size_t colon = head.find(": ", at);
    reply.fields.emplace_back(core::to_lower_ascii(head.substr(at, colon - at)), head.substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  const bool is_endless = reply.field("content-type").starts_with("text/event-stream");
  if (reply.field("transfer-encoding") == "chunked" && !is_endless && !is_head) {
    reply.body = co_await read_chunks();
    co_return reply;
  }
  std::string length = reply.field("content-length");
  std::size_t want = length.empty() || is_head ? 0 : std::stoul(length);
  while (buffer_.size() < want) {
    bool more = co_await fill();
    if (!more) break;
  }
  reply.body = buffer_.substr(0, want);
  buffer_.erase(0, reply.body.size());
  co_return reply;
}

}  // namespace postern::test
