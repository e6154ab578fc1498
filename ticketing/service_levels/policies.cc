#include "ticketing/service_levels/policies.h"

#include <fmt/format.h>

#include <algorithm>

#include "ticketing/automation/rule_record.h"
#include "ticketing/conditions/condition_fields.h"

namespace postern::ticketing {
namespace {

using schema::SlaTarget;

std::pair<std::uint32_t, std::uint32_t> place_of(const SlaTarget& target) { return {target.priority(), target.metric()}; }

core::Result<void> check_targets(schema::SlaPolicy& policy, const SlaLimits& limits) {
  const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(limits.target_max).count();
  auto& targets = *policy.mutable_targets();
  std::sort(targets.begin(), targets.end(), [](const SlaTarget& a, const SlaTarget& b) { return place_of(a) < place_of(b); });
  for (const SlaTarget& each : targets) {
    if (each.target_ms() <= 0 || each.target_ms() > most) {
      return core::fail(Errc::kInvalid, fmt::format("policy_metrics: a target is between one second and {} hours", limits.target_max.count()));
    }
  }
  const auto twice = std::adjacent_find(targets.begin(), targets.end(), [](const SlaTarget& a, const SlaTarget& b) { return place_of(a) == place_of(b); });
  if (twice != targets.end()) return core::fail(Errc::kInvalid, "policy_metrics: two targets for the same metric and priority");
  return {};
}

// What a policy of that side may promise, and must ask.
core::Result<void> check_side(const schema::SlaPolicy& policy, SlaSide side) {
  for (const SlaTarget& each : policy.targets()) {
    if (!is_promised_by(sla_metric(static_cast<SlaMetric>(each.metric())), side)) {
      return core::fail(Errc::kInvalid, side == SlaSide::kGroup ? "policy_metrics: groups promise group_ownership_time"
                                                                : "policy_metrics: group_ownership_time is promised in /api/v2/group_slas/policies");
    }
  }
  if (side == SlaSide::kCustomers) return {};
  if (policy.schedule() != 0) return core::fail(Errc::kInvalid, "schedule_id: the time of a group is counted by the ticket's schedule");
  const auto asks_group = [](const schema::Condition& each) {
    const auto found = find_condition_field(each.field());
    return found && found->row->field == ConditionField::kGroup;
  };
  if (!std::ranges::any_of(policy.conditions().all(), asks_group)) return core::fail(Errc::kInvalid, "conditions: one of all asks group_id");
  return {};
}

std::vector<std::pair<std::string, std::string>> shown_policy(const schema::SlaPolicy& policy) {
  std::vector<std::pair<std::string, std::string>> out = shown_rule(policy.is_active(), &policy.conditions(), {});
  std::string targets;
  for (const SlaTarget& each : policy.targets()) {
    targets += fmt::format("{}{} {} {}s{}", targets.empty() ? "" : "; ", to_string(static_cast<Priority>(each.priority())),
                           sla_metric(static_cast<SlaMetric>(each.metric())).name, each.target_ms() / 1000, each.is_business() ? " business" : "");
  }
  out.emplace_back("targets", targets);
  out.emplace_back("schedule_id", policy.schedule() == 0 ? std::string() : std::to_string(policy.schedule()));
  return out;
}

}  // namespace

SlaPolicies::SlaPolicies(RuleParts parts, SlaSide side, Also also)
    : parts_(std::move(parts)),
      side_(side),
      definitions_(parts_.with.store, parts_.with.vault, parts_.with.ids, parts_.with.clock,
                   {.kind = side == SlaSide::kGroup ? DefinitionKind::kGroupSlaPolicy : DefinitionKind::kSlaPolicy,
                    .word = side == SlaSide::kGroup ? "group_sla_policy" : "sla_policy",
                    .shown = shown_policy,
                    .also = std::move(also)}),
      book_(ConditionContext::kSla) {}

core::Result<void> SlaPolicies::prepare(core::WorkspaceId workspace, schema::SlaPolicy& policy) const {
  POSTERN_TRY(const std::string title, clean_rule_text(parts_, workspace, "title", policy.title(), parts_.limits.title_bytes_max, true));
  policy.set_title(title);
  POSTERN_TRY(const std::string description, clean_rule_text(parts_, workspace, "description", policy.description(), parts_.limits.description_bytes_max, false));
  policy.set_description(description);
  redact_conditions(parts_, workspace, *policy.mutable_conditions());
  POSTERN_CHECK(CompiledConditions::compile(policy.conditions(), ConditionContext::kSla));
  POSTERN_CHECK(check_targets(policy, limits_));
  return check_side(policy, side_);
}

core::Task<core::Result<schema::SlaPolicy>> SlaPolicies::save(auth::Principal by, std::uint64_t id, Edit edit) {
  auto change = [this, &by, &edit](schema::SlaPolicy& policy) -> core::Result<void> {
    POSTERN_CHECK(edit(policy));
    return prepare(by.workspace, policy);
  };
  if (id != 0) co_return co_await definitions_.update(by, id, std::move(change));
  schema::SlaPolicy draft;
  draft.set_is_active(true);
  POSTERN_CO_CHECK(change(draft));
  co_return co_await definitions_.create(by, std::move(draft));
}

core::Result<std::shared_ptr<const SlaPolicies::Set>> SlaPolicies::active(storage::Transaction& transaction, core::WorkspaceId workspace) {
  POSTERN_TRY(const List list, definitions_.all(transaction, workspace));
  return book_.of(workspace, list);
}

core::Result<const schema::SlaPolicy*> first_that_holds(const SlaPolicies::Set& set, const schema::Ticket& ticket, const StoredFacts& more,
                                                        std::int64_t now_ms) {
  for (const auto& each : set.rules) {
    POSTERN_TRY(const bool holds, each.conditions.holds({nullptr, &ticket, {}, nullptr, &more, now_ms}));
    if (holds) return each.record;
  }
  return nullptr;
}

}  // namespace postern::ticketing
