#pragma once
// web/customer/web_form.h: a request that somebody writes on a page or that a program hands over for them, without an account and
// without proof of who they are (Z-36). It becomes a message and goes the way of mail from the redactor on: the same rules, the same
// spam filter, the same queue of what is held back. What is suspicious waits there for a person; nobody is answered before an agent
// writes, or they answer from their mailbox.
// Thread-safety: any executor.  Errors: web::Errc::kInvalid (the context begins with the field), kNotFound (no such form),
// kForbidden (refused as spam or as blocked), kUnavailable (not now).  Limits: WebOptions::form_*.
#include "core/task.h"
#include "ticketing/tickets.h"
#include "web/options.h"
#include "web/services.h"

namespace postern::web::customer {

struct WebRequest {
  core::InboxId inbox;
  std::string name, email, subject, text;
  std::string html;            // the same, formatted, as it came: the redactor and the sanitiser see it as they see mail; empty: plain
  std::vector<ticketing::Tickets::Update::File> files;
  std::string client_ip;
  bool is_suspicious = false;  // waits for a person, whatever the filter says
  std::string once;            // what makes it the same request when it is sent again: hex; empty: it is one of its own
};

// The inbox when it takes requests from the web; otherwise kNotFound.
core::Result<ticketing::Inbox> form_inbox(const Services& services, core::InboxId id);
// The reference of what was taken: a trace's id, as in `postern trace`.
core::Task<core::Result<std::string>> take_web_request(Services& services, const WebOptions& options, WebRequest request);

}  // namespace postern::web::customer
