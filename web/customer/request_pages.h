#pragma once
// web/customer/request_pages.h: the list of own requests and one conversation, as HTML.
// Thread-safety: pure, but for the links and stamps that are made.  Errors: those of the vault.
#include "ticketing/customers/customer_desk.h"
#include "web/customer/html.h"

namespace postern::web::customer {

// Where the link leads; below it stands the number of one request, when the link is to all of somebody's own.
struct PagePlace {
  std::string base;  // "/requests/<link>"
  bool has_list = false;
};
std::string request_path(const PagePlace& place, core::TicketId ticket);

Response list_response(const Words& words, const PagePlace& place, const std::string& company,
                       const std::vector<ticketing::CustomerRequest>& requests);

struct ConversationPage {
  const ticketing::CustomerDesk& desk;
  const ticketing::CustomerVisit& visit;
  const ticketing::CustomerRequest& request;
  const ticketing::CustomerConversation& conversation;
  PagePlace place;
  std::string company;
  std::string_view done;  // what was just done: "answer", "solved", "reopened", or nothing
  std::string below;      // HTML behind the conversation
};
core::Result<Response> conversation_response(const Words& words, const ConversationPage& page);

// What the form of a conversation is stamped for.
std::string answer_form(core::TicketId ticket);

}  // namespace postern::web::customer
