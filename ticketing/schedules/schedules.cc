#include "ticketing/schedules/schedules.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/log.h"
#include "ticketing/automation/rule_record.h"
#include "ticketing/people/groups.h"

namespace postern::ticketing {
namespace {

constexpr std::uint32_t kHourMinutes = 60;
constexpr std::uint32_t kFirstDayOfWork = 1;  // Monday; Sunday is 0
constexpr std::uint32_t kLastDayOfWork = 5;

void open_as_usual(schema::Schedule& schedule) {
  for (std::uint32_t day = kFirstDayOfWork; day <= kLastDayOfWork; ++day) {
    schema::OpenSpan& span = *schedule.add_week();
    span.set_start_minute((day * 24 + 9) * kHourMinutes);
    span.set_end_minute((day * 24 + 17) * kHourMinutes);
  }
}

std::vector<std::pair<std::string, std::string>> shown_schedule(const schema::Schedule& schedule) {
  std::string week;
  for (const schema::OpenSpan& each : schedule.week()) week += fmt::format("{}{}-{}", week.empty() ? "" : " ", each.start_minute(), each.end_minute());
  std::string holidays;
  for (const schema::Holiday& each : schedule.holidays()) {
    holidays += fmt::format("{}{}/{}", holidays.empty() ? "" : " ", local_day_text(each.first_day()), local_day_text(each.last_day()));
  }
  std::string groups;
  for (const std::uint64_t each : schedule.groups()) groups += fmt::format("{}{}", groups.empty() ? "" : " ", each);
  return {{"active", schedule.is_active() ? "true" : "false"}, {"time_zone", schedule.time_zone()}, {"intervals", week}, {"holidays", holidays},
          {"group_ids", groups}};
}

core::Result<void> check_groups(const RuleParts& parts, core::WorkspaceId workspace, schema::Schedule& schedule, const ScheduleLimits& limits) {
  auto& groups = *schedule.mutable_groups();
  std::ranges::sort(groups);
  groups.Truncate(static_cast<int>(std::ranges::unique(groups).begin() - groups.begin()));
  if (static_cast<std::size_t>(groups.size()) > limits.groups_max) return core::fail(Errc::kInvalid, fmt::format("group_ids: at most {}", limits.groups_max));
  for (const std::uint64_t each : groups) {
    if (parts.groups == nullptr) return core::fail(Errc::kInvalid, "group_ids: there are no groups");
    const auto found = parts.groups->find(workspace, each);
    if (!found && found.error() == Errc::kNotFound) return core::fail(Errc::kInvalid, "group_ids: one of them is not there");
    if (!found) return found.error();
  }
  return {};
}

}  // namespace

ScheduleSet::ScheduleSet(List list) : list_(std::move(list)) {
  for (const schema::Schedule& each : *list_) {
    auto hours = BusinessHours::compile(each);
    if (!hours) {
      core::log::warn("schedule.unreadable", {{"schedule", each.id()}});
      continue;
    }
    hours_.emplace(each.id(), std::move(*hours));
  }
}

const BusinessHours* ScheduleSet::hours_of(std::uint64_t id) const {
  const auto found = hours_.find(id);
  return found == hours_.end() ? nullptr : &found->second;
}

ScheduleSet::Chosen ScheduleSet::choose(std::uint64_t wanted, std::uint64_t group) const {
  static const BusinessHours kAlwaysOpen;
  const schema::Schedule* of_group = nullptr;
  const schema::Schedule* first = nullptr;
  for (const schema::Schedule& each : *list_) {
    if (!each.is_active() || !hours_.contains(each.id())) continue;
    if (each.id() == wanted) return {each.id(), &hours_.at(each.id())};
    if (first == nullptr) first = &each;
    if (of_group == nullptr && group != 0 && std::ranges::binary_search(each.groups(), group)) of_group = &each;
  }
  const schema::Schedule* chosen = of_group != nullptr ? of_group : first;
  if (chosen == nullptr) return {0, &kAlwaysOpen};
  return {chosen->id(), &hours_.at(chosen->id())};
}

Schedules::Schedules(RuleParts parts)
    : parts_(std::move(parts)),
      definitions_(parts_.with.store, parts_.with.vault, parts_.with.ids, parts_.with.clock,
                   {.kind = DefinitionKind::kSchedule,
                    .word = "schedule",
                    .shown = shown_schedule,
                    .also = [this](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Schedule*,
                                   const schema::Schedule*) -> core::Result<void> {
                      return also_ ? also_(transaction, workspace) : core::Result<void>();
                    }}) {}

core::Task<core::Result<schema::Schedule>> Schedules::save(auth::Principal by, std::uint64_t id, Edit edit) {
  auto change = [this, &by, &edit](schema::Schedule& schedule) -> core::Result<void> {
    POSTERN_CHECK(edit(schedule));
    POSTERN_TRY(const std::string title, clean_rule_text(parts_, by.workspace, "name", schedule.title(), limits_.title_bytes_max, true));
    schedule.set_title(title);
    for (schema::Holiday& each : *schedule.mutable_holidays()) {
      POSTERN_TRY(const std::string name, clean_rule_text(parts_, by.workspace, "holidays", each.title(), limits_.title_bytes_max, true));
      each.set_title(name);
      if (each.id() == 0) each.set_id(parts_.with.ids.next());
    }
    std::ranges::sort(*schedule.mutable_week(), {}, &schema::OpenSpan::start_minute);
    const auto begins = [](const schema::Holiday& a, const schema::Holiday& b) { return std::pair(a.first_day(), a.id()) < std::pair(b.first_day(), b.id()); };
    std::sort(schedule.mutable_holidays()->begin(), schedule.mutable_holidays()->end(), begins);
    POSTERN_CHECK(check_groups(parts_, by.workspace, schedule, limits_));
    POSTERN_CHECK(BusinessHours::compile(schedule, limits_));
    return {};
  };
  if (id != 0) co_return co_await definitions_.update(by, id, std::move(change));
  schema::Schedule draft;
  draft.set_is_active(true);
  draft.set_time_zone("UTC");
  open_as_usual(draft);
  POSTERN_CO_CHECK(change(draft));
  co_return co_await definitions_.create(by, std::move(draft));
}

core::Result<std::shared_ptr<const ScheduleSet>> Schedules::set(storage::Transaction& transaction, core::WorkspaceId workspace) {
  POSTERN_TRY(const List list, definitions_.all(transaction, workspace));
  return made_of(workspace, list);
}

core::Result<std::shared_ptr<const ScheduleSet>> Schedules::set(core::WorkspaceId workspace) {
  POSTERN_TRY(const List list, definitions_.all(workspace));
  return made_of(workspace, list);
}

std::shared_ptr<const ScheduleSet> Schedules::made_of(core::WorkspaceId workspace, const List& list) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const ScheduleSet>& known = sets_[workspace];
  if (known == nullptr || known->list() != list) known = std::make_shared<const ScheduleSet>(list);
  return known;
}

}  // namespace postern::ticketing
