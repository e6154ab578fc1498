#pragma once
// web/customer/rating_page.h: where the requester of a ticket says what they think of the help they got. The link in the mail only
// proposes a choice; the form's button gives the rating.
// Thread-safety: pure.
#include "ticketing/satisfaction/ratings.h"
#include "web/customer/form_data.h"
#include "web/customer/html.h"

namespace postern::web::customer {

inline constexpr std::string_view kRatingForm = "rating";  // what its stamp is made for

struct RatingPage {
  std::string path;     // of the page itself
  std::string company;
  core::TicketId ticket;
  const std::optional<schema::SatisfactionRating>& known;
  std::string_view proposed;  // "good", "bad" or nothing
  std::string stamp;
  bool is_done = false;
};
Response rating_response(const Words& words, const RatingPage& page);
// nullopt: neither good nor bad was chosen.
std::optional<ticketing::NewRating> read_rating(const FormData& form);

}  // namespace postern::web::customer
