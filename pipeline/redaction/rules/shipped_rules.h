#pragma once
// pipeline/redaction/rules/shipped_rules.h: the rules that come with Postern: shipped/*.toml, embedded at build time
// (cmake/EmbedFiles.cmake), parsed and compiled once in a process.
// Thread-safety: any thread. Ownership: lives as long as the program. Errors: the first call throws std::runtime_error
// when they have a problem, which tests exclude.
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/redaction/rules/rule_set.h"

namespace postern::pipeline::shipped {

struct EmbeddedFile {
  std::string_view name;  // of a literal: "cards.toml"
  std::string_view hash;  // of a literal: SHA-256, hex
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
};
// Generated.
std::span<const EmbeddedFile> embedded_files();

}  // namespace postern::pipeline::shipped

namespace postern::pipeline {

struct ShippedRules {
  std::vector<RuleSpec> rules;  // "card" first
  std::shared_ptr<const RuleSet> set;
  std::uint32_t tests_run = 0;
};
const ShippedRules& shipped_rules();

}  // namespace postern::pipeline
