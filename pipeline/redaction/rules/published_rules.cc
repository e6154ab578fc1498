#include "pipeline/redaction/rules/published_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "core/errc.h"
#include "pipeline/redaction/rules/document_cards.h"
#include "pipeline/redaction/rules/rule_document.h"
#include "pipeline/redaction/rules/shipped_rules.h"

namespace postern::pipeline {

struct PublishedRules::Prepared {
  std::string document;
  std::shared_ptr<const RuleSet> set;
  std::vector<RuleLines> lines;  // one a rule
  std::uint32_t tests_run = 0;
};

struct PublishedRules::Published {
  std::shared_ptr<const Prepared> prepared;
  std::vector<std::vector<core::InboxId>> inboxes;  // by rule: where its mode holds, for rules that name inboxes
};

namespace {

std::string sentence(const RuleProblem& problem) {
  std::string out = problem.line == 0 ? "" : fmt::format("line {}: ", problem.line);
  if (!problem.rule.empty()) out += problem.rule + ": ";
  return without_cards(out + problem.text);
}

void sort_by_line(std::vector<RuleProblem>& problems) {
  std::sort(problems.begin(), problems.end(), [](const RuleProblem& a, const RuleProblem& b) {
    return a.line != b.line ? a.line < b.line : a.text < b.text;
  });
}

// A document with problems still has rules that are whole: what is wrong with those is told too.
void add_problems_of_whole_rules(const MergedRules& all, std::vector<RuleProblem>& problems) {
  std::set<std::string> broken;
  for (const RuleProblem& problem : problems) broken.insert(problem.rule);
  std::vector<RuleSpec> rules;
  std::vector<RuleLines> lines;
  for (std::size_t i = 0; i < all.rules.size(); ++i) {
    if (all.lines[i].rule == 0 || broken.contains(all.rules[i].id)) continue;
    // A rule whose id is none has a problem under no name.
    const bool is_named = std::none_of(problems.begin(), problems.end(), [&](const RuleProblem& one) { return one.rule.empty() && one.line == all.lines[i].rule; });
    if (!is_named) continue;
    rules.push_back(all.rules[i]);
    lines.push_back(all.lines[i]);
  }
  RuleSet::Compiled compiled = RuleSet::compile(std::move(rules), lines);
  problems.insert(problems.end(), compiled.problems.begin(), compiled.problems.end());
}

}  // namespace

PublishedRules::PublishedRules(TrialMeans means) : means_(std::make_shared<const TrialMeans>(std::move(means))) {
  const ShippedRules& rules = shipped_rules();
  const Prepared prepared{"", rules.set, std::vector<RuleLines>(rules.rules.size()), rules.tests_run};
  shipped_ = std::make_shared<const Published>(
      Published{std::make_shared<const Prepared>(prepared), std::vector<std::vector<core::InboxId>>(rules.rules.size())});
}
PublishedRules::~PublishedRules() = default;

std::shared_ptr<const PublishedRules::Prepared> PublishedRules::prepared_before(std::string_view document) const {
  const std::lock_guard lock(mutex_);
  if (document.empty()) return shipped_->prepared;
  if (last_ && last_->document == document) return last_;
  for (const auto& [workspace, published] : published_) {
    if (published->prepared->document == document) return published->prepared;
  }
  return nullptr;
}

PublishedRules::PreparedOrProblems PublishedRules::prepare(std::string_view document) const {
  if (auto known = prepared_before(document)) return {std::move(known), {}};
  ParsedRules parsed = parse_rules(document);
  MergedRules all = merged(shipped_rules().rules, parsed.document);
  std::vector<RuleProblem> problems = std::move(parsed.problems);
  problems.insert(problems.end(), all.problems.begin(), all.problems.end());
  if (!problems.empty()) {
    add_problems_of_whole_rules(all, problems);
    sort_by_line(problems);
    return {nullptr, std::move(problems)};
  }
  RuleSet::Compiled compiled = RuleSet::compile(std::move(all.rules), all.lines, shipped_rules().set.get());
  if (!compiled.problems.empty()) {
    sort_by_line(compiled.problems);
    return {nullptr, std::move(compiled.problems)};
  }
  auto prepared = std::make_shared<const Prepared>(Prepared{std::string(document), std::move(compiled.set), std::move(all.lines), compiled.tests_run});
  const std::lock_guard lock(mutex_);
  last_ = prepared;
  return {std::move(prepared), {}};
}

std::vector<RuleProblem> PublishedRules::resolve(const Prepared& prepared, const InboxLookup& inboxes,
                                                 std::vector<std::vector<core::InboxId>>& into) {
  std::vector<RuleProblem> problems;
  const std::vector<RuleSpec>& rules = prepared.set->rules();
  into.resize(rules.size());
  for (std::size_t i = 0; i < rules.size() && inboxes; ++i) {
    for (const std::string& address : rules[i].inboxes) {
      const std::optional<core::InboxId> inbox = inboxes(core::to_lower_ascii(address));
      if (inbox) {
        into[i].push_back(*inbox);
      } else {
        problems.push_back({prepared.lines[i].rule, rules[i].id, fmt::format("inboxes: there is no inbox {}", address)});
      }
    }
  }
  sort_by_line(problems);
  return problems;
}

CheckedRules PublishedRules::check(std::string_view document, const InboxLookup& inboxes) const {
  CheckedRules out;
  auto [prepared, problems] = prepare(document);
  out.problems = std::move(problems);
  if (prepared) {
    std::vector<std::vector<core::InboxId>> ignored;
    out.problems = resolve(*prepared, inboxes, ignored);
    out.tests_run = prepared->tests_run;
    if (out.problems.empty()) out.rules = prepared->set->rules();
  }
  for (RuleProblem& one : out.problems) {
    one.rule = without_cards(one.rule);
    one.text = without_cards(one.text);
  }
  return out;
}

std::vector<RuleProblem> PublishedRules::cards_in(std::string_view document) const { return cards_in_document(document); }

core::Result<void> PublishedRules::publish(core::WorkspaceId workspace, std::string_view document, const InboxLookup& inboxes) {
  auto [prepared, problems] = prepare(document);
  if (!prepared) return core::fail(core::Errc::kInvalid, sentence(problems.front()));
  Published published{prepared, {}};
  problems = resolve(*prepared, inboxes, published.inboxes);
  if (!problems.empty()) return core::fail(core::Errc::kInvalid, sentence(problems.front()));
  auto shared = std::make_shared<const Published>(std::move(published));
  const std::lock_guard lock(mutex_);
  published_[workspace] = std::move(shared);
  return {};
}

core::Result<std::unique_ptr<RuleTrial>> PublishedRules::trial(std::string_view document) const {
  auto [prepared, problems] = prepare(document);
  if (!prepared) return core::fail(core::Errc::kInvalid, sentence(problems.front()));
  return make_trial(prepared->set, means_);
}

core::Result<std::string> PublishedRules::with_rule(std::string_view document, const RuleSpec& rule) const {
  ParsedRules parsed = parse_rules(document);
  if (!parsed.problems.empty()) return core::fail(core::Errc::kInvalid, sentence(parsed.problems.front()));
  const std::vector<RuleSpec>& shipped = shipped_rules().rules;
  const auto known = std::find_if(shipped.begin(), shipped.end(), [&rule](const RuleSpec& one) { return one.id == rule.id; });
  RuleDocument& into = parsed.document;
  if (known == shipped.end()) {
    const auto place = std::find_if(into.rules.begin(), into.rules.end(), [&rule](const RuleSpec& one) { return one.id == rule.id; });
    if (place == into.rules.end()) {
      into.rules.push_back(rule);
    } else {
      *place = rule;
    }
  } else {
    std::optional<RuleChange> change = change_between(*known, rule);
    if (!change) return core::fail(core::Errc::kInvalid, "what a shipped rule finds cannot be changed; write a rule of your own");
    std::erase_if(into.changes, [&rule](const RuleChange& one) { return one.id == rule.id; });
    RuleChange nothing;
    nothing.id = rule.id;
    if (*change != nothing) into.changes.push_back(std::move(*change));
  }
  return render_rules(into);
}

core::Result<std::string> PublishedRules::without_rule(std::string_view document, std::string_view id) const {
  ParsedRules parsed = parse_rules(document);
  if (!parsed.problems.empty()) return core::fail(core::Errc::kInvalid, sentence(parsed.problems.front()));
  RuleDocument& from = parsed.document;
  const std::size_t gone = std::erase_if(from.rules, [id](const RuleSpec& one) { return one.id == id; }) +
                           std::erase_if(from.changes, [id](const RuleChange& one) { return one.id == id; });
  if (gone == 0) return core::fail(core::Errc::kInvalid, fmt::format("the document says nothing of \"{}\"", id));
  return render_rules(from);
}

std::shared_ptr<const PublishedRules::Published> PublishedRules::published_for(core::WorkspaceId workspace) const {
  const std::lock_guard lock(mutex_);
  const auto found = published_.find(workspace);
  return found == published_.end() ? shipped_ : found->second;
}

RuleScanner::Layer PublishedRules::layer_of(const Published& published, core::WorkspaceId workspace, std::span<const core::InboxId> inboxes) {
  const std::vector<RuleSpec>& rules = published.prepared->set->rules();
  RuleScanner::Layer layer{published.prepared->set, workspace, {}, {}};
  layer.modes.reserve(rules.size());
  layer.enforced_in.resize(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const RuleSpec& rule = rules[i];
    const std::vector<core::InboxId>& named = published.inboxes[i];
    const auto mode_in = [&](core::InboxId inbox) {
      if (rule.is_locked) return RuleMode::kEnforce;
      const bool holds = rule.inboxes.empty() || std::find(named.begin(), named.end(), inbox) != named.end();
      return holds ? rule.mode : rule.elsewhere;
    };
    RuleMode mode = inboxes.empty() ? mode_in({}) : RuleMode::kOff;
    for (core::InboxId inbox : inboxes) {
      const RuleMode here = mode_in(inbox);
      mode = std::max(mode, here);
      if (here == RuleMode::kEnforce) layer.enforced_in[i].push_back(inbox);
    }
    layer.modes.push_back(mode);
  }
  return layer;
}

RuleScanner PublishedRules::scanner_for_mail(const Envelope& envelope) const {
  std::map<core::WorkspaceId, std::vector<core::InboxId>> inboxes;
  for (const Recipient& rcpt : envelope.rcpts) {
    std::vector<core::InboxId>& of_workspace = inboxes[rcpt.workspace];
    if (std::find(of_workspace.begin(), of_workspace.end(), rcpt.inbox) == of_workspace.end()) of_workspace.push_back(rcpt.inbox);
  }
  if (inboxes.empty()) inboxes[{}] = {};
  std::vector<RuleScanner::Layer> layers;
  for (const auto& [workspace, of_workspace] : inboxes) layers.push_back(layer_of(*published_for(workspace), workspace, of_workspace));
  return RuleScanner(std::move(layers));
}

RuleScanner PublishedRules::scanner_for_text(const TextPlace& place) const {
  const std::span<const core::InboxId> inbox(&place.inbox, place.inbox ? 1 : 0);
  std::vector<RuleScanner::Layer> layers;
  layers.push_back(layer_of(*published_for(place.workspace), place.workspace, inbox));
  return RuleScanner(std::move(layers));
}

}  // namespace postern::pipeline
