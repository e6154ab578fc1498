#pragma once
// app/sts_book.h: keeps the MTA-STS policies that deliveries have read (smtp/client/sts_policies.h) over restarts: a sealed record a
// domain under workspace 0, read before the first delivery, written behind deliveries and at the end. What a crash loses in between
// is read again from the domain.
// Thread-safety: start() and stop() by one owner; the rest runs on the executor.
// Ownership: borrows everything; stop() before the store closes and the policies end.
// Errors: none that stop anything: a record that cannot be read is logged and removed, one that cannot be written tried again.
// Limits: smtp::kStsPoliciesMax records; kBatchMax a transaction.
#include <boost/asio/any_io_executor.hpp>

#include <atomic>

#include "core/task_group.h"
#include "smtp/client/sts_policies.h"
#include "storage/vault.h"

namespace postern::app {

class StsBook {
 public:
  static constexpr std::chrono::seconds kWriteEvery{15};
  static constexpr std::size_t kBatchMax = 256;

  StsBook(storage::Store& store, const storage::Vault& vault, smtp::StsPolicies& policies, core::Clock& clock);
  // How many were found. Errors: those of the store; then nothing was read.
  core::Result<std::size_t> read();
  void start(boost::asio::any_io_executor executor);
  // Writes once more.
  core::Task<void> stop(core::Deadline by);
  // What has changed since the last time.
  core::Task<core::Result<void>> write();

 private:
  core::Task<void> run();
  core::Task<void> write_or_warn();
  core::Result<std::string> key_of(const std::string& domain) const;
  core::Result<void> put(storage::Transaction& transaction, const smtp::KeptStsPolicy& policy) const;
  core::Result<void> fill(storage::Transaction& transaction, const smtp::StsChanges& changes) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  smtp::StsPolicies& policies_;
  core::Clock& clock_;
  std::vector<std::string> unreadable_;  // keys, to be removed
  std::atomic<bool> is_stopping_{false};
  core::TaskGroup tasks_;
};

}  // namespace postern::app
