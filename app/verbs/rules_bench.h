#pragma once
// app/verbs/rules_bench.h: what `postern rules` does with rule files alone: no store, no server.
// Each prints its answer and returns the exit code.
#include <optional>
#include <string>
#include <vector>

#include "app/verb.h"
#include "pipeline/api/rule_book.h"

namespace postern::app {

// A rule set under the name that people know it by: a file, "the shipped rules", "the active rules".
struct NamedRules {
  std::string name;
  std::string document;
};

core::Result<NamedRules> read_rule_file(const std::string& path);
NamedRules shipped_rule_document();

// Runs the inline tests of each set, together with the shipped rules.
int test_rules(const Output& output, const std::vector<NamedRules>& sets);
// What each set finds in a text, and the text as it would be stored. "-": the text is on standard input.
int try_text(const Output& output, const std::vector<NamedRules>& sets, std::string text, const std::string& kind);
// Over messages in files. Progress on standard error while it takes long.
int replay_files(const Output& output, const NamedRules& left, const std::optional<NamedRules>& right,
                 const std::vector<std::string>& paths);

}  // namespace postern::app
