#include "smtp/client/remote_reply.h"

#include <utility>

#include "core/errc.h"

namespace postern::smtp {
namespace {

constexpr std::size_t kSummaryBytesMax = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 3463: class "." subject "." detail; the class agrees with the reply code.
std::string find_enhanced(std::string_view text, int code) {
  const std::string_view word = text.substr(0, text.find(' '));
  if (word.size() < 5 || word.size() > 9 || word[0] != static_cast<char>('0' + code / 100) || word[1] != '.') return {};
  std::size_t digits = 0;
  std::size_t dots = 0;
  for (char c : word.substr(2)) {
    if (is_digit(c)) {
      if (++digits > 3) return {};
    } else if (c == '.' && digits > 0) {
      ++dots;
      digits = 0;
    } else {
      return {};
    }
  }
  return dots == 1 && digits > 0 ? std::string(word) : std::string();
}

}  // namespace

core::Result<bool> ReplyParser::add_line(std::string_view line) {
  if (line.size() > line_bytes_max_) return core::fail_transient(core::Errc::kInvalid, "reply line too long");
  if (reply_.lines.size() >= lines_max_) return core::fail_transient(core::Errc::kInvalid, "reply of too many lines");
  const bool has_code = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && is_digit(line[1]) && is_digit(line[2]);
  if (!has_code || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) {
    return core::fail_transient(core::Errc::kInvalid, "not an SMTP reply");
  }
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (!reply_.lines.empty() && code != reply_.code) {
    return core::fail_transient(core::Errc::kInvalid, "reply of two codes");
  }
  reply_.code = code;
  reply_.lines.emplace_back(line.substr(std::min<std::size_t>(line.size(), 4)));
  return line.size() <= 3 || line[3] == ' ';
}

RemoteReply ReplyParser::take() {
  RemoteReply out = std::exchange(reply_, RemoteReply());
  if (!out.lines.empty()) out.enhanced = find_enhanced(out.lines.front(), out.code);
  return out;
}

std::string RemoteReply::summary() const {
  std::string out = std::to_string(code);
  for (const std::string& line : lines) {
    out += ' ';
    for (char c : line) {
      if (out.size() >= kSummaryBytesMax) return out;
      const auto byte = static_cast<unsigned char>(c);
      out += byte < 0x20 || byte >= 0x7f ? '?' : c;
    }
    if (out.size() >= kSummaryBytesMax) return out;
  }
  return out;
}

}  // namespace postern::smtp
