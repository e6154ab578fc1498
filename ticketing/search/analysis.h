#pragma once
// ticketing/search/analysis.h: text into the words by which it is found. Deterministic: the same text and version give the same
// words, whatever came before.
//   1. NFKC and case folding (ICU); what cannot be seen (zero-width, soft hyphens) is dropped; accents of Latin, Greek and
//      Cyrillic letters are dropped ("Straße" is "strasse", "Łódź" is "lodz").
//   2. Runs of letters and digits are words. Words joined by one of . _ - @ ' + (or , between digits) are words together too,
//      up to Limits::compound_parts_max neighbours: "INV-2024-17" is found as a whole, by "2024-17" and by "17".
//   3. Scripts without spaces (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese): each two neighbouring characters, so that every
//      part of a run is found, the last one alone, and the words that ICU's dictionaries find, for prefixes.
// Thread-safety: pure functions; ICU's iterators are one a thread.  Errors: none; what is not UTF-8 separates words.
#include <string>
#include <string_view>
#include <vector>

#include "ticketing/search/limits.h"

namespace postern::ticketing::search {

enum class WordKind : std::uint8_t {
  kPart,      // a run of letters and digits
  kCompound,  // several of them with what joins them
  kPair,      // two neighbouring characters of a script without spaces; at the end of a run, one
  kSegment,   // a word of three or more such characters, by dictionary
  kGlyph,     // one such character: for phrases, not for the index
};

struct WordPlace {
  WordKind kind = WordKind::kPart;
  std::uint32_t run = 0;    // the compound, or run of a script without spaces, that it is of
  std::uint32_t parts = 1;  // of a compound
  std::size_t begin = 0;    // bytes of the folded text
  std::size_t end = 0;
};

class WordSink {
 public:
  virtual ~WordSink() = default;
  virtual void take(std::string_view word, const WordPlace& place) = 0;
};

// NFKC with case folding; without accents yet, which are a matter of single words.
std::string fold(std::string_view text);

// The same, with the way back: where in the original a place of the folded text is.
struct FoldedText {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> steps;  // (folded, original) where the distance changes, ascending
  std::size_t original(std::size_t folded) const;
};
FoldedText fold_with_places(std::string_view text);

// Words of folded text, in its order.
void analyse(std::string_view folded, const Limits& limits, WordSink& sink);

// One word as analyse() gives it, of which the user typed the beginning; empty when it is not one word.
std::string fold_word(std::string_view typed, const Limits& limits);

// How many characters (code points) a word has; whether its first one is of a script without spaces.
std::size_t letters_of(std::string_view word);
bool has_no_spaces(std::string_view word);

}  // namespace postern::ticketing::search
