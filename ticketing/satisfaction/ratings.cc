#include "ticketing/satisfaction/ratings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "core/encoding.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/satisfaction/rating_keys.h"

namespace postern::ticketing {
namespace {

using Rating = schema::SatisfactionRating;

constexpr std::array<std::string_view, 6> kScoreWords{"unoffered", "offered", "bad", "bad_with_comment", "good", "good_with_comment"};
constexpr std::array kReasons{
    SatisfactionReason{5, "It took too long", "Cela a pris trop de temps"},
    SatisfactionReason{6, "My problem remains", "Mon problème demeure"},
    SatisfactionReason{7, "The answers did not help", "Les réponses ne m’ont pas aidé"},
    SatisfactionReason{8, "The way I was spoken to", "La façon dont on m’a parlé"},
    SatisfactionReason{100, "Something else", "Autre chose"},
};

Score score_of(const Rating& rating) { return static_cast<Score>(rating.score()); }

core::Result<std::optional<Rating>> read_rating(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                                const std::optional<std::string>& value) {
  if (!value) return std::optional<Rating>();
  Rating out;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, out));
  return std::optional<Rating>(std::move(out));
}

// With conflict detection.
core::Result<std::optional<Rating>> rating_of(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                              core::TicketId ticket) {
  const std::string key = rating_keys::of_ticket(workspace, ticket);
  POSTERN_TRY(const auto value, transaction.get(key));
  return read_rating(vault, workspace, key, value);
}

void add_figures(storage::Transaction& transaction, core::WorkspaceId workspace, const Rating& rating, std::int64_t delta) {
  const std::pair<FiguresOf, std::uint64_t> whose[] = {{FiguresOf::kAll, 0}, {FiguresOf::kAssignee, rating.assignee()}, {FiguresOf::kGroup, rating.group()}};
  for (const auto& [kind, id] : whose) {
    transaction.add(rating_keys::figure(workspace, static_cast<std::uint64_t>(kind), id, rating.score()), delta);
  }
}

core::Result<void> write_rating(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                const std::optional<Rating>& before, Rating after) {
  if (before && before->is_counted()) add_figures(transaction, workspace, *before, -1);
  if (after.is_counted()) add_figures(transaction, workspace, after, 1);
  if (!before) transaction.put(rating_keys::by_id(workspace, after.id()), std::to_string(after.ticket()));
  return storage::put_sealed(transaction, vault, workspace, rating_keys::of_ticket(workspace, core::TicketId{after.ticket()}), after);
}

// The rating as it is, or a new one, with whom it is about now.
core::Result<std::pair<std::optional<Rating>, Rating>> open_rating(TicketDraft& ticket) {
  const Basics& with = ticket.services();
  POSTERN_TRY(const std::optional<Rating> before, rating_of(ticket.transaction(), with.vault, ticket.workspace(), ticket.id()));
  Rating after = before.value_or(Rating());
  const schema::Ticket& record = ticket.record();
  if (!before) {
    after.set_id(with.ids.next());
    after.set_ticket(record.id());
    after.set_created_unix_ms(with.now_ms());
  }
  after.set_is_counted(true);
  after.set_requester(record.requester());
  after.set_assignee(record.assignee());
  after.set_group(record.group());
  after.set_inbox(record.inbox());
  after.set_updated_unix_ms(with.now_ms());
  return std::pair(before, std::move(after));
}

core::Result<void> set_score(TicketDraft& ticket, core::UserId actor, Score score) {
  const auto before = static_cast<Score>(ticket.record().satisfaction());
  if (before == score) return {};
  ticket.record().set_satisfaction(static_cast<std::uint32_t>(score));
  return ticket.add_event(actor, "satisfaction", std::string(to_string(before)) + " -> " + std::string(to_string(score)));
}

core::Error no_rating() { return core::fail(Errc::kNotFound, "satisfaction_rating"); }

