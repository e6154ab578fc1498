#pragma once
// web/api/desk/presence_shape.h: who is at a ticket, as the API and the event stream tell it.
// Thread-safety: pure.
#include "ticketing/drafts/presence.h"
#include "web/api/json.h"

namespace postern::web {

json::object presence_json(core::TicketId ticket, const std::vector<ticketing::Presence::Seen>& seen);

}  // namespace postern::web
