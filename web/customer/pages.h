#pragma once
// web/customer/pages.h: what is below "/requests": pages for people without an account, who come with a signed link from a mail.
//   GET  /requests/<link>            own requests, or the one that the link is for
//   GET  /requests/<link>/<number>   one of them
//   POST to either                   an answer with files, solve, reopen: a form of the page, with its stamp
//   GET  /requests/rating/<link>     what they think of the help they got; POST gives the rating
//   GET  /requests/new/<inbox>       writing a request, where that inbox takes them; POST sends it
//   GET  /requests/file/<link>       a file of a conversation, for an hour
// A GET changes nothing: scanners open every link of a mail. A link that does not hold gets the same answer whatever is wrong with
// it. Bodies are read once their link was found to hold.
// Thread-safety: answer() from many strands.  Ownership: borrows the services, the options and the gate of forms; owns its other limits.
#include "web/customer/form_data.h"
#include "web/customer/form_gate.h"
#include "web/customer/request_pages.h"
#include "web/options.h"
#include "web/server/connection.h"
#include "web/server/rate_limit.h"
#include "web/services.h"

namespace postern::web {

class CustomerPages {
 public:
  CustomerPages(const WebOptions& options, Services& services, customer::FormGate& forms);
  // Whether the path is one of these, whatever stands behind it.
  static bool is_for(const Request& request);
  core::Task<Response> answer(Exchange& exchange);

 private:
  using Words = customer::Words;
  core::Task<core::Result<Response>> respond(Exchange& exchange, const Words*& words);
  core::Result<Response> show(const Request& request, const ticketing::CustomerVisit& visit, const Words& words) const;
  core::Result<Response> show_conversation(const Request& request, const ticketing::CustomerVisit& visit, core::TicketId id, const Words& words) const;
  core::Task<core::Result<Response>> post(Exchange& exchange, ticketing::CustomerVisit visit);
  core::Result<Response> show_rating(const Request& request, const ticketing::CustomerVisit& visit, const Words& words) const;
  core::Task<core::Result<Response>> post_rating(Exchange& exchange, ticketing::CustomerVisit visit, const Words& words);
  core::Task<core::Result<Response>> answer_form(Exchange& exchange, const Words& words);
  core::Task<core::Result<Response>> post_form(Exchange& exchange, core::InboxId inbox, const std::string& company, const Words& words);
  core::Result<Response> send_file(const ticketing::CustomerVisit& visit) const;
  core::Result<void> take_rate(RateLimit& limit, const Request& request);
  core::Result<ticketing::CustomerVisit> visit_of(const Request& request, std::string_view link, ticketing::LinkUse use);
  std::string company_of(const ticketing::CustomerVisit& visit, core::InboxId inbox) const;

  const WebOptions& options_;
  Services& services_;
  RateLimit pages_;
  RateLimit posts_;
  RateLimit misses_;
  customer::FormGate& forms_;
};

}  // namespace postern::web
