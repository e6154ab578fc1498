#pragma once
// web/api/ticket_form.h: what a client writes about a ticket, in the words of the Zendesk API: attributes and a comment, for one
// ticket or for many. Words that it does not know are passed over, as clients send back
// what they read, and told by ignored_words().
// Thread-safety: pure, apart from uploads.  Errors: collected in the form, by field.  Limits: kPeopleMax and the like.
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web {

// All but the comment and the version. Errors: those of the store.
core::Result<void> read_ticket(Form& form, const json::object& ticket, Request& request, Context& context, ticketing::Tickets::Update& update);
// What of a request was passed over, a sentence each: words that there are not, and what is shown but not changed this way, unless
// it is as it is shown. `shown`: the ticket as answered.
json::array ignored_words(const json::object& ticket, const json::object& shown, bool is_new);
// The comment's fields; the tokens of its uploads are returned, to be forgotten after success. `must`: there has to be one,
// which a "description" is as well.
std::vector<std::string> read_comment(Form& form, const json::object& ticket, Request& request, Context& context, ticketing::Tickets::Update& update,
                                      bool must);
// kInvalid of ticketing, whose context begins with a field of the ticket, as a problem of that field.
core::Result<Response> refused_ticket(const core::Error& error, const Request& request);
// "2026-11-23T10:00:00Z", with an offset, or a date alone; nullopt: no such time.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace postern::web
