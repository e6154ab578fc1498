#pragma once
// pipeline/redaction/rules/rule_document.h: rules as an operator writes them, in TOML (README.md has the form): [[rule]]
// tables are rules of their own, [[change]] tables change what a shipped rule does. All problems are told at once, each
// with its line; nothing of a document with problems is used.
// Thread-safety: pure functions. Limits: RuleDocumentLimits and kRulesMax, kRuleDocumentBytesMax (rule_book.h).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/rule_book.h"
#include "pipeline/redaction/rules/rule_set.h"

namespace postern::pipeline {

struct RuleDocumentLimits {
  std::size_t description_bytes_max = 500;
  std::size_t patterns_max = 64;
  std::size_t pattern_bytes_max = 4000;
  std::size_t words_max = 200;  // of context, of unless
  std::size_t word_bytes_max = 100;
  std::size_t context_within_max = 1000;
  std::size_t keep_max = 64;    // keep_first, keep_last
  std::size_t tags_max = 20;
  std::size_t tag_bytes_max = 80;
  std::size_t inboxes_max = 500;
  std::size_t address_bytes_max = 254;  // RFC 5321 section 4.5.3.1.3
  std::size_t samples_max = 200;        // of matches, of ignores
  std::size_t sample_bytes_max = 8000;
  std::size_t problems_max = 100;       // told of one document; the rest is a sentence
};

// What a document says of a shipped rule; what it leaves out stays.
struct RuleChange {
  std::string id;
  std::optional<RuleMode> mode;
  std::optional<std::vector<std::string>> inboxes;
  std::optional<RuleMode> elsewhere;
  std::optional<RuleAction> action;
  std::optional<std::uint32_t> keep_first;
  std::optional<std::uint32_t> keep_last;
  std::optional<std::vector<std::string>> tags;
  std::optional<OnMatch> on_match;
  std::optional<std::vector<TextKind>> applies_to;
  std::optional<std::vector<std::string>> unless;
  friend bool operator==(const RuleChange&, const RuleChange&) = default;
};

struct RuleDocument {
  std::vector<RuleSpec> rules;
  std::vector<RuleLines> rule_lines;  // one a rule
  std::vector<RuleChange> changes;
  std::vector<std::uint32_t> change_lines;
};

struct ParsedRules {
  RuleDocument document;
  std::vector<RuleProblem> problems;  // in the order of lines
};

// What is wrong with `elsewhere` beside no `inboxes`.
inline constexpr std::string_view kElsewhereAlone = "elsewhere: only beside inboxes; without them the mode holds everywhere";

enum class RuleSource { kOperator, kShipped };  // shipped ones may be locked, and change nothing
ParsedRules parse_rules(std::string_view document, RuleSource source = RuleSource::kOperator, const RuleDocumentLimits& limits = {});

// The same rules and changes as TOML, without what has its default.
std::string render_rules(const RuleDocument& document);

// The shipped rules as the document changes them, then its own; `lines` follow them. Problems: an id that is taken, a
// change of an unknown or locked rule.
struct MergedRules {
  std::vector<RuleSpec> rules;
  std::vector<RuleLines> lines;
  std::vector<RuleProblem> problems;
};
MergedRules merged(const std::vector<RuleSpec>& shipped, const RuleDocument& document);

// What leads from the shipped rule to `wanted`; nullopt where a change cannot lead there: its pattern, its samples.
std::optional<RuleChange> change_between(const RuleSpec& shipped, const RuleSpec& wanted);

}  // namespace postern::pipeline
