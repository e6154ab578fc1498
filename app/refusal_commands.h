#pragma once
// app/refusal_commands.h: what operators see of mail and connections that were refused before anything was stored, as JSON.
// A running server keeps them in memory (smtp/server/refusal_log.h), so that without one there is nothing to tell.
// Errors: core::Errc::kInvalid for a request that makes no sense, and where no server runs.
#include <optional>

#include "app/json.h"
#include "app/services.h"

namespace postern::app {

// {"refused": [{"at", "client_ip", "helo", "from", "to", "reply", "reason", "trace"}, …], "forgotten": N}, newest first.
// Fields, all optional: client, from, to ("@domain" for all of a domain), limit (1 to 1000; 50).
core::Result<Json> list_refusals(const JsonObject& request, const Services& services);
// The same of one transaction, by the id that its replies named. Nothing when it is not known.
std::optional<Json> refusals_of(core::TraceId trace, const Services& services);

}  // namespace postern::app
