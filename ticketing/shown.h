#pragma once
// ticketing/shown.h: what somebody is shown of a ticket and of its history. Both may name other tickets; those beyond the inboxes of
// whoever asks are left out, as if there were none. Every answer that shows a ticket goes through here, so that somebody who
// is limited to inboxes does not learn which numbers stand elsewhere.
// Thread-safety: pure.  Errors: none; a ticket that cannot be read is beyond everybody's reach who is limited.
#include "auth/principal.h"
#include "storage/schema/ticket.pb.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

Ticket shown(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, const schema::Ticket& record);
// The problem, the source of a follow-up, and tickets that merging, splitting or a stranger's claim name: "0" or "another ticket".
Event shown(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, Event event);

}  // namespace postern::ticketing
