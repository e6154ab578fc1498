#include "ticketing/rule_sets.h"

#include <algorithm>
#include <limits>

#include "auth/errc.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/log.h"
#include "core/metrics.h"
#include "storage/records.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/pool_job.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/rule_mark.h"

namespace postern::ticketing {
namespace {

// No inbox has this id: ids have 53 bits.
constexpr core::InboxId kNoInbox{std::numeric_limits<std::uint64_t>::max()};

using pipeline::CheckedRules;

std::uint64_t active_of(const schema::RuleSetIndex& index) { return index.history().empty() ? 0 : *index.history().rbegin(); }

// What a rollback leads to; the shipped rules lie below the first version.
std::optional<std::uint64_t> before_active(const schema::RuleSetIndex& index) {
  const int size = index.history_size();
  if (size >= 2) return index.history(size - 2);
  return size == 1 && index.history(0) != 0 ? std::optional<std::uint64_t>(0) : std::nullopt;
}

RuleSetVersion to_version(const schema::RuleSetEntry& from, std::uint64_t active) {
  return {from.number(), core::UserId{from.author()}, from.created_unix_ms(), from.note(), from.based_on(), from.document_bytes(),
          from.number() == active};
}

RuleSetVersion shipped_version(std::uint64_t active) {
  RuleSetVersion out;
  out.note = "the shipped rules alone";
  out.is_active = active == 0;
  return out;
}

const schema::RuleSetEntry* find_entry(const schema::RuleSetIndex& index, std::uint64_t number) {
  const auto found = std::ranges::find(index.versions(), number, [](const schema::RuleSetEntry& one) { return one.number(); });
  return found == index.versions().end() ? nullptr : &*found;
}

core::Result<RuleSetVersion> version_of(const schema::RuleSetIndex& index, std::uint64_t number) {
  if (number == 0) return shipped_version(active_of(index));
  const schema::RuleSetEntry* entry = find_entry(index, number);
  if (entry == nullptr) return core::fail(Errc::kNotFound, "rule set " + std::to_string(number));
  return to_version(*entry, active_of(index));
}

core::Result<void> may_manage(const auth::Principal& by) {
  if (!auth::may(by, auth::Permission::kRulesManage)) return core::fail(auth::Errc::kForbidden);
  return {};
}

// In contrast to a store that is away for a while.
bool is_unusable(const core::Error& error) {
  return error == core::Errc::kInvalid || error == Errc::kNotFound || is_damage(error);
}

std::string object_of(std::uint64_t number) { return "rule_set/" + std::to_string(number); }

}  // namespace

RuleSets::RuleSets(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids, core::Clock& clock,
                   pipeline::RuleBook& book, const pipeline::TextRedactor& redactor, Options options, core::WorkPool* cpu)
    : store_(store), vault_(vault), directory_(directory), ids_(ids), clock_(clock), book_(book), redactor_(redactor),
      options_(std::move(options)), cpu_(cpu) {}

pipeline::RuleBook::InboxLookup RuleSets::lookup(core::WorkspaceId workspace) const {
  return [this, workspace](std::string_view address) -> std::optional<core::InboxId> {
    const auto found = directory_.resolve(pipeline::split_address(address));
    // A reply address of an inbox is not the inbox; that of another workspace is none of ours.
    if (!found || found->workspace != workspace || !found->reply_token.empty()) return std::nullopt;
    return found->inbox;
  };
}

core::Result<schema::RuleSetIndex> RuleSets::read_index(const storage::Snapshot& snapshot, core::WorkspaceId workspace) const {
  const std::string key = keys::rule_sets(workspace);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  schema::RuleSetIndex index;
  if (value) POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, index));
  return index;
}

core::Result<std::string> RuleSets::read_document(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                  std::uint64_t number) const {
  if (number == 0) return std::string();
  const std::string key = keys::rule_document(workspace, number);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return core::fail(Errc::kNotFound, "rule set " + std::to_string(number));
  schema::RuleSetDocument record;
  POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  return record.document();
}

