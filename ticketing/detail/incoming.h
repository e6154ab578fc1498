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
};

// Where one message goes in one workspace.
struct Target {
  core::WorkspaceId workspace;
  core::InboxId inbox;
  std::string reply_token;  // empty when the address had none
};

// Ticket numbers taken for a message, kept over attempts so that a conflict wastes none.
using TakenNumbers = std::map<core::InboxId, core::TicketId>;

// Who the message says it is from: the only From mailbox, else the envelope sender, else nobody (empty).
pipeline::NamedAddress claimed_sender(const IncomingMail& mail);
// True when the domain of the only From mailbox vouches for it: DMARC pass, or SPF or DKIM pass of that domain or its
// parent when the domain publishes no DMARC policy (RFC 9989 relaxed alignment without sibling domains).
bool is_sender_authenticated(const IncomingMail& mail);

}  // namespace postern::ticketing
