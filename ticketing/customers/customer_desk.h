#pragma once
// ticketing/customers/customer_desk.h: what a customer sees and does with a link from a mail, without an account: own requests,
// their public conversation, answers with files, solving and reopening. Every call looks again whether the link still holds:
// its person exists and is not suspended, its ticket is there and the person on it, nobody revoked it.
// What is typed passes the redactor before it is stored; what is shown are public comments only.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, the redactor and the pool.
// Errors: Errc::kNotFound for every link that does not hold, whatever the reason; Errc::kInvalid for what was typed (the context
// begins with the field); Errc::kConflict for what may not be done now; those of the store.  Limits: CustomerLimits.
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/offload.h"
#include "core/task.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/customers/customer_link.h"
#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct CleanUpdate;

struct CustomerLimits {
  std::chrono::hours link_life{24 * 30};
  std::chrono::minutes file_life{60};
  std::chrono::hours form_life{24 * 7};      // of a page that somebody left open; its stamp is remembered as long
  std::size_t text_bytes_max = 64U << 10U;   // of one answer
  std::size_t files_max = 10;
  std::size_t file_bytes_max = 20U << 20U;   // all of them together
  std::size_t requests_max = 100;            // on one list
  std::size_t scanned_max = 500;             // tickets or comments that one page looks at
  std::size_t posts_per_hour_max = 30;       // of one person
  std::size_t merges_followed_max = 5;
  std::size_t erased_at_once_max = 1000;     // old stamps, in one transaction
};

// Somebody at the door whose link holds.
struct CustomerVisit {
  CustomerLink link;
  auth::User person;
  std::string name;    // to be shown; may be empty
  std::string locale;  // as people set it, or empty
  std::string client_ip;
};

struct CustomerRequest {
  Ticket ticket;
  bool is_requester = false;  // otherwise copied: may read and answer
  bool may_answer = false;
  bool may_solve = false;
  bool may_reopen = false;
};

struct CustomerComment {
  Comment comment;
  std::string author;      // a name; empty: unknown
  bool is_own = false;
  bool is_staff = false;
};
struct CustomerConversation {
  std::vector<CustomerComment> comments;  // oldest first
  core::CommentId before;                 // 0: nothing older
};

class CustomerDesk {
 public:
  CustomerDesk(const Services& with, const pipeline::TextRedactor& redactor, core::WorkPool* cpu, CustomerLimits limits = CustomerLimits())
      : with_(with), redactor_(redactor), cpu_(cpu), limits_(limits) {}
  const CustomerLimits& limits() const { return limits_; }

  // A link for a mail to that person; `ticket` 0: to all of their own.
  core::Result<std::string> make_link(core::WorkspaceId workspace, core::UserId person, core::TicketId ticket, LinkUse use) const;
  core::Result<CustomerVisit> visit(std::string_view link, std::string client_ip) const;
  // All links of a person that were made until now are over; audited.
  core::Task<core::Result<void>> revoke(auth::Principal by, core::UserId person);

  // What the link covers, newest first.
  core::Result<std::vector<CustomerRequest>> requests(const CustomerVisit& visit) const;
  // The ticket, or where it was merged; it has to be covered.
  core::Result<CustomerRequest> request(const CustomerVisit& visit, core::TicketId id) const;
  // The newest `count` public comments older than `before` (0: the newest).
  core::Result<CustomerConversation> conversation(const CustomerVisit& visit, core::TicketId id, core::CommentId before, std::size_t count) const;
  // A link to the bytes of a file of a public comment, and what it leads to.
  core::Result<std::string> make_file_link(const CustomerVisit& visit, core::TicketId ticket, core::AttachmentId file) const;
  core::Result<std::pair<Attachment, std::string>> file(const CustomerVisit& visit) const;

  // Stamps of the forms of a page of this link.
  core::Result<std::string> make_stamp(const CustomerVisit& visit, std::string_view form) const;
  core::Result<FormStamp> check_stamp(const CustomerVisit& visit, std::string_view form, std::string_view stamp) const;

  struct Answer {
    std::string text;
    std::vector<Tickets::Update::File> files;
    FormStamp stamp;
    bool solves = false;  // beside the text, or instead of one
    std::string html = {};  // the same, formatted; empty: it is plain
  };
  // An answer, once for each stamp: sent again it is done already. It reopens what waited for it, and mails nobody.
  core::Task<core::Result<void>> answer(CustomerVisit visit, core::TicketId id, Answer answer);
  enum class Step { kSolve, kReopen };
  // By the requester only. What is so already stays without an event.
  core::Task<core::Result<void>> step(CustomerVisit visit, core::TicketId id, Step step);

  // Stamps and counts that no form needs any more; how many went.
  core::Task<core::Result<std::size_t>> clean_up(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

  // Whom changes of a visit are written to: audit entries and events.
  static auth::Principal principal_of(const CustomerVisit& visit);
  // Remembers in the transaction that the stamped form was sent. False: it was before.
  core::Result<bool> take_stamp(storage::Transaction& transaction, core::WorkspaceId workspace, const FormStamp& stamp, core::TicketId ticket) const;
  // Counts one post of the person. Errors: core::Errc::kOverloaded (transient) when it is one too many this hour.
  core::Result<void> take_place(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId person) const;

 private:
  core::Result<schema::Ticket> covered(const storage::Snapshot& snapshot, const CustomerVisit& visit, core::TicketId id) const;
  CustomerRequest shown_to(const CustomerVisit& visit, const schema::Ticket& record) const;
  core::Result<void> add_answer(TicketDraft& ticket, const CustomerVisit& visit, const CleanUpdate& typed) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  core::WorkPool* cpu_;
  const CustomerLimits limits_;
};

}  // namespace postern::ticketing
