#include "app/verbs/rules_stored.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "app/operator_commands.h"
#include "app/replay_tally.h"
#include "app/rule_text.h"
#include "app/text_table.h"
#include "app/verdict_text.h"

namespace postern::app {
namespace {

std::string text(const Json& row, std::string_view key) { return std::string(row.as_object().at(key).as_string()); }

std::string number(const Json& row, std::string_view key) {
  const Json& value = row.as_object().at(key);
  return value.is_null() ? "-" : std::to_string(value.to_number<std::uint64_t>());
}

std::vector<std::string> history_lines(const Json& answer) {
  TextTable table{{"version", "", "made", "by", "on top of", "note"}};
  for (const Json& one : answer.at("versions").as_array()) {
    const std::string by = one.at("author_name").is_null() ? "operator" : text(one, "author_name");
    table.push_back({number(one, "version"), one.at("is_active").as_bool() ? "active" : "", text(one, "created_at"), by, number(one, "based_on"),
                     text(one, "note")});
  }
  std::vector<std::string> lines = table_lines(table);
  if (answer.at("active").to_number<std::uint64_t>() == 0) lines.emplace_back("the shipped rules alone are in force (version 0)");
  if (!answer.at("before").is_null()) lines.push_back(fmt::format("rollback leads to version {}", number(answer, "before")));
  return lines;
}

std::vector<std::string> difference_lines(const Json& answer) {
  TextTable table;
  for (const Json& one : answer.at("differences").as_array()) {
    const std::string change = text(one, "change");
    if (change == "changed") {
      table.push_back({text(one, "rule"), text(one, "field"), fmt::format("{} -> {}", text(one, "before"), text(one, "after"))});
    } else {
      table.push_back({text(one, "rule"), change, fmt::format("({})", change == "added" ? text(one, "after") : text(one, "before"))});
    }
  }
  return table.empty() ? std::vector<std::string>{"no difference"} : table_lines(table);
}

std::string places_text(const Json& rule) {
  constexpr std::size_t kPlacesShown = 6;
  std::string out;
  std::size_t shown = 0;
  for (const Json& place : rule.at("places").as_array()) {
    if (++shown > kPlacesShown) return out + ", …";
    out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", text(place, "where"), number(place, "findings"),
                       place.at("is_shadow").as_bool() ? " (shadow)" : "");
  }
  return out;
}

std::vector<std::string> stats_lines(const Json& answer) {
  std::vector<std::string> lines{fmt::format("{} messages in {} days", number(answer, "messages"), number(answer, "days"))};
  TextTable table{{"rule", "enforced", "shadow", "per 100,000", "called wrong", "places"}};
  for (const Json& one : answer.at("rules").as_array()) {
    const Json& enforced = one.at("enforced");
    const Json& shadow = one.at("shadow");
    const double rate = enforced.at("per_100000").to_number<double>() + shadow.at("per_100000").to_number<double>();
    table.push_back({text(one, "rule"), number(enforced, "messages"), number(shadow, "messages"), fmt::format("{:.1f}", rate),
                     number(one, "false_positives"), places_text(one)});
  }
  if (table.size() == 1) lines.emplace_back("no rule found anything");
  if (table.size() > 1) {
    for (std::string& line : table_lines(table)) lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> feedback_lines(const Json& answer) {
  TextTable table{{"marked", "by", "rule", "ticket", "comment", "part", "where"}};
  for (const Json& one : answer.at("feedback").as_array()) {
    const std::string by = one.at("author_name").is_null() ? "operator" : text(one, "author_name");
    const std::string rule = text(one, "rule") + (one.at("is_shadow").as_bool() ? " (shadow)" : "");
    table.push_back({text(one, "marked_at"), by, rule, number(one, "ticket"), number(one, "comment"), text(one, "part"), text(one, "where")});
  }
  return table.size() == 1 ? std::vector<std::string>{"no redaction is called wrong"} : table_lines(table);
}

std::vector<std::string> problem_lines(const Json& answer, const std::string& file) {
  std::vector<std::string> lines;
  for (const Json& one : answer.at("problems").as_array()) {
    const pipeline::RuleProblem problem{one.at("line").to_number<std::uint32_t>(), text(one, "rule"), text(one, "problem")};
    lines.push_back(problem_line(problem, file));
  }
  return lines;
}

std::string right_side(const StoredReplay& what, const Json& answer) {
  if (what.against) return what.against->name;
  return what.is_against_shipped ? shipped_rule_document().name : fmt::format("the active rules (version {})", number(answer, "active_version"));
}

}  // namespace

std::vector<std::string> stored_lines(const std::string& action, const Json& answer) {
  if (action == "history") return history_lines(answer);
  if (action == "difference") return difference_lines(answer);
  if (action == "stats") return stats_lines(answer);
  if (action == "feedback") return feedback_lines(answer);
  return change_lines(answer, "rules", false);
}

std::vector<std::string> change_lines(const Json& answer, const std::string& file, bool is_dry_run) {
  std::vector<std::string> lines = problem_lines(answer, file);
  if (!lines.empty()) {
    lines.emplace_back("nothing was changed");
    return lines;
  }
  if (answer.at("is_unchanged").as_bool()) return {fmt::format("no change: the rules are those of version {}, which stays active", number(answer, "version"))};
  const bool is_in_the_way = !answer.at("in_the_way").is_null();
  const std::string active = is_in_the_way ? number(answer, "in_the_way") : "";
  if (is_in_the_way) {
    lines.push_back(fmt::format("version {} is active, and {} does not say that it was made on top of it. It would change:", active, file));
  }
  for (std::string& line : difference_lines(answer)) lines.push_back("  " + line);
  for (const Json& one : answer.at("warnings").as_array()) lines.push_back("warning: " + for_terminal(one.as_string()));
  if (is_in_the_way) {
    lines.push_back(fmt::format("nothing was changed; if that is what you want: --on-top-of {}. Or begin with postern rules document", active));
  } else {
    lines.push_back(is_dry_run ? "nothing was changed" : fmt::format("version {} is active", number(answer, "version")));
  }
  return lines;
}

int replay_stored(const Output& output, const std::string& config, const NamedRules& rules, const StoredReplay& what) {
  JsonObject request{{"command", "rules.replay"}, {"workspace", what.workspace}, {"document", rules.document}, {"days", what.days}, {"max", what.messages_max}};
  if (what.against) request["against"] = what.against->document;
  if (what.is_against_shipped) request["is_against_shipped"] = true;
  auto got = run_from_command_line(config, Json(std::move(request)));
  while (got && got->as_object().contains("state") && text(*got, "state") == "running") {
    std::fputs(fmt::format("{} of {} messages …\n", number(*got, "messages"), number(*got, "messages_found")).c_str(), stderr);
    const std::string id = text(*got, "id");
    got = run_from_command_line(config, Json(JsonObject{{"command", "rules.replay_status"}, {"workspace", what.workspace}, {"id", id}}));
  }
  if (!got) return output.problem(got.error());
  JsonObject& answer = got->as_object();
  const bool is_of_against = what.against && answer.contains("are_of_against") && answer["are_of_against"].as_bool();
  const std::vector<std::string> problems = problem_lines(*got, is_of_against ? what.against->name : rules.name);
  if (problems.empty()) {
    answer["left"] = rules.name;
    answer["right"] = right_side(what, *got);
  }
  if (output.as_json()) {
    output.json(*got);
    return problems.empty() ? kExitOk : kExitProblem;
  }
  for (const std::string& line : problems) output.line(line);
  if (!problems.empty()) return kExitProblem;
  output.line(fmt::format("left: {}; right: {}", text(*got, "left"), text(*got, "right")));
  for (const std::string& line : replay_lines(answer)) output.line(line);
  if (const std::string why = text(*got, "cut_short_by"); !why.empty()) output.line("not all of it was read: the limit of " + why);
  if (number(*got, "messages_failed") != "0") output.line(number(*got, "messages_failed") + " messages could not be read");
  return kExitOk;
}

}  // namespace postern::app
