#pragma once
// app/suspended_commands.h: what operators do with mail that was held back from the tickets, as JSON in and out.
// An id is "<trace>-<inbox>", or the trace alone while the message waits in one inbox only.
// Errors: core::Errc::kInvalid for a request that makes no sense, ticketing::Errc::kNotFound, those of the store.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

// `action`: "list" (limit, before), "show", "recover" or "delete" (id).
core::Task<core::Result<Json>> run_suspended_command(std::string action, JsonObject request, Services& services);

}  // namespace postern::app
