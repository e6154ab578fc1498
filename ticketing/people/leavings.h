#pragma once
// ticketing/people/leavings.h: what a group or an organisation leaves behind when it is deleted: tickets and people that still name
// it. They are let go in the background, a bounded number in a round, each ticket with its event; what is on the way is in the
// store, so that a restart goes on with it.
// Thread-safety: one round of a workspace at a time.  Ownership: borrows what Services borrows.  Errors: those of the store.
#include <atomic>

#include "core/task.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

struct LeavingLimits {
  std::size_t round_max = 500;  // tickets and people of one round
};

class Leavings {
 public:
  explicit Leavings(const Services& with, LeavingLimits limits = LeavingLimits()) : with_(with), limits_(limits) {}
  // How many it let go.
  core::Task<core::Result<std::size_t>> round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  core::Task<core::Result<std::size_t>> clear(core::WorkspaceId workspace, std::string pending, std::size_t most, const std::atomic<bool>& is_stopping);
  core::Task<core::Result<std::size_t>> clear_tickets(core::WorkspaceId workspace, std::string prefix, std::string pending, std::size_t most,
                                                      const std::atomic<bool>& is_stopping);
  core::Task<core::Result<std::size_t>> clear_people(core::WorkspaceId workspace, std::uint64_t organization, std::size_t most,
                                                     const std::atomic<bool>& is_stopping);
  core::Result<void> leave_ticket(storage::Transaction& transaction, core::WorkspaceId workspace, const std::string& pending,
                                  const std::string& entry) const;
  core::Result<void> leave_person(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization,
                                  const std::string& entry) const;

  const Services with_;
  const LeavingLimits limits_;
};

}  // namespace postern::ticketing
