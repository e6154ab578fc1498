#include "ticketing/drafts/drafts.h"

#include <algorithm>

#include "core/encoding.h"
#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/note.h"
#include "ticketing/detail/clean_update.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/retry.h"
#include "ticketing/drafts/draft_keys.h"

namespace postern::ticketing {
namespace {

core::Error no_draft(core::TicketId ticket) { return core::fail(Errc::kNotFound, "draft of ticket/" + std::to_string(ticket.value)); }

core::Result<void> check_writer(const auth::Principal& by) {
  const bool may_write = auth::may(by, auth::Permission::kReply) || auth::may(by, auth::Permission::kNotesWrite);
  if (!may_write || !by.user) return core::fail(auth::Errc::kForbidden);
  return {};
}

Draft from_record(const schema::Draft& from) {
  return {core::TicketId{from.ticket()}, from.text(), from.is_public(), from.revision(), from.updated_unix_ms(), from.html()};
}

// Somebody's drafts, a few at a time: each may be as long as a comment.
template <class Then>
core::Result<void> each_of(const storage::Snapshot& snapshot, const auth::Principal& by, std::size_t limit, Then then) {
  constexpr std::size_t kAtOnce = 8;
  const std::string prefix = draft_keys::of_user_prefix(by.workspace, by.user);
  std::string after;
  for (std::size_t seen = 0; seen < limit;) {
    const std::size_t wanted = std::min(kAtOnce, limit - seen);
    POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot.scan(prefix, storage::Direction::kForward, wanted, after));
    for (const storage::Entry& each : entries) POSTERN_CHECK(then(each));
    if (entries.size() < wanted) break;
    seen += entries.size();
    after = entries.back().key;
  }
  return {};
}

}  // namespace

core::Result<void> Drafts::check_ticket(storage::Transaction& transaction, const auth::Principal& by, core::TicketId ticket) const {
  POSTERN_CHECK(check_writer(by));
  POSTERN_CHECK(open_within(with_, transaction, by, ticket));
  return {};
}

core::Result<std::optional<Draft>> Drafts::read(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user,
                                                core::TicketId ticket) const {
  const std::string key = draft_keys::draft(workspace, user, ticket);
  POSTERN_TRY(const auto value, transaction.get(key));
  if (!value) return std::optional<Draft>();
  schema::Draft record;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, record));
  return std::optional(from_record(record));
}

core::Result<Draft> Drafts::store(storage::Transaction& transaction, const auth::Principal& by, Draft draft) const {
  draft.revision += 1;
  draft.updated_unix_ms = with_.now_ms();
  schema::Draft record;
  record.set_user(by.user.value);
  record.set_ticket(draft.ticket.value);
  record.set_text(draft.text);
  record.set_html(draft.html);
  record.set_is_public(draft.is_public);
  record.set_revision(draft.revision);
  record.set_updated_unix_ms(draft.updated_unix_ms);
  transaction.put(draft_keys::of_ticket(by.workspace, draft.ticket, by.user), {});
  POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, draft_keys::draft(by.workspace, by.user, draft.ticket), record));
  return draft;
}

