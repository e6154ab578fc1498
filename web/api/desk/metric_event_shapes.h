#pragma once
// web/api/desk/metric_event_shapes.h: ticket metric events in Zendesk's shape: what happened to the clocks of tickets.
// Thread-safety: free functions.  Errors: those of the store and the vault.
#include <span>

#include "web/api/handlers.h"
#include "web/api/json.h"

namespace postern::web::api {

// Those that were stored from `from_ms` to `to_ms`, of these tickets, oldest first. A breach that more time took back is
// marked deleted, whenever that happened.
core::Result<json::array> metric_events_json(const Request& request, Context& context, std::span<const core::TicketId> tickets,
                                             std::int64_t from_ms, std::int64_t to_ms);

}  // namespace postern::web::api
