#pragma once
// app/audit_commands.h: what operators do with the audit trail, as JSON in and out. An answer fits a line of the control
// socket: pages are bounded in bytes.
//   list       entries of a filter: actor, action, object, ip, outcome, from, to, text; limit, after, oldest_first
//   chain      entries by number, above `after`; behind the last one those that still wait
//   state      head, waiting entries, last verification
//   checklist  how well the workspace is guarded: score, checks
//   verify     where no server runs: verifies to the end (anchor); else asks the server to and returns at once
// Errors: core::Errc::kInvalid for a request that makes no sense, those of the store.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

core::Task<core::Result<Json>> run_audit_command(std::string action, JsonObject request, auth::Principal by, Services& services);

}  // namespace postern::app
