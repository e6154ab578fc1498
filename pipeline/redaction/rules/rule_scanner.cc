#include "pipeline/redaction/rules/rule_scanner.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace postern::pipeline {
namespace {

void append(std::vector<ByteRange>& into, const std::vector<ByteRange>& more) {
  into.insert(into.end(), more.begin(), more.end());
  std::sort(into.begin(), into.end(), [](ByteRange a, ByteRange b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

bool is_same_value(const Finding& a, const Finding& b) { return a.span == b.span && a.rule == b.rule && a.label == b.label; }

void merge_same(std::vector<Finding>& findings) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < findings.size(); ++at) {
    if (kept > 0 && is_same_value(findings[kept - 1], findings[at])) {
      Finding& one = findings[kept - 1];
      one.is_shadow = one.is_shadow && findings[at].is_shadow;
      append(one.hidden, findings[at].hidden);
      append(one.dropped, findings[at].dropped);
      continue;
    }
    if (kept != at) findings[kept] = std::move(findings[at]);
    ++kept;
  }
  findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(kept), findings.end());
}

}  // namespace

RuleScanner::RuleScanner(std::vector<Layer> layers) : layers_(std::move(layers)) {
  for (const Layer& layer : layers_) {
    const auto group = std::find_if(groups_.begin(), groups_.end(), [&layer](const Group& one) { return one.set == layer.set; });
    if (group == groups_.end()) {
      groups_.push_back({layer.set, layer.modes, nullptr});
      continue;
    }
    for (std::size_t i = 0; i < layer.modes.size(); ++i) group->modes[i] = std::max(group->modes[i], layer.modes[i]);
  }
  if (groups_.size() < 2) return;
  for (Group& group : groups_) group.has_found = std::make_shared<std::vector<std::atomic<bool>>>(group.set->rules().size());
}

std::vector<Finding> RuleScanner::find(std::string_view text, TextKind kind) const {
  std::vector<Finding> findings;
  for (const Group& group : groups_) {
    const std::size_t first = findings.size();
    group.set->find(text, kind, group.modes, findings);
    if (!group.has_found) continue;
    const std::vector<RuleSpec>& rules = group.set->rules();
    for (std::size_t at = first; at < findings.size(); ++at) {
      if (findings[at].is_shadow) continue;
      const auto rule = std::find_if(rules.begin(), rules.end(), [&](const RuleSpec& one) { return one.id == findings[at].rule; });
      (*group.has_found)[static_cast<std::size_t>(rule - rules.begin())].store(true, std::memory_order_relaxed);
    }
  }
  if (findings.size() < 2) return findings;
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.span.begin, a.span.end, a.rule, a.label, a.is_shadow) < std::tie(b.span.begin, b.span.end, b.rule, b.label, b.is_shadow);
  });
  merge_same(findings);
  return findings;
}

const RuleScanner::Group& RuleScanner::group_of(const Layer& layer) const {
  return *std::find_if(groups_.begin(), groups_.end(), [&layer](const Group& one) { return one.set == layer.set; });
}

std::vector<RuleHit> RuleScanner::hits(const std::vector<Redaction>& found) const {
  std::vector<RuleHit> hits;
  for (const Layer& layer : layers_) {
    const Group& group = group_of(layer);
    for (std::size_t index = 0; index < layer.set->rules().size(); ++index) {
      const RuleSpec& rule = layer.set->rules()[index];
      if (layer.modes[index] != RuleMode::kEnforce || (rule.on_match == OnMatch::kAccept && rule.tags.empty())) continue;
      if (group.has_found && !(*group.has_found)[index].load(std::memory_order_relaxed)) continue;
      const bool has_matched = std::any_of(found.begin(), found.end(), [&rule](const Redaction& one) { return one.rule == rule.id; });
      if (has_matched) hits.push_back({rule.id, layer.workspace, layer.enforced_in[index], rule.on_match, rule.tags});
    }
  }
  return hits;
}

std::vector<RuleOwners> RuleScanner::owners(const std::vector<Redaction>& found, const std::vector<Redaction>& shadow) const {
  std::vector<RuleOwners> out;
  if (layers_.size() < 2) return out;
  std::set<std::string> names;
  for (const auto* list : {&found, &shadow}) {
    for (const Redaction& one : *list) names.insert(one.rule);
  }
  for (const std::string& name : names) {
    RuleOwners one{name, {}};
    for (const Layer& layer : layers_) {
      const auto& rules = layer.set->rules();
      const bool is_own = std::any_of(rules.begin(), rules.end(), [&name](const RuleSpec& rule) { return rule.id == name && !rule.is_shipped; });
      if (is_own) one.workspaces.push_back(layer.workspace);
    }
    if (!one.workspaces.empty()) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace postern::pipeline
