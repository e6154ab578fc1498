#include "pipeline/redaction/rules/rule_trial.h"

#include <algorithm>

#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/rules/rule_scanner.h"

namespace postern::pipeline {
namespace {

class Trial final : public RuleTrial {
 public:
  Trial(std::shared_ptr<const RuleSet> set, std::shared_ptr<const TrialMeans> means) : set_(std::move(set)), means_(std::move(means)) {
    for (const RuleSpec& rule : set_->rules()) modes_.push_back(rule.inboxes.empty() ? rule.mode : std::max(rule.mode, rule.elsewhere));
  }

  const std::vector<RuleSpec>& rules() const override { return set_->rules(); }

  TextTrial run_text(std::string_view text, TextKind kind) const override {
    const RuleScanner scanner = this->scanner();
    TextTrial out;
    out.after = std::string(text);
    for (std::uint32_t pass = 0; pass < means_->limits.passes_max; ++pass) {
      const std::vector<Finding> findings = scanner.find(out.after, kind);
      for (const Finding& one : findings) {
        if (pass > 0) break;
        const RuleMode mode = one.is_shadow ? RuleMode::kShadow : RuleMode::kEnforce;
        out.findings.push_back({std::string(one.rule), std::string(one.label), mode, one.span});
      }
      if (!hides_any(findings)) break;
      out.after = mask_findings(out.after, findings, kBlockMask);
    }
    return out;
  }

  std::vector<TrialCount> run_message(std::string_view raw) const override {
    const RuleScanner scanner = this->scanner();
    const std::shared_ptr<const Message> message = Message::copy_of(raw);
    const MimeTree tree = parse_mime(*message, means_->mime_limits);
    const MessageScan scan = scan_message({scanner, means_->limits, means_->mime_limits, means_->options, means_->extractor}, *message, tree, ScanMode::kRewrite);
    std::vector<TrialCount> counts;
    for (const auto* found : {&scan.redactions, &scan.shadow_findings}) {
      for (const Redaction& one : *found) counts.push_back({one.rule, one.brand, one.part, one.where, one.count});
    }
    return counts;
  }

 private:
  RuleScanner scanner() const {
    return RuleScanner({{set_, {}, modes_, std::vector<std::vector<core::InboxId>>(modes_.size())}});
  }
  std::shared_ptr<const RuleSet> set_;
  std::shared_ptr<const TrialMeans> means_;
  std::vector<RuleMode> modes_;
};

}  // namespace

std::unique_ptr<RuleTrial> make_trial(std::shared_ptr<const RuleSet> set, std::shared_ptr<const TrialMeans> means) {
  return std::make_unique<Trial>(std::move(set), std::move(means));
}

}  // namespace postern::pipeline
