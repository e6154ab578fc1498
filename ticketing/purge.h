#pragma once
// ticketing/purge.h: makes what was redacted by hand leave the disk: the store keeps old values until something rewrites
// them. What is due is a record written with the redaction, so a crash or a restart delays it and forgets nothing; its end
// is audited ("comment.purged").
// Thread-safety: run() by one task at a time; the rest from any thread. Ownership: borrows everything.
// Errors: those of the store; transient ones (somebody still reads an older view) are worth another run.
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/offload.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace postern::ticketing {

struct PurgeLimits {
  std::size_t at_once_max = 200;  // redactions that one purge of the store serves
};

class Purger {
 public:
  // `pool`: of one thread, for nothing else: a purge of a large store takes long.
  Purger(storage::Store& store, storage::Vault& vault, core::IdSource& ids, core::Clock& clock, core::WorkPool& pool,
         PurgeLimits limits = {});
  // What is due, oldest first, up to the limit; how many redactions have left the disk now.
  core::Task<core::Result<std::size_t>> run();
  // Redactions whose old values may still be on the disk.
  core::Result<std::size_t> pending(core::WorkspaceId workspace) const;

 private:
  storage::Store& store_;
  storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  core::WorkPool& pool_;
  PurgeLimits limits_;
};

// In the transaction of a redaction.
core::Result<void> add_purge_due(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                                 core::CommentId comment, std::vector<std::string> keys, std::uint64_t id,
                                 std::int64_t now_unix_ms);

// The same of a person.
core::Result<void> add_person_purge_due(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user,
                                        std::vector<std::string> keys, std::uint64_t id, std::int64_t now_unix_ms);

}  // namespace postern::ticketing