core::Result<RuleSets::Step> RuleSets::begin(core::WorkspaceId workspace, const std::optional<std::uint64_t>& expected) const {
  Step step{store_.begin(), {}};
  const std::string key = keys::rule_sets(workspace);
  POSTERN_TRY(const std::optional<std::string> value, step.transaction.get(key));
  if (value) POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, step.index));
  const std::uint64_t active = active_of(step.index);
  if (expected && *expected != active) return core::fail(Errc::kConflict, "rule set " + std::to_string(active) + " is in force");
  return step;
}

core::Result<void> RuleSets::load_all() {
  for (const core::WorkspaceId workspace : directory_.workspaces()) POSTERN_CHECK(publish_active(workspace, true));
  return {};
}

core::Result<RuleSetList> RuleSets::list(core::WorkspaceId workspace) const {
  POSTERN_TRY(const schema::RuleSetIndex index, read_index(*store_.snapshot(), workspace));
  RuleSetList out;
  out.active = active_of(index);
  out.before = before_active(index);
  for (auto entry = index.versions().rbegin(); entry != index.versions().rend(); ++entry) out.versions.push_back(to_version(*entry, out.active));
  return out;
}

core::Result<std::pair<RuleSetVersion, std::string>> RuleSets::get(core::WorkspaceId workspace, std::uint64_t number) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const schema::RuleSetIndex index, read_index(*snapshot, workspace));
  POSTERN_TRY(RuleSetVersion version, version_of(index, number));
  POSTERN_TRY(std::string document, read_document(*snapshot, workspace, number));
  return std::pair(std::move(version), std::move(document));
}

std::shared_ptr<const EffectiveRules> RuleSets::effective(core::WorkspaceId workspace) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = effective_.find(workspace);
    if (found != effective_.end()) return found->second;
  }
  auto shipped = std::make_shared<EffectiveRules>();
  shipped->rules = book_.check({}, {}).rules;
  return shipped;
}

core::Task<core::Result<CheckedRules>> RuleSets::check(core::WorkspaceId workspace, std::string document, bool is_stored) {
  if (document.size() > pipeline::kRuleDocumentBytesMax) {
    CheckedRules out;
    out.problems.push_back({0, {}, "the document is larger than " + std::to_string(pipeline::kRuleDocumentBytesMax) + " bytes"});
    co_return out;
  }
  std::set<std::string> known;  // an address of the rules in force is no slip of the keyboard
  const auto now = effective(workspace);
  for (const pipeline::RuleSpec& rule : now->rules) {
    for (const std::string& inbox : rule.inboxes) known.insert(core::to_lower_ascii(inbox));
  }
  auto inboxes = [lookup = lookup(workspace), known = std::move(known), is_stored](std::string_view address) {
    const std::optional<core::InboxId> found = lookup(address);
    return !found && (is_stored || known.contains(std::string(address))) ? std::optional(kNoInbox) : found;
  };
  auto job = [this, document = std::move(document), inboxes = std::move(inboxes), is_stored] {
    CheckedRules out = book_.check(document, inboxes);
    std::vector<pipeline::RuleProblem> cards = is_stored ? std::vector<pipeline::RuleProblem>() : book_.cards_in(document);
    if (!cards.empty()) out.rules.clear();
    out.problems.insert(out.problems.end(), std::make_move_iterator(cards.begin()), std::make_move_iterator(cards.end()));
    return out;
  };
  co_return co_await run_on(cpu_, std::move(job));
}

std::vector<std::string> RuleSets::warnings_of(core::WorkspaceId workspace, const Rules& rules) const {
  const pipeline::RuleBook::InboxLookup known = lookup(workspace);
  std::vector<std::string> out;
  for (const pipeline::RuleSpec& rule : rules) {
    for (const std::string& inbox : rule.inboxes) {
      if (!known(core::to_lower_ascii(inbox))) out.push_back("rule " + rule.id + " names " + inbox + ", and there is no such inbox any more");
    }
  }
  return out;
}

