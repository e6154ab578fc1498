#pragma once
// ticketing/customers/link_text.h: what stands in a mail to one customer where a rule says "{{ticket.request_link}}" and the like:
// links made for the person who gets this mail, never for anybody else who may read a copy.
// Thread-safety: pure, apart from the draft.  Errors: those of the vault.
#include <string>
#include <string_view>

#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

// `reader`: whom the mail goes to; 0, or somebody who is not on the ticket: no link.
core::Result<std::string> request_link(const TicketDraft& ticket, core::UserId reader);   // to this request
core::Result<std::string> requests_link(const TicketDraft& ticket, core::UserId reader);  // to all of the reader's own
// Asks for a rating (satisfaction/ratings.h): where the requester, who alone may give one, says what they think of the help they
// got. `choice`: "good" or "bad", which the page then proposes; a link alone changes nothing.
core::Result<std::string> rating_link(TicketDraft& ticket, core::UserId reader, std::string_view choice);
// A question with a link for each choice, in the language that the reader was given.
core::Result<std::string> rating_section(TicketDraft& ticket, core::UserId reader);
// What was said: "good", "bad"; empty: nothing yet.
std::string current_rating(const TicketDraft& ticket);
core::Result<std::string> current_rating_comment(TicketDraft& ticket);
// Where people reach us, without a slash at the end: "https://help.example.com".
std::string public_origin(const Options& options);

}  // namespace postern::ticketing
