#include "ticketing/rule_replay.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "auth/errc.h"
#include "core/errc.h"
#include "ticketing/detail/pool_job.h"
#include "ticketing/detail/replay_run.h"

namespace postern::ticketing {
namespace {

// Whatever ends the work, the workspace may replay again.
class RunEnd {
 public:
  explicit RunEnd(ReplayRun& run) : run_(run) {}
  ~RunEnd() {
    if (run_.is_running()) run_.end(ReplayState::kCancelled, "failure");
  }
  RunEnd(const RunEnd&) = delete;

 private:
  ReplayRun& run_;
};

}  // namespace

std::string_view to_string(ReplayState state) {
  switch (state) {
    case ReplayState::kRunning: return "running";
    case ReplayState::kDone: return "done";
    case ReplayState::kCancelled: return "cancelled";
  }
  return "unknown";
}

RuleReplays::RuleReplays(storage::Store& store, storage::Vault& vault, RuleSets& sets, core::IdSource& ids, core::Clock& clock,
                         ReplayLimits limits, core::WorkPool* cpu)
    : store_(store), vault_(vault), sets_(sets), ids_(ids), clock_(clock), limits_(limits), cpu_(cpu), tasks_("rule_replays", clock) {}

RuleReplays::~RuleReplays() = default;

core::Result<void> RuleReplays::check(const auth::Principal& by, const ReplayRequest& request) const {
  if (!auth::may(by, auth::Permission::kRulesManage)) return core::fail(auth::Errc::kForbidden);
  if (request.messages_max > limits_.messages_max) {
    return core::fail(Errc::kInvalid, "messages: at most " + std::to_string(limits_.messages_max));
  }
  if (request.against_document && request.against_version) return core::fail(Errc::kInvalid, "against: a document or a version");
  if (request.until_unix_ms != 0 && request.until_unix_ms <= request.from_unix_ms) return core::fail(Errc::kInvalid, "the period is empty");
  return {};
}

core::Result<void> RuleReplays::has_room(core::WorkspaceId workspace) {
  forget_old(limits_.kept_max - 1);
  std::size_t running = 0;
  for (const auto& [key, run] : runs_) {
    if (!run->is_running()) continue;
    if (key.first == workspace) return core::fail(Errc::kConflict, "a replay is running");
    ++running;
  }
  if (running >= limits_.running_max) return core::fail_transient(core::Errc::kOverloaded, "replays");
  return {};
}

void RuleReplays::forget_old(std::size_t kept_max) {
  std::erase_if(runs_, [this](const auto& one) {
    return !one.second->is_running() && clock_.now() - one.second->ended_at() >= limits_.keep_results;
  });
  while (runs_.size() > kept_max) {
    const auto older = [](const auto& a, const auto& b) {
      return std::pair(a.second->is_running(), a.first.second) < std::pair(b.second->is_running(), b.first.second);
    };
    const auto oldest = std::ranges::min_element(runs_, older);
    if (oldest->second->is_running()) return;
    runs_.erase(oldest);
  }
}

// Documents of the request are taken out of it and checked with their inboxes, as they would have to be to be put to work.
core::Task<core::Result<ReplaySides>> RuleReplays::sides_of(core::WorkspaceId workspace, ReplayRequest& request, ReplayStart& started) {
  ReplaySides out;
  const auto now = sets_.effective(workspace);
  out.active_version = now->is_fallback ? 0 : now->version;
  if (!request.document) out.candidate_version = request.version;
  if (!request.against_document) out.against_version = request.against_version.value_or(out.active_version);
  out.candidate = std::exchange(request.document, std::nullopt).value_or(std::string());
  out.active = std::exchange(request.against_document, std::nullopt).value_or(std::string());
  if (out.candidate_version) {
    POSTERN_CO_TRY(auto stored, sets_.get(workspace, *out.candidate_version));
    out.candidate = std::move(stored.second);
  }
  if (out.against_version) {
    POSTERN_CO_TRY(auto stored, sets_.get(workspace, *out.against_version));
    out.active = std::move(stored.second);
  }
  POSTERN_CO_TRY(pipeline::CheckedRules candidate, co_await sets_.check(workspace, out.candidate, out.candidate_version.has_value()));
  started.problems = std::move(candidate.problems);
  if (!started.problems.empty() || out.against_version) co_return out;
  POSTERN_CO_TRY(pipeline::CheckedRules active, co_await sets_.check(workspace, out.active));
  started.problems = std::move(active.problems);
  started.are_of_against = !started.problems.empty();
  co_return out;
}

core::Task<core::Result<ReplayStart>> RuleReplays::start(auth::Principal by, ReplayRequest request) {
  POSTERN_CO_CHECK(check(by, request));
  if (request.messages_max == 0) request.messages_max = std::min(limits_.messages_default, limits_.messages_max);
  {
    const std::lock_guard lock(mutex_);
    POSTERN_CO_CHECK(has_room(by.workspace));
  }
  ReplayStart started;
  POSTERN_CO_TRY(ReplaySides sides, co_await sides_of(by.workspace, request, started));
  if (!started.problems.empty()) co_return started;
  ReplayStatus status;
  status.active_version = sides.active_version;
  status.against_version = sides.against_version;
  status.candidate_version = sides.candidate_version;
  auto compile = [this, sides = std::move(sides)]() -> core::Result<ReplayRun::Trials> {
    ReplayRun::Trials out;
    POSTERN_TRY(out.active, sets_.book().trial(sides.active));
    POSTERN_TRY(out.candidate, sets_.book().trial(sides.candidate));
    return out;
  };
  POSTERN_CO_TRY(ReplayRun::Trials trials, co_await run_on(cpu_, std::move(compile)));
  started.id = status.id = ids_.next();
  status.started_unix_ms = core::to_unix_ms(clock_.wall_now());
  auto run = std::make_shared<ReplayRun>(store_, vault_, clock_, limits_, by.workspace, std::move(request), std::move(trials), std::move(status));
  {
    const std::lock_guard lock(mutex_);
    POSTERN_CO_CHECK(has_room(by.workspace));  // somebody may have been quicker
    runs_.emplace(std::pair(by.workspace, started.id), run);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  tasks_.spawn(executor, work(std::move(run)));
  co_return started;
}

core::Task<void> RuleReplays::work(std::shared_ptr<ReplayRun> run) {
  const RunEnd end_in_any_case(*run);
  const core::Instant end = clock_.now() + limits_.time_max;
  std::string cut_short_by;
  for (bool has_more = true; has_more && !run->is_cancelled();) {
    auto job = [run] { return run->step(); };
    const core::Result<bool> stepped = co_await run_on(cpu_, std::move(job));
    if (stepped) has_more = *stepped;
    else co_await clock_.sleep_for(limits_.retry_delay);
    const bool is_late = has_more && clock_.now() >= end;
    if (is_late) cut_short_by = "time";
    if (is_late) break;
    co_await boost::asio::post(boost::asio::use_awaitable);  // whoever waits for this executor comes first
  }
  run->end(run->is_cancelled() ? ReplayState::kCancelled : ReplayState::kDone, std::move(cut_short_by));
}

core::Result<ReplayStatus> RuleReplays::find(core::WorkspaceId workspace, std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  forget_old(limits_.kept_max);
  const auto found = runs_.find({workspace, id});
  if (found == runs_.end()) return core::fail(Errc::kNotFound, "replay");
  return found->second->status(true);
}

std::vector<ReplayStatus> RuleReplays::list(core::WorkspaceId workspace) {
  const std::lock_guard lock(mutex_);
  forget_old(limits_.kept_max);
  std::vector<ReplayStatus> out;
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if (run->first.first == workspace) out.push_back(run->second->status(false));
  }
  return out;
}

core::Result<void> RuleReplays::cancel(const auth::Principal& by, std::uint64_t id) {
  if (!auth::may(by, auth::Permission::kRulesManage)) return core::fail(auth::Errc::kForbidden);
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find({by.workspace, id});
  if (found == runs_.end()) return core::fail(Errc::kNotFound, "replay");
  found->second->cancel();
  return {};
}

core::Task<void> RuleReplays::stop(core::Deadline by) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, run] : runs_) run->cancel();
  }
  tasks_.cancel();
  co_await tasks_.drain(by);
}

}  // namespace postern::ticketing
