#pragma once
// ticketing/bulk/bulk.h: changes of many tickets, as durable jobs, and what undoes them. A job is stored before anything is done;
// each item is a transaction of its own that also marks the item, so that after a crash, or when two run the same job, none
// is done twice. A job has the rights that its author has when the item's turn comes, and not more than he had when he
// asked; it fails, with the reason, when he may not sign in any more or his token is gone. What was typed is redacted before it is stored, and gone from the job when it has ended.
// Thread-safety: all methods from any executor.  Ownership: borrows its services and Tickets.
// Errors: Errc::kInvalid, Errc::kNotFound, auth::Errc::kForbidden, those of the store. Errors of an item are in its result.
// Limits: BulkLimits.
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/offload.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/bulk/limits.h"
#include "ticketing/bulk/removal.h"
#include "ticketing/tickets.h"

namespace postern::schema {
class Job;
class JobResult;
}

namespace postern::ticketing {

// Never renumber: stored.
enum class JobKind : std::uint32_t { kUpdate = 1, kCreate = 2, kDelete = 3, kRestore = 4, kErase = 5, kSpam = 6, kMerge = 7, kUndo = 8, kImport = 9 };
enum class JobState : std::uint32_t { kQueued = 0, kWorking = 1, kCompleted = 2, kFailed = 3, kKilled = 4 };
std::string_view to_string(JobKind kind);    // "update", "create" …
std::string_view to_string(JobState state);  // Zendesk's words: "queued", "working" …

struct JobItem {
  std::uint32_t index = 0;
  core::TicketId ticket;
  bool is_done = false;
  std::string error;    // "TicketNotFound", "Forbidden" …; empty when done
  std::string details;
};

struct JobStatus {
  std::uint64_t id = 0;
  JobKind kind = JobKind::kUpdate;
  JobState state = JobState::kQueued;
  core::UserId author;
  std::uint32_t total = 0;
  std::uint32_t progress = 0;
  std::string message;
  std::int64_t created_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;
  bool is_undoable = false;  // Bulk::undo() with its id
  std::vector<JobItem> results;
};

struct MergeWish {
  core::TicketId target;
  std::vector<core::TicketId> sources;
  std::string target_comment;  // empty: says which tickets came, or where this one went
  std::string source_comment;
  bool is_target_comment_public = false;
  bool is_source_comment_public = false;
};

struct SplitWish {
  core::TicketId ticket;
  std::vector<core::CommentId> comments;
  std::optional<std::string> subject;  // none: that of the ticket
};
struct SplitDone {
  Ticket ticket;     // the new one
  std::uint64_t undo = 0;
};

class Bulk {
 public:
  // Without a pool what is typed is redacted on the caller's thread.
  Bulk(const Services& with, const pipeline::TextRedactor& redactor, core::WorkPool* cpu = nullptr, BulkLimits limits = {})
      : with_(with), redactor_(redactor), cpu_(cpu), limits_(limits) {}
  void use(Tickets& tickets) { tickets_ = &tickets; }  // before the first call
  const BulkLimits& limits() const { return limits_; }

  // Each stores a job and does its first items (BulkLimits::at_once_max); run() does the rest.
  core::Task<core::Result<JobStatus>> update_many(auth::Principal by, std::vector<core::TicketId> ids, Tickets::Update change);
  struct Change {
    core::TicketId ticket;  // of a new one: none
    core::InboxId inbox;    // of a new one; none: the first
    Tickets::Update update;
  };
  core::Task<core::Result<JobStatus>> update_each(auth::Principal by, std::vector<Change> changes);
  core::Task<core::Result<JobStatus>> create_many(auth::Principal by, std::vector<Change> tickets);
  // kDelete, kRestore, kErase, kSpam.
  core::Task<core::Result<JobStatus>> remove_many(auth::Principal by, std::vector<core::TicketId> ids, JobKind kind);
  core::Task<core::Result<JobStatus>> merge(auth::Principal by, MergeWish wish);
  core::Task<core::Result<JobStatus>> undo(auth::Principal by, std::uint64_t id);
  core::Task<core::Result<SplitDone>> split(auth::Principal by, SplitWish wish);
  // What was done already, item by item, told as a job that has ended.
  core::Task<core::Result<JobStatus>> note_done(auth::Principal by, JobKind kind, std::vector<JobItem> results);

