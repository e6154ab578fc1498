#include "app/dkim_rotation_task.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::app {
namespace {

namespace log = core::log;
using pipeline::DkimNext;
using pipeline::DkimSighting;
using pipeline::DkimStep;

core::Duration random_up_to(core::Duration most) {
  const std::string bytes = core::random_bytes(2);
  const int number = (static_cast<unsigned char>(bytes[0]) << 8) | static_cast<unsigned char>(bytes[1]);
  return most / 65536 * number;
}

void count_step(std::string_view step) {
  const std::string label = "step=\"" + std::string(step) + "\"";
  core::metrics().counter("postern_dkim_rotation_steps_total", "steps of the rotation of signing keys", label).add();
}

void count_failure() {
  core::metrics().counter("postern_dkim_rotation_failures_total", "checks of signing keys that could not be finished").add();
}

void log_step(const std::string& domain, const pipeline::DkimAction& action) {
  count_step(to_string(action.step));
  if (action.step == DkimStep::kMake) {
    log::info("dkim.keys_made", {{"domain", domain}, {"keys", action.algorithms.size()}});
    return;
  }
  log::info("dkim.key_changed", {{"domain", domain},
                                 {"selector", action.after.selector},
                                 {"step", to_string(action.step)},
                                 {"state", to_string(action.after.state)}});
}

bool changes_signer(const pipeline::DkimAction& action) {
  return action.step == DkimStep::kActivate || action.step == DkimStep::kStop;
}

core::Result<void> apply(pipeline::DkimKeyFolder folder, const std::string& domain, const pipeline::DkimAction& action,
                         core::Clock& clock) {
  if (action.step != DkimStep::kMake) return folder.update(action.before, action.after);
  POSTERN_CHECK(folder.create(domain, clock, pipeline::DkimKeyState::kWaiting, action.algorithms));
  return {};
}

// offload() for jobs that can fail themselves. A Result in a Result cannot be told from its error, hence the pointer.
template <class F, class R = std::invoke_result_t<F&>>
core::Task<R> on_pool(core::WorkPool& pool, F job) {
  auto boxed = [job = std::move(job)]() mutable { return std::make_shared<R>(job()); };
  const core::Result<std::shared_ptr<R>> done = co_await core::offload(pool, std::move(boxed));
  if (!done) co_return done.error();
  co_return std::move(**done);
}

// What an administrator should do; empty when nothing.
std::string_view errand(const pipeline::DkimOutlook& outlook) {
  const bool is_missing = outlook.sighting == DkimSighting::kAbsent || outlook.sighting == DkimSighting::kDifferent;
  if (!is_missing) return {};
  switch (outlook.next) {
    case DkimNext::kPublish: return "dkim.record_to_publish";
    case DkimNext::kRepublish: return "dkim.record_missing";
    case DkimNext::kKeepRecord: return "dkim.record_removed_early";
    default: return {};
  }
}

}  // namespace

core::Result<DkimKeysOfDomain> load_keys(const pipeline::DkimKeyFolder& folder, const std::string& domain) {
  DkimKeysOfDomain out;
  POSTERN_TRY(out.keys, folder.list(domain));
  for (const pipeline::DkimKeyInfo& key : out.keys) {
    auto record = folder.txt_record(key);
    // The private half of a retired key may have been deleted.
    if (!record && key.state != pipeline::DkimKeyState::kRetired) return record.error();
    out.records.push_back(record ? std::move(*record) : pipeline::DkimTxtRecord{key.selector + "._domainkey." + key.domain, {}});
  }
  return out;
}

core::Task<std::vector<pipeline::DkimObservation>> observe_keys(DkimKeysOfDomain loaded, net::DnsResolver& resolver,
                                                                core::Deadline by) {
  std::vector<net::DnsQuestion> questions;
  for (const pipeline::DkimTxtRecord& record : loaded.records) questions.emplace_back(record.owner, net::DnsType::kTxt);
  const std::vector<net::DnsAnswer> answers = co_await pipeline::resolve_all(resolver, std::move(questions), by);
  std::vector<pipeline::DkimObservation> out;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    out.push_back(pipeline::observe(loaded.keys[i], loaded.records[i], answers[i]));
  }
  co_return out;
}

DkimRotationTask::DkimRotationTask(Parts parts, DkimTaskOptions options)
    : parts_(std::move(parts)), options_(options), tasks_("dkim.rotation", parts_.clock) {}

void DkimRotationTask::start(boost::asio::any_io_executor executor) { tasks_.spawn(std::move(executor), run()); }

core::Task<void> DkimRotationTask::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
}

core::Task<void> DkimRotationTask::run() {
  co_await parts_.clock.sleep_for(options_.first_check);
  while (!is_stopping_) {
    co_await check();
    if (is_stopping_) co_return;
    co_await parts_.clock.sleep_for(options_.check_interval + random_up_to(options_.jitter_max));
  }
}

core::Task<std::size_t> DkimRotationTask::check() {
  counts_ = {{"waiting", 0}, {"active", 0}, {"retiring", 0}, {"retired", 0}, {"unpublished", 0}};
  auto list = [folder = parts_.folder] { return folder.domains(); };
  const core::Result<std::vector<std::string>> listed = co_await on_pool(parts_.pool, std::move(list));
  if (!listed) {
    count_failure();
    log::warn("dkim.check_failed", {{"what", listed.error().describe()}});
    co_return 0;
  }
  std::size_t steps = 0;
  for (const std::string& domain : *listed) {
    if (is_stopping_) co_return steps;
    const core::Result<std::size_t> done = co_await check_domain(domain);
    if (done) {
      steps += *done;
      continue;
    }
    count_failure();
    log::warn("dkim.check_failed", {{"domain", domain}, {"what", done.error().describe()}});
  }
  export_gauges();
  co_return steps;
}

