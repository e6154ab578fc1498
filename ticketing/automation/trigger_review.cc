#include "ticketing/automation/trigger_review.h"

#include <algorithm>

#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

// The first or the newest comment; none when there is none.
core::Result<std::vector<schema::Comment>> comment_at(const RuleParts& parts, const TicketDraft& ticket, const storage::Snapshot& snapshot,
                                                      storage::Direction from) {
  POSTERN_TRY(const auto entries, snapshot.scan(keys::comments_prefix(ticket.workspace(), ticket.id()), from, 1));
  std::vector<schema::Comment> out;
  for (const storage::Entry& entry : entries) {
    POSTERN_CHECK(storage::open_record(parts.with.vault, ticket.workspace(), entry.key, entry.value, out.emplace_back()));
  }
  return out;
}

core::Result<ChangeSource> source_of_comment(const RuleParts& parts, core::WorkspaceId workspace, const std::vector<schema::Comment>& comments) {
  ChangeSource out;
  if (comments.empty()) return out;
  out.actor = core::UserId{comments.front().author()};
  out.via = comments.front().via();
  POSTERN_TRY(const auto user, parts.with.accounts.find(workspace, out.actor));
  if (user) out.role = user->role;
  return out;
}

}  // namespace

core::Result<TriggerReview> review_trigger(const RuleParts& parts, const auth::Reach& reach, const schema::Trigger& trigger,
                                           core::TicketId id, ReviewAs as) {
  storage::Transaction transaction = parts.with.store.begin();  // never committed
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(parts.with, transaction, reach.workspace, id));
  const bool is_there = reach.inboxes.has(core::InboxId{ticket.record().inbox()}) && ticket.record().deleted_unix_ms() == 0;
  if (!is_there) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
  POSTERN_TRY(const CompiledConditions conditions, CompiledConditions::compile(trigger.conditions(), ConditionContext::kTrigger));
  const bool is_new = as == ReviewAs::kCreate;
  POSTERN_TRY(const std::vector<schema::Comment> comments,
              comment_at(parts, ticket, transaction.snapshot(), is_new ? storage::Direction::kForward : storage::Direction::kBackward));
  POSTERN_TRY(ChangeSource source, source_of_comment(parts, reach.workspace, comments));
  ticket.changed_by(source);

  TriggerReview out;
  out.ticket = id;
  out.as = as;
  const schema::Ticket before = ticket.record();
  out.before = codec::decode(before);
  const GroupsOf groups_of = groups_for_conditions(parts);
  const StoredFacts more(parts.with, transaction, reach.workspace, groups_of, &source, is_new);
  const TicketFacts facts{is_new ? nullptr : &before, &ticket.record(), comments, &source, &more, parts.with.now_ms()};
  POSTERN_TRY(out.would_fire, conditions.holds(facts));
  POSTERN_TRY(const std::vector<bool> held, conditions.each(facts));
  for (const schema::Condition& each : trigger.conditions().all()) out.conditions.push_back({describe(each), false, held.at(out.conditions.size())});
  for (const schema::Condition& each : trigger.conditions().any()) out.conditions.push_back({describe(each), true, held.at(out.conditions.size())});
  if (out.would_fire) {
    POSTERN_TRY(out.effects, ActionRun(parts, ticket, {}, source.actor).apply(trigger.actions()));
  }
  out.after = codec::decode(ticket.record());
  return out;
}

core::Result<DryRun> dry_run(const RuleParts& parts, core::WorkspaceId workspace, const schema::Trigger& trigger, std::size_t last) {
  if (last == 0 || last > parts.limits.dry_run_tickets_max) {
    return core::fail(Errc::kInvalid, "last: 1 to " + std::to_string(parts.limits.dry_run_tickets_max));
  }
  const auto snapshot = parts.with.store.snapshot();
  POSTERN_TRY(const auto entries, snapshot->scan(keys::by_update_prefix(workspace), storage::Direction::kForward, last));
  DryRun out;
  for (const storage::Entry& entry : entries) {
    std::uint64_t number = 0;
    for (const char c : entry.key.substr(entry.key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
    bool is_there = false;
    for (const ReviewAs as : {ReviewAs::kCreate, ReviewAs::kChange}) {
      auto review = review_trigger(parts, workspace, trigger, core::TicketId{number}, as);
      if (!review && review.error() == Errc::kNotFound) continue;
      if (!review) return review.error();
      is_there = true;
      if (review->would_fire) out.firing.push_back(std::move(*review));
    }
    out.looked_at += is_there ? 1 : 0;
  }
  return out;
}

}  // namespace postern::ticketing
