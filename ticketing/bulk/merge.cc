#include "ticketing/bulk/merge.h"

#include <algorithm>

namespace postern::ticketing {
namespace {

core::Error refused(std::string why) { return core::fail(Errc::kInvalid, std::move(why)); }

std::string word_of(core::TicketId id) { return "ticket/" + std::to_string(id.value); }

std::string words_of(const std::vector<core::TicketId>& ids) {
  std::string out;
  for (const core::TicketId id : ids) out += (out.empty() ? "" : ", ") + word_of(id);
  return out;
}

// What a comment says when nobody typed one.
std::string said_of_source(core::TicketId target) { return "This ticket was merged into #" + std::to_string(target.value) + "."; }
std::string said_of_target(const std::vector<core::TicketId>& sources) {
  std::string out;
  for (const core::TicketId id : sources) out += (out.empty() ? "#" : ", #") + std::to_string(id.value);
  return "Merged into this ticket: " + out + ".";
}

CleanNote note_or(const std::optional<CleanNote>& typed, std::string otherwise) {
  return typed ? *typed : CleanNote{std::move(otherwise), {}, {}, {}};
}

// Who is on a source and not on the target, nor in `known`.
std::vector<core::UserId> newcomers(const TicketDraft& source, const TicketDraft& target, const std::vector<core::UserId>& known) {
  std::vector<core::UserId> out;
  const auto add = [&](std::uint64_t id) {
    const core::UserId user{id};
    const bool is_there = id == 0 || target.is_participant(user) || std::ranges::find(known, user) != known.end() ||
                          std::ranges::find(out, user) != out.end();
    if (!is_there) out.push_back(user);
  };
  add(source.record().requester());
  for (const std::uint64_t cc : source.record().ccs()) add(cc);
  return out;
}

class Merge {
 public:
  Merge(const Services& with, storage::Transaction& transaction, const auth::Principal& by, const MergeOrder& order, std::uint64_t undo)
      : with_(with), transaction_(transaction), by_(by), order_(order), undo_(undo) {}

  core::Result<void> apply(TicketDraft& target) {
    for (const core::TicketId id : order_.sources) POSTERN_CHECK(close_source(id, target));
    std::vector<core::UserId> ccs;
    for (const std::uint64_t cc : target.record().ccs()) ccs.push_back(core::UserId{cc});
    ccs.insert(ccs.end(), brought_.begin(), brought_.end());
    POSTERN_CHECK(target.set_ccs(by_.user, std::move(ccs)));
    const CleanNote note = note_or(order_.target_comment, said_of_target(order_.sources));
    POSTERN_CHECK(add_note(with_, target, by_, note, order_.is_target_comment_public));
    const std::string sources = words_of(order_.sources);
    POSTERN_CHECK(target.add_event(by_.user, "merged_from", sources));
    POSTERN_CHECK(audit_ticket(with_, target, by_, "ticket.merged", sources));
    POSTERN_CHECK(target.save(true));
    schema::UndoItem item = undo_item_of(target);
    for (const core::TicketId each : order_.sources) item.add_sources(each.value);
    return put_undo_item(with_, transaction_, by_.workspace, undo_, item);
  }

 private:
  core::Result<void> close_source(core::TicketId id, TicketDraft& target) {
    POSTERN_TRY(TicketDraft source, open_within(with_, transaction_, by_, id));
    if (source.record().requires_tls()) target.record().set_requires_tls(true);  // what is answered there may quote it
    if (source.status() == Status::kClosed) return refused("ids: " + word_of(id) + " is closed");
    const std::vector<core::UserId> people = newcomers(source, target, brought_);
    brought_.insert(brought_.end(), people.begin(), people.end());
    const CleanNote note = note_or(order_.source_comment, said_of_source(target.id()));
    POSTERN_CHECK(add_note(with_, source, by_, note, order_.is_source_comment_public));
    POSTERN_CHECK(source.set_custom_status(by_.user, 0, Status::kClosed));
    source.record().set_merged_into(target.id().value);
    transaction_.record(by_.workspace, {"ticket.merged", id.value, target.id().value});
    POSTERN_CHECK(source.add_event(by_.user, "merged_into", word_of(target.id())));
    POSTERN_CHECK(audit_ticket(with_, source, by_, "ticket.merged", word_of(target.id())));
    POSTERN_CHECK(source.save(true));
    schema::UndoItem item = undo_item_of(source);
    item.set_partner(target.id().value);
    for (const core::UserId each : people) item.add_brought_ccs(each.value);
    return put_undo_item(with_, transaction_, by_.workspace, undo_, item);
  }

