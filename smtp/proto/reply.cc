#include "smtp/proto/reply.h"

#include <algorithm>
#include <array>

#include "smtp/proto/limits.h"

namespace postern::smtp {
namespace {

void append_line(std::string& out, std::string_view code, char separator, std::string_view enhanced,
                 std::string_view text) {
  const std::size_t begin = out.size();
  out.append(code);
  out += separator;
  if (!enhanced.empty()) {
    out.append(enhanced);
    out += ' ';
  }
  const std::size_t room = kReplyLineBytesMax - 2 - (out.size() - begin);
  for (char c : text.substr(0, room)) out += c >= 0x20 && c < 0x7f ? c : '?';
  out.append("\r\n");
}

}  // namespace

void append_reply(std::string& out, int code, std::string_view enhanced, std::string_view text) {
  const std::array digits{static_cast<char>('0' + code / 100 % 10), static_cast<char>('0' + code / 10 % 10),
                          static_cast<char>('0' + code % 10)};
  const std::string_view number(digits.data(), digits.size());
  enhanced = enhanced.substr(0, 16);
  for (std::size_t line = 1;; ++line) {
    const auto end = text.find('\n');
    const bool is_last = end == std::string_view::npos || line == kReplyLinesMax;
    append_line(out, number, is_last ? ' ' : '-', enhanced, text.substr(0, end));
    if (is_last) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace postern::smtp
