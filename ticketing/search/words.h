#pragma once
// ticketing/search/words.h: the words of a ticket, or of one change to it, with how often and where they stand; and the form
// in which a change waits for being merged. README.md has the bytes.
// Thread-safety: values.  Errors: storage::Errc::kCorrupt for bytes of another form.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "ticketing/search/analysis.h"

namespace postern::ticketing::search {

// Never renumber: these bits are on disk.
enum FieldBit : std::uint8_t { kInSubject = 1, kInComment = 2, kInFileName = 4, kInFileText = 8 };
inline constexpr std::uint8_t kAnywhere = 15;
inline constexpr std::uint8_t kUsesMax = 15;  // more are counted as that

struct WordUse {
  std::uint8_t uses = 0;    // 0: of a fact that holds no more
  std::uint8_t fields = 0;
  void merge(const WordUse& other);
  friend bool operator==(const WordUse&, const WordUse&) = default;
};

// One byte: fields and uses. Of format 1, which had no texts of files, three bits and five; since then four and four.
inline constexpr char kFirstUseFormat = 1;
inline constexpr char kUseFormat = 2;
char pack_use(const WordUse& use);
WordUse unpack_use(char byte, char format);

// Words that nobody can type stand for facts: "\x01file", "\x01by 17", "\x01via mail", and those of facts.h.
std::string marker(std::string_view what);
bool is_marker(std::string_view word);

class WordBag {
 public:
  explicit WordBag(const Limits& limits) : limits_(limits) {}
  void add_text(std::string_view text, FieldBit field);
  void add_marker(std::string_view what);
  // That it holds, or no more, whatever was known here before.
  void set_fact(std::string_view what, bool holds);
  const std::map<std::string, WordUse, std::less<>>& words() const { return words_; }
  std::uint32_t length() const { return length_; }  // words, repeated ones too

 private:
  const Limits& limits_;
  std::map<std::string, WordUse, std::less<>> words_;
  std::uint32_t length_ = 0;
};

// Lengths in sixteen steps, each twice the one before.
std::uint8_t length_step(std::uint32_t words);
std::uint8_t joined_length(std::uint8_t a, std::uint8_t b);
double length_of_step(std::uint8_t step);

// One change as it waits: words, and whether they are all of the ticket, in place of whatever was known of it.
struct Waiting {
  bool is_whole = false;
  std::uint8_t length = 0;  // step
  std::vector<std::pair<std::string, WordUse>> words;  // sorted
};
std::string encode_waiting(const WordBag& words, bool is_whole);
core::Result<Waiting> decode_waiting(std::string_view bytes);
// The same without making strings: for scans.
using WordVisitor = std::function<void(std::string_view word, const WordUse& use)>;
core::Result<Waiting> visit_waiting(std::string_view bytes, const WordVisitor& visit);  // head only

}  // namespace postern::ticketing::search
