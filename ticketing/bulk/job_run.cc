// Bulk: what jobs do, item by item.
#include <algorithm>

#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/bulk.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/erasure.h"
#include "ticketing/bulk/job_codec.h"
#include "ticketing/bulk/merge.h"
#include "ticketing/bulk/restoring.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/retry.h"

namespace postern::ticketing {
namespace {

// The item waits for a better moment; everything else is its result.
bool is_for_later(const core::Error& error) { return error.is_transient() || error == storage::Errc::kClosed; }

std::pair<std::string, std::string> words_of(const core::Error& error) {
  if (error == Errc::kNotFound) return {"TicketNotFound", "no such ticket"};
  if (error == Errc::kConflict) return {"UpdateConflict", error.context().empty() ? "it was changed meanwhile" : error.context()};
  if (error == Errc::kInvalid) return {"RecordInvalid", error.context()};
  if (error == auth::Errc::kForbidden) return {"PermissionDenied", "whoever started this may not do it"};
  return {"InternalError", error.code().message()};
}

schema::JobResult result_for(std::uint32_t index, core::TicketId ticket) {
  schema::JobResult out;
  out.set_index(index);
  out.set_ticket(ticket.value);
  out.set_is_done(true);
  return out;
}

core::TicketId ticket_of(const schema::Job& job, std::uint32_t index) {
  const auto at = static_cast<int>(index);
  return at < job.tickets_size() ? core::TicketId{job.tickets(at)} : core::TicketId{};
}

MergeOrder order_of(const schema::JobMerge& from) {
  MergeOrder out;
  out.target = core::TicketId{from.target()};
  for (const std::uint64_t each : from.sources()) out.sources.push_back(core::TicketId{each});
  if (from.target_comment().has_text()) out.target_comment = job_codec::decode_note(from.target_comment());
  if (from.source_comment().has_text()) out.source_comment = job_codec::decode_note(from.source_comment());
  out.is_target_comment_public = !from.target_comment().is_internal();
  out.is_source_comment_public = !from.source_comment().is_internal();
  return out;
}

}  // namespace

core::Task<core::Result<std::size_t>> Bulk::run(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  POSTERN_CO_TRY(const auto open, with_.store.snapshot()->scan(bulk_keys::open_jobs_prefix(workspace), storage::Direction::kForward, limits_.open_max));
  std::size_t done = 0;
  FirstFailure failure;  // of one job; the others go on
  for (const storage::Entry& each : open) {
    if (is_stopping || done >= limits_.round_items_max) break;
    const std::size_t most = limits_.round_items_max - done;
    const core::Result<std::size_t> here = co_await run_job(workspace, bulk_keys::last_number(each.key), most, is_stopping);
    if (here) done += *here;
    if (!here) failure.note(here.error());
  }
  co_return failure.or_count(done);
}

core::Task<core::Result<std::size_t>> Bulk::run_job(core::WorkspaceId workspace, std::uint64_t id, std::size_t most,
                                                    const std::atomic<bool>& is_stopping) {
  const auto snapshot = with_.store.snapshot();
  const core::Result<schema::Job> read = read_job(*snapshot, workspace, id);
  if (!read && (is_damage(read.error()) || read.error() == Errc::kNotFound)) {
    tell_damage("job", workspace, id, read.error());
    storage::Transaction transaction = with_.store.begin();
    transaction.erase(bulk_keys::open_job(workspace, id));  // nobody can do it; its record goes with the old ones
    POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
    co_return std::size_t{0};
  }
  POSTERN_CO_TRY(const schema::Job job, read);
  if (job.state() != static_cast<std::uint32_t>(JobState::kQueued)) co_return std::size_t{0};
  POSTERN_CO_TRY(const JobStatus before, status_of(*snapshot, workspace, job));
  std::size_t done = 0;
  for (std::uint32_t index = 0; index < job.total(); ++index) {
    const auto is_this = [index](const JobItem& each) { return each.index == index; };
    if (std::ranges::any_of(before.results, is_this)) continue;
    if (done >= most || is_stopping) co_return done;
    core::Result<auth::Principal> by = job_codec::author_now(with_, workspace, job.author());
    if (!by && by.error() == auth::Errc::kForbidden) {
      POSTERN_CO_CHECK(co_await finish(workspace, id, JobState::kFailed, by.error().context()));
      co_return done;
    }
    if (!by) co_return by.error();
    POSTERN_CO_TRY(const Step step, co_await run_item(*by, &job, index));
    if (step == Step::kGone) co_return done;
    ++done;
  }
  POSTERN_CO_CHECK(co_await finish(workspace, id, JobState::kCompleted));
  co_return done;
}

core::Task<core::Result<Bulk::Step>> Bulk::run_item(auth::Principal by, const schema::Job* job, std::uint32_t index) {
  const auto kind = static_cast<JobKind>(job->kind());
  const bool is_change = kind == JobKind::kUpdate || kind == JobKind::kCreate;
  core::Result<Step> done = is_change ? co_await change_item(by, job, index) : co_await step_item(by, job, index);
  if (done || is_for_later(done.error())) co_return done;
  co_return co_await note_failure(by.workspace, job->id(), index, ticket_of(*job, index), done.error());
}

core::Result<Bulk::Step> Bulk::mark(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t job,
                                    const schema::JobResult& result) const {
  const std::string key = bulk_keys::result(workspace, job, result.index());
  POSTERN_TRY(const auto open, transaction.get(bulk_keys::open_job(workspace, job)));
  POSTERN_TRY(const auto known, transaction.get(key));
  if (!open || known) return Step::kGone;
  POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, workspace, key, result));
  return Step::kDone;
}

