#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/conditions/words.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

using Value = ConditionValue;
using Op = ConditionOperator;

constexpr std::uint64_t kMsPerHour = 3'600'000;
constexpr std::uint64_t kHoursMax = 24ULL * 366 * 10;

std::string operators_text(std::uint32_t operators) {
  std::vector<std::string_view> words;
  for (unsigned bit = 0; bit < 32; ++bit) {
    if ((operators & (1U << bit)) != 0) words.push_back(to_string(static_cast<Op>(bit)));
  }
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += std::string(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + "'" + std::string(words[i]) + "'";
  }
  return out;
}

std::string words_text(Value value) {
  std::string out;
  for (const std::string_view word : condition_words(value)) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return out;
}

// "24", "0.5": in milliseconds. At most three digits behind the point.
std::optional<std::uint64_t> parse_hours(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = parse_whole(text.substr(0, point));
  if (!whole || *whole > kHoursMax) return {};
  if (point == std::string_view::npos) return *whole * kMsPerHour;
  std::string digits(text.substr(point + 1));
  if (digits.empty() || digits.size() > 3) return {};
  digits.resize(3, '0');
  const auto thousandths = parse_whole(digits);
  if (!thousandths) return {};
  return *whole * kMsPerHour + *thousandths * (kMsPerHour / 1000);
}

std::optional<std::uint64_t> number_of_word(Value kind, std::string_view word) {
  switch (kind) {
    case Value::kStatus:
      if (const auto status = parse_status(word)) return static_cast<std::uint64_t>(*status);
      return {};
    case Value::kType:
      if (const auto type = parse_ticket_type(word)) return static_cast<std::uint64_t>(*type);
      return {};
    case Value::kPriority:
      if (const auto priority = parse_priority(word)) return static_cast<std::uint64_t>(*priority);
      return {};
    default: break;
  }
  const std::vector<std::string_view> words = condition_words(kind);
  const auto known = std::ranges::find(words, word);
  if (known == words.end()) return {};
  return static_cast<std::uint64_t>(known - words.begin());
}

// The numbers that Zendesk gives channels.
std::string via_word(std::string_view given) {
  if (given == "0") return "web";
  if (given == "4") return "mail";
  if (given == "5") return "api";
  if (given == "8") return "rule";
  return std::string(given);
}

bool is_via(std::string_view word) {
  const std::vector<std::string_view> known = condition_words(Value::kVia);
  return std::ranges::find(known, word) != known.end();
}

// Ids and what stands for one. False: it is none.
bool add_id(CompiledCondition& to, std::string_view text) {
  if (to.value == Value::kUser || to.value == Value::kRole) {
    if (text == "requester_id") return to.is_requester = true;
    if (text == "assignee_id") return to.is_assignee = true;
  }
  if (to.value == Value::kUser && text == "current_user") return to.is_current_user = true;
  if (to.value == Value::kGroup && text == "current_groups") return to.is_current_groups = true;
  const auto id = parse_whole(text);
  if (id) to.numbers.push_back(*id);
  return id.has_value();
}

// What is wrong with one value; empty: nothing, it has been taken over.
std::string add_value(CompiledCondition& to, const std::string& text, bool is_nullable) {
  if (text.empty() && is_nullable) {
    to.numbers.push_back(0);
    to.texts.emplace_back();
    return {};
  }
  switch (to.value) {
    case Value::kId: return add_id(to, text) ? "" : "an id" + std::string(is_nullable ? ", or empty for none" : "");
    case Value::kUser: return add_id(to, text) ? "" : "an id, current_user, requester_id or assignee_id";
    case Value::kGroup: return add_id(to, text) ? "" : "an id or current_groups";
    case Value::kRole:
      if (const auto role = number_of_word(to.value, text)) {
        to.texts.push_back(text);
        return {};
      }
      return add_id(to, text) ? "" : "one of " + words_text(to.value) + ", or the id of a user";
    case Value::kHours:
      if (const auto ms = parse_hours(text)) {
        to.numbers.push_back(*ms);
        return {};
      }
      return "hours, 0 to " + std::to_string(kHoursMax) + ", with at most three decimals";
    case Value::kNumber:
      if (const auto number = parse_whole(text)) {
        to.numbers.push_back(*number);
        return {};
      }
      return "a whole number";
    case Value::kTags:
      for (std::string& tag : split_words(core::to_lower_ascii(text))) to.texts.push_back(std::move(tag));  // as they are kept
      return to.texts.empty() ? "tags, separated by blanks" : "";
    case Value::kWords: {
      const std::string folded = fold_text(text);
      if (to.op == Op::kIs || to.op == Op::kIsNot) {
        to.texts.push_back(folded);
      } else {
        for (std::string& word : split_words(folded)) to.texts.push_back(std::move(word));
      }
      return to.texts.empty() || folded.empty() ? "words" : "";
    }
    case Value::kVia:
      to.texts.push_back(via_word(text));
      return is_via(to.texts.back()) ? "" : "one of " + words_text(to.value);
    case Value::kUpdateType:
      to.numbers.push_back(core::to_lower_ascii(text) == "create" ? 0 : 1);
      return core::to_lower_ascii(text) == "create" || core::to_lower_ascii(text) == "change" ? "" : "Create or Change";
    case Value::kAddress:
      to.texts.push_back(core::to_lower_ascii(text));
      return text.find('@') == std::string::npos ? "an address" : "";
    case Value::kText:
      to.texts.push_back(text);
      return text.empty() ? "a value" : "";
    default:
      if (const auto number = number_of_word(to.value, text)) {
        to.numbers.push_back(*number);
        return {};
      }
      return "one of " + words_text(to.value);
  }
}

