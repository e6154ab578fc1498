#pragma once
// pipeline/api/outbox.h: the durable queue of outgoing mail as the deliverer sees it. ticketing::Outbox implements
// the source; smtp::client drains it. Entries derive from redacted content only.
// Thread-safety: all methods from any executor. Errors: those of the store, transient.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/task.h"
#include "pipeline/api/address.h"

namespace postern::pipeline {

struct OutboundMessage {
  core::OutboxId id;
  core::WorkspaceId workspace;
  core::TicketId ticket;
  EmailAddress mail_from;           // envelope sender; empty for automatic mail
  EmailAddress rcpt;                // one recipient an entry, so that outcomes are per recipient
  std::string from_domain;          // whose DKIM keys sign
  std::string message;              // RFC 5322 bytes, CRLF lines, unsigned
  bool needs_smtputf8 = false;
  bool requires_tls = false;        // RFC 8689: verified TLS and a server that offers REQUIRETLS, or no delivery
  std::uint32_t attempts = 0;       // made so far
  core::WallTime created_at;
};

enum class DeliveryOutcome { kDelivered, kDeferred, kFailed };

struct DeliveryReport {
  DeliveryOutcome outcome = DeliveryOutcome::kDeferred;
  std::string remote;               // host and address that answered, or what failed: "mx1.example.org[192.0.2.1]"
  std::string reply;                // remote reply or our reason, printable, at most 512 bytes
  std::string enhanced;             // "4.4.1" when known
  bool used_tls = false;
};

class OutboundSource {
 public:
  virtual ~OutboundSource() = default;
  // Up to `most` entries that are due and not held; each is leased to the caller until it reports or `lease` passes.
  virtual core::Task<core::Result<std::vector<OutboundMessage>>> claim_due(std::size_t most, core::Duration lease) = 0;
  // Records the outcome durably: removes a delivered entry, schedules a deferred one (back-off 5 min doubling to 4 h,
  // given up after 5 days), turns a failed one into a delivery-failed event on its ticket.
  virtual core::Task<core::Result<void>> report(core::WorkspaceId workspace, core::OutboxId id, DeliveryReport report) = 0;
  // When the next entry falls due (for the deliverer's sleep); nullopt when the queue is empty.
  virtual std::optional<core::WallTime> next_due() const = 0;
  // Called by the outbox whenever something may have become due.
  virtual void on_due(std::function<void()> wake) = 0;
};

}  // namespace postern::pipeline
