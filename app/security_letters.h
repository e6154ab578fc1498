#pragma once
// app/security_letters.h: queues letters to a workspace's security contact, from its first inbox, with a null envelope sender.
// A contact that is one of our inboxes, or a workspace without one, gets none, which the log says.
// Thread-safety: any executor. Ownership: borrows the outbox; shares the directory.
#include <memory>

#include "auth/audit_trail/contact.h"
#include "ticketing/directory.h"
#include "ticketing/outbox.h"

namespace postern::app {

auth::LetterPort security_letters(ticketing::Outbox& outbox, std::shared_ptr<const ticketing::Directory> directory);

}  // namespace postern::app
