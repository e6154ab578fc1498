#pragma once
// web/api/shapes.h: our records as the JSON objects of the Zendesk API, with fields of our own beside theirs. Ids are
// integers of up to 63 bits.
#include "web/api/json.h"
#include "web/services.h"

namespace postern::web {

// Without custom fields: TicketShaper (ticket_shaper.h) has them.
json::object ticket_json(const ticketing::Ticket& ticket, const ticketing::Directory* directory);
// Long texts are shortened and long HTML is left out, as the options say: `body_truncated`, `text_url` and `html_url`
// tell where the whole of it is.
// `who` decides whether what rules find in shadow is shown: to those who manage rules.
json::object comment_json(core::TicketId ticket, const ticketing::Comment& comment, const WebOptions& options, const auth::Principal& who);
// The same with `hold_until` of one's own reply that can still be taken back (POST …/unsend).
struct Context;
core::Result<json::object> shown_comment(const Request& request, Context& context, core::TicketId ticket, const ticketing::Comment& comment);
json::object attachment_json(const ticketing::Attachment& attachment);
json::object event_json(core::TicketId ticket, const ticketing::Event& event);
// Who the sender really is, method by method, with the DNS records that it was told by.
json::object auth_json(const pipeline::AuthVerdicts& auth);
json::object verdicts_json(const pipeline::Verdicts& verdicts);
json::array redactions_json(const std::vector<pipeline::Redaction>& redactions);
std::optional<auth::Role> parse_role(std::string_view word);  // "end-user", "agent", "admin", "owner"
json::object user_json(const auth::User& user);
json::object person_of_ticket(const auth::User& user);  // the same without where he works, which is not for every colleague
json::object session_json(const auth::Session& session);
json::object token_json(const auth::Token& token);
// Its id is "<trace>-<inbox>".
json::object suspended_json(const ticketing::SuspendedMail& mail, const ticketing::Directory* directory);
json::object queue_entry_json(const ticketing::QueueEntry& entry);
json::object feed_entry_json(const storage::FeedEntry& entry);

// The strong validator of a ticket: its event count.
std::string ticket_etag(const ticketing::Ticket& ticket);

}  // namespace postern::web
