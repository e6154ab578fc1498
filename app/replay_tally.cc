#include "app/replay_tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include "app/text_table.h"

namespace postern::app {
namespace {

std::uint64_t count_of(const JsonObject& row, std::string_view key) { return row.at(key).to_number<std::uint64_t>(); }

bool has_found_nothing(const JsonObject& row) {
  if (!row.contains("left")) return count_of(row, "findings") == 0;
  return count_of(row.at("left").as_object(), "findings") == 0 && count_of(row.at("right").as_object(), "findings") == 0;
}

std::string rate_text(const JsonObject& side) { return fmt::format("{:.1f}", side.at("per_100000").to_number<double>()); }

std::string places_text(const JsonObject& side) {
  std::string out;
  for (const Json& place : side.at("places").as_array()) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", std::string_view(place.at("where").as_string()),
                       place.at("count").to_number<std::uint64_t>());
  }
  return out;
}

}  // namespace

void ReplayTally::expect(const std::vector<pipeline::RuleSpec>& rules) {
  for (const pipeline::RuleSpec& rule : rules) {
    if (rule.mode != pipeline::RuleMode::kOff) rules_[rule.id];
  }
}

void ReplayTally::add(const std::vector<pipeline::TrialCount>& left, const std::vector<pipeline::TrialCount>* right) {
  ++messages_;
  is_compared_ = is_compared_ || right != nullptr;
  const auto count = [this](const std::vector<pipeline::TrialCount>& found, Side Rule::*side) {
    std::set<std::string> names;
    for (const pipeline::TrialCount& one : found) {
      Side& into = rules_[one.rule].*side;
      into.findings += one.count;
      const bool has_room = into.places.contains(one.where) || into.places.size() < kPlacesMax;
      into.places[has_room ? one.where : "other"] += one.count;
      if (names.insert(one.rule).second) ++into.messages;
    }
    return names;
  };
  const std::set<std::string> on_left = count(left, &Rule::left);
  if (right == nullptr) return;
  const std::set<std::string> on_right = count(*right, &Rule::right);
  for (const auto& rule : on_left) rules_[rule].only_left += on_right.contains(rule) ? 0 : 1;
  for (const auto& rule : on_right) rules_[rule].only_right += on_left.contains(rule) ? 0 : 1;
}

JsonObject ReplayTally::side_json(const Side& side) const {
  std::vector<std::pair<std::string, std::uint64_t>> order(side.places.begin(), side.places.end());
  std::ranges::sort(order, [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  JsonArray places;
  for (const auto& [where, count] : order) places.emplace_back(JsonObject{{"where", where}, {"count", count}});
  const double rate = messages_ == 0 ? 0 : static_cast<double>(side.messages) * kRateOf / static_cast<double>(messages_);
  return {{"messages", side.messages}, {"findings", side.findings}, {"per_100000", rate}, {"places", std::move(places)}};
}

JsonObject ReplayTally::json() const {
  JsonArray rows;
  for (const auto& [name, rule] : rules_) {
    JsonObject row;
    if (is_compared_) {
      row = {{"left", side_json(rule.left)}, {"right", side_json(rule.right)},
             {"only_left", rule.only_left}, {"only_right", rule.only_right}};
    } else {
      row = side_json(rule.left);
    }
    row["rule"] = name;
    rows.emplace_back(std::move(row));
  }
  return {{"messages", messages_}, {"rules", std::move(rows)}};
}

std::vector<std::string> replay_lines(const JsonObject& replay) {
  const JsonArray& rows = replay.at("rules").as_array();
  const std::uint64_t messages = count_of(replay, "messages");
  std::vector<std::string> lines{fmt::format("{} message{}", messages, messages == 1 ? "" : "s")};
  if (rows.empty()) {
    lines.push_back("no rule found anything");
    return lines;
  }
  const bool is_compared = rows.front().as_object().contains("left");
  TextTable table;
  if (is_compared) {
    table.push_back({"rule", "left", "right", "only left", "only right", "left per 100,000", "right per 100,000", "places (right)"});
  } else {
    table.push_back({"rule", "messages", "findings", "per 100,000", "places"});
  }
  std::size_t silent = 0;
  for (const Json& one : rows) {
    const JsonObject& row = one.as_object();
    if (has_found_nothing(row)) {
      ++silent;
      continue;
    }
    const std::string name(row.at("rule").as_string());
    if (is_compared) {
      const JsonObject& left = row.at("left").as_object();
      const JsonObject& right = row.at("right").as_object();
      table.push_back({name, std::to_string(count_of(left, "messages")), std::to_string(count_of(right, "messages")),
                       std::to_string(count_of(row, "only_left")), std::to_string(count_of(row, "only_right")), rate_text(left),
                       rate_text(right), places_text(right)});
    } else {
      table.push_back({name, std::to_string(count_of(row, "messages")), std::to_string(count_of(row, "findings")), rate_text(row),
                       places_text(row)});
    }
  }
  if (table.size() > 1) {
    for (std::string& line : table_lines(table)) lines.push_back(std::move(line));
  }
  if (silent > 0) lines.push_back(fmt::format("{} rule{} found nothing", silent, silent == 1 ? "" : "s"));
  return lines;
}

}  // namespace postern::app
