#pragma once
// app/operator_commands.h: what operators do to accounts, tokens, the queue, suspended mail and traces, as JSON in and
// out: run inside the server (control socket) or, when none runs, over the store directly. Every change is audited as
// "operator".
// Request: {"command": "user.invite", "workspace": "…", …}; "is_alone" is added where no server runs.
// Errors: core::Errc::kInvalid names the missing field.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

core::Task<core::Result<Json>> run_operator_command(Json request, Services& services);

// Runs a command by whichever way is open: the control socket of a running server, or the store itself.
core::Result<Json> run_from_command_line(const std::string& config_file, Json request);

}  // namespace postern::app
