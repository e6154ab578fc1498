#pragma once
// ticketing/search/removal.h: takes words of one ticket out of the index, inside a transaction: what waits, postings, and the
// dictionary's entry of a word that no ticket has any more. Whatever the merger does meanwhile is a conflict for one of both.
// Thread-safety: one owner.  Errors: those of the store and the vault.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/store.h"
#include "ticketing/search/keys.h"
#include "ticketing/search/limits.h"

namespace postern::ticketing::search {

class Removal {
 public:
  Removal(storage::Transaction& transaction, const storage::Vault& vault, const Limits& limits)
      : transaction_(transaction), vault_(vault), limits_(limits) {}
  core::Result<void> open(core::WorkspaceId workspace, core::TicketId ticket);
  core::Result<void> erase_waiting();
  core::Result<void> erase_word(std::string_view word);
  // Keys whose old values had words in them, for the purge.
  void remember(std::string key) { keys_.insert(std::move(key)); }
  std::vector<std::string> take_keys() { return {keys_.begin(), keys_.end()}; }

 private:
  core::Result<void> let_go_of(std::string_view word, std::uint64_t digest, const std::string& emptied);

  storage::Transaction& transaction_;
  const storage::Vault& vault_;
  const Limits& limits_;
  std::optional<WordKeys> words_;
  core::TicketId ticket_;
  std::set<std::string> keys_;
};

}  // namespace postern::ticketing::search