// Of a version that has no meaning any more: none.
core::Task<core::Result<RuleSets::Rules>> RuleSets::rules_of(core::WorkspaceId workspace, std::uint64_t number) {
  const auto now = effective(workspace);
  if (now->version == number && !now->is_fallback) co_return now->rules;
  core::Result<std::string> document = read_document(*store_.snapshot(), workspace, number);
  if (!document && is_damage(document.error())) co_return Rules();  // its successor can still be made
  if (!document) co_return document.error();
  auto job = [this, document = *std::move(document)] { return book_.check(document, {}); };  // whatever became of its inboxes
  POSTERN_CO_TRY(CheckedRules checked, co_await run_on(cpu_, std::move(job)));
  co_return std::move(checked.rules);
}

std::vector<RuleDifference> RuleSets::compare(const Rules& before, const Rules& after) const {
  return compare_rules(before, after, limits().differences_max, limits().difference_bytes_max);
}

core::Task<core::Result<std::vector<RuleDifference>>> RuleSets::difference(core::WorkspaceId workspace, std::uint64_t from,
                                                                           std::uint64_t to) {
  POSTERN_CO_TRY(const Rules before, co_await rules_of(workspace, from));
  POSTERN_CO_TRY(const Rules after, co_await rules_of(workspace, to));
  co_return compare(before, after);
}

core::Task<core::Result<RuleTextTrial>> RuleSets::try_text(core::WorkspaceId workspace, std::optional<std::string> document,
                                                           std::string text, pipeline::TextKind kind) {
  if (text.size() > limits().trial_text_bytes_max) {
    co_return core::fail(Errc::kInvalid, "text: at most " + std::to_string(limits().trial_text_bytes_max) + " bytes");
  }
  if (!document) {
    POSTERN_CO_TRY(document, read_document(*store_.snapshot(), workspace, effective(workspace)->version));
  }
  auto job = [this, document = *std::move(document), text = std::move(text), kind, inboxes = lookup(workspace)]() mutable {
    RuleTextTrial out;
    const auto trial = book_.trial(document);
    if (trial) out.trial = (*trial)->run_text(text, kind);
    else out.problems = book_.check(document, inboxes).problems;
    if (!trial && out.problems.empty()) out.problems.push_back({0, {}, trial.error().context()});
    core::wipe(text.data(), text.size());
    return out;
  };
  co_return co_await run_on(cpu_, std::move(job));
}

void RuleSets::push_active(Step& step, std::uint64_t number) const {
  auto& history = *step.index.mutable_history();
  if (history.empty()) history.Add(0);
  if (*history.rbegin() != number) history.Add(number);
  const int most = static_cast<int>(std::max<std::size_t>(2, limits().history_max + 1));
  if (history.size() > most) history.erase(history.begin(), history.end() - most);
}

// The oldest go, but never `kept`, the one in force or the one that a rollback leads to.
void RuleSets::drop_old(Step& step, core::WorkspaceId workspace, std::uint64_t kept) const {
  auto& versions = *step.index.mutable_versions();
  while (static_cast<std::size_t>(versions.size()) > limits().versions_max) {
    const auto is_free = [&](const schema::RuleSetEntry& one) {
      return one.number() != kept && one.number() != active_of(step.index) && before_active(step.index) != one.number();
    };
    const auto oldest = std::find_if(versions.begin(), versions.end(), is_free);
    if (oldest == versions.end()) return;
    const std::uint64_t number = oldest->number();
    step.transaction.erase(keys::rule_document(workspace, number));
    versions.erase(oldest);
    auto& history = *step.index.mutable_history();
    history.erase(std::remove(history.begin(), history.end(), number), history.end());
    history.erase(std::unique(history.begin(), history.end()), history.end());
  }
}

core::Result<void> RuleSets::save(Step& step, const auth::Principal& by, std::string_view action, std::uint64_t number,
                                  const std::vector<RuleDifference>& differences) const {
  POSTERN_CHECK(auth::audit(step.transaction, vault_, ids_, clock_, by, action, object_of(number),
                            audit_text(differences, limits().audit_detail_bytes_max)));
  step.transaction.record(by.workspace, {"rules.changed", number, 0});
  return storage::put_sealed(step.transaction, vault_, by.workspace, keys::rule_sets(by.workspace), step.index);
}

