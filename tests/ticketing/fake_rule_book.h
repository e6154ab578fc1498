#pragma once
// tests/ticketing/fake_rule_book.h: a rule book whose documents are lines "id mode word [inbox]": the rule finds the word.
// Shipped: "card enforce CARD", locked, and "iban shadow IBAN". A rule called "bad" is a problem, and so is an unknown inbox.
// It remembers what was published. Lines that begin with "#" are comments.
#include <map>
#include <mutex>
#include <sstream>

#include "core/errc.h"
#include "pipeline/api/rule_book.h"

namespace postern::test {

class FakeTrial final : public pipeline::RuleTrial {
 public:
  explicit FakeTrial(std::vector<pipeline::RuleSpec> rules) : rules_(std::move(rules)) {}
  const std::vector<pipeline::RuleSpec>& rules() const override { return rules_; }

  pipeline::TextTrial run_text(std::string_view text, pipeline::TextKind /*kind*/) const override {
    pipeline::TextTrial out;
    out.after = text;
    for (const pipeline::RuleSpec& rule : rules_) {
      const std::string& word = rule.patterns.at(0);
      const auto at = text.find(word);
      if (rule.mode == pipeline::RuleMode::kOff || at == std::string_view::npos) continue;
      out.findings.push_back({rule.id, "", rule.mode, {at, at + word.size()}});
      if (rule.mode == pipeline::RuleMode::kEnforce) out.after.replace(at, word.size(), std::string(word.size(), '*'));
    }
    return out;
  }

  std::vector<pipeline::TrialCount> run_message(std::string_view raw) const override {
    if (raw.find("EXPLODE") != std::string_view::npos) throw std::runtime_error("scan");
    std::vector<pipeline::TrialCount> out;
    for (const pipeline::RuleSpec& rule : rules_) {
      const std::string& word = rule.patterns.at(0);
      std::uint32_t count = 0;
      for (auto at = raw.find(word); at != std::string_view::npos; at = raw.find(word, at + 1)) ++count;
      if (rule.mode != pipeline::RuleMode::kOff && count > 0) out.push_back({rule.id, "", "1", "text/plain", count});
    }
    return out;
  }

 private:
  std::vector<pipeline::RuleSpec> rules_;
};

class FakeRuleBook final : public pipeline::RuleBook {
 public:
  std::string refused = "bad";  // the id of a rule that is a problem too

  pipeline::CheckedRules check(std::string_view document, const InboxLookup& inboxes) const override {
    pipeline::CheckedRules out;
    out.rules = {rule("card", pipeline::RuleMode::kEnforce, "CARD"), rule("iban", pipeline::RuleMode::kShadow, "IBAN")};
    out.rules[0].is_locked = true;
    for (pipeline::RuleSpec& one : out.rules) one.is_shipped = true;
    std::istringstream lines{std::string(document)};
    std::uint32_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line.starts_with('#')) continue;
      std::istringstream words(line);
      std::string id, mode, word, inbox;
      words >> id >> mode >> word >> inbox;
      if (id == "bad" || id == refused) out.problems.push_back({number, id, "this rule is bad"});
      if (!inbox.empty() && inboxes && !inboxes(inbox)) out.problems.push_back({number, id, "no such inbox: " + inbox});
      pipeline::RuleSpec spec = rule(id, parse(mode), word);
      if (!inbox.empty()) spec.inboxes = {inbox};
      const auto same = std::find_if(out.rules.begin(), out.rules.end(), [&id](const auto& one) { return one.id == id; });
      if (same == out.rules.end()) out.rules.push_back(std::move(spec));
      else spec.is_shipped = same->is_shipped, *same = std::move(spec);
    }
    if (!out.problems.empty()) out.rules.clear();
    return out;
  }

  // The word "PAN" stands for a card number.
  std::vector<pipeline::RuleProblem> cards_in(std::string_view document) const override {
    if (document.find("PAN") == std::string_view::npos) return {};
    return {{1, "", "a card number"}};
  }

  core::Result<void> publish(core::WorkspaceId workspace, std::string_view document, const InboxLookup& inboxes) override {
    if (!check(document, inboxes).is_good()) return core::fail(core::Errc::kInvalid, "problems");
    const std::lock_guard lock(mutex_);
    published_[workspace] = document;
    return {};
  }

  core::Result<std::unique_ptr<pipeline::RuleTrial>> trial(std::string_view document) const override {
    pipeline::CheckedRules checked = check(document, {});
    if (!checked.is_good()) return core::fail(core::Errc::kInvalid, checked.problems.front().text);
    return std::unique_ptr<pipeline::RuleTrial>(std::make_unique<FakeTrial>(std::move(checked.rules)));
  }

  core::Result<std::string> with_rule(std::string_view document, const pipeline::RuleSpec& added) const override {
    const auto without = drop(document, added.id);
    std::string line = added.id + " " + std::string(to_string(added.mode)) + " " + (added.patterns.empty() ? "X" : added.patterns[0]);
    if (!added.inboxes.empty()) line += " " + added.inboxes[0];
    return without.first + line + "\n";
  }

  core::Result<std::string> without_rule(std::string_view document, std::string_view id) const override {
    auto without = drop(document, id);
    if (!without.second) return core::fail(core::Errc::kInvalid, "the document has no such rule");
    return std::move(without.first);
  }

  std::string published(core::WorkspaceId workspace) const {
    const std::lock_guard lock(mutex_);
    const auto found = published_.find(workspace);
    return found == published_.end() ? "nothing" : found->second;
  }

 private:
  static pipeline::RuleMode parse(const std::string& word) {
    return word == "enforce" ? pipeline::RuleMode::kEnforce : word == "shadow" ? pipeline::RuleMode::kShadow : pipeline::RuleMode::kOff;
  }
  static pipeline::RuleSpec rule(std::string id, pipeline::RuleMode mode, std::string word) {
    pipeline::RuleSpec out;
    out.id = std::move(id);
    out.mode = mode;
    out.patterns = {std::move(word)};
    out.matches = {"a sample of " + out.patterns[0]};
    return out;
  }
  // The document without the rule's line; whether it had one.
  static std::pair<std::string, bool> drop(std::string_view document, std::string_view id) {
    std::pair<std::string, bool> out;
    std::istringstream lines{std::string(document)};
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(std::string(id) + " ")) out.second = true;
      else out.first += line + "\n";
    }
    return out;
  }

  mutable std::mutex mutex_;
  std::map<core::WorkspaceId, std::string> published_;
};

}  // namespace postern::test