bool is_asked_for(const Rating& rating, const RatingQuery& query) {
  const Score score = score_of(rating);
  if (!(is_given(score) ? query.has_given : query.has_offered)) return false;
  if (query.is_good && (!is_given(score) || is_good(score) != *query.is_good)) return false;
  if (query.has_comment && (score == Score::kGoodWithComment || score == Score::kBadWithComment) != *query.has_comment) return false;
  if (rating.updated_unix_ms() < query.from_unix_ms) return false;
  return query.until_unix_ms == 0 || rating.updated_unix_ms() <= query.until_unix_ms;
}

std::uint64_t number_behind(std::string_view key, std::size_t from_end) {
  std::uint64_t out = 0;
  for (const char c : key.substr(key.size() - from_end, 8)) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

std::string_view to_string(Score score) { return kScoreWords[std::min<std::size_t>(static_cast<std::size_t>(score), kScoreWords.size() - 1)]; }
std::string_view short_word(Score score) { return is_given(score) ? is_good(score) ? "good" : "bad" : to_string(score); }
bool is_given(Score score) { return score >= Score::kBad; }
bool is_good(Score score) { return score >= Score::kGood; }

std::span<const SatisfactionReason> satisfaction_reasons() { return kReasons; }
const SatisfactionReason* find_reason(std::uint32_t code) {
  const auto* const found = std::ranges::find(kReasons, code, &SatisfactionReason::code);
  return found == kReasons.end() ? nullptr : found;
}

core::Result<void> offer_rating(TicketDraft& ticket) {
  if (ticket.record().satisfaction() != static_cast<std::uint32_t>(Score::kUnoffered)) return {};
  POSTERN_TRY(auto both, open_rating(ticket));
  both.second.set_score(static_cast<std::uint32_t>(Score::kOffered));
  POSTERN_CHECK(write_rating(ticket.transaction(), ticket.services().vault, ticket.workspace(), both.first, std::move(both.second)));
  return set_score(ticket, {}, Score::kOffered);
}

core::Result<std::optional<std::string>> forget_rating(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                                       core::TicketId ticket) {
  auto rating = rating_of(transaction, vault, workspace, ticket);
  if (!rating && !is_damage(rating.error())) return rating.error();
  std::string key = rating_keys::of_ticket(workspace, ticket);
  if (rating && !*rating) return std::optional<std::string>();
  if (rating) {
    if ((*rating)->is_counted()) add_figures(transaction, workspace, **rating, -1);
    transaction.erase(rating_keys::by_id(workspace, (*rating)->id()));
  }
  transaction.erase(key);
  return std::optional<std::string>(std::move(key));
}

core::Result<NewRating> Ratings::clean(core::WorkspaceId workspace, core::InboxId inbox, NewRating rating, std::vector<std::string>& tags) const {
  if (rating.comment.size() > limits_.comment_bytes_max) return core::fail(Errc::kInvalid, "comment: too long");
  if (rating.is_good) rating.reason = 0;
  if (rating.reason != 0 && find_reason(rating.reason) == nullptr) return core::fail(Errc::kInvalid, "reason_code: there is no such reason");
  const pipeline::RedactedText redacted = redactor_.redact_text(core::trim_ascii(rating.comment), {"satisfaction", workspace, inbox});
  rating.comment = redacted.text();
  tags = redacted.tags();
  return rating;
}

core::Result<Rating> Ratings::put(TicketDraft& ticket, core::UserId actor, const NewRating& rating, const std::vector<std::string>& tags) const {
  if (ticket.status() == Status::kClosed) return core::fail(Errc::kConflict, "status: a closed ticket is not rated");
  POSTERN_TRY(auto both, open_rating(ticket));
  auto& [before, after] = both;
  const bool has_comment = !rating.comment.empty();
  const Score score = rating.is_good ? (has_comment ? Score::kGoodWithComment : Score::kGood) : (has_comment ? Score::kBadWithComment : Score::kBad);
  const bool is_same = before && before->score() == static_cast<std::uint32_t>(score) && before->comment() == rating.comment && before->reason() == rating.reason;
  if (is_same) return *before;  // sent twice
  after.set_score(static_cast<std::uint32_t>(score));
  after.set_comment(rating.comment);
  after.set_reason(rating.reason);
  POSTERN_CHECK(write_rating(ticket.transaction(), with_.vault, ticket.workspace(), before, after));
  POSTERN_CHECK(set_score(ticket, actor, score));
  POSTERN_CHECK(ticket.add_tags({}, tags));
  POSTERN_CHECK(ticket.save(true));
  return after;
}

core::Result<std::optional<Rating>> Ratings::may_rate(const CustomerVisit& visit) const {
  const auto snapshot = with_.store.snapshot();
  const core::WorkspaceId workspace = visit.link.workspace;
  const std::string ticket_key = keys::ticket(workspace, visit.link.ticket);
  POSTERN_TRY(const auto value, snapshot->get(ticket_key));
  if (!value || visit.link.use != LinkUse::kRating) return no_rating();
  schema::Ticket ticket;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, ticket_key, *value, ticket));
  const bool is_there = ticket.deleted_unix_ms() == 0 && ticket.requester() == visit.link.person.value;
  if (!is_there || ticket.satisfaction() == static_cast<std::uint32_t>(Score::kUnoffered)) return no_rating();
  if (ticket.status() == static_cast<std::uint32_t>(Status::kClosed)) return core::fail(Errc::kConflict, "status: a closed ticket is not rated");
  return of_ticket(workspace, visit.link.ticket);
}

