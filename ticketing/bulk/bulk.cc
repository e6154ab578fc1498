// Bulk: jobs as they are asked for, stored and shown. What they do is in job_run.cc.
#include "ticketing/bulk/bulk.h"

#include <algorithm>
#include <set>

#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/erasure.h"
#include "ticketing/bulk/job_codec.h"
#include "ticketing/bulk/merge.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"

namespace postern::ticketing {
namespace {

core::Error refused(std::string why) { return core::fail(Errc::kInvalid, std::move(why)); }

std::vector<core::TicketId> without_repeats(const std::vector<core::TicketId>& ids) {
  std::vector<core::TicketId> out;
  std::set<core::TicketId> seen;
  for (const core::TicketId each : ids) {
    if (seen.insert(each).second) out.push_back(each);
  }
  return out;
}

// What is wrong with one of many, told by its place: "tickets.3.subject: …".
core::Result<schema::JobChange> of_item(std::size_t index, core::Result<schema::JobChange> change) {
  if (change || !(change.error() == Errc::kInvalid)) return change;
  return refused("tickets." + std::to_string(index) + "." + change.error().context());
}

bool is_open(const schema::Job& job) { return job.state() == static_cast<std::uint32_t>(JobState::kQueued); }

bool may_see(const auth::Principal& by, const schema::Job& job) {
  const bool sees_all = by.role >= auth::Role::kAdmin && !by.inboxes.is_limited() && auth::may(by, auth::Permission::kSettingsManage);
  return sees_all || job.author().user() == by.user.value;
}

std::uint64_t read_user(const std::string& value) {
  std::uint64_t out = 0;
  for (const char c : value) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

std::string write_user(std::uint64_t user) {
  std::string out(sizeof user, '\0');
  for (std::size_t i = out.size(); i-- > 0; user >>= 8U) out[i] = static_cast<char>(user & 0xffU);
  return out;
}

}  // namespace

std::string_view to_string(JobKind kind) {
  switch (kind) {
    case JobKind::kUpdate: return "update";
    case JobKind::kCreate: return "create";
    case JobKind::kDelete: return "delete";
    case JobKind::kRestore: return "restore";
    case JobKind::kErase: return "erase";
    case JobKind::kSpam: return "mark_as_spam";
    case JobKind::kMerge: return "merge";
    case JobKind::kUndo: return "undo";
    case JobKind::kImport: return "import";
  }
  return "unknown";
}

std::string_view to_string(JobState state) {
  switch (state) {
    case JobState::kQueued: return "queued";
    case JobState::kWorking: return "working";
    case JobState::kCompleted: return "completed";
    case JobState::kFailed: return "failed";
    case JobState::kKilled: return "killed";
  }
  return "unknown";
}

core::Result<void> Bulk::check_count(std::size_t items) const {
  if (items == 0) return refused("ids: none");
  if (items > limits_.items_max) return refused("ids: at most " + std::to_string(limits_.items_max));
  return {};
}

// Before anything is looked through: that costs, as often as there are inboxes.
core::Result<void> Bulk::check_typed(std::size_t bytes, std::size_t items) const {
  if (bytes > limits_.change_bytes_max) return refused("tickets: too large together");
  if (items == 1 && bytes > with_.options.comment_bytes_max) return refused("comment: too long");
  return {};
}

core::Result<void> Bulk::check_changes(const std::vector<Change>& changes) const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::string item = "tickets." + std::to_string(i) + ".";
    if (!changes[i].update.files.empty()) return refused(item + "uploads: a change of many tickets takes no files");
    if (changes[i].update.author || changes[i].update.submitter) return refused(item + "comment.author_id: not in a change of many tickets");
    const std::size_t here = job_codec::typed_bytes(changes[i].update);
    if (here > with_.options.comment_bytes_max) return refused(item + "comment: too long");
    bytes += here;
  }
  return check_typed(bytes, changes.size());
}

core::Task<core::Result<void>> Bulk::on_pool(std::function<core::Result<void>()> work) const {
  if (cpu_ == nullptr) co_return work();
  auto job = [&work] { return std::make_shared<core::Result<void>>(work()); };  // a Result in a Result cannot be told from its error
  POSTERN_CO_TRY(const std::shared_ptr<core::Result<void>> done, co_await core::offload(*cpu_, std::move(job)));
  co_return *done;
}

std::vector<core::InboxId> Bulk::all_inboxes(core::WorkspaceId workspace) const {
  std::vector<core::InboxId> out;
  for (const Inbox& each : with_.directory.inboxes_of(workspace)) out.push_back(each.id);
  if (out.empty()) out.push_back({});
  return out;
}

