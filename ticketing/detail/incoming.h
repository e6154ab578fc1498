#pragma once
// ticketing/detail/incoming.h: one redacted message on its way into one inbox, as filing sees it: the same for a message
// that just arrived and for one recovered from suspension.
// Ownership: borrows content, verdicts and raw for the time of one accept() or recover().
#include <map>
#include <string>

#include "pipeline/api/envelope.h"
#include "pipeline/api/redacted_message.h"

namespace postern::ticketing {

struct IncomingMail {
  const pipeline::MessageContent& content;
  const pipeline::Verdicts& verdicts;
  const std::string& raw;
  core::TraceId trace;
  pipeline::EmailAddress mail_from;
  std::string client_ip;
  const pipeline::ReceivedReports* reports = nullptr;  // that it holds; nullptr when nobody looked
  std::string via = "mail";  // "web": written into a form
  bool requires_tls = false;  // it came with REQUIRETLS (RFC 8689)
};

// Where one message goes in one workspace.
struct Target {
  core::WorkspaceId workspace;
  core::InboxId inbox;
  std::string reply_token;  // empty when the address had none
  std::string held_cause;   // not empty: the inbox wants a person to look first, see pipeline::Recipient
  bool is_allowed = false;  // the inbox lets this sender in, whatever the spam score
  bool takes_reports = false;  // the inbox counts reports instead of making tickets of them
};

// Ticket numbers taken for a message, kept over attempts so that a conflict wastes none.
using TakenNumbers = std::map<core::InboxId, core::TicketId>;

// Who the message says it is from: the only From mailbox, else the envelope sender, else nobody (empty).
pipeline::NamedAddress claimed_sender(const IncomingMail& mail);
// True when there is one From mailbox and its domain vouches for the message, see pipeline/api/author_proof.h.
bool is_sender_authenticated(const IncomingMail& mail);

}  // namespace postern::ticketing
