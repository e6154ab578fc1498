#pragma once
// app/verbs/stepwise.h: a command that is done in steps, each a request of its own: through the control socket of a running server,
// or over the store itself, opened once for all steps.
// Thread-safety: none needed; blocks.  Errors: those of run_from_command_line().
#include <functional>
#include <optional>
#include <string>

#include "app/json.h"
#include "core/result.h"

namespace postern::app {

// `next`: from an answer the next request; nullopt: that answer is the last.
core::Result<Json> run_stepwise(const std::string& config_file, Json first, const std::function<std::optional<Json>(const Json&)>& next);

}  // namespace postern::app
