#pragma once
// ticketing/people/name_words.h: finding people and organisations by the beginning of a word of their name. Keys of the index hold
// digests under a key of the workspace, never words; what a digest finds is looked at before it is shown.
// Words are folded as those of the search are (Unicode case folding, NFKC) and cut where a character is neither letter nor digit.
// Thread-safety: pure.  Errors: those of the vault.  Limits: kWordsMax words, each found by its first kPrefixMax characters.
#include <string>
#include <string_view>
#include <vector>

#include "storage/vault.h"

namespace postern::ticketing {

class NameWords {
 public:
  static constexpr std::size_t kWordsMax = 16;
  static constexpr std::size_t kPrefixMax = 8;  // characters

  static core::Result<NameWords> of(const storage::Vault& vault, core::WorkspaceId workspace);

  // Ten bytes. `kind` keeps names, domains and ids apart.
  std::string digest(std::string_view kind, std::string_view text) const;
  // Of everything by which a text is found: sorted, unique.
  std::vector<std::string> digests(std::string_view text) const;
  // Of each word in `query`, that which says most first.
  std::vector<std::string> query_digests(std::string_view query) const;

 private:
  explicit NameWords(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

std::vector<std::string> name_words(std::string_view text);
// Whether each word of the query begins a word of the text.
bool has_words(std::string_view text, std::string_view query);

}  // namespace postern::ticketing