  // One ticket at once, without a job. kDelete, kRestore, kErase, kSpam.
  core::Task<core::Result<void>> remove(auth::Principal by, core::TicketId id, JobKind kind);
  // Whether it is among the deleted ones that somebody may see.
  core::Result<void> check_deleted(const auth::Principal& by, core::TicketId id) const;
  core::Result<DeletedPage> deleted(const auth::Reach& reach, std::size_t size, const std::string& after) const;

  // One's own jobs, newest first; of admins, everybody's.
  core::Result<std::vector<JobStatus>> list(const auth::Principal& by, std::size_t limit, std::uint64_t before = 0) const;
  core::Result<JobStatus> show(const auth::Principal& by, std::uint64_t id) const;
  // What is not done yet stays undone.
  core::Task<core::Result<void>> kill(auth::Principal by, std::uint64_t id);
  core::Result<std::size_t> open_jobs(const auth::Principal& by) const;

  // Rounds of chores: jobs that wait, the end of deleted tickets, and of what is kept too long.
  core::Task<core::Result<std::size_t>> run(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  core::Task<core::Result<std::size_t>> clean_up(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  enum class Step { kDone, kGone };  // kGone: the job has ended meanwhile
  core::Result<std::vector<core::InboxId>> inboxes_of(core::WorkspaceId workspace, const std::vector<core::TicketId>& ids) const;
  std::vector<core::InboxId> all_inboxes(core::WorkspaceId workspace) const;
  core::Result<void> check_count(std::size_t items) const;
  core::Result<void> check_typed(std::size_t bytes, std::size_t items) const;
  core::Result<void> check_changes(const std::vector<Change>& changes) const;
  core::Task<core::Result<void>> on_pool(std::function<core::Result<void>()> work) const;
  core::Task<core::Result<JobStatus>> submit(auth::Principal by, schema::Job job);
  core::Result<schema::Job> read_job(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t id) const;
  core::Result<JobStatus> status_of(const storage::Snapshot& snapshot, core::WorkspaceId workspace, const schema::Job& job) const;
  core::Task<core::Result<std::size_t>> run_job(core::WorkspaceId workspace, std::uint64_t id, std::size_t most, const std::atomic<bool>& is_stopping);
  core::Task<core::Result<Step>> run_item(auth::Principal by, const schema::Job* job, std::uint32_t index);
  core::Task<core::Result<Step>> change_item(auth::Principal by, const schema::Job* job, std::uint32_t index);
  core::Task<core::Result<Step>> step_item(auth::Principal by, const schema::Job* job, std::uint32_t index);
  core::Result<void> apply_step(storage::Transaction& transaction, const auth::Principal& by, const schema::Job& job, std::uint32_t index,
                                schema::JobResult& result);
  core::Result<void> undo_step(storage::Transaction& transaction, const auth::Principal& by, const schema::Job& job, std::uint32_t index,
                               schema::JobResult& result);
  core::Result<Step> mark(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t job, const schema::JobResult& result) const;
  core::Task<core::Result<Step>> note_failure(core::WorkspaceId workspace, std::uint64_t job, std::uint32_t index, core::TicketId ticket,
                                              core::Error error);
  core::Task<core::Result<void>> finish(core::WorkspaceId workspace, std::uint64_t id, JobState state, std::string why = {});
  core::Result<std::size_t> erase_old_undos(storage::Transaction& transaction, core::WorkspaceId workspace) const;
  core::Result<std::size_t> erase_old_jobs(storage::Transaction& transaction, core::WorkspaceId workspace) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  core::WorkPool* cpu_;
  const BulkLimits limits_;
  Tickets* tickets_ = nullptr;
};

}  // namespace postern::ticketing