core::Task<core::Result<Draft>> Drafts::put(auth::Principal by, core::TicketId ticket, std::string text, bool is_public,
                                            std::optional<std::uint64_t> expected_revision, std::string html) {
  if (std::max(text.size(), html.size()) > with_.options.comment_bytes_max) co_return core::fail(Errc::kInvalid, "text: too long");
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_CHECK(check_writer(by));
    POSTERN_CO_TRY(const TicketDraft about, open_within(with_, transaction, by, ticket));
    POSTERN_CO_TRY(const auto known, read(transaction, by.workspace, by.user, ticket));
    const std::uint64_t revision = known ? known->revision : 0;
    if (expected_revision && *expected_revision != revision) co_return core::fail(Errc::kConflict, "draft");
    if (!known) {
      std::size_t others = 0;
      const auto count = [&others](const storage::Entry&) -> core::Result<void> {
        ++others;
        return {};
      };
      POSTERN_CO_CHECK(each_of(transaction.snapshot(), by, limits_.per_user_max, count));
      if (others >= limits_.per_user_max) co_return core::fail(Errc::kInvalid, "drafts: too many");
    }
    const core::InboxId inbox{about.record().inbox()};
    Tickets::Update typed;
    typed.text = text;
    if (!core::trim_ascii(html).empty()) typed.html = html;
    POSTERN_CO_TRY(CleanUpdate draft, clean(redactor_, typed, by.workspace, inbox));
    POSTERN_CO_TRY(Draft stored, store(transaction, by, {ticket, std::move(draft.text), is_public, revision, 0, std::move(draft.html)}));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return stored;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<Draft> Drafts::get(const auth::Principal& by, core::TicketId ticket) const {
  storage::Transaction reader = with_.store.begin();
  POSTERN_CHECK(check_ticket(reader, by, ticket));
  POSTERN_TRY(auto draft, read(reader, by.workspace, by.user, ticket));
  if (!draft) return no_draft(ticket);
  return std::move(*draft);
}

core::Task<core::Result<void>> Drafts::erase(auth::Principal by, core::TicketId ticket) {
  storage::Transaction transaction = with_.store.begin();
  POSTERN_CO_CHECK(check_ticket(transaction, by, ticket));
  POSTERN_CO_TRY(const auto known, read(transaction, by.workspace, by.user, ticket));
  if (!known) co_return core::Result<void>();
  transaction.erase(draft_keys::draft(by.workspace, by.user, ticket));
  transaction.erase(draft_keys::of_ticket(by.workspace, ticket, by.user));
  POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return core::Result<void>();
}

core::Result<std::vector<Draft>> Drafts::list(const auth::Principal& by, std::size_t limit, std::size_t text_bytes_max) const {
  POSTERN_CHECK(check_writer(by));
  storage::Transaction reader = with_.store.begin();
  std::vector<Draft> out;
  const auto keep = [&](const storage::Entry& each) -> core::Result<void> {
    schema::Draft record;
    POSTERN_CHECK(storage::open_record(with_.vault, by.workspace, each.key, each.value, record));
    if (!open_within(with_, reader, by, core::TicketId{record.ticket()})) return {};
    out.push_back(from_record(record));
    out.back().text = cut_utf8(out.back().text, text_bytes_max);
    out.back().html.clear();
    return {};
  };
  POSTERN_CHECK(each_of(reader.snapshot(), by, limit, keep));
  return out;
}

core::Result<std::uint32_t> Drafts::hold_seconds(core::WorkspaceId workspace, core::UserId user) const {
  const std::string key = draft_keys::hold(workspace, user);
  POSTERN_TRY(const auto value, with_.store.snapshot()->get(key));
  schema::ReplyHold record;
  if (value) POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, record));
  return record.seconds();
}

core::Task<core::Result<void>> Drafts::set_hold_seconds(auth::Principal by, std::uint32_t seconds) {
  POSTERN_CO_CHECK(check_writer(by));
  if (seconds > limits_.hold_seconds_max) co_return core::fail(Errc::kInvalid, "seconds: at most " + std::to_string(limits_.hold_seconds_max));
  storage::Transaction transaction = with_.store.begin();
  schema::ReplyHold record;
  record.set_seconds(seconds);
  POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, draft_keys::hold(by.workspace, by.user), record));
  POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "reply_hold.changed", "user/" + std::to_string(by.user.value),
                               "seconds " + std::to_string(seconds)));
  POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return core::Result<void>();
}

core::Result<void> Drafts::follow(storage::Transaction& transaction, const TicketChange& change) {
  const core::UserId actor = change.source->actor;
  if (change.added.empty() || !actor || change.source->via != "api") return {};
  const core::TicketId ticket{change.after->id()};
  for (const schema::Comment& each : change.added) {
    if (each.author() != actor.value) continue;
    const std::string key = draft_keys::draft(change.workspace, actor, ticket);
    POSTERN_TRY(const auto draft, transaction.snapshot().get(key));
    if (draft) {
      transaction.erase(key);
      transaction.erase(draft_keys::of_ticket(change.workspace, ticket, actor));
    }
    if (each.is_public() && !each.deliveries().empty() && change.before != nullptr) POSTERN_CHECK(hold_back(transaction, change, each));
  }
  return {};
}

}  // namespace postern::ticketing
