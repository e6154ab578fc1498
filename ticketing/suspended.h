#pragma once
// ticketing/suspended.h: messages that were accepted but held back from the tickets, with their cause. An operator
// makes the ticket after all, with its requester kept, or deletes the message.
// Thread-safety: any executor. Errors: Errc::kNotFound, auth::Errc::kForbidden, those of the store.
#include "ticketing/tickets.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

struct SuspendedMail {
  core::TraceId trace;
  core::InboxId inbox;
  std::int64_t at_unix_ms = 0;
  std::string cause;  // "spam"
  std::string from;
  std::string subject;
  pipeline::Verdicts verdicts;
  bool is_proven = false;               // that it is from `from`
  std::string text;                     // redacted; of get() only, as the next
  std::vector<Attachment> attachments;  // without content
};

// `rest`: what is older than this message was not looked at; 0: nothing is left.
struct SuspendedPage {
  std::vector<SuspendedMail> mails;
  core::TraceId rest;
};

struct SuspendedId {
  core::TraceId trace;
  core::InboxId inbox;
  friend bool operator==(const SuspendedId&, const SuspendedId&) = default;
};

struct SuspendedMany {
  struct Refused {
    SuspendedId id;
    core::Error why;
  };
  std::vector<core::TicketId> tickets;  // of what was recovered, in the order asked for; a message may join one of another's
  std::size_t done = 0;
  std::vector<Refused> refused;
};

class SuspendedQueue {
 public:
  SuspendedQueue(storage::Store& store, storage::Vault& vault, auth::Accounts& accounts, const Directory& directory,
                 core::IdSource& ids, core::Clock& clock, Options options);

  // Newest first, those older than the message `before` (0: from the newest). A message that waits in several inboxes is
  // never cut in two: a list may be longer than `limit` by its last message's other inboxes.
  // Walks past Options::suspended_scan_max keys, of inboxes out of reach too; then the page is short.
  core::Result<SuspendedPage> page(const auth::Reach& reach, std::size_t limit, core::TraceId before = {}) const;
  // The same, however many keys have to be walked past.
  core::Result<std::vector<SuspendedMail>> list(const auth::Reach& reach, std::size_t limit, core::TraceId before = {}) const;
  core::Result<SuspendedMail> get(const auth::Reach& reach, core::TraceId trace, core::InboxId inbox) const;
  // Files the message as intake would have, threading included.
  core::Task<core::Result<core::TicketId>> recover(auth::Principal by, core::TraceId trace, core::InboxId inbox);
  core::Task<core::Result<void>> remove(auth::Principal by, core::TraceId trace, core::InboxId inbox);
  // One after the other, each by itself: what cannot be done is told and stops nothing else. Errors: Errc::kInvalid for more
  // than Options::suspended_many_max.
  core::Task<core::Result<SuspendedMany>> recover_many(auth::Principal by, std::vector<SuspendedId> ids);
  core::Task<core::Result<SuspendedMany>> remove_many(auth::Principal by, std::vector<SuspendedId> ids);
  // Its attachments with their content.
  core::Result<std::vector<Tickets::Update::File>> files(const auth::Reach& reach, core::TraceId trace, core::InboxId inbox) const;

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
