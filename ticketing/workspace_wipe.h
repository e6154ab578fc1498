#pragma once
// ticketing/workspace_wipe.h: the end of a workspace: its data keys are shredded and its way in is closed in one synced
// commit; from then on nothing of it can be read, in the store or in copies of its files that lack the master key. What
// its records were is erased afterwards, a bounded number at a time: a crash in between delays that and forgets nothing. What is
// erased, keys with addresses in them too, then leaves the files (purge.h).
// The instance's audit log (workspace 0) keeps who did it.
// Thread-safety: any executor; erase_some() by one task at a time.  Ownership: borrows store and vault.
// Errors: auth::Errc::kForbidden (owners only), core::Errc::kInvalid for another name than the workspace's; those of the store.
#include <cstddef>
#include <string>

#include "auth/principal.h"
#include "core/clock.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace postern::ticketing {

struct WipeLimits {
  std::size_t entries_at_once_max = 500;   // of one transaction
  std::size_t blobs_at_once_max = 8;       // the same of contents, which are large
  std::size_t batches_max = 2'000;         // of one erase_some()
  std::size_t credentials_max = 100'000;   // logins, sessions and tokens of the instance that the first commit looks at, of each kind
  std::size_t commit_attempts_max = 8;     // on kConflict
};

class WorkspaceWiper {
 public:
  WorkspaceWiper(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, WipeLimits limits = {});

  // `typed`: the name as its owner typed it, to be the same as `name`. Cannot be undone.
  core::Task<core::Result<void>> wipe(auth::Principal by, std::string name, std::string typed);
  // Goes on erasing what wiped workspaces left; how many entries went.
  core::Task<core::Result<std::size_t>> erase_some();

 private:
  core::Result<void> close(storage::Transaction& transaction, const auth::Principal& by, const std::string& name) const;
  core::Task<core::Result<std::size_t>> erase_of(core::WorkspaceId workspace, std::size_t& batches);

  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  WipeLimits limits_;
};

}  // namespace postern::ticketing
