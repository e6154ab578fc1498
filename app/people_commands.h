#pragma once
// app/people_commands.h: what operators do to workspaces and to the inboxes of agents, as JSON in and out
// (operator_commands.h). Every change is audited as "operator".
// Errors: core::Errc::kInvalid in words for whoever typed it.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

// {"email", "inboxes": ["all"] | ["none"] | addresses}
core::Task<core::Result<Json>> set_user_inboxes(JsonObject request, Services& services);
// "list", or "wipe" with {"name", "confirm"}.
core::Task<core::Result<Json>> run_workspace_command(std::string action, JsonObject request, Services& services);

}  // namespace postern::app
