#include "ticketing/rule_difference.h"

#include <map>

namespace postern::ticketing {
namespace {

using pipeline::RuleSpec;

std::string cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  return std::string(text.substr(0, bytes_max)) + "…";
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& one : list) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string joined(const std::vector<pipeline::TextKind>& list) {
  std::string out;
  for (const pipeline::TextKind one : list) {
    if (!out.empty()) out += ", ";
    out += to_string(one);
  }
  return out;
}

using Fields = std::vector<std::pair<std::string_view, std::string>>;

Fields fields_of(const RuleSpec& rule) {
  return {{"description", rule.description},
          {"detector", rule.detector},
          {"patterns", joined(rule.patterns)},
          {"validator", rule.validator},
          {"context", joined(rule.context)},
          {"unless", joined(rule.unless)},
          {"context_within", std::to_string(rule.context_within)},
          {"applies_to", joined(rule.applies_to)},
          {"action", std::string(to_string(rule.action))},
          {"keep_first", std::to_string(rule.keep_first)},
          {"keep_last", std::to_string(rule.keep_last)},
          {"tags", joined(rule.tags)},
          {"on_match", std::string(to_string(rule.on_match))},
          {"mode", std::string(to_string(rule.mode))},
          {"inboxes", joined(rule.inboxes)},
          {"elsewhere", std::string(to_string(rule.elsewhere))},
          {"matches", joined(rule.matches)},
          {"ignores", joined(rule.ignores)}};
}

bool is_sample(std::string_view field) { return field == "matches" || field == "ignores"; }

}  // namespace

std::vector<RuleDifference> compare_rules(const std::vector<RuleSpec>& before, const std::vector<RuleSpec>& after,
                                          std::size_t differences_max, std::size_t bytes_max) {
  std::map<std::string, std::pair<const RuleSpec*, const RuleSpec*>> by_id;
  for (const RuleSpec& rule : before) by_id[rule.id].first = &rule;
  for (const RuleSpec& rule : after) by_id[rule.id].second = &rule;
  std::vector<RuleDifference> out;
  for (const auto& [id, sides] : by_id) {
    const auto [old_rule, new_rule] = sides;
    if (out.size() >= differences_max) break;
    if (old_rule == nullptr) {
      out.push_back({id, "added", {}, {}, std::string(to_string(new_rule->mode))});
      continue;
    }
    if (new_rule == nullptr) {
      out.push_back({id, "removed", {}, std::string(to_string(old_rule->mode)), {}});
      continue;
    }
    const Fields old_fields = fields_of(*old_rule);
    const Fields new_fields = fields_of(*new_rule);
    for (std::size_t i = 0; i < old_fields.size() && out.size() < differences_max; ++i) {
      if (old_fields[i].second == new_fields[i].second) continue;
      out.push_back({id, "changed", std::string(old_fields[i].first), cut(old_fields[i].second, bytes_max), cut(new_fields[i].second, bytes_max)});
    }
  }
  return out;
}

std::string audit_text(const std::vector<RuleDifference>& differences, std::size_t bytes_max) {
  constexpr std::size_t kSideBytesMax = 200;
  std::string out;
  for (const RuleDifference& one : differences) {
    if (out.size() > bytes_max) break;
    if (!out.empty()) out += "; ";
    out += one.rule + ": ";
    if (one.change != "changed") {
      out += one.change + " (" + (one.change == "added" ? one.after : one.before) + ")";
    } else if (is_sample(one.field)) {
      out += one.field + " changed";
    } else {
      out += one.field + " " + cut(one.before, kSideBytesMax) + " -> " + cut(one.after, kSideBytesMax);
    }
  }
  return cut(out, bytes_max);
}

}  // namespace postern::ticketing
