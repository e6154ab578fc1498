#include "pipeline/redaction/rules/pattern_shape.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>

#include "pipeline/redaction/rules/pattern_facts.h"

namespace postern::pipeline {
namespace {

using shape::DigitRows;
using shape::Facts;
using shape::kBoundary;
using shape::Sequence;
using shape::Texts;

constexpr std::size_t kCharacterBytesMax = 4;  // UTF-8
constexpr std::size_t kClassFixedMax = 8;   // a class of so few characters is spelled out
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string lower_utf8(std::uint32_t code_point) {
  std::array<std::uint8_t, U8_MAX_LENGTH> utf8{};
  std::int32_t length = 0;
  UBool is_error = 0;
  U8_APPEND(utf8.data(), length, U8_MAX_LENGTH, u_foldCase(static_cast<UChar32>(code_point), U_FOLD_CASE_DEFAULT), is_error);
  return {reinterpret_cast<const char*>(utf8.data()), static_cast<std::size_t>(length)};
}

// Characters of one place. Those outside ASCII count as one.
struct CharacterClass {
  std::bitset<128> ascii;
  bool has_wide = false;
  void add(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t c = from; c <= to && c < 128; ++c) ascii.set(c);
    has_wide = has_wide || to >= 128;
  }
  void add(const CharacterClass& other) {
    ascii |= other.ascii;
    has_wide = has_wide || other.has_wide;
  }
  CharacterClass inverted() const { return {~ascii, true}; }
};

CharacterClass digits() {
  CharacterClass out;
  out.add('0', '9');
  return out;
}
CharacterClass anything() { return CharacterClass{}.inverted(); }

// In either case. Letters outside ASCII may match "k" and "s" without case (Unicode CaseFolding.txt); those letters themselves are
// none of folded text.
std::bitset<256> bytes_of(const CharacterClass& c) {
  constexpr unsigned kCaseBit = 0x20;
  std::bitset<256> out;
  const auto add = [&out](unsigned byte) {
    out.set(byte);
    if (is_word(static_cast<char>(byte)) && byte >= 'A' && byte != '_') out.set(byte ^ kCaseBit);
  };
  for (unsigned i = 0; i < c.ascii.size(); ++i) {
    if (c.ascii.test(i)) add(i);
  }
  if (!c.has_wide) return out;
  for (unsigned i = 0x80; i < out.size(); ++i) out.set(i);
  add('k');
  add('s');
  return out;
}

Facts facts_of(const CharacterClass& c) {
  Facts out;
  out.bytes = bytes_of(c);
  out.width_max = c.has_wide ? kCharacterBytesMax : 1;
  out.width_min = 1;
  const bool is_digit_class = !c.has_wide && (c.ascii & ~digits().ascii).none();
  out.digits = is_digit_class ? DigitRows{0, 0, 1, 1, 1, true} : shape::no_digits(out.width_max);
  out.fixed.reset();
  if (c.has_wide || c.ascii.count() > 2 * kClassFixedMax) return out;
  Texts texts;
  for (std::size_t i = 0; i < 128; ++i) {
    if (c.ascii.test(i)) texts.emplace_back(1, to_lower(static_cast<char>(i)));
  }
  if (texts.size() == 1 && !is_word(texts.front().front()) && texts.front().front() > ' ') out.marks = c.ascii;
  shape::sort_unique(texts);
  if (texts.size() <= kClassFixedMax) out.fixed = std::move(texts);
  return out;
}

// Reads the expression; false from any step: a form that it does not know.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : rest_(pattern) {}

  bool read(Facts& out) { return alternatives(out) && rest_.empty(); }

 private:
  bool alternatives(Facts& out) {
    if (++depth_ > kShapeDepthMax || !sequence(out)) return false;
    while (skip("|")) {
      Facts next;
      if (!sequence(next)) return false;
      out = shape::either(std::move(out), std::move(next));
    }
    --depth_;
    return true;
  }

