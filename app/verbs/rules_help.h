#pragma once
// app/verbs/rules_help.h: what each action of `postern rules` is for: printed by `postern rules ACTION --help`.
#include <vector>

#include "app/verb.h"

namespace postern::app {

const std::vector<ActionHelp>& rules_actions();

}  // namespace postern::app
