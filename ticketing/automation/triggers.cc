#include "ticketing/automation/triggers.h"

#include <algorithm>

#include "ticketing/automation/keys.h"
#include "ticketing/automation/shipped_triggers.h"
#include "ticketing/automation/trigger_pass.h"

namespace postern::ticketing {
namespace {

constexpr std::uint64_t kTimedEvery = 16;  // saves: reading the clock costs as much as a condition

}  // namespace

Triggers::Triggers(RuleParts parts)
    : parts_(std::move(parts)),
      definitions_(parts_.with.store, parts_.with.vault, parts_.with.ids, parts_.with.clock,
                   {.kind = DefinitionKind::kTrigger,
                    .word = "trigger",
                    .shown = [](const schema::Trigger& of) { return shown_rule(of.is_active(), &of.conditions(), of.actions()); },
                    .also = [this](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Trigger* before,
                                   const schema::Trigger* after) { return keep_revision(transaction, workspace, before, after); }}),
      book_(ConditionContext::kTrigger) {}

core::Result<void> Triggers::prepare(core::WorkspaceId workspace, schema::Trigger& trigger) const {
  return prepare_rule(parts_, workspace, RuleKind::kTrigger, ConditionContext::kTrigger, trigger);
}

core::Task<core::Result<schema::Trigger>> Triggers::save(auth::Principal by, std::uint64_t id, Edit edit) {
  auto change = [this, &by, &edit](schema::Trigger& trigger) -> core::Result<void> {
    const std::string before = trigger.SerializeAsString();
    POSTERN_CHECK(edit(trigger));
    POSTERN_CHECK(prepare(by.workspace, trigger));
    if (trigger.SerializeAsString() == before) return {};
    trigger.set_revision(trigger.revision() + 1);
    trigger.set_changed_by(by.user.value);
    return {};
  };
  if (id != 0) co_return co_await definitions_.update(by, id, std::move(change));
  schema::Trigger draft;
  draft.set_is_active(true);
  POSTERN_CO_CHECK(change(draft));
  co_return co_await definitions_.create(by, std::move(draft));
}

core::Result<void> Triggers::keep_revision(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Trigger* before,
                                           const schema::Trigger* after) const {
  const auto kept = static_cast<std::uint32_t>(parts_.limits.revisions_max);
  if (after == nullptr) {
    POSTERN_TRY(const auto all, transaction.snapshot().scan(keys::trigger_revisions(workspace, before->id()), storage::Direction::kForward, kept + 1U));
    for (const storage::Entry& each : all) transaction.erase(each.key);
    return {};
  }
  if (before != nullptr && before->revision() == after->revision()) return {};
  if (after->revision() > kept) transaction.erase(keys::trigger_revision(workspace, after->id(), after->revision() - kept));
  schema::TriggerRevision revision;
  *revision.mutable_trigger() = *after;
  revision.set_at_unix_ms(parts_.with.now_ms());
  return storage::put_sealed(transaction, parts_.with.vault, workspace, keys::trigger_revision(workspace, after->id(), after->revision()), revision);
}

core::Result<std::vector<TriggerRevision>> Triggers::revisions(core::WorkspaceId workspace, std::uint64_t id) const {
  POSTERN_CHECK(find(workspace, id));
  const auto snapshot = parts_.with.store.snapshot();
  POSTERN_TRY(const auto entries, snapshot->scan(keys::trigger_revisions(workspace, id), storage::Direction::kBackward, parts_.limits.revisions_max));
  std::vector<TriggerRevision> out;
  for (const storage::Entry& entry : entries) {
    schema::TriggerRevision record;
    POSTERN_CHECK(storage::open_record(parts_.with.vault, workspace, entry.key, entry.value, record));
    out.push_back({record.trigger(), record.at_unix_ms()});
  }
  return out;
}

core::Result<void> Triggers::before_save(TicketDraft& ticket) {
  const schema::Ticket* before = ticket.before();
  if (ticket.record().deleted_unix_ms() != 0) return {};
  if (before != nullptr && before->status() == static_cast<std::uint32_t>(Status::kClosed)) return {};
  POSTERN_TRY(const List list, definitions_.all(ticket.transaction(), ticket.workspace()));
  if (list->empty()) return {};
  const auto set = book_.of(ticket.workspace(), list);
  if (set->rules.empty()) return {};
  const bool is_timed = saves_.fetch_add(1, std::memory_order_relaxed) % kTimedEvery == 0;
  return TriggerPass(parts_, *set, ticket, foresight_).run(is_timed);
}

core::Task<core::Result<std::size_t>> Triggers::keep_up(core::WorkspaceId workspace) {
  POSTERN_CO_TRY(std::size_t done, co_await ship(workspace));
  storage::Transaction transaction = parts_.with.store.begin();
  POSTERN_CO_TRY(const std::size_t erased, erase_old_uses(parts_, transaction, workspace));
  if (erased == 0) co_return done;
  POSTERN_CO_CHECK(co_await parts_.with.store.commit(std::move(transaction)));
  co_return done + erased;
}

core::Task<core::Result<std::size_t>> Triggers::ship(core::WorkspaceId workspace) {
  const std::string mark = keys::shipped_rules(workspace);
  POSTERN_CO_TRY(const auto known, parts_.with.store.snapshot()->get(mark));
  if (known) co_return 0;
  auth::Principal by;
  by.workspace = workspace;
  by.role = auth::Role::kOwner;
  by.method = auth::Method::kOperator;
  std::size_t made = 0;
  // What there is already was made by a round that did not come to its end.
  POSTERN_CO_TRY(const List list, definitions_.all(workspace));
  const std::vector<schema::Trigger> shipped = shipped_triggers();
  for (const schema::Trigger& each : shipped) {
    const auto same = [&each](const schema::Trigger& other) { return other.title() == each.title(); };
    if (std::ranges::any_of(*list, same)) continue;
    Edit copy = [&each](schema::Trigger& trigger) -> core::Result<void> {
      trigger = each;
      return {};
    };
    POSTERN_CO_CHECK(co_await save(by, 0, std::move(copy)));
    ++made;
  }
  storage::Transaction transaction = parts_.with.store.begin();
  transaction.put(mark, {});
  POSTERN_CO_CHECK(co_await parts_.with.store.commit(std::move(transaction)));
  co_return made;
}

}  // namespace postern::ticketing
