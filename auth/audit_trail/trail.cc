#include "auth/audit_trail/trail.h"

#include "auth/detail/keys.h"
#include "auth/detail/transact.h"
#include "auth/options.h"
#include "core/log.h"
#include "core/metrics.h"

namespace postern::auth {
namespace {

struct Step {
  bool is_over = false;
  std::optional<core::Error> error;
};

Step take_step(ChainVerifier& verifier) {
  const core::Result<bool> done = verifier.step();
  return done ? Step{*done, std::nullopt} : Step{true, done.error()};
}

}  // namespace

AuditTrail::AuditTrail(storage::Store& store, const storage::Vault& vault, core::Clock& clock, core::WorkPool& pool, Workspaces workspaces,
                       TrailOptions options)
    : store_(store), vault_(vault), clock_(clock), pool_(pool), workspaces_(std::move(workspaces)), options_(options),
      linker_(store, vault, clock, options.link), tasks_("audit trail", clock) {}

void AuditTrail::start(boost::asio::any_io_executor executor) { tasks_.spawn(std::move(executor), run()); }

core::Task<void> AuditTrail::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
}

core::Task<void> AuditTrail::run() {
  while (!is_stopping_) {
    const core::Result<std::size_t> linked = co_await link_all();
    if (!linked) core::log::warn("audit.link_failed", {{"why", linked.error().describe()}});
    if (is_stopping_) co_return;
    co_await look_for_alerts();
    co_await do_chores();
    if (is_stopping_) co_return;
    if (co_await verify_next() && linked) continue;
    co_await clock_.sleep_for(linked ? options_.link_interval : options_.retry_delay);
  }
}

core::Task<void> AuditTrail::look_for_alerts() {
  if (alerts_ == nullptr) co_return;
  for (const core::WorkspaceId workspace : workspaces_()) {
    const core::Result<std::size_t> sent = co_await alerts_->look(workspace);
    // Another writer of the outbox was faster, or the disk fails: the cursor stands, the next round tells it.
    if (!sent) core::log::warn("audit.alerts_failed", {{"workspace", workspace.value}, {"why", sent.error().describe()}});
    if (sent && *sent > 0) core::metrics().counter("postern_audit_alerts_total", "letters to security contacts").add(*sent);
  }
}

core::Task<void> AuditTrail::do_chores() {
  for (Repeated& each : chores_) {
    if (each.last != core::Instant::min() && clock_.now() - each.last < each.interval) continue;
    each.last = clock_.now();
    std::vector<core::WorkspaceId> all = workspaces_();
    all.push_back(keys::kGlobal);
    for (const core::WorkspaceId workspace : all) {
      if (is_stopping_) co_return;
      const core::Result<std::size_t> done = co_await each.chore(workspace);
      if (!done) core::log::warn("audit.chore_failed", {{"chore", each.name}, {"workspace", workspace.value}, {"why", done.error().describe()}});
    }
  }
}

core::Task<core::Result<std::size_t>> AuditTrail::link_all() {
  std::vector<core::WorkspaceId> all = workspaces_();
  all.push_back(keys::kGlobal);
  std::size_t linked = 0;
  std::optional<core::Error> failed;  // of one workspace: the others go on
  for (const core::WorkspaceId workspace : all) {
    const core::Result<std::size_t> here = co_await link_all(workspace);
    if (here) {
      linked += *here;
    } else {
      failed = here.error();
    }
  }
  if (failed) co_return *failed;
  co_return linked;
}

core::Task<core::Result<std::size_t>> AuditTrail::link_all(core::WorkspaceId workspace) {
  std::size_t linked = 0;
  for (;;) {
    POSTERN_CO_TRY(const std::size_t batch, co_await linker_.link(workspace));
    linked += batch;
    if (batch < options_.link.link_batch_max || is_stopping_) break;
  }
  if (linked > 0) core::metrics().counter("postern_audit_linked_total", "audit entries tied into their chain").add(linked);
  co_return linked;
}

core::Result<AuditTrail::State> AuditTrail::state(core::WorkspaceId workspace) const {
  const auto snapshot = store_.snapshot();
  State out;
  POSTERN_TRY(out.head, read_head(*snapshot, vault_, workspace));
  POSTERN_TRY(out.waiting, count_waiting(*snapshot, workspace, kWaitingMax));
  POSTERN_TRY(out.verified, read_verification(*snapshot, vault_, workspace));
  const std::lock_guard lock(mutex_);
  out.is_verifying = due_.contains(workspace);
  return out;
}

void AuditTrail::request_verification(core::WorkspaceId workspace) {
  const std::lock_guard lock(mutex_);
  due_.insert(workspace);
}

std::optional<core::WorkspaceId> AuditTrail::next_due() const {
  const std::lock_guard lock(mutex_);
  if (due_.empty()) return std::nullopt;
  return *due_.begin();
}

core::Task<bool> AuditTrail::verify_next() {
  const std::optional<core::WorkspaceId> next = next_due();
  if (!next) co_return false;
  const core::Result<ChainReport> report = co_await verify(*next);
  if (!report) core::log::warn("audit.verify_failed", {{"workspace", next->value}, {"why", report.error().describe()}});
  const std::lock_guard lock(mutex_);
  due_.erase(*next);
  co_return true;
}

core::Task<core::Result<ChainReport>> AuditTrail::verify(core::WorkspaceId workspace, std::optional<ChainAnchor> anchor) {
  const auto verifier = std::make_shared<ChainVerifier>(store_, vault_, clock_, workspace, std::move(anchor));
  for (bool is_over = false; !is_over;) {
    if (is_stopping_) co_return core::fail_transient(storage::Errc::kClosed);
    auto job = [verifier] { return take_step(*verifier); };
    POSTERN_CO_TRY(const Step step, co_await core::offload(pool_, std::move(job)));
    if (step.error) co_return *step.error;
    is_over = step.is_over;
  }
  const ChainReport& report = verifier->report();
  if (report.fault) {
    core::metrics().counter("postern_audit_faults_total", "verifications that found the audit trail broken").add();
    core::log::error("audit.chain_broken", {{"workspace", workspace.value}, {"sequence", report.fault->sequence},
                                            {"entry", report.fault->id.value}, {"what", report.fault->what}});
  }
  auto keep = [&](storage::Transaction& transaction) { return put_verification(transaction, vault_, report); };
  POSTERN_CO_CHECK(co_await transact(store_, Options().commit_attempts_max, keep));
  co_return report;
}

}  // namespace postern::auth
