#include "pipeline/redaction/cvv_detector.h"

#include <algorithm>
#include <bitset>
#include <span>
#include <string>

#include "core/encoding.h"
#include "pipeline/redaction/masked_numbers.h"
#include "pipeline/redaction/rules/folded_text.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kCodeMin = 3;
constexpr std::size_t kCodeMax = 4;
constexpr std::size_t kBetweenMax = 40;   // bytes between the word and the code

// Lower case. Words of three letters stand whole.
constexpr std::string_view kWords[] = {"cvv",
                                       "cvc",
                                       "cvn",
                                       "cvd",
                                       "cav2",
                                       "csc",
                                       "cid",
                                       "ccv",
                                       "card verification",
                                       "card security",
                                       "security code",
                                       "security number",
                                       "secure code",
                                       "sec code",
                                       "sec. code",
                                       "verification value",
                                       "cryptogramme",
                                       "crypto",
                                       "code de s\u00E9curit\u00E9",
                                       "code de securite",
                                       "code s\u00E9curit\u00E9",
                                       "pr\u00FCfziffer",
                                       "pr\u00FCfnummer",
                                       "kartenpr\u00FCfnummer",
                                       "pruefziffer",
                                       "kartenpruefnummer",
                                       "sicherheitscode",
                                       "kpn",
                                       "c\u00F3digo de seguridad",
                                       "codigo de seguridad",
                                       "c\u00F3digo de seguran\u00E7a",
                                       "codigo de seguranca",
                                       "codice di sicurezza",
                                       "codice sicurezza",
                                       "beveiligingscode",
                                       "veiligheidscode",
                                       "kod zabezpiecz",
                                       "kod cvv",
                                       "s\u00E4kerhetskod",
                                       "sikkerhedskode",
                                       "sikkerhetskode",
                                       "turvakoodi",
                                       "turvaluku",
                                       "3 digits on the back",
                                       "three digits on the back",
                                       "digits on back"};

// What may stand between the word and its code.
constexpr std::string_view kFillers[] = {
    "is",   "code", "number", "no",  "nr",    "num", "ist",  "lautet", "est",    "es",   "the", "my", "of",
    "card", "on",   "value",  "2",   "cvv",   "cvc", "cvv2", "csc",    "cid",    "back", "and", "le", "la",
    "der",  "die",  "das",    "was", "code:", "er",  "jest", "digit",  "digits", "3",    "4"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// Ascending; masked and readable numbers do not overlap.
std::vector<ByteRange> numbers_in(TextLook& look) {
  std::vector<ByteRange> out = masked_numbers(look.text(), look.planes());
  for (const RawMatch& one : look.cards()) out.push_back(one.span);
  std::sort(out.begin(), out.end(), [](ByteRange a, ByteRange b) { return a.begin < b.begin; });
  return out;
}

std::size_t characters_back(std::string_view text, std::size_t at, std::size_t characters) {
  while (at > 0 && characters > 0) characters -= is_continuation(text[--at]) ? 0 : 1;
  return at;
}
std::size_t characters_ahead(std::string_view text, std::size_t at, std::size_t characters) {
  for (; at < text.size() && characters > 0; --characters) {
    ++at;
    while (at < text.size() && is_continuation(text[at])) ++at;
  }
  return at;
}

// Which three bytes in a row a text has, by five bits of each: most words are not there, and one look at the text says so for
// all of them.
class WordBeginnings {
 public:
  explicit WordBeginnings(std::string_view text) {
    for (std::size_t at = 0; at + kBytes <= text.size(); ++at) seen_[slot_of(text.data() + at)] = true;
  }
  // `word`: three bytes and more.
  bool may_hold(std::string_view word) const { return seen_[slot_of(word.data())]; }

 private:
  static constexpr std::size_t kBytes = 3;
  static std::size_t slot_of(const char* at) {
    const auto bits = [at](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(at[i]) & 0x1FU); };
    return bits(0) << 10U | bits(1) << 5U | bits(2);
  }
  std::bitset<std::size_t{1} << 15U> seen_;
};

// Numbers and the text around them, in lower case. Numbers whose surroundings meet share one.
class Surroundings {
 public:
  // `numbers`: ascending, all inside `where`.
  Surroundings(std::string_view source, ByteRange where, std::span<const ByteRange> numbers)
      : from_(where.begin),
        folded_(source.substr(where.begin, where.size())),
        text_(core::to_lower_ascii(folded_.text())) {
    std::size_t at = where.begin;
    std::size_t folded = 0;
    for (ByteRange number : numbers) {
      if (number.begin < at) continue;
      folded += FoldedText(source.substr(at, number.begin - at)).text().size();
      const std::size_t size = FoldedText(source.substr(number.begin, number.size())).text().size();
      numbers_.push_back({folded, std::min(text_.size(), folded + size)});
      folded += size;
      at = number.end;
    }
  }
  ~Surroundings() { core::wipe(text_.data(), text_.size()); }
  Surroundings(const Surroundings&) = delete;

