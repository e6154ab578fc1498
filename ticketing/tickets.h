#pragma once
// ticketing/tickets.h: tickets as agents and the API see them. Event-sourced: each change appends an event and
// rewrites the materialised ticket, its indexes, the audit record and any outbox entries in one transaction.
// Thread-safety: any executor.  Ownership: borrows its services.  Limits: Options; each page is bounded by its caller.
// Errors: ticketing::Errc, of which a transient kConflict says that others kept changing the ticket for longer than
// Options::commit_patience; those of the store.
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/audit.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/directory.h"
#include "ticketing/ticket_hooks.h"
#include "ticketing/ticket_parts.h"
#include "ticketing/ticket_wishes.h"

namespace postern::schema {
class ServiceLevels;
class TicketMetrics;
}

namespace postern::ticketing {

// Never renumber: stored. The words are Zendesk's.
enum class Status : std::uint8_t { kNew = 1, kOpen = 2, kPending = 3, kHold = 4, kSolved = 5, kClosed = 6 };
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view word);

struct Ticket {
  core::TicketId id;
  core::InboxId inbox;
  std::string subject;
  Status status = Status::kNew;
  core::UserId requester;
  core::UserId assignee;  // 0: nobody
  std::vector<core::UserId> ccs;
  std::uint32_t comment_count = 0;
  std::uint64_t version = 0;  // number of its events; for If-Match
  std::int64_t created_unix_ms = 0;
  std::int64_t updated_unix_ms = 0;
  std::uint64_t claims_ticket = 0;  // a message that quoted another ticket's thread without proof (design invariant 8)
  std::uint64_t follow_up_of = 0;   // the closed ticket that this one continues
  std::vector<std::string> tags;    // sorted, unique
  TicketType type = TicketType::kNone;
  Priority priority = Priority::kNone;
  std::uint64_t group = 0;          // 0: none; the same of what follows
  std::uint64_t organization = 0;
  std::string external_id;
  std::vector<FieldValue> fields;   // custom ones that have a value, by id
  std::uint64_t form = 0;
  std::uint64_t custom_status = 0;
  std::int64_t due_unix_ms = 0;
  std::vector<core::UserId> followers;  // agents who are told of everything
  core::TicketId problem;
  core::UserId forwarded_by;    // an agent who forwarded a mail that began it; 0: nobody
  core::UserId forwarded_from;  // whom that mail was from, as it says
  core::TicketId merged_into;
  core::UserId submitter;           // the requester unless somebody else made it
  std::uint32_t satisfaction = 0;   // what its requester says of it: ticketing::Score (satisfaction/ratings.h)
  std::int64_t solved_unix_ms = 0;  // last time; 0: never, as of the next three
  std::int64_t assigned_unix_ms = 0;
  std::int64_t requester_updated_unix_ms = 0;
  std::int64_t assignee_updated_unix_ms = 0;
  // How its time is counted; never null in what is read from the store.
  std::shared_ptr<const schema::TicketMetrics> metrics;
  std::shared_ptr<const schema::ServiceLevels> service;
};

struct Attachment {
  core::AttachmentId id;
  std::string name;
  std::string media_type;
  std::string content_id;
  bool is_inline = false;
  bool was_replaced = false;
  std::uint64_t size = 0;
};

struct Comment {
  core::CommentId id;
  core::UserId author;
  bool is_public = true;
  std::string text;
  std::string html;  // sanitised before it was stored; empty when none
  std::vector<Attachment> attachments;
  std::int64_t created_unix_ms = 0;
  std::string via;   // "mail", "api"
  std::string message_id;
  std::optional<pipeline::Verdicts> verdicts;  // of mail
  std::vector<pipeline::Redaction> redactions;  // of mail or of what was typed, and those that people made
  std::vector<pipeline::Redaction> shadow_findings;  // the same of rules that only count
  core::TraceId trace = {};  // of mail: its story (traces.h); 0: there is none
  std::string delivery;  // of a public reply: "queued", "delivered", "deferred", "failed"; empty otherwise
};

struct Event {
  std::uint64_t number = 0;
  std::int64_t at_unix_ms = 0;
  core::UserId actor;
  std::string kind;    // "created", "comment", "status", "assignee", "delivery_failed", "delivered", "joined_by" …
  std::string detail;  // "open -> solved"; for mail: how it was threaded ("signed address", "message-id")
  core::CommentId comment = {};  // that it is about; 0: none
};

// Oldest first, unless newest first was asked for. `has_more`: go on behind the last one's id or number.
struct CommentPage {
  std::vector<Comment> comments;
  bool has_more = false;
};
struct EventPage {
  std::vector<Event> events;
  bool has_more = false;
};

struct TicketPage {
  std::vector<Ticket> tickets;
  std::string after;      // opaque cursor of the next page; empty at the end
  bool has_more = false;
};

struct TicketQuery {
  std::optional<Status> status;
  std::optional<core::UserId> assignee;
  std::optional<core::UserId> requester;
  std::size_t size = 25;
  std::string after;
  std::size_t skip = 0;  // that many first, for whoever counts pages; at most Options::list_scan_max
  storage::Direction direction = storage::Direction::kForward;  // backward: oldest update first
};