core::Task<core::Result<Rating>> Ratings::rate(CustomerVisit visit, const CustomerDesk& desk, NewRating rating) {
  const core::WorkspaceId workspace = visit.link.workspace;
  POSTERN_CO_TRY(const std::optional<Rating> known, may_rate(visit));
  std::vector<std::string> tags;
  POSTERN_CO_TRY(rating, clean(workspace, known ? core::InboxId{known->inbox()} : core::InboxId{}, std::move(rating), tags));
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction, workspace, visit.link.ticket));
    const bool is_theirs = ticket.record().requester() == visit.link.person.value && ticket.record().deleted_unix_ms() == 0;
    if (!is_theirs) co_return no_rating();
    ticket.changed_by({visit.link.person, auth::Role::kContact, "web", false, true});
    POSTERN_CO_TRY(const Rating out, put(ticket, visit.link.person, rating, tags));
    if (transaction.writes().empty()) co_return out;
    POSTERN_CO_CHECK(desk.take_place(transaction, workspace, visit.link.person));
    POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, CustomerDesk::principal_of(visit), "ticket.satisfaction",
                                 "ticket/" + std::to_string(ticket.id().value), short_word(score_of(out))));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return out;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<Rating>> Ratings::rate(auth::Principal by, core::TicketId id, NewRating rating) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  std::vector<std::string> tags;
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(TicketDraft ticket, TicketDraft::open(with_, transaction, by.workspace, id));
    const core::InboxId inbox{ticket.record().inbox()};
    if (ticket.record().deleted_unix_ms() != 0 || !by.inboxes.has(inbox)) co_return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
    POSTERN_CO_TRY(const NewRating typed, clean(by.workspace, inbox, rating, tags));
    ticket.changed_by({by.user, by.role, "api"});
    POSTERN_CO_TRY(const Rating out, put(ticket, core::UserId{ticket.record().requester()}, typed, tags));
    if (transaction.writes().empty()) co_return out;
    POSTERN_CO_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "ticket.satisfaction", "ticket/" + std::to_string(id.value),
                                 std::string(short_word(score_of(out))) + ", in the name of the requester"));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return out;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<std::optional<Rating>> Ratings::of_ticket(core::WorkspaceId workspace, core::TicketId ticket) const {
  const std::string key = rating_keys::of_ticket(workspace, ticket);
  POSTERN_TRY(const auto value, with_.store.snapshot()->get(key));
  return read_rating(with_.vault, workspace, key, value);
}

