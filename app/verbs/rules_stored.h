#pragma once
// app/verbs/rules_stored.h: what `postern rules` prints about the rule sets of a workspace, and its replay of stored mail.
#include <optional>
#include <string>
#include <vector>

#include "app/verbs/rules_bench.h"

namespace postern::app {

// `answer` of the command rules.ACTION.
std::vector<std::string> stored_lines(const std::string& action, const Json& answer);

// Of a change: its problems in `file`, what it changes, what became of it.
std::vector<std::string> change_lines(const Json& answer, const std::string& file, bool is_dry_run);

struct StoredReplay {
  std::optional<NamedRules> against;  // without: the active rules
  bool is_against_shipped = false;
  std::string workspace;
  std::uint64_t days = 0;
  std::uint64_t messages_max = 0;
};
// Beside the active rules or others. Prints what both find in the stored mail, progress on standard error, and returns the exit code.
int replay_stored(const Output& output, const std::string& config, const NamedRules& rules, const StoredReplay& what);

}  // namespace postern::app