// Of these tickets: by whose rules is redacted what they get.
core::Result<std::vector<core::InboxId>> Bulk::inboxes_of(core::WorkspaceId workspace, const std::vector<core::TicketId>& ids) const {
  std::set<core::InboxId> out;
  const auto snapshot = with_.store.snapshot();
  for (const core::TicketId id : ids) {
    const std::string key = keys::ticket(workspace, id);
    POSTERN_TRY(const auto value, snapshot->get(key));
    schema::Ticket record;
    if (!value) continue;
    const auto opened = storage::open_record(with_.vault, workspace, key, *value, record);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) continue;  // its item fails by itself
    out.insert(core::InboxId{record.inbox()});
  }
  if (out.empty()) return all_inboxes(workspace);
  return std::vector<core::InboxId>(out.begin(), out.end());
}

core::Task<core::Result<JobStatus>> Bulk::update_many(auth::Principal by, std::vector<core::TicketId> ids, Tickets::Update change) {
  ids = without_repeats(ids);
  POSTERN_CO_CHECK(check_count(ids.size()));
  if (!change.files.empty()) co_return refused("uploads: a change of many tickets takes no files");
  if (change.author || change.submitter) co_return refused("comment.author_id: not in a change of many tickets");
  POSTERN_CO_CHECK(check_typed(job_codec::typed_bytes(change), 1));
  schema::Job job;
  job.set_kind(static_cast<std::uint32_t>(JobKind::kUpdate));
  job.set_is_undoable(true);
  const auto clean = [&]() -> core::Result<void> {
    POSTERN_TRY(const std::vector<core::InboxId> inboxes, inboxes_of(by.workspace, ids));
    POSTERN_TRY(*job.add_changes(), job_codec::encode(redactor_, std::move(change), by.workspace, inboxes));
    return {};
  };
  POSTERN_CO_CHECK(co_await on_pool(clean));
  for (const core::TicketId each : ids) job.add_tickets(each.value);
  co_return co_await submit(std::move(by), std::move(job));
}

core::Task<core::Result<JobStatus>> Bulk::update_each(auth::Principal by, std::vector<Change> changes) {
  POSTERN_CO_CHECK(check_count(changes.size()));
  schema::Job job;
  job.set_kind(static_cast<std::uint32_t>(JobKind::kUpdate));
  POSTERN_CO_CHECK(check_changes(changes));
  std::set<core::TicketId> seen;
  for (const Change& each : changes) {
    if (!seen.insert(each.ticket).second) co_return refused("tickets: " + std::to_string(each.ticket.value) + " is named twice");
    job.add_tickets(each.ticket.value);
  }
  const auto clean = [&]() -> core::Result<void> {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      POSTERN_TRY(const std::vector<core::InboxId> inboxes, inboxes_of(by.workspace, {changes[i].ticket}));
      POSTERN_TRY(*job.add_changes(), of_item(i, job_codec::encode(redactor_, std::move(changes[i].update), by.workspace, inboxes)));
    }
    return {};
  };
  POSTERN_CO_CHECK(co_await on_pool(clean));
  job.set_is_undoable(true);
  co_return co_await submit(std::move(by), std::move(job));
}

core::Task<core::Result<JobStatus>> Bulk::create_many(auth::Principal by, std::vector<Change> tickets) {
  POSTERN_CO_CHECK(check_count(tickets.size()));
  schema::Job job;
  job.set_kind(static_cast<std::uint32_t>(JobKind::kCreate));
  POSTERN_CO_CHECK(check_changes(tickets));
  const auto clean = [&]() -> core::Result<void> {
    const std::vector<core::InboxId> everywhere = all_inboxes(by.workspace);
    for (std::size_t i = 0; i < tickets.size(); ++i) {
      const std::vector<core::InboxId> inboxes = tickets[i].inbox ? std::vector<core::InboxId>{tickets[i].inbox} : everywhere;
      POSTERN_TRY(schema::JobChange change, of_item(i, job_codec::encode(redactor_, std::move(tickets[i].update), by.workspace, inboxes)));
      change.set_inbox(tickets[i].inbox.value);
      *job.add_changes() = std::move(change);
    }
    return {};
  };
  POSTERN_CO_CHECK(co_await on_pool(clean));
  co_return co_await submit(std::move(by), std::move(job));
}

