#pragma once
// pipeline/api/rule_book.h: port through which rule sets are checked, tried and put to work. Implemented by the redaction
// module; ticketing keeps the documents and their history.
// Thread-safety: any thread. publish() is atomic: a message sees one rule set from first to last pass.
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/api/redaction_rules.h"

namespace postern::pipeline {

// A rule set that is tried out, on its own, without touching what applies to mail.
class RuleTrial {
 public:
  virtual ~RuleTrial() = default;
  virtual const std::vector<RuleSpec>& rules() const = 0;
  virtual TextTrial run_text(std::string_view text, TextKind kind) const = 0;
  // `raw`: a message; every rule that is not off counts, whatever its inboxes.
  virtual std::vector<TrialCount> run_message(std::string_view raw) const = 0;
};

class RuleBook {
 public:
  // Leads from an inbox's address to its id; nullopt: no such inbox.
  using InboxLookup = std::function<std::optional<core::InboxId>(std::string_view address)>;

  virtual ~RuleBook() = default;
  // `document`: TOML of an operator, at most kRuleDocumentBytesMax; empty: the shipped rules alone. Compiles and runs the
  // inline tests of every rule. `inboxes` may be empty: then addresses are not looked up.
  virtual CheckedRules check(std::string_view document, const InboxLookup& inboxes) const = 0;
  // What keeps a document from being stored as it was typed, whatever it says: card numbers in it, in comments too. Test
  // numbers that payment processors publish are none: nobody's card has them, and samples need some.
  virtual std::vector<RuleProblem> cards_in(std::string_view document) const = 0;
  // From now on for the workspace. Errors: core::Errc::kInvalid when check() has problems; nothing changed then.
  virtual core::Result<void> publish(core::WorkspaceId workspace, std::string_view document, const InboxLookup& inboxes) = 0;
  // Errors: core::Errc::kInvalid.
  virtual core::Result<std::unique_ptr<RuleTrial>> trial(std::string_view document) const = 0;
  // A document with one rule of its own replaced, added (no such id) or, for a shipped one, changed. Comments are lost.
  // The outcome may still have problems: check() tells. Errors: core::Errc::kInvalid.
  virtual core::Result<std::string> with_rule(std::string_view document, const RuleSpec& rule) const = 0;
  virtual core::Result<std::string> without_rule(std::string_view document, std::string_view id) const = 0;
};

inline constexpr std::size_t kRuleDocumentBytesMax = 256 * 1024;
inline constexpr std::size_t kRulesMax = 200;  // of one document

}  // namespace postern::pipeline
