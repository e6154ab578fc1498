#include "ticketing/finding_feedback.h"

#include <algorithm>

#include "auth/errc.h"
#include "storage/records.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {
namespace {

std::uint64_t day_of(std::int64_t unix_ms) { return utc_day(core::from_unix_ms(unix_ms)); }

FindingMark decode(const schema::FindingMark& from, core::TicketId ticket, core::CommentId comment) {
  return {from.id(),   ticket,      comment,      core::InboxId{from.inbox()}, from.rule(),
          from.label(), from.part(), from.where(), from.count(),                from.is_shadow(),
          core::UserId{from.author()}, from.at_unix_ms()};
}

void encode(const FindingMark& from, schema::FindingMark& to) {
  to.set_id(from.id);
  to.set_rule(from.rule);
  to.set_label(from.label);
  to.set_part(from.part);
  to.set_where(from.where);
  to.set_author(from.author.value);
  to.set_at_unix_ms(from.at_unix_ms);
  to.set_inbox(from.inbox.value);
  to.set_count(from.count);
  to.set_is_shadow(from.is_shadow);
}

template <class Finding>
bool is_meant(const FindingChoice& choice, const Finding& rule, const Finding& part, const Finding& where) {
  return choice.rule == rule && choice.part.value_or(part) == part && choice.where.value_or(where) == where;
}

bool is_same(const schema::FindingMark& stored, const FindingMark& mark) {
  return stored.rule() == mark.rule && stored.part() == mark.part && stored.where() == mark.where && stored.label() == mark.label;
}

std::string object_of(core::TicketId ticket) { return "ticket/" + std::to_string(ticket.value); }

std::string detail_of(const FindingMark& mark) { return mark.rule + " in part " + mark.part + " (" + place_of(mark.where) + ")"; }

}  // namespace

FindingFeedback::FindingFeedback(storage::Store& store, storage::Vault& vault, const Tickets& tickets, core::IdSource& ids,
                                 core::Clock& clock, Options options)
    : store_(store), vault_(vault), tickets_(tickets), ids_(ids), clock_(clock), options_(std::move(options)) {}

core::Result<schema::CommentMarks> FindingFeedback::read(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                         core::TicketId ticket, core::CommentId comment) const {
  const std::string key = keys::finding_marks(workspace, ticket, comment);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  schema::CommentMarks record;
  if (value) POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  return record;
}

// The finding that is meant, as a mark to be.
core::Result<std::optional<FindingMark>> FindingFeedback::find(const auth::Principal& by, core::TicketId ticket, core::CommentId comment,
                                                               const FindingChoice& choice) const {
  POSTERN_TRY(const Ticket of, tickets_.get(by, ticket));
  POSTERN_TRY(const Comment in, tickets_.comment(by, ticket, comment));
  const auto look = [&](const std::vector<pipeline::Redaction>& list, bool is_shadow) -> std::optional<FindingMark> {
    const auto found = std::ranges::find_if(
        list, [&](const pipeline::Redaction& one) { return is_meant(choice, one.rule, one.part, one.where); });
    if (found == list.end()) return std::nullopt;
    return FindingMark{0,           ticket,      comment,      of.inbox,     found->rule, found->brand,
                       found->part, found->where, found->count, is_shadow, by.user,     core::to_unix_ms(clock_.wall_now())};
  };
  std::optional<FindingMark> out = look(in.redactions, false);
  const bool sees_shadow = auth::may(by, auth::Permission::kRulesManage);
  if (!out && sees_shadow) out = look(in.shadow_findings, true);
  return out;
}