core::Task<core::Result<JobStatus>> Bulk::remove_many(auth::Principal by, std::vector<core::TicketId> ids, JobKind kind) {
  ids = without_repeats(ids);
  POSTERN_CO_CHECK(check_count(ids.size()));
  schema::Job job;
  job.set_kind(static_cast<std::uint32_t>(kind));
  job.set_is_undoable(kind != JobKind::kErase);
  for (const core::TicketId each : ids) job.add_tickets(each.value);
  co_return co_await submit(std::move(by), std::move(job));
}

core::Task<core::Result<JobStatus>> Bulk::merge(auth::Principal by, MergeWish wish) {
  schema::Job job;
  job.set_kind(static_cast<std::uint32_t>(JobKind::kMerge));
  job.set_is_undoable(true);
  std::vector<core::TicketId> all = wish.sources;
  all.push_back(wish.target);
  const MergeOrder order{wish.target, wish.sources, {}, {}, wish.is_target_comment_public, wish.is_source_comment_public};
  POSTERN_CO_CHECK(check_merge(by, order, limits_));
  const std::size_t typed = std::max(wish.target_comment.size(), wish.source_comment.size());
  if (typed > with_.options.comment_bytes_max) co_return refused("target_comment: too long");
  schema::JobMerge& merge = *job.mutable_merge();
  merge.set_target(wish.target.value);
  for (const core::TicketId each : wish.sources) merge.add_sources(each.value);
  const auto clean = [&]() -> core::Result<void> {
    POSTERN_TRY(const std::vector<core::InboxId> inboxes, inboxes_of(by.workspace, all));
    const CleanNote to = job_codec::clean_note_for_all(redactor_, wish.target_comment, by.workspace, inboxes);
    const CleanNote from = job_codec::clean_note_for_all(redactor_, wish.source_comment, by.workspace, inboxes);
    *merge.mutable_target_comment() = job_codec::encode(to, wish.is_target_comment_public);
    *merge.mutable_source_comment() = job_codec::encode(from, wish.is_source_comment_public);
    return {};
  };
  POSTERN_CO_CHECK(co_await on_pool(clean));
  job.add_tickets(wish.target.value);
  co_return co_await submit(std::move(by), std::move(job));
}

core::Task<core::Result<JobStatus>> Bulk::undo(auth::Principal by, std::uint64_t id) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  schema::Job job;
  job.set_kind(static_cast<std::uint32_t>(JobKind::kUndo));
  job.set_undoes(id);
  storage::Transaction reader = with_.store.begin();
  POSTERN_CO_TRY(const schema::UndoRecord record, read_undo(with_, reader, by.workspace, id));
  if (!may_undo(by, record)) co_return core::fail(Errc::kNotFound, "undo/" + std::to_string(id));
  if (record.undone_unix_ms() != 0) co_return refused("id: it has been undone");
  POSTERN_CO_TRY(const std::vector<core::TicketId> tickets, undo_tickets(reader.snapshot(), by.workspace, id));
  if (tickets.empty()) co_return refused("id: nothing of it can be undone any more");
  const auto kind = static_cast<UndoKind>(record.kind());
  if (kind == UndoKind::kReply) co_return core::fail(Errc::kNotFound, "undo/" + std::to_string(id));
  // Whoever cannot reach a ticket of it does not learn of it.
  std::size_t within = 0;
  for (const core::TicketId each : tickets) {
    auto ticket = TicketDraft::open(with_, reader, by.workspace, each);
    within += ticket && by.inboxes.has(core::InboxId{ticket->record().inbox()}) ? 1 : 0;
    if (kind == UndoKind::kBulk) job.add_tickets(each.value);
  }
  if (within == 0 || (kind != UndoKind::kBulk && by.inboxes.is_limited() && within < tickets.size())) {
    co_return core::fail(Errc::kNotFound, "undo/" + std::to_string(id));
  }
  if (kind != UndoKind::kBulk) job.add_tickets(tickets.front().value);
  co_return co_await submit(std::move(by), std::move(job));
}

