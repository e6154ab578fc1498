#pragma once
// pipeline/api/ports.h: what the edge asks of the pipeline, and the pipeline of the store. All are implemented
// elsewhere and injected by app; each has a twin in tests.
// Thread-safety: all methods from any executor, resuming on the caller's.
#include <memory>
#include <string>

#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"
#include "pipeline/api/envelope.h"
#include "pipeline/api/message.h"
#include "pipeline/api/redacted_message.h"

namespace postern::pipeline {

// The final SMTP answer to a message (RFC 5321 section 4.2, RFC 3463).
struct SmtpVerdict {
  int code = 451;
  std::string enhanced = "4.3.0";
  std::string text = "Try again later";
  std::string action = "defer";  // "accept", "suspend", "reject", "defer": for logs, metrics and scan
  bool is_accepted() const { return code >= 200 && code < 300; }
};

// Implemented by pipeline::Runner, called by smtp::server at end of data. Never throws; a failure inside is a 4xx.
// `by` bounds all stages together.
class MessageIntake {
 public:
  virtual ~MessageIntake() = default;
  virtual core::Task<SmtpVerdict> take(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by) = 0;
};

// Told of every message that was judged, also of those refused, once what is done with it is known: for aggregate
// reports. Never blocks, never throws. Implemented by ticketing::DmarcLedger.
class VerdictObserver {
 public:
  virtual ~VerdictObserver() = default;
  virtual void note(const Envelope& envelope, const AuthVerdicts& verdicts) = 0;
};

// Names that strangers like to borrow, for signs of spoofing. Implemented by app over directory and accounts.
class KnownNames {
 public:
  virtual ~KnownNames() = default;
  virtual std::vector<std::string> own_domains() const = 0;  // A-labels, lower case
  // True when an agent of the workspace has this name, whatever its case, order of blanks or accents.
  virtual bool is_colleague(core::WorkspaceId workspace, std::string_view name) const = 0;
};

struct Receipt {
  std::vector<core::TicketId> tickets;  // one a recipient inbox, in rcpt order
  bool was_duplicate = false;           // the same delivery was stored before; nothing was stored now
};

// Implemented by ticketing::Intake. When accept() returns a value, the message is durable (invariant 1).
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  virtual core::Task<core::Result<Receipt>> accept(Envelope envelope, RedactedMessage message) = 0;
};

// RCPT-time routing, implemented by ticketing::Directory. Errors: Errc of the implementer; permanent = unknown
// recipient (550 5.1.1), transient = cannot tell now (451).
class RecipientDirectory {
 public:
  virtual ~RecipientDirectory() = default;
  virtual core::Result<Recipient> resolve(const EmailAddress& address) const = 0;
  // True when the domain is ours: an unknown user there is 550 5.1.1, any other domain 550 5.7.1 (no relaying).
  virtual bool is_local_domain(std::string_view domain) const = 0;
};

// Signs outgoing mail; implemented by pipeline::sender::DkimSigner.
class MessageSigner {
 public:
  virtual ~MessageSigner() = default;
  // DKIM-Signature header fields (each with its CRLF) to be put before `message` (a whole message with CRLF lines),
  // one a live key of the domain; empty when the domain has no key.
  virtual core::Result<std::string> sign(std::string_view domain, std::string_view message) const = 0;
};

}  // namespace postern::pipeline
