#pragma once
// ticketing/detail/services.h: what every part of ticketing borrows, passed as one value.
// Ownership: borrows everything; whoever holds a Services keeps the options alive.
#include "auth/accounts.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/directory.h"
#include "ticketing/options.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

struct Basics {
  storage::Store& store;
  storage::Vault& vault;
  const Directory& directory;
  core::IdSource& ids;
  core::Clock& clock;
  const Options& options;
  const TicketHooks* hooks = nullptr;  // what else happens when a ticket is saved; null: nothing

  std::int64_t now_ms() const { return core::to_unix_ms(clock.wall_now()); }
};

struct Services : Basics {
  Services(Basics basics, auth::Accounts& the_accounts) : Basics(basics), accounts(the_accounts) {}
  auth::Accounts& accounts;
};

}  // namespace postern::ticketing