core::Task<core::Result<JobStatus>> Bulk::submit(auth::Principal by, schema::Job job) {
  POSTERN_CO_TRY(const std::size_t open, open_jobs(by));
  if (open >= limits_.open_per_user_max) co_return refused("jobs: too many have not ended yet");
  job.set_id(with_.ids.next());
  *job.mutable_author() = job_codec::encode(by);
  job.set_created_unix_ms(with_.now_ms());
  job.set_total(static_cast<std::uint32_t>(std::max(job.tickets_size(), job.changes_size())));
  if (job.ByteSizeLong() > limits_.change_bytes_max) co_return refused("tickets: too large together");
  storage::Transaction transaction = with_.store.begin();
  POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, bulk_keys::job(by.workspace, job.id()), job));
  transaction.put(bulk_keys::open_job(by.workspace, job.id()), write_user(by.user.value));
  const auto kind = static_cast<JobKind>(job.kind());
  if (job.is_undoable() && kind != JobKind::kMerge) POSTERN_CO_CHECK(begin_undo(with_, transaction, by, job.id(), UndoKind::kBulk, limits_));
  const std::string what = std::string(to_string(kind)) + ", items " + std::to_string(job.total());
  POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "job.started", "job/" + core::to_base32(job.id()), what));
  POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  const std::atomic<bool> goes_on{false};
  // What fails now is tried again behind this request.
  const core::Result<std::size_t> done = co_await run_job(by.workspace, job.id(), limits_.at_once_max, goes_on);
  if (!done && done.error() == storage::Errc::kClosed) co_return done.error();
  co_return show(by, job.id());
}

core::Result<std::size_t> Bulk::open_jobs(const auth::Principal& by) const {
  POSTERN_TRY(const auto entries, with_.store.snapshot()->scan(bulk_keys::open_jobs_prefix(by.workspace), storage::Direction::kForward, limits_.open_max));
  if (entries.size() >= limits_.open_max) return entries.size();
  std::size_t own = 0;
  for (const storage::Entry& each : entries) own += read_user(each.value) == by.user.value ? 1 : 0;
  return own;
}

core::Task<core::Result<JobStatus>> Bulk::note_done(auth::Principal by, JobKind kind, std::vector<JobItem> results) {
  schema::Job job;
  job.set_id(with_.ids.next());
  job.set_kind(static_cast<std::uint32_t>(kind));
  job.set_state(static_cast<std::uint32_t>(JobState::kCompleted));
  *job.mutable_author() = job_codec::encode(by);
  job.set_created_unix_ms(with_.now_ms());
  job.set_ended_unix_ms(with_.now_ms());
  job.set_total(static_cast<std::uint32_t>(results.size()));
  storage::Transaction transaction = with_.store.begin();
  POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, bulk_keys::job(by.workspace, job.id()), job));
  for (JobItem& each : results) {
    schema::JobResult result;
    result.set_index(each.index);
    result.set_ticket(each.ticket.value);
    result.set_is_done(each.is_done);
    result.set_error(std::move(each.error));
    result.set_details(std::move(each.details));
    POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace, bulk_keys::result(by.workspace, job.id(), each.index), result));
  }
  POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return show(by, job.id());
}

core::Result<schema::Job> Bulk::read_job(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t id) const {
  const std::string key = bulk_keys::job(workspace, id);
  POSTERN_TRY(const auto value, snapshot.get(key));
  if (!value) return core::fail(Errc::kNotFound, "job/" + core::to_base32(id));
  schema::Job job;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, job));
  return job;
}

core::Result<JobStatus> Bulk::status_of(const storage::Snapshot& snapshot, core::WorkspaceId workspace, const schema::Job& job) const {
  JobStatus out;
  out.id = job.id();
  out.kind = static_cast<JobKind>(job.kind());
  out.state = static_cast<JobState>(job.state());
  out.author = core::UserId{job.author().user()};
  out.total = job.total();
  out.message = job.message();
  out.created_unix_ms = job.created_unix_ms();
  out.ended_unix_ms = job.ended_unix_ms();
  POSTERN_TRY(const auto entries, snapshot.scan(bulk_keys::results_prefix(workspace, job.id()), storage::Direction::kForward, limits_.items_max));
  for (const storage::Entry& each : entries) {
    schema::JobResult result;
    const auto opened = storage::open_record(with_.vault, workspace, each.key, each.value, result);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) {  // it was done or it failed: it is not done again
      result.Clear();
      result.set_index(static_cast<std::uint32_t>(bulk_keys::last_number(each.key)));
      result.set_error("InternalError");
      result.set_details("what came of it is not known any more");
    }
    out.results.push_back({result.index(), core::TicketId{result.ticket()}, result.is_done(), result.error(), result.details()});
  }
  out.progress = static_cast<std::uint32_t>(out.results.size());
  if (is_open(job) && !out.results.empty()) out.state = JobState::kWorking;
  // A change of what was so already leaves nothing to undo, and neither does an undo.
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.undo_life);
  if (job.is_undoable() && job.created_unix_ms() + life.count() > with_.now_ms()) {
    POSTERN_TRY(const auto kept, snapshot.scan(bulk_keys::undo_items_prefix(workspace, job.id()), storage::Direction::kForward, 1));
    out.is_undoable = !kept.empty();
  }
  return out;
}

