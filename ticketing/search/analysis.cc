#include "ticketing/search/analysis.h"

#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>

namespace postern::ticketing::search {
namespace {

enum class Sort : std::uint8_t { kBetween, kWord, kJoin, kComma, kGlyph };

constexpr std::array<Sort, 128> ascii_sorts() {
  std::array<Sort, 128> out{};
  for (std::size_t c = 0; c < out.size(); ++c) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool joins = c == '.' || c == '_' || c == '-' || c == '@' || c == '\'' || c == '+';
    out[c] = is_word ? Sort::kWord : joins ? Sort::kJoin : c == ',' ? Sort::kComma : Sort::kBetween;
  }
  return out;
}
constexpr std::array<Sort, 128> kAscii = ascii_sorts();

struct Block {
  UChar32 first, last;
};
// Scripts that are written without spaces, and Hangul, whose words carry their particles.
constexpr std::array kGlyphBlocks = {
    Block{0x0E01, 0x0E4E}, Block{0x0E81, 0x0EDF}, Block{0x1000, 0x109F}, Block{0x1100, 0x11FF}, Block{0x1780, 0x17DD},
    Block{0x3005, 0x3007}, Block{0x3041, 0x30FA}, Block{0x30FC, 0x30FF}, Block{0x31F0, 0x31FF}, Block{0x3400, 0x4DBF},
    Block{0x4E00, 0x9FFF}, Block{0xA960, 0xA97F}, Block{0xAC00, 0xD7FB}, Block{0xF900, 0xFAFF}, Block{0x20000, 0x3FFFF}};

Sort sort_of(UChar32 c) {
  if (c < 0) return Sort::kBetween;
  if (c < 0x80) return kAscii[static_cast<std::size_t>(c)];
  if (c == 0x2019 || c == 0x2010 || c == 0x2011) return Sort::kJoin;  // an apostrophe, hyphens
  const auto type = U_GET_GC_MASK(c);
  if ((type & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) == 0) return Sort::kBetween;
  const bool is_glyph = c >= kGlyphBlocks.front().first && c <= kGlyphBlocks.back().last &&
                        std::ranges::any_of(kGlyphBlocks, [c](const Block& each) { return c >= each.first && c <= each.last; });
  return is_glyph ? Sort::kGlyph : Sort::kWord;
}

void append(std::string& out, UChar32 c) {
  std::array<char, U8_MAX_LENGTH> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, c);
  out.append(bytes.data(), static_cast<std::size_t>(size));
}

const icu::Normalizer2* decomposition() {
  static const icu::Normalizer2* const kNormalizer = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Normalizer2::getNFDInstance(error);
  }();
  return kNormalizer;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Letters that Unicode does not decompose but readers leave the stroke of.
UChar32 plain_letter(UChar32 c) {
  switch (c) {
    case 0x00F8: return 'o';
    case 0x0111: return 'd';
    case 0x0142: return 'l';
    case 0x0131: return 'i';
    case 0x0127: return 'h';
    case 0x2019: return '\'';
    case 0x2010:
    case 0x2011: return '-';
    default: return c;
  }
}

bool may_have_accent(UChar32 c) {
  return (c >= 0x00C0 && c <= 0x052F) || (c >= 0x1E00 && c <= 0x1FFF) || c == 0x2019 || c == 0x2010 || c == 0x2011;
}

std::string without_accents(std::string_view word) {
  std::string out;
  const auto size = static_cast<std::int32_t>(word.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(word.data(), at, size, c);
    if (c < 0 || (c >= 0x0300 && c <= 0x036F)) continue;
    if (c == 0x00E6) {
      out += "ae";
      continue;
    }
    if (c == 0x0153) {
      out += "oe";
      continue;
    }
    icu::UnicodeString parts;
    if (may_have_accent(c) && decomposition() != nullptr && decomposition()->getDecomposition(c, parts)) c = parts.char32At(0);
    append(out, plain_letter(c));
  }
  return out;
}

// At most that many bytes, whole characters.
std::string_view cut(std::string_view word, std::size_t bytes_max) {
  if (word.size() <= bytes_max) return word;
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(word[size]) & 0xC0U) == 0x80U) --size;
  return word.substr(0, size);
}

