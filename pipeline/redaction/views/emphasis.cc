#include <algorithm>
#include <bit>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_mark(char c) { return c == '*' || c == '_' || c == '`' || c == '~'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "[b]", "[/color]", "[size=3]" at text[at] == '['; 0 when it is none.
std::size_t bracket_tag(std::string_view text, std::size_t at) {
  constexpr std::size_t kTagMax = 40;
  std::size_t end = at + 1;
  if (end < text.size() && text[end] == '/') ++end;
  if (end >= text.size() || !is_letter(text[end])) return 0;
  while (end < text.size() && end - at < kTagMax && text[end] != ']' && text[end] != '\n' && text[end] != '[') ++end;
  return end < text.size() && text[end] == ']' ? end + 1 - at : 0;
}

// The marks at `at` that a renderer takes away; 0 when none. Three of a kind and more are rules, or our own masks.
std::size_t marks_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size()) {
    if (is_mark(text[end])) {
      std::size_t run = end;
      while (run < text.size() && text[run] == text[end]) ++run;
      if (run - end > 2) return 0;
      end = run;
    } else if (const std::size_t tag = text[end] == '[' ? bracket_tag(text, end) : 0; tag > 0) {
      end += tag;
    } else {
      break;
    }
  }
  return end - at;
}

// Marks with a digit on both sides, from `from` on; an empty range at the end of the text when there are none.
ByteRange next_marks(std::string_view text, std::size_t from) {
  ByteRange found{text.size(), text.size()};
  const std::size_t begin = std::max<std::size_t>(from, 1);
  if (begin >= text.size()) return found;
  // Marks, and the bytes before them, which are digits.
  const auto look = [](const char* at) { return Bytes64(at).one_of("*_`~[") & Bytes64(at - 1).digits(); };
  const auto use = [&](std::size_t block, std::uint64_t marks) {
    for (; marks != 0; marks &= marks - 1) {
      const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(marks));
      const std::size_t length = marks_at(text, at);
      if (length == 0 || at + length >= text.size() || !is_digit(text[at + length])) continue;
      found = {at, at + length};
      return false;
    }
    return true;
  };
  std::size_t at = begin;
  for (; at + kMaskBytes <= text.size(); at += kMaskBytes) {
    if (!use(at, look(text.data() + at))) return found;
  }
  for (; at < text.size(); ++at) {
    const bool is_one = is_digit(text[at - 1]) && (is_mark(text[at]) || text[at] == '[');
    if (is_one && !use(at, 1)) return found;
  }
  return found;
}

}  // namespace

bool may_be_emphasised(std::string_view text, const Telltales& marks) {
  return (marks.emphasis || marks.bracket) && !next_marks(text, 0).empty();
}

View emphasis_view(std::string_view source, Mapping mapping) {
  View out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  out.text.reserve(source.size());
  for (std::size_t at = 0; at < source.size();) {
    const ByteRange marks = next_marks(source, at);
    out.text.append(source.substr(at, marks.begin - at));
    out.map.append_identity(at, marks.begin - at);
    at = marks.end;
  }
  return out;
}

}  // namespace postern::pipeline