// Nothing to change, or something in the way: the answer is known before anything is written.
core::Result<bool> RuleSets::stops(const schema::RuleSetIndex& index, const RuleSetDraft& draft, RuleSetChange& out) const {
  const std::uint64_t active = active_of(index);
  out.is_unchanged = draft.is_activated && out.differences.empty();
  if (out.is_unchanged) {
    POSTERN_TRY(out.version, version_of(index, active));
    return true;
  }
  const bool is_on_top = draft.expected ? *draft.expected == active : active == 0 || !draft.must_name_version;
  if (!is_on_top) out.in_the_way = active;
  return !is_on_top || draft.is_only_compared;
}

std::uint64_t RuleSets::add_version(Step& step, const auth::Principal& by, const RuleSetDraft& draft, const std::string& note) const {
  const std::uint64_t based_on = active_of(step.index);
  schema::RuleSetEntry& entry = *step.index.add_versions();
  entry.set_number(step.index.last_number() + 1);
  entry.set_author(by.user.value);
  entry.set_created_unix_ms(core::to_unix_ms(clock_.wall_now()));
  entry.set_note(note);
  entry.set_based_on(based_on);
  entry.set_document_bytes(static_cast<std::uint32_t>(draft.document.size()));
  const std::uint64_t number = entry.number();
  step.index.set_last_number(number);
  if (draft.is_activated) push_active(step, number);
  drop_old(step, by.workspace, number);
  return number;
}

core::Task<core::Result<RuleSetChange>> RuleSets::put_version(auth::Principal by, RuleSetDraft draft) {
  POSTERN_CO_CHECK(may_manage(by));
  if (draft.note.size() > limits().note_bytes_max) co_return core::fail(Errc::kInvalid, "note: too long");
  RuleSetChange out;
  POSTERN_CO_TRY(CheckedRules checked, co_await check(by.workspace, draft.document));
  if (!checked.is_good()) {
    out.problems = std::move(checked.problems);
    co_return out;
  }
  if (!draft.expected && draft.is_activated) draft.expected = marked_version(draft.document);
  draft.document = without_mark(draft.document);
  out.warnings = warnings_of(by.workspace, checked.rules);
  const std::string note = redactor_.redact_text(draft.note, {"note", by.workspace, {}}).text();
  for (std::size_t attempt = 1;; ++attempt) {
    POSTERN_CO_TRY(Step step, begin(by.workspace, {}));
    POSTERN_CO_TRY(const Rules before, co_await rules_of(by.workspace, active_of(step.index)));
    out.differences = compare(before, checked.rules);
    POSTERN_CO_TRY(const bool is_at_its_end, stops(step.index, draft, out));
    if (is_at_its_end) co_return out;
    const std::uint64_t number = add_version(step, by, draft, note);
    schema::RuleSetDocument record;
    record.set_document(draft.document);
    POSTERN_CO_CHECK(storage::put_sealed(step.transaction, vault_, by.workspace, keys::rule_document(by.workspace, number), record));
    POSTERN_CO_CHECK(save(step, by, draft.is_activated ? "rules.put" : "rules.stored", number, out.differences));
    POSTERN_CO_TRY(out.version, version_of(step.index, number));
    const auto committed = co_await store_.commit(std::move(step.transaction));
    if (!committed && should_retry(committed.error(), attempt, options_)) continue;
    if (!committed) co_return committed.error();
    if (draft.is_activated) POSTERN_CO_CHECK(co_await publish(by.workspace));
    co_return out;
  }
}

core::Task<core::Result<RuleSetChange>> RuleSets::activate(auth::Principal by, std::uint64_t number, RuleEdit edit) {
  return move_to(std::move(by), number, std::move(edit), false);
}

core::Task<core::Result<RuleSetChange>> RuleSets::rollback(auth::Principal by, RuleEdit edit) {
  return move_to(std::move(by), 0, std::move(edit), true);
}

