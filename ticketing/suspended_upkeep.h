#pragma once
// ticketing/suspended_upkeep.h: held mail does not wait for ever, and does not wait unseen. After some days (by
// configuration, or shorter or longer by the workspace, within bounds) it is erased, from the disk too; once a day
// whoever wants it is mailed what waits: counts and causes, no content. Thread-safety: all methods from any executor;
// expire() and send_digests() are chores, one of each at a time. Ownership: borrows the services. Errors:
// Errc::kInvalid with a sentence, auth::Errc::kForbidden; those of the store.  Limits: Options::suspended_…, digest_….
#include <atomic>
#include <optional>
#include <vector>

#include "core/task.h"
#include "storage/schema/intake.pb.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

class SuspendedUpkeep {
 public:
  explicit SuspendedUpkeep(Services with) : with_(with) {}

  struct Settings {
    std::uint32_t days = 0;  // that held mail waits
    bool is_chosen = false;  // by the workspace, rather than by the configuration
    std::vector<core::UserId> digest_readers;
  };
  core::Result<Settings> settings(core::WorkspaceId workspace) const;
  // nullopt: as the configuration says.
  core::Task<core::Result<void>> set_days(auth::Principal by, std::optional<std::uint32_t> days);
  // For oneself. Who may not see held mail cannot want it.
  core::Task<core::Result<void>> want_digest(auth::Principal by, bool wants);

  // How many messages were erased; the oldest first, a bounded number in a transaction.
  core::Task<core::Result<std::size_t>> expire(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  // How many were queued: at most one a day and reader, from Options::digest_hour_utc on, and none when nothing waits
  // for him.
  core::Task<core::Result<std::size_t>> send_digests(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  struct Batch {
    std::size_t erased = 0;
    std::string after;  // key behind which the next batch goes on
    bool is_last = true;
  };
  core::Result<Batch> expire_some(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint32_t days,
                                  const std::string& after);
  core::Result<schema::SuspendedSettings> read(storage::Transaction& transaction, core::WorkspaceId workspace) const;
  core::Result<Settings> settings_in(storage::Transaction& transaction, core::WorkspaceId workspace) const;

  const Services with_;
};

}  // namespace postern::ticketing