  void add_codes(std::vector<RawMatch>& out) const {
    const WordBeginnings beginnings(text_);
    for (std::string_view word : kWords) {
      if (!beginnings.may_hold(word)) continue;
      for (std::size_t at = text_.find(word); at != std::string::npos; at = text_.find(word, at + 1)) {
        if (!is_whole(at, word.size())) continue;
        if (!add_code_behind(at + word.size(), out)) add_code_before(at, out);
      }
    }
    for (ByteRange number : numbers_) add_code_behind_expiry(number, out);
  }

 private:
  bool is_whole(std::size_t at, std::size_t size) const {
    constexpr std::size_t kShortWord = 4;
    if (at > 0 && is_word(text_[at - 1]) && size <= kShortWord) return false;
    const char next = at + size < text_.size() ? text_[at + size] : ' ';
    return size > kShortWord || next == '2' || is_digit(next) || !is_word(next);
  }

  // Digits of a code that begins at `at`: together, or one by one with a blank between them. 0: it is no code.
  std::size_t code_size(std::size_t at) const {
    std::size_t digits = 0;
    std::size_t end = at;
    const bool is_spread = at + 2 < text_.size() && text_[at + 1] == ' ' && is_digit(text_[at + 2]);
    while (end < text_.size() && is_digit(text_[end]) && digits <= kCodeMax) {
      ++digits;
      ++end;
      if (is_spread && end + 1 < text_.size() && text_[end] == ' ' && is_digit(text_[end + 1])) ++end;
    }
    if (digits < kCodeMin || digits > kCodeMax || (end < text_.size() && is_word(text_[end]))) return 0;
    if (at > 0 && is_word(text_[at - 1]) && !is_stuck_to_word(at)) return 0;
    const char next = end < text_.size() ? text_[end] : ' ';
    const bool goes_on = end + 1 < text_.size() && is_digit(text_[end + 1]);
    if (goes_on && std::string_view(".,/-:").find(next) != std::string_view::npos && next != '-')
      return 0;  // amount, date, time
    if (next == '%' || text_.compare(end, 1, "$") == 0 || text_.compare(end, 3, "\u20AC") == 0 ||
        text_.compare(end, 4, " \u20AC") == 0)
      return 0;
    for (std::string_view unit : {" eur", " usd", " gbp", " chf", " days", " euro", " dollar", " times"}) {
      if (text_.compare(end, unit.size(), unit) == 0) return 0;
    }
    return is_in_number(at, end) ? 0 : end - at;
  }
  bool is_in_number(std::size_t begin, std::size_t end) const {
    const auto next = std::upper_bound(numbers_.begin(), numbers_.end(), begin,
                                       [](std::size_t at, ByteRange number) { return at < number.end; });
    return next != numbers_.end() && next->begin < end;
  }
  bool is_stuck_to_word(std::size_t at) const {
    return at >= kCodeMin && (text_.compare(at - 3, 3, "cvv") == 0 || text_.compare(at - 3, 3, "cvc") == 0);
  }

  bool add_code_behind(std::size_t at, std::vector<RawMatch>& out) const {
    const std::size_t limit = std::min(text_.size(), at + kBetweenMax);
    // "cvv2", "cvc2" are names; "cvv 2" is not.
    if (at + 1 < text_.size() && text_[at] == '2' && !is_digit(text_[at + 1])) ++at;
    while (at < limit) {
      if (is_digit(text_[at])) {
        const std::size_t size = code_size(at);
        if (size > 0) {
          add(at, size, out);
          return true;
        }
        if (!is_filler(at)) return false;
      }
      if (is_word(text_[at])) {
        if (!is_filler(at)) return false;
        while (at < limit && is_word(text_[at])) ++at;
        continue;
      }
      if (std::string_view(" \t\r\n:=#-.()[]{}\"'*_|>/,;&").find(text_[at]) == std::string_view::npos) return false;
      ++at;
    }
    return false;
  }

