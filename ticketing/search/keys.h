#pragma once
// ticketing/search/keys.h: keys of the full-text index. Words are keyed digests: 8 bytes of BLAKE2b under a key
// derived from the workspace's, so that no key tells a word, and the same word has another digest in another workspace.
// Thread-safety: values; WordKeys is immutable.
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "storage/vault.h"

namespace postern::ticketing::search {

class WordKeys {
 public:
  static core::Result<WordKeys> open(const storage::Vault& vault, core::WorkspaceId workspace);

  core::WorkspaceId workspace() const { return workspace_; }
  std::uint64_t digest(std::string_view word) const;
  // Blocks of postings of a word, by range of ticket numbers.
  std::string postings_prefix(std::uint64_t digest) const;
  std::string postings(std::uint64_t digest, std::uint64_t range) const;
  // The dictionary's entry of a word: under the digests of its first letters, so that all words with the same beginning stand
  // together (README.md has the trade-off).
  std::string entry(std::string_view word) const;
  // Entries of all words that begin so, and of some that do not: the value tells.
  std::string entries_prefix(std::string_view beginning) const;
  // Where stores of before facts were words list a ticket with an attribute ("tag vip").
  std::string attribute(std::string_view attribute, std::uint64_t ticket) const;

 private:
  WordKeys(core::WorkspaceId workspace, std::string key) : workspace_(workspace), key_(std::move(key)) {}
  core::WorkspaceId workspace_;
  std::string key_;
};

// Changes that are not merged yet, by ticket; 0: the whole ticket, kFactsChange: its facts, otherwise a comment.
inline constexpr std::uint64_t kFactsChange = ~std::uint64_t{0};  // behind all comments, which it may contradict
std::string waiting_prefix(core::WorkspaceId workspace);
std::string waiting_prefix(core::WorkspaceId workspace, core::TicketId ticket);
std::string waiting(core::WorkspaceId workspace, core::TicketId ticket, std::uint64_t comment);
// What an attached file shows.
std::string file_text_key(core::WorkspaceId workspace, std::uint64_t attachment);
// How far the tickets of before the index have been taken in.
std::string fill_state(core::WorkspaceId workspace);

// The two numbers at the end of keys whose last fields they are.
std::uint64_t last_number(std::string_view key);
std::uint64_t number_before_last(std::string_view key);

}  // namespace postern::ticketing::search
