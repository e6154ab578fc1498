#include "ticketing/shown.h"

#include <charconv>

#include "ticketing/detail/codec.h"
#include "ticketing/feed_scope.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kDigits = "0123456789";

// Replaces the numbers behind `word` that are not within by `instead`, the word with them unless it is kept.
template <class IsWithin>
void hide_behind(std::string& text, std::string_view word, bool keeps_word, std::string_view instead, const IsWithin& is_within) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    const std::size_t begin = at + word.size();
    const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
    std::uint64_t number = 0;
    const bool is_number = end > begin && std::from_chars(text.data() + begin, text.data() + end, number).ec == std::errc();
    if (!is_number || is_within(number)) {
      at = begin;
      continue;
    }
    const std::size_t from = keeps_word ? begin : at;
    text.replace(from, end - from, instead);
    at = from + instead.size();
  }
}

}  // namespace

Ticket shown(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, const schema::Ticket& record) {
  Ticket out = codec::decode(record);
  if (!reach.inboxes.is_limited()) return out;
  for (std::uint64_t* other : {&out.claims_ticket, &out.follow_up_of, &out.problem.value, &out.merged_into.value}) {
    if (*other != 0 && !inbox_within(snapshot, vault, reach, core::TicketId{*other})) *other = 0;
  }
  return out;
}

Event shown(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, Event event) {
  if (!reach.inboxes.is_limited()) return event;
  const auto is_within = [&](std::uint64_t number) { return number == 0 || inbox_within(snapshot, vault, reach, core::TicketId{number}); };
  if (event.kind == "problem") {  // "3 -> 4"
    hide_behind(event.detail, "-> ", true, "0", is_within);
    const std::size_t end = std::min(event.detail.find(' '), event.detail.size());
    std::uint64_t before = 0;
    const bool is_number = std::from_chars(event.detail.data(), event.detail.data() + end, before).ec == std::errc();
    if (is_number && !is_within(before)) event.detail.replace(0, end, "0");
    return event;
  }
  hide_behind(event.detail, "ticket/", false, "another ticket", is_within);
  if (event.kind == "created") {
    hide_behind(event.detail, "follow-up of ", true, "another ticket", is_within);
    hide_behind(event.detail, "claims ", true, "another ticket", is_within);
  }
  return event;
}

}  // namespace postern::ticketing