icu::BreakIterator* word_iterator() {
  thread_local const std::unique_ptr<icu::BreakIterator> kIterator = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), error));
    return U_SUCCESS(error) ? std::move(made) : nullptr;
  }();
  return kIterator.get();
}

class Scanner {
 public:
  Scanner(std::string_view text, const Limits& limits, WordSink& sink) : text_(text), limits_(limits), sink_(sink) {}

  void run() {
    const auto size = static_cast<std::int32_t>(text_.size());
    while (at_ < size) {
      const std::int32_t begin = at_;
      switch (next()) {
        case Sort::kWord:
          at_ = begin;
          compound();
          break;
        case Sort::kGlyph:
          at_ = begin;
          glyphs();
          break;
        default: break;
      }
    }
  }

 private:
  struct Span {
    std::size_t begin, end;
  };

  Sort next() {
    const auto c = static_cast<unsigned char>(text_[static_cast<std::size_t>(at_)]);
    if (c < 0x80) {
      ++at_;
      return kAscii[c];
    }
    UChar32 wide = 0;
    U8_NEXT(text_.data(), at_, static_cast<std::int32_t>(text_.size()), wide);
    return sort_of(wide);
  }

  Sort peek() {
    if (at_ >= static_cast<std::int32_t>(text_.size())) return Sort::kBetween;
    const std::int32_t here = at_;
    const Sort out = next();
    at_ = here;
    return out;
  }

  Span part() {
    const auto begin = static_cast<std::size_t>(at_);
    while (peek() == Sort::kWord) next();
    return {begin, static_cast<std::size_t>(at_)};
  }

  bool is_digit(std::size_t at) const { return at < text_.size() && text_[at] >= '0' && text_[at] <= '9'; }

  // Whether what joins stands here between two words; then behind it.
  bool joined() {
    const Sort sort = peek();
    if (sort != Sort::kJoin && sort != Sort::kComma) return false;
    const std::int32_t here = at_;
    next();
    const bool is_number = is_digit(static_cast<std::size_t>(here) - 1) && is_digit(static_cast<std::size_t>(at_));
    if (peek() == Sort::kWord && (sort == Sort::kJoin || is_number)) return true;
    at_ = here;
    return false;
  }

  void compound() {
    ++run_;
    parts_.clear();
    do {
      parts_.push_back(part());
      give(WordKind::kPart, 1, parts_.back());
      const std::size_t most = std::min(parts_.size(), limits_.compound_parts_max);
      for (std::size_t count = 2; count <= most; ++count) {
        const Span whole{parts_[parts_.size() - count].begin, parts_.back().end};
        if (whole.end - whole.begin <= limits_.word_bytes_max) give(WordKind::kCompound, static_cast<std::uint32_t>(count), whole);
      }
    } while (joined());
  }

  void glyphs() {
    ++run_;
    const auto begin = static_cast<std::size_t>(at_);
    std::size_t last = begin;
    bool is_first = true;
    while (peek() == Sort::kGlyph) {
      const auto here = static_cast<std::size_t>(at_);
      next();
      give(WordKind::kGlyph, 1, {here, static_cast<std::size_t>(at_)});
      if (!is_first) give(WordKind::kPair, 2, {last, static_cast<std::size_t>(at_)});
      is_first = false;
      last = here;
    }
    const auto end = static_cast<std::size_t>(at_);
    give(WordKind::kPair, 1, {last, end});
    segments({begin, end});
  }

