#include "pipeline/sender/header_fields.h"

#include <algorithm>

namespace postern::pipeline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

SignedField make_field(std::string_view message, std::size_t begin, std::size_t end) {
  SignedField field;
  field.whole = {begin, end};
  const std::size_t colon = message.substr(begin, end - begin).find(':');
  if (colon == std::string_view::npos) {
    field.value = field.whole;
    field.name = {begin, begin};
    return field;
  }
  std::size_t name_end = begin + colon;
  field.value = {name_end + 1, end};
  while (name_end > begin && is_blank(message[name_end - 1])) --name_end;
  field.name = {begin, name_end};
  return field;
}

// Up to behind the first empty line, whose end may be a bare LF; at most `bytes_max`.
std::size_t header_size(std::string_view message, std::size_t bytes_max) {
  message = message.substr(0, bytes_max);
  std::size_t at = 0;
  while (at < message.size()) {
    const std::size_t line_feed = message.find('\n', at);
    if (line_feed == std::string_view::npos) return message.size();
    const std::string_view line = message.substr(at, line_feed - at);
    at = line_feed + 1;
    if (line.empty() || line == "\r") return at;
  }
  return at;
}

}  // namespace

HeaderLayout split_header(std::string_view message, std::size_t fields_max) {
  HeaderLayout layout;
  std::size_t at = 0;
  std::size_t field_begin = 0;
  std::size_t field_end = 0;
  bool in_field = false;
  const auto finish = [&] {
    if (in_field) layout.fields.push_back(make_field(message, field_begin, field_end));
    in_field = false;
  };
  layout.body_begin = message.size();
  while (at < message.size()) {
    std::size_t line_end = message.find("\r\n", at);
    const std::size_t next = line_end == std::string_view::npos ? message.size() : line_end + 2;
    if (line_end == std::string_view::npos) line_end = message.size();
    if (line_end == at) {
      layout.body_begin = next;
      break;
    }
    if (in_field && is_blank(message[at])) {
      field_end = line_end;
    } else {
      finish();
      if (layout.fields.size() >= fields_max) {
        layout.is_truncated = true;
        return layout;
      }
      in_field = true;
      field_begin = at;
      field_end = line_end;
    }
    at = next;
  }
  finish();
  return layout;
}

HeaderPart read_header(std::string_view message, std::size_t bytes_max, std::size_t fields_max) {
  const std::size_t size = header_size(message, bytes_max + 1);
  HeaderPart header;
  header.bytes = with_crlf_lines(message.substr(0, std::min(size, bytes_max)));
  header.layout = split_header(core::view(header.bytes), fields_max);
  header.layout.is_truncated = header.layout.is_truncated || size > bytes_max;
  return header;
}

bool has_crlf_lines(std::string_view message) {
  if (!message.ends_with("\r\n")) return false;
  unsigned bare = message.front() == '\n' ? 1U : 0U;  // without branches, so that it runs many bytes at a time
  for (std::size_t i = 1; i < message.size(); ++i) {
    bare |= static_cast<unsigned>(message[i] == '\n') & static_cast<unsigned>(message[i - 1] != '\r');
  }
  return bare == 0;
}

core::SecretBuffer with_crlf_lines(std::string_view message) {
  if (has_crlf_lines(message)) return core::to_secret(message);
  core::SecretBuffer out;
  const auto line_feeds = static_cast<std::size_t>(std::count(message.begin(), message.end(), '\n'));
  out.reserve(message.size() + line_feeds + 2);
  char before = '\0';
  for (const char c : message) {
    if (c == '\n' && before != '\r') out.push_back('\r');
    out.push_back(c);
    before = c;
  }
  if (!core::view(out).ends_with("\r\n")) {
    out.push_back('\r');
    out.push_back('\n');
  }
  return out;
}

std::string_view as_crlf_lines(std::string_view message, core::SecretBuffer& copy) {
  if (has_crlf_lines(message)) return message;
  copy = with_crlf_lines(message);
  return core::view(copy);
}

}  // namespace postern::pipeline