core::Result<JobStatus> Bulk::show(const auth::Principal& by, std::uint64_t id) const {
  const auto snapshot = with_.store.snapshot();
  POSTERN_TRY(const schema::Job job, read_job(*snapshot, by.workspace, id));
  if (!may_see(by, job)) return core::fail(Errc::kNotFound, "job/" + core::to_base32(id));
  return status_of(*snapshot, by.workspace, job);
}

core::Result<std::vector<JobStatus>> Bulk::list(const auth::Principal& by, std::size_t limit, std::uint64_t before) const {
  constexpr std::size_t kAtATime = 100;
  constexpr std::size_t kRounds = 20;  // jobs of others that are passed over
  const auto snapshot = with_.store.snapshot();
  std::vector<JobStatus> out;
  std::string after = before == 0 ? std::string() : bulk_keys::job(by.workspace, before);
  for (std::size_t round = 0; round < kRounds && out.size() < limit; ++round) {
    POSTERN_TRY(const auto entries, snapshot->scan(bulk_keys::jobs_prefix(by.workspace), storage::Direction::kBackward, kAtATime, after));
    for (const storage::Entry& each : entries) {
      schema::Job job;
      const auto opened = storage::open_record(with_.vault, by.workspace, each.key, each.value, job);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened) continue;
      if (!may_see(by, job) || out.size() >= limit) continue;
      POSTERN_TRY(JobStatus status, status_of(*snapshot, by.workspace, job));
      out.push_back(std::move(status));
    }
    if (entries.size() < kAtATime) break;
    after = entries.back().key;
  }
  return out;
}

core::Task<core::Result<void>> Bulk::kill(auth::Principal by, std::uint64_t id) {
  POSTERN_CO_TRY(const JobStatus known, show(by, id));
  if (known.state == JobState::kQueued || known.state == JobState::kWorking) {
    POSTERN_CO_CHECK(co_await finish(by.workspace, id, JobState::kKilled));
  }
  co_return core::Result<void>();
}

core::Task<core::Result<SplitDone>> Bulk::split(auth::Principal by, SplitWish wish) {
  SplitOrder order{wish.ticket, std::move(wish.comments), {}};
  POSTERN_CO_CHECK(check_split(by, order, limits_));
  POSTERN_CO_TRY(const std::vector<core::InboxId> inboxes, inboxes_of(by.workspace, {wish.ticket}));
  if (wish.subject && wish.subject->size() > with_.options.subject_bytes_max) co_return refused("subject: too long");
  if (wish.subject) order.subject = redactor_.redact_text(*wish.subject, {"subject", by.workspace, inboxes.front()}).text();
  POSTERN_CO_TRY(const Ticket seen, tickets_->get(by, wish.ticket));
  core::TicketId number;
  POSTERN_CO_TRY(number.value, with_.store.next_number(keys::ticket_counter(by.workspace)));
  const std::uint64_t undo = with_.ids.next();
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_CHECK(split_ticket(with_, transaction, by, order, number, undo, limits_));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (!committed && co_await patience.again(committed.error())) continue;
    if (!committed) co_return committed.error();
    POSTERN_CO_TRY(Ticket made, tickets_->get(by, number));
    co_return SplitDone{std::move(made), undo};
  }
}

core::Task<core::Result<void>> Bulk::remove(auth::Principal by, core::TicketId id, JobKind kind) {
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    if (kind == JobKind::kErase) {
      POSTERN_CO_CHECK(begin_erasure(with_, transaction, by, id));
    } else if (kind == JobKind::kRestore) {
      POSTERN_CO_CHECK(restore_ticket(with_, transaction, by, id));
    } else {
      POSTERN_CO_CHECK(delete_ticket(with_, transaction, by, id, kind == JobKind::kSpam ? Removal::kSpam : Removal::kDelete));
    }
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<void> Bulk::check_deleted(const auth::Principal& by, core::TicketId id) const {
  storage::Transaction reader = with_.store.begin();
  POSTERN_CHECK(open_deleted(with_, reader, by, id));
  return {};
}

core::Result<DeletedPage> Bulk::deleted(const auth::Reach& reach, std::size_t size, const std::string& after) const {
  return list_deleted(with_, reach, size, after, limits_);
}

}  // namespace postern::ticketing