core::Task<core::Result<FindingMark>> FindingFeedback::mark(auth::Principal by, core::TicketId ticket, core::CommentId comment,
                                                            FindingChoice choice) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_TRY(std::optional<FindingMark> mark, find(by, ticket, comment, choice));
  if (!mark) co_return core::fail(Errc::kNotFound, "the comment has no such redaction");
  const std::string key = keys::finding_marks(by.workspace, ticket, comment);
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::optional<std::string> value, transaction.get(key));
    schema::CommentMarks record;
    if (value) POSTERN_CO_CHECK(storage::open_record(vault_, by.workspace, key, *value, record));
    const auto same = std::ranges::find_if(record.marks(), [&](const schema::FindingMark& one) { return is_same(one, *mark); });
    if (same != record.marks().end()) co_return decode(*same, ticket, comment);
    if (static_cast<std::size_t>(record.marks_size()) >= options_.findings.marks_per_comment_max) {
      co_return core::fail(Errc::kInvalid, "too many marks of one comment");
    }
    mark->id = ids_.next();
    encode(*mark, *record.add_marks());
    schema::FindingMarkIndex index;
    index.set_ticket(ticket.value);
    index.set_comment(comment.value);
    POSTERN_CO_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
    POSTERN_CO_CHECK(storage::put_plain(transaction, keys::finding_mark(by.workspace, mark->id), index));
    count_false_positive(transaction, {by.workspace, mark->inbox, day_of(mark->at_unix_ms)}, mark->rule, 1);
    POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, "redaction.called_wrong", object_of(ticket), detail_of(*mark)));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return *mark;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<void>> FindingFeedback::withdraw(auth::Principal by, core::TicketId ticket, core::CommentId comment,
                                                         FindingChoice choice) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_CHECK(tickets_.get(by, ticket));
  const bool sees_shadow = auth::may(by, auth::Permission::kRulesManage);
  const std::string key = keys::finding_marks(by.workspace, ticket, comment);
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::optional<std::string> value, transaction.get(key));
    schema::CommentMarks record;
    if (value) POSTERN_CO_CHECK(storage::open_record(vault_, by.workspace, key, *value, record));
    const auto meant = [&](const schema::FindingMark& one) {
      return (sees_shadow || !one.is_shadow()) && is_meant(choice, one.rule(), one.part(), one.where());
    };
    const auto found = std::find_if(record.mutable_marks()->begin(), record.mutable_marks()->end(), meant);
    if (found == record.mutable_marks()->end()) co_return core::fail(Errc::kNotFound, "nothing of it is marked");
    const FindingMark mark = decode(*found, ticket, comment);
    record.mutable_marks()->erase(found);
    if (record.marks().empty()) transaction.erase(key);
    else POSTERN_CO_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
    transaction.erase(keys::finding_mark(by.workspace, mark.id));
    count_false_positive(transaction, {by.workspace, mark.inbox, day_of(mark.at_unix_ms)}, mark.rule, -1);
    POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, "redaction.mark_withdrawn", object_of(ticket), detail_of(mark)));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<std::vector<FindingMark>> FindingFeedback::of_comment(core::WorkspaceId workspace, core::TicketId ticket,
                                                                   core::CommentId comment) const {
  POSTERN_TRY(const schema::CommentMarks record, read(*store_.snapshot(), workspace, ticket, comment));
  std::vector<FindingMark> out;
  for (const auto& one : record.marks()) out.push_back(decode(one, ticket, comment));
  return out;
}

core::Result<std::vector<FindingMark>> FindingFeedback::list(core::WorkspaceId workspace, std::size_t limit, std::uint64_t before) const {
  const auto snapshot = store_.snapshot();
  const std::string after = before == 0 ? std::string() : keys::finding_mark(workspace, before);
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot->scan(keys::finding_mark_prefix(workspace), storage::Direction::kBackward, limit, after));
  std::vector<FindingMark> out;
  for (const storage::Entry& entry : entries) {
    storage::KeyReader reader(entry.key);
    reader.u64();  // kind
    const std::uint64_t id = reader.u64();
    schema::FindingMarkIndex index;
    POSTERN_CHECK(storage::parse_record(entry.value, index));
    const core::TicketId ticket{index.ticket()};
    const core::CommentId comment{index.comment()};
    POSTERN_TRY(const schema::CommentMarks record, read(*snapshot, workspace, ticket, comment));
    const auto found = std::ranges::find(record.marks(), id, [](const schema::FindingMark& one) { return one.id(); });
    if (found != record.marks().end()) out.push_back(decode(*found, ticket, comment));
  }
  return out;
}

}  // namespace postern::ticketing
