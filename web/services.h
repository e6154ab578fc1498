#pragma once
// web/services.h: what the API works on. Everything is borrowed from app and outlives the server.
#include <functional>
#include <memory>

#include "auth/accounts.h"
#include "auth/sessions.h"
#include "core/ids.h"
#include "pipeline/api/redacted_message.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/directory.h"
#include "ticketing/outbox.h"
#include "ticketing/suspended.h"
#include "ticketing/tickets.h"

namespace postern::web {

struct Services {
  auth::Accounts& accounts;
  auth::Sessions& sessions;
  ticketing::Tickets& tickets;
  ticketing::Outbox& outbox;
  ticketing::SuspendedQueue& suspended;
  const pipeline::TextRedactor& redactor;  // whatever people type passes it before it is stored
  std::function<std::shared_ptr<const ticketing::Directory>()> directory;  // the current one
  storage::Store& store;
  const storage::Vault& vault;
  core::Clock& clock;
  core::IdSource& ids;
};

}  // namespace postern::web
