#pragma once
// ticketing/outbox.h: the durable queue of outgoing mail. Entries are put in the transaction that made the reply.
#include <functional>
#include <mutex>

#include "pipeline/api/outbox.h"
#include "ticketing/tickets.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

struct Basics;

struct QueueEntry {
  core::OutboxId id;
  core::WorkspaceId workspace;
  core::TicketId ticket;   // none: mail of the system
  std::string purpose;     // of such mail: "DMARC report example.com 2026-11-21"
  bool is_damaged = false; // its record cannot be read: it is never delivered and can only be dropped
  std::string rcpt;
  std::uint32_t attempts = 0;
  std::int64_t created_unix_ms = 0;
  std::int64_t due_unix_ms = 0;
  std::int64_t leased_until_unix_ms = 0;  // 0: nobody is delivering it
  bool is_held = false;
  std::string last_reply;
};

// Mail of the system's own, such as a report to another domain. It belongs to no ticket: when it fails, the log and its
// trace say so and nobody is written to.
struct SystemMail {
  core::WorkspaceId workspace;
  std::string purpose;                  // shown in lists of the queue
  pipeline::EmailAddress mail_from;     // empty: the null sender
  pipeline::EmailAddress rcpt;
  std::string from_domain;              // whose DKIM keys sign
  std::string message;                  // RFC 5322, CRLF lines, ASCII header
  core::Duration life = std::chrono::hours(24);  // given up when it could not be delivered until then
};

class Outbox final : public pipeline::OutboundSource {
 public:
  Outbox(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids,
         core::Clock& clock, Options options);

  core::Task<core::Result<std::vector<pipeline::OutboundMessage>>> claim_due(std::size_t most, core::Duration lease) override;
  // The same, leaving alone the domains of recipients to which about `per_domain_max` entries are leased already, to
  // any caller: a slow domain cannot fill all the places.
  core::Task<core::Result<std::vector<pipeline::OutboundMessage>>> claim_due(std::size_t most, core::Duration lease,
                                                                             std::size_t per_domain_max);
  // May be repeated until it succeeds: an outcome that was recorded changes nothing the second time.
  core::Task<core::Result<void>> report(core::WorkspaceId workspace, core::OutboxId id, pipeline::DeliveryReport report) override;
  // Gives back an entry that was claimed and not tried: due at once, no attempt counted. Changes nothing when the entry
  // is gone or not leased.
  core::Task<core::Result<void>> release(core::WorkspaceId workspace, core::OutboxId id);
  std::optional<core::WallTime> next_due() const override;
  void on_due(std::function<void()> wake) override;

  // For operators (`postern queue`, the API). Changes are refused with Errc::kConflict while an attempt runs: a second
  // one beside it would mail twice, and what is dropped may be on its way.
  // Whoever is limited to inboxes sees and changes the mail of their tickets; that of the system is not his.
  // By id, behind `after`.
  core::Result<std::vector<QueueEntry>> list(const auth::Reach& reach, std::size_t limit, core::OutboxId after = {}) const;
  core::Result<QueueEntry> find(const auth::Reach& reach, core::OutboxId id) const;
  core::Task<core::Result<void>> retry_now(auth::Principal by, core::OutboxId id);
  core::Task<core::Result<void>> hold(auth::Principal by, core::OutboxId id, bool held);
  core::Task<core::Result<void>> drop(auth::Principal by, core::OutboxId id);
  // Queues mail of the system in somebody's transaction. Errors: Errc::kInvalid when the recipient cannot be mailed.
  core::Result<core::OutboxId> queue(storage::Transaction& transaction, SystemMail mail) const;
  // The same by itself.
  core::Task<core::Result<core::OutboxId>> post(SystemMail mail);

  // Before the first call. Borrowed.
  void use(const TicketHooks& hooks) { hooks_ = &hooks; }

 private:
  enum class Change { kRetryNow, kHold, kRelease, kDrop };
  core::Task<core::Result<void>> change(auth::Principal by, core::OutboxId id, Change what);
  Basics basics() const;

  storage::Store& store_;
  storage::Vault& vault_;
  const Directory& directory_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  const TicketHooks* hooks_ = nullptr;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::shared_ptr<void> watch_;  // last: the store stops calling before the rest goes
};

}  // namespace postern::ticketing