  void segments(Span run) {
    icu::BreakIterator* iterator = word_iterator();
    if (iterator == nullptr) return;
    UErrorCode error = U_ZERO_ERROR;
    UText* opened = utext_openUTF8(nullptr, text_.data() + run.begin, static_cast<std::int64_t>(run.end - run.begin), &error);
    const std::unique_ptr<UText, decltype([](UText* each) { utext_close(each); })> text(opened);
    if (U_FAILURE(error)) return;
    iterator->setText(text.get(), error);
    if (U_FAILURE(error)) return;
    std::int32_t begin = iterator->first();
    for (std::int32_t end = iterator->next(); end != icu::BreakIterator::DONE; begin = end, end = iterator->next()) {
      const Span word{run.begin + static_cast<std::size_t>(begin), run.begin + static_cast<std::size_t>(end)};
      if (letters_of(text_.substr(word.begin, word.end - word.begin)) > 2) give(WordKind::kSegment, 1, word);
    }
    error = U_ZERO_ERROR;
    UText none = UTEXT_INITIALIZER;
    utext_openUTF8(&none, "", 0, &error);
    iterator->setText(&none, error);  // it would hold on to ours
    utext_close(&none);
  }

  void give(WordKind kind, std::uint32_t parts, Span span) {
    const std::string_view word = text_.substr(span.begin, span.end - span.begin);
    const WordPlace place{kind, run_, parts, span.begin, span.end};
    if (kind == WordKind::kPair || kind == WordKind::kGlyph || is_ascii(word)) {
      sink_.take(cut(word, limits_.word_bytes_max), place);
      return;
    }
    const std::string plain = without_accents(word);
    if (!plain.empty()) sink_.take(cut(plain, limits_.word_bytes_max), place);
  }

  std::string_view text_;
  const Limits& limits_;
  WordSink& sink_;
  std::int32_t at_ = 0;
  std::uint32_t run_ = 0;
  std::vector<Span> parts_;
};

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

std::string fold_wide(std::string_view text, icu::Edits* edits) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folder = icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::string out;
  if (U_FAILURE(error)) return lower_ascii(text);
  icu::StringByteSink<std::string> sink(&out);
  folder->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, edits, error);
  return out;
}

}  // namespace

std::string fold(std::string_view text) { return is_ascii(text) ? lower_ascii(text) : fold_wide(text, nullptr); }

FoldedText fold_with_places(std::string_view text) {
  FoldedText out;
  if (is_ascii(text)) {
    out.text = lower_ascii(text);
    return out;
  }
  icu::Edits edits;
  out.text = fold_wide(text, &edits);
  UErrorCode error = U_ZERO_ERROR;
  for (icu::Edits::Iterator each = edits.getFineChangesIterator(); each.next(error) && U_SUCCESS(error);) {
    out.steps.emplace_back(static_cast<std::size_t>(each.destinationIndex()), static_cast<std::size_t>(each.sourceIndex()));
    out.steps.emplace_back(static_cast<std::size_t>(each.destinationIndex() + each.newLength()),
                           static_cast<std::size_t>(each.sourceIndex() + each.oldLength()));
  }
  return out;
}

std::size_t FoldedText::original(std::size_t folded) const {
  const auto behind = std::ranges::upper_bound(steps, folded, {}, [](const auto& each) { return each.first; });
  if (behind == steps.begin()) return folded;
  const auto& [at, source] = *std::prev(behind);
  const std::size_t moved = source + (folded - at);
  return behind == steps.end() ? moved : std::min(moved, behind->second);
}

void analyse(std::string_view folded, const Limits& limits, WordSink& sink) { Scanner(folded, limits, sink).run(); }

std::string fold_word(std::string_view typed, const Limits& limits) {
  const std::string folded = fold(typed);
  std::string out = without_accents(folded);
  if (out.size() > limits.word_bytes_max) return {};
  std::int32_t at = 0;
  const auto size = static_cast<std::int32_t>(out.size());
  while (at < size) {
    UChar32 c = 0;
    U8_NEXT(out.data(), at, size, c);
    const Sort sort = sort_of(c);
    if (sort == Sort::kBetween) return {};
  }
  return out;
}

std::size_t letters_of(std::string_view word) {
  return static_cast<std::size_t>(std::ranges::count_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_no_spaces(std::string_view word) {
  std::int32_t at = 0;
  UChar32 c = 0;
  if (word.empty()) return false;
  U8_NEXT(word.data(), at, static_cast<std::int32_t>(word.size()), c);
  return sort_of(c) == Sort::kGlyph;
}

}  // namespace postern::ticketing::search
