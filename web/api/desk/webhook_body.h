#pragma once
// web/api/desk/webhook_body.h: the body of a webhook's request: the envelope of Zendesk's event schema around our ticket as the API
// shows it. Made anew for each attempt from the ticket as it is then: nothing of a ticket waits in a queue of its own.
// Thread-safety: any thread.  Ownership: the function borrows the tickets, and what custom fields there are (null: none).
#include <functional>
#include <memory>

#include "ticketing/directory.h"
#include "ticketing/tickets.h"
#include "ticketing/webhooks/sender.h"
#include "web/options.h"

namespace postern::ticketing {
class TicketFields;
}

namespace postern::web {

ticketing::WebhookBody make_webhook_body(const ticketing::Tickets& tickets,
                                         std::function<std::shared_ptr<const ticketing::Directory>()> directory, WebOptions options,
                                         const ticketing::TicketFields* fields = nullptr);

}  // namespace postern::web
