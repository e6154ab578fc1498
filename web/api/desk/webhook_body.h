#pragma once
// web/api/desk/webhook_body.h: the body of a webhook's request: the envelope of Zendesk's event schema around our ticket as the API
// shows it. Made anew for each attempt from the ticket as it is then: nothing of a ticket waits in a queue of its own.
// Of a person and an organisation it is what tells which they are, not all that is known of them.
// Thread-safety: any thread.  Ownership: the function borrows the tickets, what custom fields there are (null: none), and people.
#include <functional>
#include <memory>

#include "ticketing/directory.h"
#include "ticketing/tickets.h"
#include "ticketing/webhooks/sender.h"
#include "web/options.h"

namespace postern::ticketing {
class Organizations;
class People;
class TicketFields;
}
namespace postern::auth {
class Accounts;
}

namespace postern::web {

// Null: of what happens to people the ids are told alone.
struct WebhookPeople {
  const auth::Accounts* accounts = nullptr;
  const ticketing::People* people = nullptr;
  const ticketing::Organizations* organizations = nullptr;
};

ticketing::WebhookBody make_webhook_body(const ticketing::Tickets& tickets,
                                         std::function<std::shared_ptr<const ticketing::Directory>()> directory, WebOptions options,
                                         const ticketing::TicketFields* fields = nullptr, WebhookPeople people = {});

}  // namespace postern::web
