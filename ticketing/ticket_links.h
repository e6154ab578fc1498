#pragma once
// ticketing/ticket_links.h: what tickets are found by beside their number: ids of other systems, the problem that an incident
// belongs to, tags. It follows every save; keys hold keyed digests, never words. Tags of a workspace are counted by merge
// counters, exact and without conflicts.
// Thread-safety: all methods from any executor.  Ownership: borrows the store and the vault.
// Errors: those of the store and the vault.  Limits: TicketLimits.
#include <optional>
#include <string>
#include <vector>

#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

// Where the word of a counted tag stands.
core::Result<std::string> tag_word_key(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view tag);

class TicketLinks final : public TicketIndex {
 public:
  TicketLinks(const storage::Store& store, const storage::Vault& vault) : store_(store), vault_(vault) {}

  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;

  // Lowest number first; the reach is the caller's affair.
  core::Result<std::vector<core::TicketId>> with_external_id(core::WorkspaceId workspace, const std::string& external_id) const;
  core::Result<std::vector<core::TicketId>> incidents_of(core::WorkspaceId workspace, core::TicketId problem) const;

  struct TagCount {
    std::string tag;
    std::uint64_t count = 0;
  };
  // Tags that some ticket has, most used first; those that begin with `prefix`.
  core::Result<std::vector<TagCount>> tags(core::WorkspaceId workspace, const std::string& prefix = {}) const;

 private:
  core::Result<void> follow_external_id(storage::Transaction& transaction, const TicketChange& change) const;
  core::Result<void> follow_tags(storage::Transaction& transaction, const TicketChange& change) const;
  core::Result<std::string> digest(core::WorkspaceId workspace, std::string_view purpose, std::string_view text) const;

  const storage::Store& store_;
  const storage::Vault& vault_;
};

}  // namespace postern::ticketing