  bool sequence(Facts& out) {
    Sequence all;
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      if (skip("\\Q")) {
        while (!rest_.empty() && !rest_.starts_with("\\E")) {
          const char first = take(1).front();
          all.append(literal(character(first)));
        }
        skip("\\E");
        if (!rest_.empty() && std::string_view("*+?{").find(rest_.front()) != std::string_view::npos) return false;
        continue;
      }
      Facts part;
      if (!item(part) || !repeats(part)) return false;
      all.append(std::move(part));
    }
    out = all.take();
    return true;
  }

  bool item(Facts& out) {
    const char c = take(1).front();
    switch (c) {
      case '(': return group(out);
      case '[': return bracket(out);
      case '\\': return escape(out);
      case '.': out = facts_of(anything()); return true;
      case '^':
      case '$': return true;
      case '*':
      case '+':
      case '?':
      case kBoundary: return false;
      default: out = literal(character(c)); return true;
    }
  }

  bool group(Facts& out) {
    if (skip("?P<")) {
      const std::size_t end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      take(end + 1);
    } else if (skip("?")) {
      const std::size_t end = rest_.find_first_not_of("imsU-");
      if (end == std::string_view::npos) return false;
      take(end);
      if (skip(")")) return true;  // flags change no width; case is ignored throughout
      if (!skip(":")) return false;
    }
    return alternatives(out) && skip(")");
  }

  bool repeats(Facts& part) {
    for (;;) {
      std::size_t min = 0;
      std::size_t max = kUnbounded;
      if (skip("*")) {
      } else if (skip("+")) {
        min = 1;
      } else if (skip("?")) {
        max = 1;
      } else if (!counts(min, max)) {
        return true;
      }
      skip("?");  // lazy
      part = shape::repeated(std::move(part), min, max);
    }
  }

  // "{3}", "{3,}", "{3,5}"; anything else is no repetition.
  bool counts(std::size_t& min, std::size_t& max) {
    if (!rest_.starts_with('{')) return false;
    std::size_t at = 1;
    const auto number = [this, &at](std::size_t& value) {
      const std::size_t begin = at;
      for (value = 0; at < rest_.size() && is_digit(rest_[at]) && at - begin < 5; ++at) value = value * 10 + static_cast<std::size_t>(rest_[at] - '0');
      return at > begin;
    };
    if (!number(min)) return false;
    max = min;
    if (at < rest_.size() && rest_[at] == ',') {
      ++at;
      if (!number(max)) max = kUnbounded;
    }
    if (at >= rest_.size() || rest_[at] != '}') return false;
    take(at + 1);
    return true;
  }

  bool escape(Facts& out) {
    if (skip("b")) {
      out.fixed = Texts{std::string(1, kBoundary)};
      return true;
    }
    if (skip("B") || skip("A") || skip("z")) return true;
    CharacterClass c;
    if (!escaped_class(c)) return false;
    out = facts_of(c);
    return true;
  }

  // Behind a backslash: one character or a class of them.
  bool escaped_class(CharacterClass& into) {
    if (rest_.empty()) return false;
    const char c = take(1).front();
    CharacterClass named;
    switch (c) {
      case 'd': into.add(digits()); return true;
      case 'D': into.add(digits().inverted()); return true;
      case 'w':
      case 'W':
        for (std::uint32_t i = 0; i < 128; ++i) {
          if (is_word(static_cast<char>(i))) named.add(i, i);
        }
        into.add(c == 'w' ? named : named.inverted());
        return true;
      case 's':
      case 'S':
        for (char blank : std::string_view("\t\n\f\r ")) named.add(static_cast<std::uint32_t>(blank), static_cast<std::uint32_t>(blank));
        into.add(c == 's' ? named : named.inverted());
        return true;
      case 'p':
      case 'P': {
        const std::size_t size = rest_.starts_with('{') ? rest_.find('}') : 0;
        if (rest_.empty() || size == std::string_view::npos) return false;
        take(size + 1);
        into.add(anything());
        return true;
      }
      default: break;
    }
    std::uint32_t code_point = 0;
    if (!escaped_character(c, code_point)) return false;
    into.add(code_point, code_point);
    return true;
  }

  bool escaped_character(char c, std::uint32_t& code_point) {
    constexpr std::string_view kNames = "atnfrv";
    constexpr std::string_view kValues = "\a\t\n\f\r\v";
    if (c == 'x') {
      const bool is_long = skip("{");
      const std::size_t size = is_long ? rest_.find('}') : 2;
      if (size == std::string_view::npos || size == 0 || size > 6 || size > rest_.size()) return false;
      for (char digit : take(size)) {
        const char low = to_lower(digit);
        if (!is_digit(low) && (low < 'a' || low > 'f')) return false;
        code_point = code_point * 16 + static_cast<std::uint32_t>(is_digit(low) ? low - '0' : low - 'a' + 10);
      }
      if (is_long) take(1);
    } else if (const std::size_t name = kNames.find(c); name != std::string_view::npos) {
      code_point = static_cast<std::uint32_t>(kValues[name]);
    } else if (is_word(c) && c != '_') {
      return false;
    } else {
      code_point = character(c);
    }
    return code_point != static_cast<std::uint32_t>(kBoundary);
  }

  bool bracket(Facts& out) {
    CharacterClass all;
    const bool is_inverted = skip("^");
    for (bool is_first = true; is_first || !rest_.starts_with(']'); is_first = false) {
      if (rest_.empty()) return false;
      if (rest_.starts_with("[:")) {
        const std::size_t end = rest_.find(":]");
        if (end == std::string_view::npos) return false;
        const std::string_view name = take(end + 2).substr(2, end - 2);
        all.add(name == "digit" ? digits() : anything());
        continue;
      }
      std::uint32_t from = 0;
      CharacterClass one;
      const char c = take(1).front();
      if (c == '\\') {
        if (!escaped_class(one)) return false;
        if (one.has_wide || one.ascii.count() != 1) {
          all.add(one);
          continue;
        }
        while (!one.ascii.test(from)) ++from;
      } else {
        from = character(c);
      }
      if (from == static_cast<std::uint32_t>(kBoundary)) return false;
      std::uint32_t to = from;
      if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
        take(1);
        CharacterClass last;
        const char end = take(1).front();
        if (end != '\\') {
          to = character(end);
        } else if (!escaped_class(last)) {
          return false;
        } else if (last.has_wide) {
          to = 128;
        } else {
          for (to = 127; to > 0 && !last.ascii.test(to);) --to;
        }
      }
      all.add(from, to);
    }
    take(1);
    out = facts_of(is_inverted ? all.inverted() : all);
    return true;
  }

  // The code point that begins with `first`. RE2 has seen that the pattern is UTF-8.
  std::uint32_t character(char first) {
    const auto byte = static_cast<std::uint8_t>(first);
    if (byte < 0x80) return byte;
    std::uint32_t code_point = byte & (byte < 0xE0 ? 0x1FU : byte < 0xF0 ? 0x0FU : 0x07U);
    while (!rest_.empty() && (static_cast<std::uint8_t>(rest_.front()) & 0xC0U) == 0x80) {
      code_point = (code_point << 6) | (static_cast<std::uint8_t>(take(1).front()) & 0x3FU);
    }
    return std::max<std::uint32_t>(code_point, 128);
  }
  static Facts literal(std::uint32_t code_point) {
    if (code_point >= 128) {
      Facts out;
      out.width_max = kCharacterBytesMax;
      out.width_min = 1;
      out.bytes = bytes_of({{}, true});
      out.digits = shape::no_digits(out.width_max);
      out.fixed = Texts{lower_utf8(code_point)};
      return out;
    }
    CharacterClass one;
    one.add(code_point, code_point);
    return facts_of(one);
  }

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  std::size_t depth_ = 0;
};

