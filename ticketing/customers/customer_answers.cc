// CustomerDesk: what customers change with a link.
#include <algorithm>

#include "core/encoding.h"
#include "core/errc.h"
#include "ticketing/customers/customer_desk.h"
#include "ticketing/customers/customer_keys.h"
#include "ticketing/detail/clean_update.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/pool_job.h"
#include "ticketing/detail/retry.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kMsPerHour = 3'600'000;
constexpr std::int64_t kMsPerDay = 24 * kMsPerHour;

core::Result<void> check_answer(const CustomerDesk::Answer& answer, const CustomerLimits& limits) {
  if (std::max(answer.text.size(), answer.html.size()) > limits.text_bytes_max) return core::fail(Errc::kInvalid, "text: too long");
  std::size_t bytes = 0;
  for (const auto& file : answer.files) bytes += file.content.size();
  if (answer.files.size() > limits.files_max || bytes > limits.file_bytes_max) return core::fail(Errc::kInvalid, "files: too many or too large");
  const bool is_empty = core::trim_ascii(answer.text).empty() && core::trim_ascii(answer.html).empty() && answer.files.empty();
  if (is_empty && !answer.solves) return core::fail(Errc::kInvalid, "text: empty");
  return {};
}

std::uint64_t day_of(std::int64_t unix_ms) { return static_cast<std::uint64_t>(unix_ms / kMsPerDay); }

}  // namespace

core::Task<core::Result<void>> CustomerDesk::revoke(auth::Principal by, core::UserId person) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_TRY(const auto known, with_.accounts.find(by.workspace, person));
  if (!known) co_return core::fail(Errc::kNotFound, "user/" + std::to_string(person.value));
  Patience patience(with_.clock, with_.options);
  for (;;) {
    storage::Transaction transaction = with_.store.begin();
    transaction.put(customer_keys::revoked(by.workspace, person), std::to_string(with_.now_ms()));
    POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "customer_links.revoked", "user/" + std::to_string(person.value)));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<bool> CustomerDesk::take_stamp(storage::Transaction& transaction, core::WorkspaceId workspace, const FormStamp& stamp,
                                            core::TicketId ticket) const {
  const std::string key = customer_keys::sent(workspace, day_of(stamp.made_unix_ms), stamp.digest);
  POSTERN_TRY(const auto before, transaction.get(key));
  if (before) return false;
  transaction.put(key, std::to_string(ticket.value));
  return true;
}

// A counter, which never makes two posts conflict; it may be behind by what is being written now.
core::Result<void> CustomerDesk::take_place(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId person) const {
  const std::string key = customer_keys::posts(workspace, static_cast<std::uint64_t>(with_.now_ms() / kMsPerHour), person);
  POSTERN_TRY(const auto stored, transaction.snapshot().get(key));
  if (static_cast<std::uint64_t>(storage::decode_counter(stored)) >= limits_.posts_per_hour_max) {
    return core::fail_transient(core::Errc::kOverloaded, "posts of an hour");
  }
  transaction.add(key, 1);
  return {};
}

core::Result<void> CustomerDesk::add_answer(TicketDraft& ticket, const CustomerVisit& visit, const CleanUpdate& typed) const {
  storage::Transaction& transaction = ticket.transaction();
  const core::WorkspaceId workspace = ticket.workspace();
  schema::Comment comment;
  comment.set_id(with_.ids.next());
  comment.set_author(visit.link.person.value);
  comment.set_is_public(true);
  POSTERN_CHECK(codec::put_text(transaction, with_, workspace, typed.text, *comment.mutable_text()));
  if (!typed.html.empty()) POSTERN_CHECK(codec::put_text(transaction, with_, workspace, typed.html, *comment.mutable_html()));
  comment.set_created_unix_ms(with_.now_ms());
  comment.set_via("web");
  for (const auto& redaction : typed.redactions) codec::encode(redaction, *comment.add_redactions());
  for (const auto& finding : typed.shadow_findings) codec::encode(finding, *comment.add_shadow_findings());
  for (const OutgoingFile& file : typed.files) {
    pipeline::RedactedAttachment attachment;
    attachment.name = file.name;
    attachment.media_type = file.media_type;
    attachment.content = file.content;
    attachment.text = file.text;
    POSTERN_TRY(*comment.add_attachments(), store_attachment(with_, transaction, workspace, attachment));
  }
  POSTERN_CHECK(ticket.add_comment(comment, true));
  POSTERN_CHECK(ticket.add_event(visit.link.person, "comment", "web", core::CommentId{comment.id()}));
  POSTERN_CHECK(ticket.add_tags({}, typed.tags));
  const FindingScene where{workspace, core::InboxId{ticket.record().inbox()}, utc_day(with_.clock.wall_now())};
  count_findings(transaction, where, typed.redactions, typed.shadow_findings, with_.options.findings);
  return auth::audit(transaction, with_.vault, with_.ids, with_.clock, principal_of(visit), "ticket.comment",
                     "ticket/" + std::to_string(ticket.id().value), "public");
}

