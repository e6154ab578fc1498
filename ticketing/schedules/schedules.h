#pragma once
// ticketing/schedules/schedules.h: the schedules of a workspace, in their order, and which of them a ticket follows: the one that
// its policy names, that of its group, or the first one that is active.
// Thread-safety: any executor; what was handed out stays as it is.  Ownership: borrows what RuleParts borrows.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), those of the store.
// Limits: ScheduleLimits; so many schedules as DefinitionLimits allows.
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "ticketing/automation/rule_parts.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/schedules/business_hours.h"

namespace postern::ticketing {

// All schedules of a workspace as of one moment, ready to be asked.
class ScheduleSet {
 public:
  using List = Definitions<schema::Schedule>::List;
  explicit ScheduleSet(List list);

  struct Chosen {
    std::uint64_t id = 0;  // 0: there is none; then it is always open
    const BusinessHours* hours = nullptr;  // never null; lives as long as the set
  };
  // `wanted`: the schedule that a policy names, 0: none. One that is not there or not active is passed over.
  Chosen choose(std::uint64_t wanted, std::uint64_t group) const;
  // Of that very schedule, active or not; null when there is none.
  const BusinessHours* hours_of(std::uint64_t id) const;
  const List& list() const { return list_; }

 private:
  List list_;
  std::map<std::uint64_t, BusinessHours> hours_;  // without those that this version cannot read
};

class Schedules {
 public:
  using List = ScheduleSet::List;
  using Edit = std::function<core::Result<void>(schema::Schedule&)>;
  explicit Schedules(RuleParts parts);

  core::Result<List> all(core::WorkspaceId workspace) const { return definitions_.all(workspace); }
  core::Result<schema::Schedule> find(core::WorkspaceId workspace, std::uint64_t id) const { return definitions_.find(workspace, id); }
  // `edit` changes it as somebody typed it; then it is redacted, brought into order and checked. Id 0: a new one, open Monday to
  // Friday from 9 to 17 unless `edit` says otherwise.
  core::Task<core::Result<schema::Schedule>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<schema::Schedule>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::Schedule>::Guard guard = {}) {
    return definitions_.erase(std::move(by), id, false, std::move(guard));
  }

  // With conflict detection.
  core::Result<std::shared_ptr<const ScheduleSet>> set(storage::Transaction& transaction, core::WorkspaceId workspace);
  core::Result<std::shared_ptr<const ScheduleSet>> set(core::WorkspaceId workspace);
  std::uint64_t new_id() const { return parts_.with.ids.next(); }  // of a holiday
  const ScheduleLimits& limits() const { return limits_; }
  // Called in the transaction of a change.
  using Also = std::function<core::Result<void>(storage::Transaction&, core::WorkspaceId)>;
  void tell(Also also) { also_ = std::move(also); }

 private:
  std::shared_ptr<const ScheduleSet> made_of(core::WorkspaceId workspace, const List& list);

  const RuleParts parts_;
  const ScheduleLimits limits_;
  Also also_;
  Definitions<schema::Schedule> definitions_;
  std::mutex mutex_;
  std::map<core::WorkspaceId, std::shared_ptr<const ScheduleSet>> sets_;
};

}  // namespace postern::ticketing
