#pragma once
// app/verdict_text.h: the verdicts on a message's sender as lines for people: each method with its result, why, and the
// DNS records that it used, in the order of the checks.
// Thread-safety: pure. Errors: none; `verdicts` has the shape of web::auth_json().
#include <string>
#include <vector>

#include "app/json.h"

namespace postern::app {

std::vector<std::string> explain_verdicts(const JsonObject& verdicts);

// Senders choose names, subjects and texts: nothing of theirs may drive the operator's terminal, so control characters
// (C0, DEL, and C1 as UTF-8) are shown as "?".
std::string for_terminal(std::string_view text);

}  // namespace postern::app
