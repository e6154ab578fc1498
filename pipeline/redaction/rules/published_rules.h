#pragma once
// pipeline/redaction/rules/published_rules.h: which rule set each workspace works with now, and the scanner that follows
// for a message or a typed text. Rule sets of equal documents are shared, the shipped ones by the whole process.
// Thread-safety: any thread; a scanner keeps the sets that were published when it was made.
// Ownership: owns the sets. Errors: see RuleBook.
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "pipeline/api/envelope.h"
#include "pipeline/api/rule_book.h"
#include "pipeline/redaction/rules/rule_scanner.h"
#include "pipeline/redaction/rules/rule_trial.h"

namespace postern::pipeline {

class PublishedRules final : public RuleBook {
 public:
  // Throws std::runtime_error when the shipped rules do not compile, which tests exclude.
  // `means`: how trials read messages.
  explicit PublishedRules(TrialMeans means = {});
  ~PublishedRules() override;

  CheckedRules check(std::string_view document, const InboxLookup& inboxes) const override;
  std::vector<RuleProblem> cards_in(std::string_view document) const override;
  core::Result<void> publish(core::WorkspaceId workspace, std::string_view document, const InboxLookup& inboxes) override;
  core::Result<std::unique_ptr<RuleTrial>> trial(std::string_view document) const override;
  core::Result<std::string> with_rule(std::string_view document, const RuleSpec& rule) const override;
  core::Result<std::string> without_rule(std::string_view document, std::string_view id) const override;

  // Recipients without a workspace (scan, redact) get the rules of workspace 0: the shipped ones unless published.
  RuleScanner scanner_for_mail(const Envelope& envelope) const;
  RuleScanner scanner_for_text(const TextPlace& place) const;

 private:
  struct Prepared;   // a document, compiled
  struct Published;  // … and its inboxes
  using PreparedOrProblems = std::pair<std::shared_ptr<const Prepared>, std::vector<RuleProblem>>;

  PreparedOrProblems prepare(std::string_view document) const;
  std::shared_ptr<const Prepared> prepared_before(std::string_view document) const;
  std::shared_ptr<const Published> published_for(core::WorkspaceId workspace) const;
  static std::vector<RuleProblem> resolve(const Prepared& prepared, const InboxLookup& inboxes,
                                          std::vector<std::vector<core::InboxId>>& into);
  static RuleScanner::Layer layer_of(const Published& published, core::WorkspaceId workspace, std::span<const core::InboxId> inboxes);

  std::shared_ptr<const TrialMeans> means_;
  mutable std::mutex mutex_;
  std::map<core::WorkspaceId, std::shared_ptr<const Published>> published_;
  std::shared_ptr<const Published> shipped_;
  mutable std::shared_ptr<const Prepared> last_;  // what is checked is published next
};

}  // namespace postern::pipeline
