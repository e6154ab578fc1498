#pragma once
// ticketing/search/texts.h: the texts of a ticket themselves: phrases are verified in them, and what is found is shown from
// them. Positions of words are not in the index: it would be twice as large (README.md).
// Thread-safety: one owner.  Ownership: borrows.  Errors: those of the store and the vault.
#include <set>
#include <string>
#include <vector>

#include "storage/schema/ticket.pb.h"
#include "ticketing/search/word_reader.h"

namespace postern::ticketing::search {

struct PhraseTest {
  std::vector<std::string> atoms;
  std::uint8_t fields = kAnywhere;
  bool is_negated = false;
};

// What is shown of a hit, and where it stands.
struct Snippet {
  std::string html;              // escaped, with <mark>; empty: nothing to be marked was found where it was looked for
  FieldBit in = kInSubject;
  std::uint64_t comment = 0;     // 0: the subject
  std::uint64_t attachment = 0;  // kInFileName, kInFileText
  std::string file_name;
};

class TextReader {
 public:
  explicit TextReader(const View& view) : view_(view) {}
  // Whether one text of the ticket has the phrase. Reads comments until it is found.
  core::Result<bool> has_phrase(const schema::Ticket& ticket, const PhraseTest& test);
  std::size_t texts_read() const { return texts_read_; }

  // What to mark: words and beginnings of words.
  struct Marks {
    std::set<std::string, std::less<>> words;
    std::vector<std::string> prefixes;
    std::uint8_t fields = 0;  // where they are looked for
    bool has(std::string_view word) const;
  };
  // A piece of the first comment with its files, or of the subject, in which something is to be marked.
  core::Result<Snippet> snippet(const schema::Ticket& ticket, const Marks& marks);

 private:
  core::Result<std::string> text_of(const schema::Attachment& file);
  core::Result<bool> is_in_files(const schema::Comment& comment, const PhraseTest& test);
  core::Result<Snippet> snippet_of_files(const schema::Comment& comment, const Marks& marks);

  // Comments from the first on, until `visit` returns true; false at the end, or behind that many.
  template <class Visit>
  core::Result<bool> any_comment(std::uint64_t ticket, std::size_t count_max, Visit visit);

  const View& view_;
  std::size_t texts_read_ = 0;
};

// Atoms of the phrase, at least one, next to each other in the text.
bool has_phrase(std::string_view text, const std::vector<std::string>& phrase, const Limits& limits);
// Around the first mark; empty when there is nothing to be marked.
std::string marked_html(std::string_view text, const TextReader::Marks& marks, const Limits& limits);

}  // namespace postern::ticketing::search