PatternAnchor anchor_of(const std::string& text) {
  PatternAnchor out;
  for (char c : text) {
    if (c != kBoundary) out.text.push_back(c);
  }
  // A \b beside another character than one of a word asks for the opposite.
  out.starts_word = text.front() == kBoundary && is_word(out.text.front());
  out.ends_word = text.back() == kBoundary && is_word(out.text.back());
  return out;
}

}  // namespace

std::size_t PatternShape::shortest_anchor() const {
  std::size_t least = anchors.empty() ? 0 : kUnbounded;
  for (const PatternAnchor& anchor : anchors) least = std::min(least, anchor.text.size());
  return least;
}

PatternShape shape_of_pattern(std::string_view pattern) {
  PatternShape shape;
  Facts facts;
  if (!Reader(pattern).read(facts)) return shape;
  shape.width_max = facts.width_max;
  shape.width_min = facts.width_min;
  shape.bytes = facts.bytes;
  shape.digits_in_row = facts.digits.best;
  if (shape::shortest(shape::needed_of(facts)) == 0 || shape::needed_of(facts).size() > kAnchorsMax) return shape;
  for (const std::string& text : shape::needed_of(facts)) shape.anchors.push_back(anchor_of(text));
  shape.lead_max = shape::lead_of(facts);
  for (std::size_t i = 0; i < facts.marks.size(); ++i) {
    const char mark = static_cast<char>(i);
    const auto has_mark = [mark](const PatternAnchor& anchor) { return anchor.text.find(mark) != std::string::npos; };
    if (facts.marks.test(i) && std::none_of(shape.anchors.begin(), shape.anchors.end(), has_mark)) shape.marks.push_back(mark);
  }
  return shape;
}

}  // namespace postern::pipeline