bool takes_several(Op op) { return op == Op::kIncludes || op == Op::kNotIncludes; }

std::string values_problem(CompiledCondition& to, const schema::Condition& from, const ConditionFieldRow& row,
                           const ConditionLimits& limits) {
  if (!takes_value(to.op)) return {};
  if (from.values().empty()) return row.is_nullable ? add_value(to, std::string(), true) : "a value is missing";  // null: none
  const auto count = static_cast<std::size_t>(from.values().size());
  if (count > limits.values_max) return "at most " + std::to_string(limits.values_max) + " values";
  if (count > 1 && !takes_several(to.op)) return "one value; 'includes' takes several";
  for (const std::string& text : from.values()) {
    if (text.size() > limits.value_bytes_max) return "at most " + std::to_string(limits.value_bytes_max) + " bytes";
    if (std::string problem = add_value(to, text, row.is_nullable); !problem.empty()) return problem;
  }
  return {};
}

core::Result<CompiledConditions> first_of(const std::vector<ConditionProblem>& problems) {
  return core::fail(Errc::kInvalid, problems.front().where + ": " + problems.front().what);
}

}  // namespace

std::optional<CompiledCondition> compile_condition(const schema::Condition& from, ConditionContext context, const ConditionLimits& limits,
                                                   const std::string& where, std::vector<ConditionProblem>& problems) {
  const auto found = find_condition_field(from.field());
  if (!found) {
    problems.push_back({where + ".field", "there is no such field"});
    return {};
  }
  const ConditionFieldRow& row = *found->row;
  if (!is_offered(row, context)) {
    problems.push_back({where + ".field", "is not offered here"});
    return {};
  }
  CompiledCondition out;
  out.field = row.field;
  out.value = row.value;
  out.custom = found->custom;
  out.status = row.status;
  const auto op = parse_condition_operator(from.op());
  if (!op || (operators_in(row, context) & (1U << static_cast<unsigned>(*op))) == 0) {
    const bool is_business = from.op().find("business_hours") != std::string::npos;
    problems.push_back({where + ".operator", (is_business ? "business hours are not offered: " : "") + operators_text(operators_in(row, context))});
    return {};
  }
  out.op = *op;
  if (std::string problem = values_problem(out, from, row, limits); !problem.empty()) {
    problems.push_back({where + ".value", std::move(problem)});
    return {};
  }
  return out;
}

std::vector<ConditionProblem> condition_problems(const schema::Conditions& conditions, ConditionContext context,
                                                 const ConditionLimits& limits) {
  std::vector<ConditionProblem> problems;
  if (static_cast<std::size_t>(conditions.all().size() + conditions.any().size()) > limits.conditions_max) {
    problems.push_back({"all", "at most " + std::to_string(limits.conditions_max) + " conditions"});
    return problems;
  }
  for (int i = 0; i < conditions.all().size(); ++i) {
    compile_condition(conditions.all(i), context, limits, "all[" + std::to_string(i) + "]", problems);
  }
  for (int i = 0; i < conditions.any().size(); ++i) {
    compile_condition(conditions.any(i), context, limits, "any[" + std::to_string(i) + "]", problems);
  }
  return problems;
}

core::Result<CompiledConditions> CompiledConditions::compile(const schema::Conditions& conditions, ConditionContext context,
                                                             const ConditionLimits& limits) {
  std::vector<ConditionProblem> problems = condition_problems(conditions, context, limits);
  if (!problems.empty()) return first_of(problems);
  auto state = std::make_shared<State>();
  const auto take = [&](const schema::Condition& each, std::vector<CompiledCondition>& to) {
    std::optional<CompiledCondition> one = compile_condition(each, context, limits, {}, problems);
    state->parts |= part_of(one->field, one->custom);
    if (one->is_requester) state->parts |= part_of(ConditionField::kRequester);
    if (one->is_assignee) state->parts |= part_of(ConditionField::kAssignee);
    state->depends_on_time = state->depends_on_time || one->value == ConditionValue::kHours;
    to.push_back(std::move(*one));
  };
  for (const schema::Condition& each : conditions.all()) take(each, state->all);
  for (const schema::Condition& each : conditions.any()) take(each, state->any);
  return CompiledConditions(std::move(state));
}

}  // namespace postern::ticketing
