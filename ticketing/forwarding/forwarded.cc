#include "ticketing/forwarding/forwarded.h"

#include <algorithm>
#include <vector>

#include "core/encoding.h"
#include "ticketing/quoting/mail_words.h"

namespace postern::ticketing {
namespace {

using mail_words::Field;
using mail_words::HeaderLine;

constexpr std::size_t kLinesMax = 2000;
constexpr std::size_t kHeaderBytesMax = 65'536;
constexpr std::size_t kBlockLinesMax = 16;
constexpr std::size_t kAddressBytesMax = 320;
constexpr std::uint64_t kEnglish = 1;  // the first row: some programs translate one field and leave the others

std::vector<std::string_view> lines_of(std::string_view text, std::size_t most) {
  std::vector<std::string_view> out;
  while (!text.empty() && out.size() < most) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool is_address_char(char c) {
  return static_cast<unsigned char>(c) > ' ' && std::string_view("<>()[],;:\"\\|").find(c) == std::string_view::npos;
}

bool is_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (text.size() > kAddressBytesMax || at == std::string_view::npos || at == 0 || at + 3 > text.size()) return false;
  const std::string_view domain = text.substr(at + 1);
  return domain.front() != '.' && domain.back() != '.' && domain.find("..") == std::string_view::npos &&
         text.find('@') == at && std::ranges::all_of(text, is_address_char);
}

std::string_view unwrapped(std::string_view name) {
  constexpr std::string_view kAround = " \t\"'*<([,";
  const auto first = name.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return name.substr(first, name.find_last_not_of(kAround) + 1 - first);
}

// What the lines from `at` on say, as long as they are header lines; a value may go on in the next line.
struct Block {
  pipeline::NamedAddress from;
  std::size_t fields = 0;  // of different kinds
  std::uint64_t in = ~std::uint64_t{0};
  bool is_whole() const { return !from.address.empty() && fields >= 3 && in != 0; }
};

Block read_block(const std::vector<std::string_view>& lines, std::size_t at) {
  Block out;
  std::uint32_t seen = 0;
  std::size_t gaps = 0;
  const std::size_t end = std::min(lines.size(), at + kBlockLinesMax);
  for (; at < end; ++at) {
    const std::optional<HeaderLine> line = mail_words::header_line(lines[at]);
    if (!line) {
      const bool is_blank = mail_words::bare_line(lines[at]).empty();
      // A blank line between fields, as text made of HTML has them, or the rest of a long value.
      if (seen == 0 || ++gaps > 1 || (is_blank && out.fields >= 4)) break;
      continue;
    }
    const std::uint32_t bit = 1U << static_cast<unsigned>(line->field);
    if ((seen & bit) != 0) break;  // the next block
    gaps = 0;
    seen |= bit;
    if ((line->in & kEnglish) == 0) out.in &= line->in;
    ++out.fields;
    if (line->field != Field::kFrom) continue;
    out.from = read_written_address(line->value);
    const bool goes_on = out.from.address.empty() && at + 1 < end && !mail_words::header_line(lines[at + 1]);
    if (goes_on)
      out.from =
          read_written_address(std::string(line->value) + " " + std::string(mail_words::bare_line(lines[at + 1])));
  }
  return out;
}

std::optional<Forwarded> in_text(const pipeline::MessageContent& content) {
  const std::vector<std::string_view> lines = lines_of(content.text, kLinesMax);
  const bool says_subject = mail_words::has_forward_prefix(content.subject);
  bool is_announced = false;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (mail_words::bare_line(lines[at]).empty()) continue;
    if (mail_words::is_marker(lines[at]) || mail_words::is_rule_line(lines[at])) {
      is_announced = mail_words::is_marker(lines[at]);
      continue;
    }
    if (mail_words::header_line(lines[at])) {
      const Block block = read_block(lines, at);
      if (block.is_whole()) {
        if (!says_subject && !is_announced) return std::nullopt;
        return Forwarded{block.from, false};
      }
    }
    is_announced = false;
  }
  return std::nullopt;
}

// The From field of a message as it was sent; a name that is encoded (RFC 2047) is left out.
pipeline::NamedAddress from_of_message(std::string_view message) {
  const std::vector<std::string_view> lines = lines_of(message.substr(0, kHeaderBytesMax), kLinesMax);
  std::string value;
  bool is_from = false;
  for (std::string_view line : lines) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      if (is_from) value += line;
      continue;
    }
    if (!value.empty()) break;
    is_from = core::to_lower_ascii(line.substr(0, 5)) == "from:";
    if (is_from) value = line.substr(5);
  }
  pipeline::NamedAddress out = read_written_address(value);
  if (out.name.find("=?") != std::string::npos) out.name.clear();
  return out;
}

}  // namespace

pipeline::NamedAddress read_written_address(std::string_view value) {
  pipeline::NamedAddress out;
  for (auto at = value.find('@'); at != std::string_view::npos; at = value.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_address_char(value[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < value.size() && is_address_char(value[end])) ++end;
    const std::string_view found = unwrapped(value.substr(begin, end - begin));
    if (!is_address(found)) continue;
    out.address = pipeline::split_address(found);
    std::string_view before = value.substr(0, begin);
    if (before.ends_with("mailto:")) before.remove_suffix(7);
    const std::string_view name = unwrapped(before);
    if (name.find('@') == std::string_view::npos) out.name = name;
    return out;
  }
  return out;
}

std::optional<Forwarded> find_forwarded(const pipeline::MessageContent& content) {
  for (const pipeline::RedactedAttachment& each : content.attachments) {
    if (each.media_type != "message/rfc822" || each.was_replaced) continue;
    Forwarded out{from_of_message(each.content), true};
    if (!out.from.address.empty()) return out;
  }
  return in_text(content);
}

}  // namespace postern::ticketing
