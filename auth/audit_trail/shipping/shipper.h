#pragma once
// auth/audit_trail/shipping/shipper.h: copies every chained entry of every workspace to the receivers that are configured, in the
// order of the chain, each at least once. Each receiver has a task, a wire and a cursor in the store of its own: one that is
// down holds up no other, and after a restart each goes on behind what it confirmed. The time between a confirmation and the
// write of its cursor is where an entry may come twice; its number tells.
// Thread-safety: start() and stop() by one owner; states() from any thread.  Ownership: borrows store, vault, resolver and
// clock; stop() before destruction.
// Errors: make() for settings that cannot work: core::Errc::kInvalid, kIo. Later ones are logged, counted and retried for
// ever, with back-off: nothing is given up.
// Limits: ShipOptions; a task holds one batch in memory.
#include <functional>
#include <mutex>

#include "auth/audit_trail/shipping/wire.h"

namespace postern::auth {

// A sentence a mistake in the settings; reads the files that they name.
std::vector<std::string> ship_setting_complaints(const ShipOptions& options);

class AuditShipper {
 public:
  using Workspaces = std::function<std::vector<core::WorkspaceId>()>;
  struct Parts {
    storage::Store& store;
    const storage::Vault& vault;
    net::DnsResolver& resolver;
    core::Clock& clock;
    Workspaces workspaces;
  };
  static core::Result<std::unique_ptr<AuditShipper>> make(Parts parts, ShipOptions options);

  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);

  struct State {
    std::string receiver;                // its label
    bool is_encrypted = false;
    bool is_failing = false;
    std::string problem;                 // of the last failure, while it lasts
    std::int64_t confirmed_unix_ms = 0;  // since the start; 0: nothing yet
    std::uint64_t sent = 0;              // entries since the start
    std::uint64_t waiting = 0;           // entries of all workspaces that it has not had, when last looked
  };
  std::vector<State> states() const;

 private:
  struct Receiver;
  AuditShipper(Parts parts, ShipOptions options);
  core::Task<void> run(std::shared_ptr<Receiver> receiver);
  core::Task<core::Result<std::size_t>> ship_round(std::shared_ptr<Receiver> receiver);
  core::Task<core::Result<std::size_t>> ship_some(std::shared_ptr<Receiver> receiver, core::WorkspaceId workspace);
  core::Result<void> measure_lag(Receiver& receiver);
  void note_failure(Receiver& receiver, const core::Error& error);

  const Parts parts_;
  const ShipOptions options_;
  std::vector<std::shared_ptr<Receiver>> receivers_;
  mutable std::mutex mutex_;  // of the receivers' states
  core::TaskGroup tasks_;
  std::atomic<bool> is_stopping_{false};
};

}  // namespace postern::auth
