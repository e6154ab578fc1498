#pragma once
// ticketing/service_levels/policies.h: what a workspace promises its customers: policies in an order, each with conditions that
// choose tickets and a target for a metric and a priority. The first active one whose conditions hold applies. Groups promise the
// others how long they keep a ticket, in policies of their own beside these, each with a condition on the group.
// Thread-safety: any executor.  Ownership: borrows what RuleParts borrows.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), those of the store.
// Limits: SlaLimits, RuleLimits, DefinitionLimits.
#include <functional>

#include "ticketing/automation/rule_book.h"
#include "ticketing/automation/rule_parts.h"
#include "ticketing/conditions/stored_facts.h"
#include "ticketing/service_levels/metrics.h"
#include "storage/schema/service_levels.pb.h"

namespace postern::ticketing {

struct SlaLimits {
  std::chrono::hours target_max{24 * 366};
  std::size_t broken_at_once_max = 500;    // tickets that a round looks at; the next one goes on
  std::size_t rebuilt_at_once_max = 50;    // tickets of one transaction
  std::size_t rebuilds_a_round_max = 40;   // such transactions
  std::size_t preview_tickets_max = 200;
};

class SlaPolicies {
 public:
  using List = Definitions<schema::SlaPolicy>::List;
  using Edit = std::function<core::Result<void>(schema::SlaPolicy&)>;
  // Called in the transaction of a change of what is promised; `before` is null for a new one, `after` for one that goes.
  using Also = std::function<core::Result<void>(storage::Transaction&, core::WorkspaceId, const schema::SlaPolicy* before, const schema::SlaPolicy* after)>;
  SlaPolicies(RuleParts parts, SlaSide side, Also also);
  SlaSide side() const { return side_; }

  core::Result<List> all(core::WorkspaceId workspace) const { return definitions_.all(workspace); }
  core::Result<schema::SlaPolicy> find(core::WorkspaceId workspace, std::uint64_t id) const { return definitions_.find(workspace, id); }
  // `edit` changes it as somebody typed it; then it is redacted and checked. Id 0: a new one.
  core::Task<core::Result<schema::SlaPolicy>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<schema::SlaPolicy>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::SlaPolicy>::Guard guard = {}) {
    return definitions_.erase(std::move(by), id, false, std::move(guard));
  }
  core::Task<core::Result<List>> reorder(auth::Principal by, std::vector<std::uint64_t> order) {
    return definitions_.reorder(std::move(by), std::move(order));
  }
  // As save() does, without storing it.
  core::Result<void> prepare(core::WorkspaceId workspace, schema::SlaPolicy& policy) const;

  using Set = RuleBook<schema::SlaPolicy>::Set;
  // The active ones, with conflict detection.
  core::Result<std::shared_ptr<const Set>> active(storage::Transaction& transaction, core::WorkspaceId workspace);

 private:
  const RuleParts parts_;
  const SlaSide side_;
  const SlaLimits limits_;
  Definitions<schema::SlaPolicy> definitions_;
  RuleBook<schema::SlaPolicy> book_;
};

// Null: none of them.
core::Result<const schema::SlaPolicy*> first_that_holds(const SlaPolicies::Set& set, const schema::Ticket& ticket, const StoredFacts& more,
                                                        std::int64_t now_ms);

}  // namespace postern::ticketing