core::Result<Rating> Ratings::find(const auth::Reach& reach, std::uint64_t id) const {
  POSTERN_TRY(const auto number, with_.store.snapshot()->get(rating_keys::by_id(reach.workspace, id)));
  if (!number) return no_rating();
  POSTERN_TRY(const auto rating, of_ticket(reach.workspace, core::TicketId{std::stoull(*number)}));
  if (!rating || !rating->is_counted() || !reach.inboxes.has(core::InboxId{rating->inbox()})) return no_rating();
  return *rating;
}

core::Result<RatingPage> Ratings::page(const auth::Reach& reach, const RatingQuery& query) const {
  const auto snapshot = with_.store.snapshot();
  const std::string after = query.after == 0 ? std::string() : rating_keys::by_id(reach.workspace, query.after);
  const auto direction = query.is_newest_first ? storage::Direction::kBackward : storage::Direction::kForward;
  POSTERN_TRY(const auto entries, snapshot->scan(rating_keys::ids_prefix(reach.workspace), direction, limits_.scanned_max, after));
  RatingPage out;
  for (const storage::Entry& entry : entries) {
    const std::string key = rating_keys::of_ticket(reach.workspace, core::TicketId{std::stoull(entry.value)});
    POSTERN_TRY(const auto value, snapshot->get(key));
    const auto rating = read_rating(with_.vault, reach.workspace, key, value);
    if (!rating && !is_damage(rating.error())) return rating.error();
    const bool is_shown = rating && *rating && (*rating)->is_counted() && reach.inboxes.has(core::InboxId{(*rating)->inbox()}) && is_asked_for(**rating, query);
    if (is_shown && out.ratings.size() == query.size) {
      out.has_more = true;
      return out;
    }
    if (is_shown) out.ratings.push_back(**rating);
    out.last = number_behind(entry.key, 8);
  }
  out.has_more = entries.size() == limits_.scanned_max;
  return out;
}

core::Result<std::vector<RatingFigures>> Ratings::figures(core::WorkspaceId workspace, FiguresOf whose) const {
  POSTERN_TRY(const auto entries, with_.store.snapshot()->scan(rating_keys::figures_prefix(workspace, static_cast<std::uint64_t>(whose)),
                                                               storage::Direction::kForward, limits_.figures_max));
  std::map<std::uint64_t, RatingFigures> by_id;
  for (const storage::Entry& entry : entries) {
    const std::int64_t count = storage::decode_counter(entry.value);
    if (count <= 0) continue;
    RatingFigures& into = by_id[number_behind(entry.key, 16)];
    const auto amount = static_cast<std::uint64_t>(count);
    switch (static_cast<Score>(number_behind(entry.key, 8))) {
      case Score::kUnoffered: break;
      case Score::kOffered: into.offered += amount; break;
      case Score::kBadWithComment: into.bad_with_comment += amount; [[fallthrough]];
      case Score::kBad: into.bad += amount; break;
      case Score::kGoodWithComment: into.good_with_comment += amount; [[fallthrough]];
      case Score::kGood: into.good += amount; break;
    }
  }
  std::vector<RatingFigures> out;
  for (auto& [id, figures] : by_id) {
    figures.id = id;
    out.push_back(figures);
  }
  return out;
}

core::Result<void> Ratings::follow(storage::Transaction& transaction, const TicketChange& change) {
  const bool was_deleted = change.before != nullptr && change.before->deleted_unix_ms() != 0;
  const bool is_deleted = change.after->deleted_unix_ms() != 0;
  if (was_deleted == is_deleted || change.after->satisfaction() == static_cast<std::uint32_t>(Score::kUnoffered)) return {};
  POSTERN_TRY(const std::optional<Rating> before, rating_of(transaction, with_.vault, change.workspace, core::TicketId{change.after->id()}));
  if (!before || before->is_counted() == !is_deleted) return {};
  Rating after = *before;
  after.set_is_counted(!is_deleted);
  return write_rating(transaction, with_.vault, change.workspace, before, std::move(after));
}

}  // namespace postern::ticketing