core::Task<core::Result<std::size_t>> DkimRotationTask::check_domain(std::string domain) {
  auto load = [folder = parts_.folder, domain] { return load_keys(folder, domain); };
  POSTERN_CO_TRY(const DkimKeysOfDomain loaded, co_await on_pool(parts_.pool, load));
  // A retired key whose signatures still leave would be retired too early.
  POSTERN_CO_CHECK(co_await bring_signer_up(domain, loaded.keys));
  DkimKeysOfDomain asked = loaded;
  const core::Deadline by = core::Deadline::after(options_.dns_time_max, parts_.clock);
  const auto observations = co_await observe_keys(std::move(asked), parts_.resolver, by);
  pipeline::DkimQueueView queue;
  const auto is_retiring = [](const pipeline::DkimKeyInfo& key) { return key.state == pipeline::DkimKeyState::kRetiring; };
  if (parts_.queue && std::ranges::any_of(loaded.keys, is_retiring)) {
    auto look = parts_.queue;
    POSTERN_CO_TRY(queue, co_await on_pool(parts_.pool, std::move(look)));
  }
  const core::WallTime now = parts_.clock.wall_now();
  Actions actions = plan_rotation(loaded.keys, observations, queue, now, options_.rotation);
  const std::size_t steps = actions.size();
  if (steps > 0) POSTERN_CO_CHECK(co_await take_steps(domain, std::move(actions)));
  POSTERN_CO_TRY(const DkimKeysOfDomain after, co_await on_pool(parts_.pool, std::move(load)));
  const auto outlooks = look_ahead(after.keys, observations, now, options_.rotation);
  remind(outlooks);
  count(outlooks);
  co_return steps;
}

// The signer follows at once: a key that signs is in the folder as active before, one that does not is out of the
// signer before any later step counts on it.
core::Task<core::Result<void>> DkimRotationTask::take_steps(std::string domain, Actions actions) {
  bool is_signer_behind = false;
  for (const pipeline::DkimAction& action : actions) {
    auto job = [folder = parts_.folder, domain, action, clock = &parts_.clock] { return apply(folder, domain, action, *clock); };
    POSTERN_CO_CHECK(co_await on_pool(parts_.pool, std::move(job)));
    log_step(domain, action);
    is_signer_behind = is_signer_behind || changes_signer(action);
  }
  if (!is_signer_behind) co_return core::Result<void>();
  auto list = [folder = parts_.folder, domain] { return folder.list(domain); };
  POSTERN_CO_TRY(auto keys, co_await on_pool(parts_.pool, std::move(list)));
  co_return co_await bring_signer_up(std::move(domain), std::move(keys));
}

// Reloads when the signer's keys are not the folder's active ones: after our own steps, after a crash between files
// and signer, and when the command line changed files and could not tell us.
core::Task<core::Result<void>> DkimRotationTask::bring_signer_up(std::string domain, std::vector<pipeline::DkimKeyInfo> keys) {
  std::vector<std::string> active;
  for (const pipeline::DkimKeyInfo& key : keys) {
    if (key.state == pipeline::DkimKeyState::kActive) active.push_back(key.selector);
  }
  std::ranges::sort(active);
  if (active == parts_.signer.selectors(domain)) co_return core::Result<void>();
  auto job = [signer = &parts_.signer, folder = parts_.folder] { return signer->reload(folder); };
  POSTERN_CO_CHECK(co_await on_pool(parts_.pool, std::move(job)));
  log::info("dkim.signer_reloaded", {{"domain", domain}, {"keys", active.size()}});
  co_return core::Result<void>();
}

void DkimRotationTask::remind(const std::vector<pipeline::DkimOutlook>& outlooks) {
  for (const pipeline::DkimOutlook& outlook : outlooks) {
    const std::string name = outlook.key.domain + "/" + outlook.key.selector;
    const std::string_view what = errand(outlook);
    if (what.empty()) {
      // An unanswered question is no news: what was missing before is not told again when DNS recovers.
      if (outlook.sighting != DkimSighting::kUnknown) told_.erase(name);
      continue;
    }
    const std::string news = std::string(what) + " " + std::string(to_string(outlook.sighting));
    Told& told = told_[name];
    if (told.what == news && parts_.clock.now() - told.at < options_.remind_interval) continue;
    told = {news, parts_.clock.now()};
    log::warn(what, {{"domain", outlook.key.domain},
                     {"record", outlook.key.selector + "._domainkey." + outlook.key.domain},
                     {"dns", to_string(outlook.sighting)},
                     {"see", "postern dkim list " + outlook.key.domain}});
  }
}

void DkimRotationTask::count(const std::vector<pipeline::DkimOutlook>& outlooks) {
  for (const pipeline::DkimOutlook& outlook : outlooks) {
    ++counts_[std::string(to_string(outlook.key.state))];
    if (outlook.next == DkimNext::kRepublish) ++counts_["unpublished"];
  }
}

void DkimRotationTask::export_gauges() {
  for (const auto& [name, number] : counts_) {
    if (name == "unpublished") {
      core::metrics().gauge("postern_dkim_keys_unpublished", "keys that sign and whose record is not in DNS").set(number);
    } else {
      core::metrics().gauge("postern_dkim_keys", "signing keys, by state", "state=\"" + name + "\"").set(number);
    }
  }
}

}  // namespace postern::app