  bool is_filler(std::size_t at) const {
    std::size_t end = at;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view word = std::string_view(text_).substr(at, end - at);
    return std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers);
  }

  // "123 is the cvv", "123 (cvv)".
  void add_code_before(std::size_t at, std::vector<RawMatch>& out) const {
    constexpr std::size_t kBeforeMax = 12;
    std::size_t end = at;
    while (end > 0 && at - end < kBeforeMax && !is_digit(text_[end - 1])) --end;
    if (end == 0 || end == at || !is_digit(text_[end - 1])) return;
    const std::string_view between = std::string_view(text_).substr(end, at - end);
    const bool is_plain = between == " " || between == " (" || between == " - " || between == " is " ||
                          between == " is the " || between == " is my " || between == " as " || between == " as the " ||
                          between == " = ";
    if (!is_plain) return;
    std::size_t begin = end;
    while (begin > 0 && is_digit(text_[begin - 1])) --begin;
    if (begin > 0 && std::string_view("/.,:-").find(text_[begin - 1]) != std::string_view::npos) return;
    if (end - begin >= kCodeMin && end - begin <= kCodeMax && code_size(begin) == end - begin)
      add(begin, end - begin, out);
  }

  // "4111 1111 1111 1111 12/27 123", "4111…|12|27|123": the code stands behind the expiry date, without a word.
  void add_code_behind_expiry(ByteRange number, std::vector<RawMatch>& out) const {
    std::size_t at = skip_marks(number.end);
    if (at == number.end) return;
    for (std::string_view word : {"exp", "expiry", "expires", "valid", "thru", "date", "gültig", "bis"}) {
      const std::size_t end = at + word.size();
      if (text_.compare(at, word.size(), word) == 0 && end < text_.size() && !is_word(text_[end])) at = skip_marks(end);
    }
    std::size_t month = 0;
    while (month < 2 && at + month < text_.size() && is_digit(text_[at + month])) ++month;
    if (month == 0 || value(at, month) < 1 || value(at, month) > 12) return;
    std::size_t year_at = at + month;
    year_at = year_at < text_.size() && !is_digit(text_[year_at]) ? skip_marks(year_at) : year_at;
    std::size_t year = 0;
    while (year < 4 && year_at + year < text_.size() && is_digit(text_[year_at + year])) ++year;
    if (year != 2 && (year != 4 || value(year_at, 2) != 20)) return;
    const std::size_t code = skip_marks(year_at + year);
    const std::size_t size = code > year_at + year ? code_size(code) : 0;
    if (size > 0) add(code, size, out);
  }
  std::size_t skip_marks(std::size_t at) const {
    constexpr std::size_t kMarksMax = 3;
    const std::size_t from = at;
    while (at < text_.size() && at - from < kMarksMax &&
           std::string_view(" \t|,;:/-\n").find(text_[at]) != std::string_view::npos)
      ++at;
    return at;
  }
  int value(std::size_t at, std::size_t digits) const {
    int sum = 0;
    for (std::size_t i = at; i < at + digits; ++i) sum = sum * 10 + (text_[i] - '0');
    return sum;
  }

  void add(std::size_t at, std::size_t size, std::vector<RawMatch>& out) const {
    const auto source_of = [this](std::size_t begin, std::size_t end) {
      const ByteRange range = folded_.source_of({begin, end});
      return ByteRange{from_ + range.begin, from_ + range.end};
    };
    RawMatch match{"", source_of(at, at + size), {}};
    for (std::size_t i = at; i < at + size; ++i) {
      if (is_digit(text_[i])) match.characters.push_back(source_of(i, i + 1));
    }
    out.push_back(std::move(match));
  }

  std::size_t from_;
  FoldedText folded_;
  std::string text_;
  std::vector<ByteRange> numbers_;  // in text_, ascending
};

}  // namespace

void CvvDetector::find(TextLook& look, std::vector<RawMatch>& out) const {
  const std::string_view text = look.text();
  const std::vector<ByteRange> numbers = numbers_in(look);
  std::vector<RawMatch> codes;
  for (std::size_t first = 0; first < numbers.size();) {
    ByteRange where{characters_back(text, numbers[first].begin, kNearCharacters), 0};
    std::size_t last = first;
    do {
      where.end = std::max(where.end, characters_ahead(text, numbers[last].end, kNearCharacters));
      ++last;
    } while (last < numbers.size() && numbers[last].begin < where.end);
    where.end = std::max(where.end, numbers[last - 1].end);
    Surroundings(text, where, std::span(numbers).subspan(first, last - first)).add_codes(codes);
    first = last;
  }
  // Two words may lead to one code.
  std::sort(codes.begin(), codes.end(),
            [](const RawMatch& a, const RawMatch& b) { return a.span.begin < b.span.begin; });
  std::size_t end = 0;
  for (RawMatch& code : codes) {
    if (code.span.begin < end) continue;
    end = code.span.end;
    out.push_back(std::move(code));
  }
}

}  // namespace postern::pipeline