  const Services& with_;
  storage::Transaction& transaction_;
  const auth::Principal& by_;
  const MergeOrder& order_;
  const std::uint64_t undo_;
  std::vector<core::UserId> brought_;
};

}  // namespace

core::Result<void> check_merge(const auth::Principal& by, const MergeOrder& order, const BulkLimits& limits) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) return core::fail(auth::Errc::kForbidden);
  for (const bool is_public : {order.is_target_comment_public, order.is_source_comment_public}) {
    if (!auth::may(by, is_public ? auth::Permission::kReply : auth::Permission::kNotesWrite)) return core::fail(auth::Errc::kForbidden);
  }
  if (order.sources.empty()) return refused("ids: none");
  if (order.sources.size() > limits.sources_max) return refused("ids: too many");
  std::vector<core::TicketId> all = order.sources;
  all.push_back(order.target);
  std::ranges::sort(all);
  if (std::ranges::adjacent_find(all) != all.end()) return refused("ids: a ticket is named twice, or is its own target");
  return {};
}

core::Result<void> merge_tickets(const Services& with, storage::Transaction& transaction, const auth::Principal& by, const MergeOrder& order,
                                 std::uint64_t undo, const BulkLimits& limits) {
  POSTERN_CHECK(check_merge(by, order, limits));
  POSTERN_TRY(TicketDraft target, open_within(with, transaction, by, order.target));
  if (target.status() == Status::kClosed) return refused("id: " + word_of(order.target) + " is closed");
  POSTERN_CHECK(begin_undo(with, transaction, by, undo, UndoKind::kMerge, limits));
  return Merge(with, transaction, by, order, undo).apply(target);
}

namespace {

class Unmerge {
 public:
  Unmerge(const Services& with, storage::Transaction& transaction, const auth::Principal& by) : with_(with), transaction_(transaction), by_(by) {}

  core::Result<void> give_back_source(const schema::UndoItem& item) {
    const core::TicketId id{item.ticket()};
    auto source = open_within(with_, transaction_, by_, id);
    if (!source && source.error() != Errc::kNotFound) return source.error();
    if (!source) return keep(id, "is not there any more");
    if (!is_untouched(*source, item)) return keep(id, "was changed since");
    leaving_.insert(leaving_.end(), item.brought_ccs().begin(), item.brought_ccs().end());
    transaction_.record(by_.workspace, {"ticket.merged", id.value, 0});
    POSTERN_CHECK(give_back(*source, by_, item));
    return audit_ticket(with_, *source, by_, "ticket.merge_undone");
  }

  core::Result<void> give_back_target(const schema::UndoItem& item) {
    auto target = open_within(with_, transaction_, by_, core::TicketId{item.ticket()});
    if (!target && target.error() == Errc::kNotFound) return {};  // then nothing is left to be taken from it
    if (!target) return target.error();
    POSTERN_CHECK(audit_ticket(with_, *target, by_, "ticket.merge_undone"));
    if (kept_.empty() && is_untouched(*target, item)) return give_back(*target, by_, item);
    // It has gone on since: whoever came with a source leaves, everything else stays.
    std::vector<core::UserId> ccs;
    for (const std::uint64_t cc : target->record().ccs()) {
      if (std::ranges::find(leaving_, cc) == leaving_.end()) ccs.push_back(core::UserId{cc});
    }
    POSTERN_CHECK(target->set_ccs(by_.user, std::move(ccs)));
    POSTERN_CHECK(target->add_event(by_.user, "undone", "merge"));
    return target->save(true);
  }

  core::Result<void> keep(core::TicketId id, std::string_view why) {
    kept_ += (kept_.empty() ? "" : ", ") + word_of(id) + " " + std::string(why);
    return {};
  }
  const std::string& kept() const { return kept_; }

 private:
  const Services& with_;
  storage::Transaction& transaction_;
  const auth::Principal& by_;
  std::string kept_;
  std::vector<std::uint64_t> leaving_;
};

}  // namespace

core::Result<std::string> unmerge(const Services& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t undo) {
  POSTERN_TRY(const std::vector<core::TicketId> tickets, undo_tickets(transaction.snapshot(), by.workspace, undo));
  Unmerge step(with, transaction, by);
  std::optional<schema::UndoItem> target;
  std::vector<std::uint64_t> known;
  for (const core::TicketId id : tickets) {
    POSTERN_TRY(const auto item, read_undo_item(with, transaction, by.workspace, undo, id));
    if (!item) continue;
    if (item->partner() == 0) {
      target = item;
      continue;
    }
    known.push_back(id.value);
    POSTERN_CHECK(step.give_back_source(*item));
  }
  if (!target) return step.kept().empty() ? std::string("what the target was is not known any more") : step.kept();
  for (const std::uint64_t each : target->sources()) {
    // A removal by hand took what was kept of it.
    if (std::ranges::find(known, each) == known.end()) POSTERN_CHECK(step.keep(core::TicketId{each}, "cannot be given back any more"));
  }
  POSTERN_CHECK(step.give_back_target(*target));
  return step.kept();
}

}  // namespace postern::ticketing