core::Task<core::Result<Bulk::Step>> Bulk::note_failure(core::WorkspaceId workspace, std::uint64_t job, std::uint32_t index, core::TicketId ticket,
                                                        core::Error error) {
  schema::JobResult result = result_for(index, ticket);
  auto [word, details] = words_of(error);
  result.set_is_done(false);
  result.set_error(std::move(word));
  result.set_details(std::move(details));
  storage::Transaction transaction = with_.store.begin();
  POSTERN_CO_TRY(const Step step, mark(transaction, workspace, job, result));
  if (step == Step::kDone) POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return step;
}

// Through Tickets, whose transaction takes the mark along.
core::Task<core::Result<Bulk::Step>> Bulk::change_item(auth::Principal by, const schema::Job* job, std::uint32_t index) {
  const auto kind = static_cast<JobKind>(job->kind());
  const schema::JobChange& change = job->changes(job->changes_size() == 1 ? 0 : static_cast<int>(index));
  Tickets::Update update = job_codec::decode(change);
  std::optional<Step> marked;  // none: nothing was to change
  update.also = [&marked, this, job, index, workspace = by.workspace](TicketDraft& saved) -> core::Result<void> {
    POSTERN_TRY(marked, mark(saved.transaction(), workspace, job->id(), result_for(index, saved.id())));
    if (*marked == Step::kGone) return core::fail(Errc::kConflict, "done already");
    if (!job->is_undoable()) return {};
    return put_undo_item(with_, saved.transaction(), workspace, job->id(), undo_item_of(saved));
  };
  core::Result<Tickets::Updated> done = core::fail(Errc::kInvalid);
  const core::TicketId ticket = ticket_of(*job, index);
  if (kind == JobKind::kCreate) {
    done = co_await tickets_->create(by, core::InboxId{change.inbox()}, std::move(update));
  } else {
    done = co_await tickets_->update(by, ticket, std::move(update));
  }
  if (!done && marked == Step::kGone) co_return Step::kGone;
  if (!done) co_return done.error();
  if (marked) co_return Step::kDone;
  storage::Transaction transaction = with_.store.begin();
  POSTERN_CO_TRY(const Step step, mark(transaction, by.workspace, job->id(), result_for(index, ticket)));
  if (step == Step::kDone) POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return step;
}

