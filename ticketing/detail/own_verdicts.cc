#include "ticketing/detail/own_verdicts.h"

#include <algorithm>

namespace postern::ticketing {
namespace {

using pipeline::Redaction;

// Findings that look the same without their rule's name are one.
void hide_foreign(std::vector<Redaction>& findings, const std::vector<std::string>& foreign) {
  std::vector<Redaction> out;
  for (Redaction& one : findings) {
    const bool is_foreign = std::ranges::find(foreign, one.rule) != foreign.end();
    if (is_foreign) {
      one.rule = kForeignRule;
      one.brand.clear();
    }
    const auto same = std::ranges::find_if(out, [&one](const Redaction& other) {
      return other.rule == one.rule && other.brand == one.brand && other.part == one.part && other.where == one.where;
    });
    if (!is_foreign || same == out.end()) out.push_back(std::move(one));
    else same->count += one.count;
  }
  findings = std::move(out);
}

}  // namespace

pipeline::Verdicts own_verdicts(const pipeline::Verdicts& all, core::WorkspaceId workspace) {
  pipeline::Verdicts out = all;
  std::erase_if(out.rule_hits, [workspace](const pipeline::RuleHit& hit) { return hit.workspace != workspace; });
  std::vector<std::string> foreign;
  for (const pipeline::RuleOwners& one : all.rule_owners) {
    if (std::ranges::find(one.workspaces, workspace) == one.workspaces.end()) foreign.push_back(one.rule);
  }
  out.rule_owners.clear();
  hide_foreign(out.redactions, foreign);
  hide_foreign(out.shadow_findings, foreign);
  return out;
}

const pipeline::Verdicts& own_verdicts(const pipeline::Verdicts& all, core::WorkspaceId workspace, pipeline::Verdicts& room) {
  const bool has_foreign_hits = std::ranges::any_of(all.rule_hits, [workspace](const pipeline::RuleHit& hit) { return hit.workspace != workspace; });
  if (all.rule_owners.empty() && !has_foreign_hits) return all;
  return room = own_verdicts(all, workspace);
}

}  // namespace postern::ticketing
