#pragma once
// app/dkim_rotation_task.h: looks at all signing keys every hour and takes the steps that plan_rotation() asks for:
// makes the next key, lets it sign once its record is seen, retires the one before. Each step is durable before the
// next, logged ("dkim.…") and counted; what an administrator has to publish is said again each day until it is done.
// Thread-safety: start() and stop() by the owner; the rest runs on the executor.  Ownership: borrows everything; stop()
// before destruction and before signer, resolver and pool end.  Files are read and written on the pool.
// Errors: what fails is logged and tried again at the next check; a signer that could not take the keys of the folder
// keeps what it has, and no further step is taken for the domain until it could.
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/offload.h"
#include "core/task_group.h"
#include "net/dns.h"
#include "pipeline/sender/dkim_rotation.h"
#include "pipeline/sender/dkim_signer.h"

namespace postern::app {

struct DkimTaskOptions {
  pipeline::DkimRotationOptions rotation;
  core::Duration first_check = std::chrono::minutes(1);  // after the start
  core::Duration check_interval = std::chrono::hours(1);
  core::Duration jitter_max = std::chrono::minutes(10);  // added at random, so that servers do not ask in step
  core::Duration dns_time_max = std::chrono::seconds(30);
  core::Duration remind_interval = std::chrono::hours(24);
};

// What the outgoing queue holds; called on the pool.
using DkimQueueLook = std::function<core::Result<pipeline::DkimQueueView>()>;

struct DkimKeysOfDomain {
  std::vector<pipeline::DkimKeyInfo> keys;
  std::vector<pipeline::DkimTxtRecord> records;  // one a key; without a value when a retired key's file is gone
};
// Blocking.
core::Result<DkimKeysOfDomain> load_keys(const pipeline::DkimKeyFolder& folder, const std::string& domain);
// Asks DNS for the record of each key.
core::Task<std::vector<pipeline::DkimObservation>> observe_keys(DkimKeysOfDomain loaded, net::DnsResolver& resolver,
                                                                core::Deadline by);

class DkimRotationTask {
 public:
  struct Parts {
    pipeline::DkimKeyFolder folder;
    pipeline::DkimSigner& signer;
    net::DnsResolver& resolver;
    core::WorkPool& pool;
    core::Clock& clock;
    DkimQueueLook queue;
  };
  DkimRotationTask(Parts parts, DkimTaskOptions options);
  void start(boost::asio::any_io_executor executor);
  core::Task<void> stop(core::Deadline by);
  // One round over all domains now; the number of steps taken. Not beside another one.
  core::Task<std::size_t> check();

 private:
  using Actions = std::vector<pipeline::DkimAction>;
  struct Told {
    std::string what;
    core::Instant at;
  };
  core::Task<void> run();
  core::Task<core::Result<std::size_t>> check_domain(std::string domain);
  core::Task<core::Result<void>> take_steps(std::string domain, Actions actions);
  core::Task<core::Result<void>> bring_signer_up(std::string domain, std::vector<pipeline::DkimKeyInfo> keys);
  void remind(const std::vector<pipeline::DkimOutlook>& outlooks);
  void count(const std::vector<pipeline::DkimOutlook>& outlooks);
  void export_gauges();

  Parts parts_;
  const DkimTaskOptions options_;
  core::TaskGroup tasks_;
  std::atomic<bool> is_stopping_{false};
  std::map<std::string, Told> told_;          // by domain/selector
  std::map<std::string, std::int64_t> counts_;  // of this round, by state, and "unpublished"
};

}  // namespace postern::app
