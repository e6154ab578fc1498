#pragma once
// app/rule_commands.h: what operators do with the redaction rules of a workspace, as JSON in and out.
// Errors: core::Errc::kInvalid for a request that makes no sense; those of ticketing::RuleSets, FindingLedger, RuleReplays.
#include "app/json.h"
#include "auth/audit.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "ticketing/rule_bench.h"

namespace postern::app {

// `action`: list (rule), document, history, publish (document, note), activate (versions: [N]), rollback, difference (versions:
// [A, B]), stats (days), rollout (rule, mode, inboxes, elsewhere), replay (document, days, max) or replay_status (id).
// A replay that takes long goes on after the answer, which then says "running"; "is_alone" in the request: there is no
// server in which it could, and the answer waits for its end.
core::Task<core::Result<Json>> run_rule_command(std::string action, JsonObject request, auth::Principal by, ticketing::RuleBench bench,
                                                 core::Clock& clock);

}  // namespace postern::app
