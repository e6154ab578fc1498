#pragma once
// pipeline/api/redaction_rules.h: redaction rules as data, the same in TOML, in the API and in memory, and what a trial
// of them tells. A rule set is the shipped rules, changed and extended by one document of an operator.
// Thread-safety: plain values.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "pipeline/api/message.h"

namespace postern::pipeline {

enum class RuleMode {
  kOff,
  kShadow,   // counted where it matches, changes nothing
  kEnforce,  // rewrites what it matches
};
std::string_view to_string(RuleMode mode);  // "off", "shadow", "enforce"

enum class RuleAction {
  kKeepEnds,  // the first keep_first and last keep_last characters stay, separators too: cards
  kMask,      // every letter and digit of the value is masked, separators stay
  kDrop,      // four mask characters stand for the value, whatever its length
};
std::string_view to_string(RuleAction action);  // "keep_ends", "mask", "drop"

enum class OnMatch { kAccept, kSuspend, kReject };  // of mail; text that people type is only rewritten
std::string_view to_string(OnMatch action);  // "accept", "suspend", "reject"

// Where a text stands. A rule names the kinds it looks at.
enum class TextKind : std::uint8_t { kHeader, kBody, kAttachment, kFilename, kTyped };
std::string_view to_string(TextKind kind);  // "header", "body", "attachment", "filename", "typed"
inline constexpr std::size_t kTextKinds = 5;

struct RuleSpec {
  std::string id;  // [a-z][a-z0-9_]{0,39}, one a set
  std::string description;
  std::string detector = "pattern";      // "pattern", or one in C++: "card", "track", …
  std::vector<std::string> patterns;     // RE2 syntax that Hyperscan takes too; the group (?P<value>…) is the value, else all
  std::string validator;                 // "luhn", "iban", …; empty: the pattern alone decides
  std::vector<std::string> context;      // words, any of which must stand near; empty: none needed
  std::vector<std::string> unless;       // words, none of which may stand near
  std::uint32_t context_within = 64;     // characters on each side
  std::vector<TextKind> applies_to;      // empty: all
  RuleAction action = RuleAction::kMask;
  std::uint32_t keep_first = 0;          // kKeepEnds only
  std::uint32_t keep_last = 0;
  std::vector<std::string> tags;         // put on the ticket where the rule is enforced
  OnMatch on_match = OnMatch::kAccept;
  RuleMode mode = RuleMode::kOff;
  std::vector<std::string> inboxes;      // addresses where `mode` holds; empty: everywhere
  RuleMode elsewhere = RuleMode::kShadow;  // in all other inboxes, and in text that belongs to none
  std::vector<std::string> matches;      // inline tests: each must be found …
  std::vector<std::string> ignores;      // … and none of these
  bool is_shipped = false;
  bool is_locked = false;                // cards: always enforced, everywhere
};

// What is wrong with a document, for people. Line 1 is the first; 0: the whole document.
struct RuleProblem {
  std::uint32_t line = 0;
  std::string rule;  // its id, empty when it has none
  std::string text;
};

struct CheckedRules {
  std::vector<RuleSpec> rules;  // shipped and own, as they would apply; empty when there are problems
  std::vector<RuleProblem> problems;
  std::uint32_t tests_run = 0;
  bool is_good() const { return problems.empty(); }
};

// One finding in a text that an operator gave for a trial: the operator may see it.
struct TrialFinding {
  std::string rule;
  std::string label;  // brand of a card, kind of a key; may be empty
  RuleMode mode = RuleMode::kOff;
  ByteRange range;    // of the given text
};

struct TextTrial {
  std::vector<TrialFinding> findings;
  std::string after;  // the text as it would be stored
};

// Findings of a stored message under a rule set; never the value.
struct TrialCount {
  std::string rule;
  std::string label;
  std::string part;   // as in Redaction
  std::string where;
  std::uint32_t count = 0;
};

}  // namespace postern::pipeline
