#include "web/customer/rating_page.h"

#include <charconv>

namespace postern::web::customer {
namespace {

std::string choice_html(std::string_view value, std::string_view label, bool is_chosen) {
  return "<label class=\"box\"><input type=\"radio\" name=\"score\" required value=\"" + std::string(value) + "\"" + (is_chosen ? " checked" : "") +
         "><span>" + text_html(label) + "</span></label>";
}

std::string reasons_html(const Words& words, std::uint32_t chosen) {
  const bool is_french = words.code == "fr";
  std::string out = "<label for=\"reason\">" + text_html(words.reason) + "</label><select id=\"reason\" name=\"reason\"><option value=\"0\">" +
                    text_html(words.no_reason) + "</option>";
  for (const ticketing::SatisfactionReason& each : ticketing::satisfaction_reasons()) {
    out += "<option value=\"" + std::to_string(each.code) + "\"" + (each.code == chosen ? " selected" : "") + ">" +
           text_html(is_french ? each.french : each.english) + "</option>";
  }
  return out + "</select>";
}

}  // namespace

Response rating_response(const Words& words, const RatingPage& page) {
  using ticketing::Score;
  const auto score = page.known ? static_cast<Score>(page.known->score()) : Score::kUnoffered;
  std::string_view chosen = page.proposed;
  if (chosen.empty() && ticketing::is_given(score)) chosen = ticketing::short_word(score);
  PageText text;
  text.title = std::string(words.rate_title);
  text.company = page.company;
  text.footer = std::string(words.private_note);
  if (page.is_done) text.main = "<p class=\"note\" role=\"status\">" + text_html(words.rate_done) + "</p>";
  const std::string legend = filled(words.rate_question, {std::to_string(page.ticket.value)});
  text.main += "<section class=\"card\"><form method=\"post\" action=\"" + text_html(page.path) + "\"><input type=\"hidden\" name=\"stamp\" value=\"" + page.stamp +
               "\"><fieldset><legend>" + text_html(legend) + "</legend>" + choice_html("good", words.good, chosen == "good") +
               choice_html("bad", words.bad, chosen == "bad") + "</fieldset>" + reasons_html(words, page.known ? page.known->reason() : 0) +
               "<label for=\"comment\">" + text_html(words.rate_comment) + "</label><textarea id=\"comment\" name=\"comment\" maxlength=\"2000\" aria-describedby=\"privacy\">" +
               text_html(page.known ? page.known->comment() : std::string()) + "</textarea><p class=\"soft\" id=\"privacy\">" + text_html(words.privacy) +
               "</p><button>" + text_html(words.rate_send) + "</button></form></section>";
  return page_response(200, words, text);
}

std::optional<ticketing::NewRating> read_rating(const FormData& form) {
  const std::string_view score = form.field("score");
  if (score != "good" && score != "bad") return std::nullopt;
  ticketing::NewRating out;
  out.is_good = score == "good";
  out.comment = std::string(form.field("comment"));
  const std::string_view reason = form.field("reason");
  std::from_chars(reason.data(), reason.data() + reason.size(), out.reason);
  return out;
}

}  // namespace postern::web::customer
