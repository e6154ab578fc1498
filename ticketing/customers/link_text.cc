#include "ticketing/customers/link_text.h"

#include "ticketing/customers/customer_desk.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/satisfaction/rating_keys.h"
#include "ticketing/satisfaction/ratings.h"

namespace postern::ticketing {
namespace {

core::Result<std::string> url_for(const TicketDraft& ticket, core::UserId reader, core::TicketId of, LinkUse use = LinkUse::kRequests) {
  const bool is_on_it = reader && (ticket.record().requester() == reader.value || ticket.is_participant(reader));
  if (!is_on_it) return std::string();
  const Basics& with = ticket.services();
  const std::int64_t now = with.now_ms();
  const auto life_ms = std::chrono::duration_cast<std::chrono::milliseconds>(CustomerLimits().link_life).count();
  POSTERN_TRY(const std::string link, make_customer_link(with.vault, {use, ticket.workspace(), reader, of, {}, now, now + life_ms}));
  return public_origin(with.options) + customer_path(use, link);
}

}  // namespace

std::string public_origin(const Options& options) {
  std::string out = options.origin.empty() ? "https://" + options.hostname : options.origin;
  while (out.ends_with('/')) out.pop_back();
  return out;
}

core::Result<std::string> request_link(const TicketDraft& ticket, core::UserId reader) { return url_for(ticket, reader, ticket.id()); }
core::Result<std::string> rating_link(TicketDraft& ticket, core::UserId reader, std::string_view choice) {
  if (!reader || ticket.record().requester() != reader.value) return std::string();
  POSTERN_CHECK(offer_rating(ticket));
  POSTERN_TRY(const std::string url, url_for(ticket, reader, ticket.id(), LinkUse::kRating));
  return choice.empty() ? url : url + "?score=" + std::string(choice);
}

core::Result<std::string> rating_section(TicketDraft& ticket, core::UserId reader) {
  POSTERN_TRY(const std::string good, rating_link(ticket, reader, "good"));
  if (good.empty()) return std::string();
  POSTERN_TRY(const std::string bad, rating_link(ticket, reader, "bad"));
  POSTERN_TRY(const schema::Profile profile, read_profile(ticket.transaction(), ticket.services().vault, ticket.workspace(), reader));
  const bool is_french = profile.locale().starts_with("fr") || profile.locale().starts_with("FR");
  if (is_french) return "Que pensez-vous de l’aide reçue ?\n\nBien, je suis satisfait :\n" + good + "\n\nPas bien, je suis mécontent :\n" + bad;
  return "How would you rate the help that you got?\n\nGood, I am satisfied:\n" + good + "\n\nBad, I am not satisfied:\n" + bad;
}

std::string current_rating(const TicketDraft& ticket) {
  const auto score = static_cast<Score>(ticket.record().satisfaction());
  return is_given(score) ? std::string(short_word(score)) : std::string();
}

core::Result<std::string> current_rating_comment(TicketDraft& ticket) {
  const std::string key = rating_keys::of_ticket(ticket.workspace(), ticket.id());
  POSTERN_TRY(const auto value, ticket.transaction().get(key));
  if (!value) return std::string();
  schema::SatisfactionRating rating;
  POSTERN_CHECK(storage::open_record(ticket.services().vault, ticket.workspace(), key, *value, rating));
  return rating.comment();
}

core::Result<std::string> requests_link(const TicketDraft& ticket, core::UserId reader) { return url_for(ticket, reader, {}); }

}  // namespace postern::ticketing