struct CleanUpdate;  // detail/clean_update.h

inline constexpr std::uint64_t kLimitedCountMax = 10'000;  // more are not counted one by one, where there are no counters yet

class Tickets {
 public:
  Tickets(storage::Store& store, storage::Vault& vault, auth::Accounts& accounts, const Directory& directory,
          const pipeline::TextRedactor& redactor, core::IdSource& ids, core::Clock& clock, Options options,
          core::WorkPool* cpu = nullptr);  // without a pool, files are looked into on the caller's thread

  // What stands in an inbox beyond the reach is, to all of these, not there: Errc::kNotFound.
  core::Result<TicketPage> list(const auth::Reach& reach, const TicketQuery& query) const;  // newest update first, or oldest
  core::Result<Ticket> get(const auth::Reach& reach, core::TicketId id) const;
  // The conversation behind `after` (0: from the beginning, in the direction that is asked for): at most `count` comments, and no more of them than fit into
  // `bytes_max` of text and HTML together, but always one. Nothing behind the page is read.
  core::Result<CommentPage> comment_page(const auth::Reach& reach, core::TicketId id, core::CommentId after,
                                         std::size_t count, std::size_t bytes_max,
                                         storage::Direction direction = storage::Direction::kForward) const;
  core::Result<Comment> comment(const auth::Reach& reach, core::TicketId id, core::CommentId comment) const;
  core::Result<EventPage> event_page(const auth::Reach& reach, core::TicketId id, std::uint64_t after_number,
                                     std::size_t count) const;
  core::Result<std::pair<Attachment, std::string>> attachment(const auth::Reach& reach, core::AttachmentId id) const;
  core::Result<std::string> raw_message(const auth::Reach& reach, core::TicketId id, core::CommentId comment) const;
  // Exact count of tickets in a status (merge counters). Of a limited reach, in a store that had none of its inboxes', they are
  // counted one by one, up to kLimitedCountMax, until a census has been (detail/inbox_counts.h).
  core::Result<std::uint64_t> count(const auth::Reach& reach, Status status) const;
  // Whether a requester has written to an inbox within the reach. Contacts belong to the workspace; who is limited sees
  // those of his inboxes.
  core::Result<bool> has_written(const auth::Reach& reach, core::UserId requester) const;

  struct Update {
    std::optional<std::string> text;  // a comment; redacted before anything else happens to it
    bool is_public = true;            // a public comment is mailed to the requester and CCs
    std::optional<Status> status;
    std::optional<core::UserId> assignee;
    std::optional<std::uint64_t> expected_version;  // kConflict when the ticket is at another
    struct File {
      std::string name, media_type, content;
    };
    std::vector<File> files;
    TicketWishes wishes = {};
    // In whose name the comment stands, 0: whoever makes the change. Somebody else only if he is the requester or copied; what
    // he is said to have said is mailed to nobody.
    core::UserId author = {};
    core::UserId submitter = {};  // of a new ticket, the same: whoever makes it, or its requester
    // What was found in the text when it was redacted before, as that of a job is.
    std::vector<pipeline::Redaction> earlier_redactions = {};
    std::vector<pipeline::Redaction> earlier_shadow_findings = {};
    // What else belongs into the transaction: called with the saved ticket, again after a conflict. Not when nothing changed.
    std::function<core::Result<void>(TicketDraft&)> also = {};
    // The comment as formatted text. `text` is made of it, unless it is given and has the same words: both say the same.
    // Sanitised and redacted before anything else happens to it; at most Options::comment_bytes_max.
    std::optional<std::string> html = {};
    bool has_comment() const { return text || html || !files.empty(); }
  };
  struct Updated {
    Ticket ticket;
    std::optional<Comment> comment;
  };
  // kInvalid: the context begins with the API's name of the field that is wrong.
  core::Task<core::Result<Updated>> update(auth::Principal by, core::TicketId id, Update update);
  // A ticket that somebody opens for a requester; the comment is its first. Without a requester it is his own. In the first inbox
  // within his reach, unless one is given.
  core::Task<core::Result<Updated>> create(auth::Principal by, core::InboxId inbox, Update first);
  // Those of these that there are, in this order.
  core::Result<std::vector<Ticket>> among(const auth::Reach& reach, std::span<const core::TicketId> ids) const;
  // Those with this id of another system, and the incidents of a problem, within the reach.
  core::Result<std::vector<Ticket>> with_external_id(const auth::Reach& reach, const std::string& external_id) const;
  core::Result<std::vector<Ticket>> incidents_of(const auth::Reach& reach, core::TicketId problem) const;

  // Before the first call. Borrowed.
  void use(const TicketHooks& hooks) { hooks_ = &hooks; }
  void use(const TicketParts& parts) { parts_ = parts; }

 private:
  storage::Store& store_;
  storage::Vault& vault_;
  auth::Accounts& accounts_;
  const Directory& directory_;
  const pipeline::TextRedactor& redactor_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  core::Task<core::Result<void>> clean_into(CleanUpdate& out, const Update& update, core::WorkspaceId workspace, core::InboxId inbox) const;

  const TicketHooks* hooks_ = nullptr;
  TicketParts parts_;
  core::WorkPool* cpu_;
};

}  // namespace postern::ticketing
