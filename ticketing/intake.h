#pragma once
// ticketing/intake.h: a redacted message becomes a new ticket or a comment on the one it proves to belong to.
// Threading order: signed reply address, our signed Message-ID in In-Reply-To/References (newest first), stored
// Message-IDs; each then passes the participant-and-authentication check (invariant 8), or a new ticket is made that
// says which one it claims. A repeated delivery (same inbox and same bytes but for leading trace fields,
// detail/dedupe.h) stores nothing. All inboxes of one message are in one transaction.
#include "ticketing/tickets.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

class Intake final : public pipeline::MessageSink {
 public:
  Intake(storage::Store& store, storage::Vault& vault, auth::Accounts& accounts, const Directory& directory,
         core::IdSource& ids, core::Clock& clock, Options options);
  core::Task<core::Result<pipeline::Receipt>> accept(pipeline::Envelope envelope, pipeline::RedactedMessage message) override;

  // Before the first call. Borrowed.
  void use(const TicketHooks& hooks) { hooks_ = &hooks; }

 private:
  storage::Store& store_;
  storage::Vault& vault_;
  auth::Accounts& accounts_;
  const Directory& directory_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  const TicketHooks* hooks_ = nullptr;
};

}  // namespace postern::ticketing
