#pragma once
// ticketing/satisfaction/ratings.h: what customers say of the help they got: good or bad, why, and in their own words. A rating is
// asked for by a mail of a rule ("{{satisfaction.rating_section}}"), given by the requester on a page or by a program in their
// name, and may be changed until the ticket is closed. One a ticket. Figures by assignee and group are merge counters: exact,
// without conflicts. The score also stands on the ticket, where conditions, views and triggers see it.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, and the redactor.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), Errc::kConflict for what may not be rated now;
// those of the store.  Limits: RatingLimits.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/task.h"
#include "pipeline/api/redacted_message.h"
#include "storage/schema/satisfaction.pb.h"
#include "ticketing/customers/customer_desk.h"

namespace postern::ticketing {

// Never renumber: stored, and compared by conditions in this order.
enum class Score : std::uint32_t { kUnoffered = 0, kOffered = 1, kBad = 2, kBadWithComment = 3, kGood = 4, kGoodWithComment = 5 };
std::string_view to_string(Score score);  // "unoffered", "offered", "bad", "bad_with_comment", "good", "good_with_comment"
std::string_view short_word(Score score);  // without what is said of comments
bool is_given(Score score);
bool is_good(Score score);

// Why it is bad. The codes are Zendesk's.
struct SatisfactionReason {
  std::uint32_t code = 0;
  std::string_view english, french;
};
std::span<const SatisfactionReason> satisfaction_reasons();
const SatisfactionReason* find_reason(std::uint32_t code);

struct RatingLimits {
  std::size_t comment_bytes_max = 8192;
  std::size_t scanned_max = 5000;   // ratings that one page of a filtered list looks at
  std::size_t figures_max = 10'000; // counters of one question
};

struct NewRating {
  bool is_good = true;
  std::string comment;
  std::uint32_t reason = 0;  // of a bad one
};

struct RatingQuery {
  std::optional<bool> is_good;           // nullopt: both; ratings that nobody gave yet only with `has_offered`
  std::optional<bool> has_comment;
  bool has_offered = true;
  bool has_given = true;
  std::int64_t from_unix_ms = 0;         // of the last change
  std::int64_t until_unix_ms = 0;        // 0: no end
  bool is_newest_first = false;          // by id, which is the order in which they were made
  std::uint64_t after = 0;               // the last id of the page before
  std::size_t size = 100;
};
struct RatingPage {
  std::vector<schema::SatisfactionRating> ratings;
  std::uint64_t last = 0;  // go on behind it
  bool has_more = false;
};

struct RatingFigures {
  std::uint64_t id = 0;  // of the assignee or group; 0: of all, or of tickets without one
  std::uint64_t offered = 0, good = 0, good_with_comment = 0, bad = 0, bad_with_comment = 0;
};
enum class FiguresOf : std::uint64_t { kAll = 0, kAssignee = 1, kGroup = 2 };  // never renumber: in keys

// Asks for a rating: the ticket is offered one, unless it was before. Called while a rule writes its mail.
core::Result<void> offer_rating(TicketDraft& ticket);
// Takes the rating of a ticket that is erased; the key whose value leaves the disk, when there was one.
core::Result<std::optional<std::string>> forget_rating(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                                       core::TicketId ticket);

class Ratings final : public TicketIndex {
 public:
  Ratings(const Services& with, const pipeline::TextRedactor& redactor, RatingLimits limits = RatingLimits())
      : with_(with), redactor_(redactor), limits_(limits) {}
  const RatingLimits& limits() const { return limits_; }

  // Whether whoever has the link may rate the ticket now, and what they said before (nullopt: nothing yet).
  core::Result<std::optional<schema::SatisfactionRating>> may_rate(const CustomerVisit& visit) const;
  core::Task<core::Result<schema::SatisfactionRating>> rate(CustomerVisit visit, const CustomerDesk& desk, NewRating rating);
  // In the name of the requester, by somebody who may write tickets.
  core::Task<core::Result<schema::SatisfactionRating>> rate(auth::Principal by, core::TicketId ticket, NewRating rating);

  core::Result<schema::SatisfactionRating> find(const auth::Reach& reach, std::uint64_t id) const;
  core::Result<std::optional<schema::SatisfactionRating>> of_ticket(core::WorkspaceId workspace, core::TicketId ticket) const;
  core::Result<RatingPage> page(const auth::Reach& reach, const RatingQuery& query) const;
  core::Result<std::vector<RatingFigures>> figures(core::WorkspaceId workspace, FiguresOf whose) const;  // by id

  // Ratings of deleted tickets do not count while they are deleted.
  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;

 private:
  core::Result<schema::SatisfactionRating> put(TicketDraft& ticket, core::UserId actor, const NewRating& rating, const std::vector<std::string>& tags) const;
  core::Result<NewRating> clean(core::WorkspaceId workspace, core::InboxId inbox, NewRating rating, std::vector<std::string>& tags) const;

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const RatingLimits limits_;
};

}  // namespace postern::ticketing
