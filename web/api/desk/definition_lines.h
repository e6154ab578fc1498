#pragma once
// web/api/desk/definition_lines.h: what a workspace is set up with, as JSON Lines for an export: {"kind": "trigger", …} in the shapes of
// the API, kind by kind, each in its order. Views and macros that somebody has for himself are among them, with
// his number in `restriction`: an export is the whole workspace.
// Thread-safety: pure over the store.  Errors: those of the store.
#include <string>

#include "auth/principal.h"
#include "core/result.h"
#include "storage/schema/automation.pb.h"
#include "storage/schema/fields.pb.h"
#include "ticketing/helpdesk.h"
#include "web/api/json.h"

namespace postern::web {

// `count` gets how many lines there are.
core::Result<std::string> definition_lines(ticketing::Helpdesk& desk, const auth::Principal& by, std::size_t& count);

namespace api {
json::object macro_json(const schema::Macro& macro);
json::object timed_rule_json(const schema::Automation& automation);
json::object status_json(const schema::CustomStatus& status);
json::object form_json(const schema::TicketForm& form);
}  // namespace api

}  // namespace postern::web