core::Task<core::Result<RuleSetChange>> RuleSets::move_to(auth::Principal by, std::uint64_t number, RuleEdit edit, bool is_rollback) {
  POSTERN_CO_CHECK(may_manage(by));
  for (std::size_t attempt = 1;; ++attempt) {
    POSTERN_CO_TRY(Step step, begin(by.workspace, edit.expected));
    if (is_rollback) {
      const auto before = before_active(step.index);
      if (!before) co_return core::fail(Errc::kInvalid, "there is nothing to roll back to");
      number = *before;
    }
    RuleSetChange out;
    POSTERN_CO_CHECK(version_of(step.index, number));
    POSTERN_CO_TRY(std::string document, read_document(step.transaction.snapshot(), by.workspace, number));
    POSTERN_CO_TRY(CheckedRules checked, co_await check(by.workspace, std::move(document), true));
    if (!checked.is_good()) {
      out.problems = std::move(checked.problems);
      co_return out;
    }
    const std::uint64_t active = active_of(step.index);
    POSTERN_CO_TRY(const Rules before, co_await rules_of(by.workspace, active));
    out.differences = compare(before, checked.rules);
    out.warnings = warnings_of(by.workspace, checked.rules);
    out.is_unchanged = !is_rollback && out.differences.empty();
    if (out.is_unchanged) {
      POSTERN_CO_TRY(out.version, version_of(step.index, active));
      co_return out;
    }
    if (is_rollback) step.index.mutable_history()->RemoveLast();
    else push_active(step, number);
    POSTERN_CO_CHECK(save(step, by, is_rollback ? "rules.rolled_back" : "rules.activated", number, out.differences));
    POSTERN_CO_TRY(out.version, version_of(step.index, number));
    const auto committed = co_await store_.commit(std::move(step.transaction));
    if (!committed && should_retry(committed.error(), attempt, options_)) continue;
    if (!committed) co_return committed.error();
    POSTERN_CO_CHECK(co_await publish(by.workspace));
    co_return out;
  }
}

core::Task<core::Result<RuleSetChange>> RuleSets::edit(auth::Principal by, RuleEdit edit, std::string default_note, std::string rule,
                                                       std::function<core::Result<std::string>(std::string_view)> change) {
  POSTERN_CO_CHECK(may_manage(by));
  const auto snapshot = store_.snapshot();
  POSTERN_CO_TRY(const schema::RuleSetIndex index, read_index(*snapshot, by.workspace));
  const std::uint64_t active = active_of(index);
  if (edit.expected && *edit.expected != active) co_return core::fail(Errc::kConflict, "rule set " + std::to_string(active) + " is in force");
  POSTERN_CO_TRY(std::string document, read_document(*snapshot, by.workspace, active));
  auto job = [document = std::move(document), change = std::move(change)] { return change(document); };
  core::Result<std::string> changed = co_await run_on(cpu_, std::move(job));
  if (!changed) {
    RuleSetChange refused;
    refused.problems.push_back({0, std::move(rule), changed.error().context()});
    if (changed.error() == core::Errc::kInvalid) co_return refused;
    co_return changed.error();
  }
  RuleSetDraft draft;
  draft.document = *std::move(changed);
  draft.note = edit.note.empty() ? std::move(default_note) : std::move(edit.note);
  draft.expected = active;  // a change by somebody else meanwhile must not be lost
  POSTERN_CO_TRY(RuleSetChange done, co_await put_version(std::move(by), std::move(draft)));
  if (done.in_the_way) co_return core::fail(Errc::kConflict, "rule set " + std::to_string(*done.in_the_way) + " is in force");
  for (pipeline::RuleProblem& one : done.problems) one.line = 0;  // of a document that nobody has seen
  co_return done;
}

core::Task<core::Result<RuleSetChange>> RuleSets::put_rule(auth::Principal by, pipeline::RuleSpec rule, RuleEdit how) {
  std::string id = rule.id;
  std::string note = "rule " + id + " changed";
  auto change = [this, rule = std::move(rule)](std::string_view document) { return book_.with_rule(document, rule); };
  co_return co_await edit(std::move(by), std::move(how), std::move(note), std::move(id), std::move(change));
}

core::Task<core::Result<RuleSetChange>> RuleSets::remove_rule(auth::Principal by, std::string id, RuleEdit how) {
  std::string note = "rule " + id + " removed";
  auto change = [this, id](std::string_view document) { return book_.without_rule(document, id); };
  co_return co_await edit(std::move(by), std::move(how), std::move(note), std::move(id), std::move(change));
}