core::Task<core::Result<Bulk::Step>> Bulk::step_item(auth::Principal by, const schema::Job* job, std::uint32_t index) {
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    schema::JobResult result = result_for(index, ticket_of(*job, index));
    POSTERN_CO_CHECK(apply_step(transaction, by, *job, index, result));
    POSTERN_CO_TRY(const Step step, mark(transaction, by.workspace, job->id(), result));
    if (step == Step::kGone) co_return step;
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return step;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<void> Bulk::apply_step(storage::Transaction& transaction, const auth::Principal& by, const schema::Job& job, std::uint32_t index,
                                    schema::JobResult& result) {
  const core::TicketId id = ticket_of(job, index);
  const auto kind = static_cast<JobKind>(job.kind());
  switch (kind) {
    case JobKind::kDelete:
    case JobKind::kSpam: {
      POSTERN_TRY(const TicketDraft ticket, delete_ticket(with_, transaction, by, id, kind == JobKind::kSpam ? Removal::kSpam : Removal::kDelete));
      return put_undo_item(with_, transaction, by.workspace, job.id(), undo_item_of(ticket));
    }
    case JobKind::kRestore: {
      POSTERN_TRY(const TicketDraft ticket, restore_ticket(with_, transaction, by, id));
      return put_undo_item(with_, transaction, by.workspace, job.id(), undo_item_of(ticket));
    }
    case JobKind::kErase: return begin_erasure(with_, transaction, by, id);
    case JobKind::kMerge: return merge_tickets(with_, transaction, by, order_of(job.merge()), job.id(), limits_);
    case JobKind::kUndo: return undo_step(transaction, by, job, index, result);
    case JobKind::kUpdate:
    case JobKind::kCreate:
    case JobKind::kImport: break;  // done before it was noted
  }
  return core::fail(Errc::kInvalid, "job");
}

core::Result<void> Bulk::undo_step(storage::Transaction& transaction, const auth::Principal& by, const schema::Job& job, std::uint32_t index,
                                   schema::JobResult& result) {
  POSTERN_TRY(schema::UndoRecord record, read_undo(with_, transaction, by.workspace, job.undoes()));
  if (!may_undo(by, record)) return core::fail(auth::Errc::kForbidden);
  const auto kind = static_cast<UndoKind>(record.kind());
  if (kind == UndoKind::kBulk) return undo_one(with_, transaction, by, job.undoes(), ticket_of(job, index));
  if (record.undone_unix_ms() != 0) return core::fail(Errc::kInvalid, "it has been undone");
  std::string kept;
  if (kind == UndoKind::kMerge) {
    POSTERN_TRY(kept, unmerge(with_, transaction, by, job.undoes()));
  } else {
    POSTERN_TRY(kept, unsplit(with_, transaction, by, job.undoes()));
  }
  if (!kept.empty()) {
    result.set_is_done(false);
    result.set_error("UpdateConflict");
    result.set_details(kept);
    return {};
  }
  POSTERN_TRY(const std::vector<core::TicketId> tickets, undo_tickets(transaction.snapshot(), by.workspace, job.undoes()));
  for (const core::TicketId each : tickets) {
    transaction.erase(bulk_keys::undo_item(by.workspace, job.undoes(), each));
    transaction.erase(bulk_keys::undo_of(by.workspace, each, job.undoes()));
  }
  record.set_undone_unix_ms(with_.now_ms());
  return storage::put_sealed(transaction, with_.vault, by.workspace, bulk_keys::undo(by.workspace, job.undoes()), record);
}

core::Task<core::Result<void>> Bulk::finish(core::WorkspaceId workspace, std::uint64_t id, JobState state, std::string why) {
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(const auto open, transaction.get(bulk_keys::open_job(workspace, id)));
    if (!open) co_return core::Result<void>();  // somebody else was here first
    POSTERN_CO_TRY(schema::Job job, read_job(transaction.snapshot(), workspace, id));
    job.set_state(static_cast<std::uint32_t>(state));
    job.set_ended_unix_ms(with_.now_ms());
    const std::string_view word = state == JobState::kKilled ? "Killed at " : state == JobState::kFailed ? "Failed at " : "Completed at ";
    job.set_message(std::string(word) + core::to_rfc3339(with_.clock.wall_now()) + (why.empty() ? "" : ": " + why));
    job.clear_changes();
    job.clear_merge();
    POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, workspace, bulk_keys::job(workspace, id), job));
    transaction.erase(bulk_keys::open_job(workspace, id));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<std::size_t>> Bulk::clean_up(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  FirstFailure failure;  // of one part; the others are done all the same
  std::size_t done = 0;
  const auto take = [&failure, &done](const core::Result<std::size_t>& part) {
    if (part) done += *part;
    if (!part) failure.note(part.error());
  };
  take(co_await erase_due(with_, workspace, limits_));
  take(co_await go_on_erasing(with_, workspace, limits_, is_stopping));
  using Part = core::Result<std::size_t> (Bulk::*)(storage::Transaction&, core::WorkspaceId) const;
  for (const Part part : {&Bulk::erase_old_undos, &Bulk::erase_old_jobs}) {
    storage::Transaction transaction = with_.store.begin();
    const core::Result<std::size_t> here = (this->*part)(transaction, workspace);
    take(here);
    if (!here || transaction.writes().empty()) continue;
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (!committed) failure.note(committed.error());
  }
  co_return failure.or_count(done);
}

core::Result<std::size_t> Bulk::erase_old_undos(storage::Transaction& transaction, core::WorkspaceId workspace) const {
  return erase_expired_undos(with_, transaction, workspace, limits_);
}

core::Result<std::size_t> Bulk::erase_old_jobs(storage::Transaction& transaction, core::WorkspaceId workspace) const {
  const auto& snapshot = transaction.snapshot();
  POSTERN_TRY(const auto jobs, snapshot.scan(bulk_keys::jobs_prefix(workspace), storage::Direction::kForward, limits_.ended_erased_max));
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.job_life);
  std::size_t old = 0;
  for (const storage::Entry& each : jobs) {
    const std::uint64_t id = bulk_keys::last_number(each.key);
    schema::Job job;
    const auto opened = storage::open_record(with_.vault, workspace, each.key, each.value, job);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (opened && job.created_unix_ms() + life.count() > with_.now_ms()) break;
    if (opened && job.state() == static_cast<std::uint32_t>(JobState::kQueued)) continue;
    if (!opened) tell_damage("job", workspace, id, opened.error());
    if (!opened) transaction.erase(bulk_keys::open_job(workspace, id));
    POSTERN_TRY(const auto results, snapshot.scan(bulk_keys::results_prefix(workspace, id), storage::Direction::kForward, limits_.items_max));
    for (const storage::Entry& result : results) transaction.erase(result.key);
    transaction.erase(each.key);
    ++old;
  }
  return old;
}

}  // namespace postern::ticketing
