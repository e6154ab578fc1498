#pragma once
// app/rule_commands.h: what operators do with the redaction rules of a workspace, as JSON in and out.
// Errors: core::Errc::kInvalid for a request that makes no sense; those of ticketing::RuleSets, FindingLedger, RuleReplays.
#include "app/json.h"
#include "auth/accounts.h"
#include "auth/audit.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "ticketing/rule_bench.h"

namespace postern::app {

// `action`: list (rule), document (versions: [N], or none), history, publish (document, note, on_top_of, dry_run), activate
// (versions: [N]), rollback, difference (versions: [A, B]), stats (days), feedback (max), rollout (rule, mode, inboxes,
// elsewhere), replay (document, days, max) or replay_status (id). A document is published on top of the version that
// `on_top_of` or its own mark (ticketing/rule_mark.h) names, and without either on top of 0.
// A replay that takes long goes on after the answer, which then says "running"; "is_alone" in the request: there is no
// server in which it could, and the answer waits for its end.
core::Task<core::Result<Json>> run_rule_command(std::string action, JsonObject request, auth::Principal by, ticketing::RuleBench bench,
                                                 const auth::Accounts& accounts, core::Clock& clock);

}  // namespace postern::app
