// rule_document.h: shipped rules with the changes of an operator, and back.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/redaction/rules/rule_document.h"

namespace postern::pipeline {
namespace {

template <class Value>
void assign(Value& into, const std::optional<Value>& value) {
  if (value) into = *value;
}

void apply(RuleSpec& rule, const RuleChange& change) {
  assign(rule.mode, change.mode);
  assign(rule.inboxes, change.inboxes);
  assign(rule.elsewhere, change.elsewhere);
  assign(rule.action, change.action);
  assign(rule.keep_first, change.keep_first);
  assign(rule.keep_last, change.keep_last);
  assign(rule.tags, change.tags);
  assign(rule.on_match, change.on_match);
  assign(rule.applies_to, change.applies_to);
  assign(rule.unless, change.unless);
  // What only keep_ends knows goes with it.
  if (rule.action != RuleAction::kKeepEnds && !change.keep_first && !change.keep_last) rule.keep_first = rule.keep_last = 0;
}

bool weakens(const RuleChange& change) {
  return change.mode || change.inboxes || change.elsewhere || change.action || change.keep_first || change.keep_last || change.applies_to ||
         change.unless;
}

template <class Value>
std::optional<Value> if_other(const Value& now, const Value& wanted) {
  return now == wanted ? std::nullopt : std::optional<Value>(wanted);
}

}  // namespace

MergedRules merged(const std::vector<RuleSpec>& shipped, const RuleDocument& document) {
  MergedRules out{shipped, std::vector<RuleLines>(shipped.size()), {}};
  const auto known = [&out](const std::string& id) {
    return std::find_if(out.rules.begin(), out.rules.end(), [&id](const RuleSpec& rule) { return rule.id == id; });
  };
  for (std::size_t i = 0; i < document.changes.size(); ++i) {
    const RuleChange& change = document.changes[i];
    const std::uint32_t line = document.change_lines[i];
    const auto rule = known(change.id);
    const auto complain = [&](std::string text) { out.problems.push_back({line, change.id, std::move(text)}); };
    if (rule == out.rules.end()) {
      complain(fmt::format("id: no shipped rule is called \"{}\"", change.id));
    } else if (rule->is_locked && weakens(change)) {
      complain(fmt::format("\"{}\" is enforced everywhere as it is; only its tags and on_match can be changed", change.id));
    } else {
      apply(*rule, change);
      out.lines[static_cast<std::size_t>(rule - out.rules.begin())].rule = line;
      if (rule->action != RuleAction::kKeepEnds && (rule->keep_first > 0 || rule->keep_last > 0)) {
        complain("keep_first, keep_last: only with action = \"keep_ends\"");
      }
      if (change.elsewhere && rule->inboxes.empty()) complain(std::string(kElsewhereAlone));
    }
  }
  for (std::size_t i = 0; i < document.rules.size(); ++i) {
    const RuleSpec& rule = document.rules[i];
    const bool is_taken = std::any_of(shipped.begin(), shipped.end(), [&rule](const RuleSpec& one) { return one.id == rule.id; });
    if (is_taken) {
      out.problems.push_back({document.rule_lines[i].rule, rule.id, fmt::format("id: \"{}\" is a shipped rule: write [[change]]", rule.id)});
      continue;
    }
    out.rules.push_back(rule);
    out.lines.push_back(document.rule_lines[i]);
  }
  return out;
}

std::optional<RuleChange> change_between(const RuleSpec& shipped, const RuleSpec& wanted) {
  if (shipped.detector != wanted.detector || shipped.patterns != wanted.patterns || shipped.validator != wanted.validator ||
      shipped.context != wanted.context || shipped.context_within != wanted.context_within || shipped.matches != wanted.matches ||
      shipped.ignores != wanted.ignores) {
    return std::nullopt;
  }
  RuleChange change;
  change.id = shipped.id;
  change.mode = if_other(shipped.mode, wanted.mode);
  change.inboxes = if_other(shipped.inboxes, wanted.inboxes);
  if (!wanted.inboxes.empty()) change.elsewhere = if_other(shipped.elsewhere, wanted.elsewhere);
  change.action = if_other(shipped.action, wanted.action);
  const bool keeps_ends = wanted.action == RuleAction::kKeepEnds;
  if (keeps_ends || shipped.action == wanted.action) {
    change.keep_first = if_other(shipped.keep_first, wanted.keep_first);
    change.keep_last = if_other(shipped.keep_last, wanted.keep_last);
  }
  change.tags = if_other(shipped.tags, wanted.tags);
  change.on_match = if_other(shipped.on_match, wanted.on_match);
  change.applies_to = if_other(shipped.applies_to, wanted.applies_to);
  change.unless = if_other(shipped.unless, wanted.unless);
  return change;
}

}  // namespace postern::pipeline
