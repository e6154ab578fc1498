#include "pipeline/redaction/phrase_detector.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr char32_t kBlockCharacter = 0x2587;

struct Character {
  char32_t code = 0;  // any white space is ' '
  ByteRange source;
};

// Zero bytes too: wide text whose charset nobody told.
bool is_invisible(char32_t c) {
  if (c < 0xAD) return c == 0;
  if (c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E || c == 0xFEFF) return true;
  if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E)) return true;
  return (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F);
}

bool is_white_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

bool is_quote_prefix(char c) { return c == ' ' || c == '\t' || c == '>' || c == '|'; }

// The characters of a text as they are compared, one after the other.
class CharacterReader {
 public:
  explicit CharacterReader(std::string_view text) : text_(text) {}

  std::optional<Character> next() {
    while (at_ < text_.size()) {
      const std::size_t from = at_;
      const char32_t code = read_code_point();
      if (is_invisible(code)) continue;
      if (!is_white_space(code)) {
        is_behind_blank_ = false;
        return Character{code, {from, at_}};
      }
      if (code == '\n' || code == '\r') skip_line_begin();
      if (is_behind_blank_) continue;
      is_behind_blank_ = true;
      return Character{' ', {from, at_}};
    }
    return std::nullopt;
  }

 private:
  char32_t read_code_point() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x80) {
      ++at_;
      return byte;
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text_.data());
    auto place = static_cast<std::int64_t>(at_);
    UChar32 code = 0;
    U8_NEXT(bytes, place, static_cast<std::int64_t>(text_.size()), code);
    at_ = code < 0 ? at_ + 1 : static_cast<std::size_t>(place);
    return code < 0 ? byte : static_cast<char32_t>(code);  // not UTF-8: one byte, read as Latin-1
  }

  // Line ends and the marks of quoted text that begin the next line.
  void skip_line_begin() {
    while (at_ < text_.size() && (text_[at_] == '\r' || text_[at_] == '\n' || is_quote_prefix(text_[at_]))) ++at_;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  bool is_behind_blank_ = false;
};

std::vector<char32_t> folded(std::string_view phrase) {
  std::vector<char32_t> out;
  CharacterReader reader(phrase);
  while (const auto character = reader.next()) {
    if (character->code != ' ' || !out.empty()) out.push_back(character->code);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Values of name and filename parameters in a field's value: what people wrote there.
std::vector<ByteRange> name_values(std::string_view field) {
  std::vector<ByteRange> out;
  std::size_t begin = field.find(';');
  while (begin != std::string_view::npos && begin < field.size()) {
    bool is_quoted = false;
    std::size_t end = begin + 1;
    for (; end < field.size() && (is_quoted || field[end] != ';'); ++end) {
      if (field[end] == '\\' && is_quoted) ++end;
      else if (field[end] == '"') is_quoted = !is_quoted;
    }
    end = std::min(end, field.size());
    const std::string_view param = field.substr(begin + 1, end - begin - 1);
    const std::size_t equals = param.find('=');
    const std::string name = core::to_lower_ascii(core::trim_ascii(param.substr(0, equals)));
    if (equals != std::string_view::npos && (name.starts_with("name") || name.starts_with("filename"))) {
      out.push_back({begin + 1 + equals + 1, end});
    }
    begin = end;
  }
  return out;
}

}  // namespace

PhraseDetector::PhraseDetector(const std::vector<std::string>& phrases, MimeWords words) : words_(std::move(words)) {
  for (const std::string& phrase : phrases) {
    Pattern pattern;
    pattern.characters = folded(phrase);
    if (pattern.characters.empty()) continue;
    pattern.fallback.assign(pattern.characters.size() + 1, 0);
    std::size_t known = 0;
    for (std::size_t i = 1; i < pattern.characters.size(); ++i) {
      while (known > 0 && pattern.characters[i] != pattern.characters[known]) known = pattern.fallback[known];
      if (pattern.characters[i] == pattern.characters[known]) ++known;
      pattern.fallback[i + 1] = known;
    }
    patterns_.push_back(std::move(pattern));
  }
}

bool PhraseDetector::is_phrase(std::string_view phrase) {
  std::size_t said = 0;
  bool is_masked_only = true;
  for (const char32_t c : folded(phrase)) {
    if (c == ' ') continue;
    is_masked_only = is_masked_only && (c == '*' || c == kBlockCharacter);
    said += c < 0x80 ? 1 : 2;  // one ideograph may be a name
  }
  return said >= 2 && !is_masked_only;
}

std::vector<Finding> PhraseDetector::find(std::string_view text, TextKind kind) const {
  std::vector<Finding> out;
  if (kind == TextKind::kHeader && words_.values.contains(std::string(text))) return out;
  find_all(text, out);
  if (kind == TextKind::kHeader && !out.empty()) {
    const std::string begin = core::to_lower_ascii(core::trim_ascii(text.substr(0, text.find(';'))));
    if (words_.types.contains(begin)) {
      const std::vector<ByteRange> names = name_values(text);
      std::erase_if(out, [&names](const Finding& one) {
        return std::none_of(names.begin(), names.end(), [&one](ByteRange name) {
          return name.begin <= one.span.begin && one.span.end <= name.end;
        });
      });
    }
  }
  std::sort(out.begin(), out.end(), [](const Finding& a, const Finding& b) { return a.span.begin < b.span.begin; });
  return out;
}

void PhraseDetector::find_all(std::string_view text, std::vector<Finding>& into) const {
  for (const Pattern& pattern : patterns_) {
    const std::size_t length = pattern.characters.size();
    std::vector<ByteRange> last(length);  // sources of the last characters, as a ring
    std::size_t known = 0;
    std::size_t read = 0;
    CharacterReader reader(text);
    while (const auto character = reader.next()) {
      last[read++ % length] = character->source;
      while (known > 0 && character->code != pattern.characters[known]) known = pattern.fallback[known];
      if (character->code == pattern.characters[known]) ++known;
      if (known < length) continue;
      known = 0;
      Finding finding;
      finding.rule = "manual";
      finding.span = {last[read % length].begin, character->source.end};
      for (std::size_t i = 0; i < length; ++i) {
        if (pattern.characters[i] != ' ') finding.hidden.push_back(last[(read + i) % length]);
      }
      into.push_back(std::move(finding));
    }
  }
}

}  // namespace postern::pipeline