core::Task<core::Result<RuleSetChange>> RuleSets::rollout(auth::Principal by, RuleRollout where, RuleEdit how) {
  POSTERN_CO_CHECK(may_manage(by));
  const auto now = effective(by.workspace);
  const auto found = std::ranges::find(now->rules, where.rule, &pipeline::RuleSpec::id);
  if (found == now->rules.end()) co_return core::fail(Errc::kNotFound, "rule " + where.rule);
  if (found->is_locked) co_return core::fail(Errc::kInvalid, "rule " + where.rule + " is enforced everywhere, always");
  pipeline::RuleSpec rule = *found;
  rule.mode = where.mode;
  rule.inboxes = std::move(where.inboxes);
  rule.elsewhere = rule.inboxes.empty() ? pipeline::RuleSpec{}.elsewhere : where.elsewhere;
  if (how.note.empty()) how.note = "rule " + rule.id + ": " + std::string(to_string(rule.mode));
  if (!how.expected) how.expected = now->version;
  co_return co_await put_rule(std::move(by), std::move(rule), std::move(how));
}

core::Task<core::Result<void>> RuleSets::publish(core::WorkspaceId workspace) {
  auto job = [this, workspace] { return publish_active(workspace, false); };
  core::Result<void> published = co_await run_on(cpu_, std::move(job));
  // What is committed is put to work, however busy the pool is.
  if (!published && published.error() == core::Errc::kOverloaded) co_return publish_active(workspace, false);
  co_return published;
}

core::Result<void> RuleSets::publish_stored(core::WorkspaceId workspace, EffectiveRules& now, CheckedRules& checked) {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const schema::RuleSetIndex index, read_index(*snapshot, workspace));
  now.version = active_of(index);
  POSTERN_TRY(const std::string document, read_document(*snapshot, workspace, now.version));
  // An inbox that was removed since is nowhere: the other rules, and this one elsewhere, hold as before.
  const pipeline::RuleBook::InboxLookup known = lookup(workspace);
  const auto inboxes = [workspace, &known](std::string_view address) -> std::optional<core::InboxId> {
    const std::optional<core::InboxId> found = known(address);
    if (!found) core::log::warn("rules.inbox_gone", {{"workspace", workspace.value}, {"inbox", address}});
    return found.value_or(kNoInbox);
  };
  checked = book_.check(document, inboxes);
  if (!checked.is_good()) return core::fail(core::Errc::kInvalid, checked.problems.front().text);
  return book_.publish(workspace, document, inboxes);
}

core::Result<void> RuleSets::publish_active(core::WorkspaceId workspace, bool may_fall_back) {
  const std::lock_guard lock(publishing_);
  EffectiveRules now;
  CheckedRules checked;
  core::Result<void> published = publish_stored(workspace, now, checked);
  if (!published && !(may_fall_back && is_unusable(published.error()))) {  // what was in force goes on
    core::log::error("rules.not_published", {{"workspace", workspace.value}, {"version", now.version}});
    return published;
  }
  if (!published) {
    core::log::error("rules.unusable", {{"workspace", workspace.value}, {"version", now.version}, {"why", published.error().describe()},
                                        {"instead", "the shipped rules"}});
    now.is_fallback = true;
    checked = book_.check({}, {});
    POSTERN_CHECK(book_.publish(workspace, {}, {}));
  }
  now.rules = std::move(checked.rules);
  set_effective(workspace, std::move(now));
  return {};
}

void RuleSets::set_effective(core::WorkspaceId workspace, EffectiveRules rules) {
  const std::lock_guard lock(mutex_);
  effective_[workspace] = std::make_shared<const EffectiveRules>(std::move(rules));
  const auto fallen_back = std::ranges::count_if(effective_, [](const auto& one) { return one.second->is_fallback; });
  core::metrics()
      .gauge("postern_rule_sets_unusable", "Workspaces whose own redaction rules cannot be used; they work with the shipped ones.")
      .set(fallen_back);
}

}  // namespace postern::ticketing