core::Task<core::Result<void>> CustomerDesk::answer(CustomerVisit visit, core::TicketId id, Answer answer) {
  POSTERN_CO_CHECK(check_answer(answer, limits_));
  POSTERN_CO_TRY(const CustomerRequest shown, request(visit, id));
  if (!shown.may_answer) co_return core::fail(Errc::kConflict, "status: a closed request does not change");
  const core::WorkspaceId workspace = visit.link.workspace;
  Tickets::Update update;
  if (!core::trim_ascii(answer.text).empty() || !answer.files.empty()) update.text = std::move(answer.text);
  if (!core::trim_ascii(answer.html).empty()) update.html = std::move(answer.html);
  update.files = std::move(answer.files);
  auto job = [this, &update, workspace, inbox = shown.ticket.inbox] { return clean(redactor_, update, workspace, inbox); };
  POSTERN_CO_TRY(const CleanUpdate typed, co_await run_on(update.files.empty() ? nullptr : cpu_, std::move(job)));
  Patience patience(with_.clock, with_.options);
  for (;;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction, workspace, shown.ticket.id));
    POSTERN_CO_CHECK(covered(transaction.snapshot(), visit, shown.ticket.id));
    if (ticket.status() == Status::kClosed) co_return core::fail(Errc::kConflict, "status: a closed request does not change");
    POSTERN_CO_TRY(const bool is_first, take_stamp(transaction, workspace, answer.stamp, shown.ticket.id));
    if (!is_first) co_return core::Result<void>();
    POSTERN_CO_CHECK(take_place(transaction, workspace, visit.link.person));
    ticket.changed_by({visit.link.person, auth::Role::kContact, "web", false, true});
    if (typed.has_comment) POSTERN_CO_CHECK(add_answer(ticket, visit, typed));
    const bool solves = answer.solves && shown.is_requester;
    const bool waits = ticket.status() == Status::kPending || ticket.status() == Status::kHold || ticket.status() == Status::kSolved;
    if (solves || waits) POSTERN_CO_CHECK(ticket.set_status(visit.link.person, solves ? Status::kSolved : Status::kOpen));
    POSTERN_CO_CHECK(ticket.save(true));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<void>> CustomerDesk::step(CustomerVisit visit, core::TicketId id, Step step) {
  POSTERN_CO_TRY(const CustomerRequest shown, request(visit, id));
  const core::WorkspaceId workspace = visit.link.workspace;
  const Status to = step == Step::kSolve ? Status::kSolved : Status::kOpen;
  Patience patience(with_.clock, with_.options);
  for (;;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction, workspace, shown.ticket.id));
    POSTERN_CO_CHECK(covered(transaction.snapshot(), visit, shown.ticket.id));
    const CustomerRequest now = shown_to(visit, ticket.record());
    const Status from = ticket.status();
    if (from == to) co_return core::Result<void>();
    if (step == Step::kReopen && now.is_requester && from < Status::kSolved) co_return core::Result<void>();  // it is open already
    if (!(step == Step::kSolve ? now.may_solve : now.may_reopen)) co_return core::fail(Errc::kConflict, "status: may not be changed so");
    POSTERN_CO_CHECK(take_place(transaction, workspace, visit.link.person));
    ticket.changed_by({visit.link.person, auth::Role::kContact, "web", false, true});
    POSTERN_CO_CHECK(ticket.set_status(visit.link.person, to));
    POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, principal_of(visit), "ticket.status",
                                 "ticket/" + std::to_string(ticket.id().value), std::string(to_string(from)) + " -> " + std::string(to_string(to))));
    POSTERN_CO_CHECK(ticket.save(true));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<std::size_t>> CustomerDesk::clean_up(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  const std::int64_t now = with_.now_ms();
  const auto form_life_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.form_life).count();
  const std::uint64_t first_day_kept = day_of(now - form_life_ms - kMsPerDay);
  const auto first_hour_kept = static_cast<std::uint64_t>(now / kMsPerHour) - 1;
  std::size_t erased = 0;
  const std::pair<std::string, std::string> ranges[] = {
      {customer_keys::sent_prefix(workspace), customer_keys::sent(workspace, first_day_kept, {})},
      {customer_keys::posts_prefix(workspace), customer_keys::posts(workspace, first_hour_kept, {})}};
  for (const auto& [prefix, end] : ranges) {
    while (!is_stopping) {
      storage::Transaction transaction = with_.store.begin();
      POSTERN_CO_TRY(const auto entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, limits_.erased_at_once_max));
      std::size_t old = 0;
      for (; old < entries.size() && entries[old].key < end; ++old) transaction.erase(entries[old].key);
      if (old == 0) break;
      POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
      erased += old;
      if (old < limits_.erased_at_once_max) break;
    }
  }
  co_return erased;
}

}  // namespace postern::ticketing
