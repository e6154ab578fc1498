#include "ticketing/automation/rule_record.h"

#include <algorithm>

#include "ticketing/automation/keys.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/people/groups.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::uint64_t kHoursKept = 26;
constexpr std::uint64_t kDaysKept = 32;
constexpr std::size_t kErasedAtOnceMax = 500;

std::uint64_t hour_now(const RuleParts& parts) { return static_cast<std::uint64_t>(parts.with.now_ms() / kHourMs); }

std::string lines(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& each : parts) out += (out.empty() ? "" : "; ") + clean_line(each);
  return out;
}

std::string words_of(const google::protobuf::RepeatedPtrField<schema::Condition>& conditions) {
  std::string out;
  for (const schema::Condition& each : conditions) out += (out.empty() ? "" : "; ") + describe(each);
  return out;
}

core::Result<std::uint64_t> counted(const storage::Snapshot& snapshot, const std::string& key) {
  POSTERN_TRY(const auto stored, snapshot.get(key));
  return static_cast<std::uint64_t>(storage::decode_counter(stored));
}

}  // namespace

core::Result<std::string> clean_rule_text(const RuleParts& parts, core::WorkspaceId workspace, std::string_view field, const std::string& text,
                                          std::size_t bytes_max, bool is_required) {
  std::string clean = parts.redactor.redact_text(is_required ? clean_line(text) : text, {"rule", workspace, {}}).text();
  if (is_required && clean.empty()) return core::fail(Errc::kInvalid, std::string(field) + ": cannot be blank");
  if (clean.size() > bytes_max) return core::fail(Errc::kInvalid, std::string(field) + ": too long");
  return clean;
}

void redact_conditions(const RuleParts& parts, core::WorkspaceId workspace, schema::Conditions& conditions) {
  for (auto* list : {conditions.mutable_all(), conditions.mutable_any()}) {
    for (schema::Condition& each : *list) {
      for (std::string& value : *each.mutable_values()) value = parts.redactor.redact_text(value, {"rule", workspace, {}}).text();
    }
  }
}

std::string describe(const schema::Condition& condition) {
  std::string out = condition.field() + " " + condition.op();
  for (const std::string& value : condition.values()) out += " " + value;
  return clean_line(out);
}

std::vector<std::pair<std::string, std::string>> shown_rule(bool is_active, const schema::Conditions* conditions, const Actions& actions) {
  std::vector<std::pair<std::string, std::string>> out{{"active", is_active ? "true" : "false"}};
  if (conditions != nullptr) out.emplace_back("all", words_of(conditions->all()));
  if (conditions != nullptr) out.emplace_back("any", words_of(conditions->any()));
  std::vector<std::string> words;
  std::size_t text_bytes = 0;
  for (const schema::RuleAction& each : actions) {
    words.push_back(describe(each));
    text_bytes += each.ByteSizeLong();
  }
  out.emplace_back("actions", lines(words));
  out.emplace_back("bytes of actions", std::to_string(text_bytes));  // a text that changed shows by its length
  return out;
}

std::string told(std::uint64_t rule, std::string_view title, const schema::Conditions& conditions, const std::vector<bool>& held,
                 const RuleEffects& effects, std::size_t bytes_max) {
  std::vector<std::string> why;
  std::size_t place = 0;
  for (const auto* list : {&conditions.all(), &conditions.any()}) {
    for (const schema::Condition& each : *list) {
      if (place < held.size() && held[place]) why.push_back(describe(each));
      ++place;
    }
  }
  std::string out = std::to_string(rule) + " " + clean_line(title);
  if (!why.empty()) out += "\nbecause: " + lines(why);
  if (!effects.done.empty()) out += "\ndid: " + lines(effects.done);
  if (!effects.comment.empty()) out += "\nwrote: an internal note";
  if (!effects.skipped.empty()) out += "\nnot done: " + lines(effects.skipped);
  if (out.size() <= bytes_max) return out;
  while (bytes_max > 0 && (static_cast<unsigned char>(out[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  out.resize(bytes_max);
  return out + "\u2026";
}

GroupsOf groups_for_conditions(const RuleParts& parts) {
  return [groups = parts.groups](core::WorkspaceId workspace, core::UserId user) -> core::Result<std::vector<std::uint64_t>> {
    if (groups == nullptr) return std::vector<std::uint64_t>();
    return groups->groups_of(workspace, user);
  };
}

void count_rule_use(const RuleParts& parts, storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t rule) {
  const std::uint64_t hour = hour_now(parts);
  transaction.add(keys::rule_uses(workspace, keys::UseUnit::kHour, hour, rule), 1);
  transaction.add(keys::rule_uses(workspace, keys::UseUnit::kDay, hour / 24, rule), 1);
  transaction.add(keys::rule_uses(workspace, keys::UseUnit::kEver, 0, rule), 1);
}

core::Result<RuleUse> rule_use(const RuleParts& parts, core::WorkspaceId workspace, std::uint64_t rule) {
  const auto snapshot = parts.with.store.snapshot();
  const std::uint64_t hour = hour_now(parts);
  RuleUse out;
  for (std::uint64_t back = 0; back < 24; ++back) {
    POSTERN_TRY(const std::uint64_t count, counted(*snapshot, keys::rule_uses(workspace, keys::UseUnit::kHour, hour - back, rule)));
    if (back == 0) out.last_hour = count;
    out.last_day += count;
  }
  for (std::uint64_t back = 0; back < 30; ++back) {
    POSTERN_TRY(const std::uint64_t count, counted(*snapshot, keys::rule_uses(workspace, keys::UseUnit::kDay, hour / 24 - back, rule)));
    if (back < 7) out.last_week += count;
    out.last_month += count;
  }
  POSTERN_TRY(out.ever, counted(*snapshot, keys::rule_uses(workspace, keys::UseUnit::kEver, 0, rule)));
  POSTERN_TRY(out.loops, counted(*snapshot, keys::rule_loops(workspace, rule)));
  return out;
}

core::Result<std::size_t> erase_old_uses(const RuleParts& parts, storage::Transaction& transaction, core::WorkspaceId workspace) {
  const std::uint64_t hour = hour_now(parts);
  const auto mail_window = std::chrono::duration_cast<std::chrono::milliseconds>(parts.limits.mail_window).count();
  // Where they stand, and the smallest number that is still asked for; it is the first field behind the prefix.
  const std::array<std::pair<std::string, std::uint64_t>, 3> old{
      {{keys::rule_uses_of(workspace, keys::UseUnit::kHour), hour - kHoursKept},
       {keys::rule_uses_of(workspace, keys::UseUnit::kDay), hour / 24 - kDaysKept},
       {keys::rule_mail_windows(workspace), static_cast<std::uint64_t>(parts.with.now_ms() / mail_window) - 1}}};
  std::size_t erased = 0;
  for (const auto& [prefix, first_kept] : old) {
    POSTERN_TRY(const auto entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, kErasedAtOnceMax));
    for (const storage::Entry& entry : entries) {
      std::uint64_t number = 0;
      for (const char c : entry.key.substr(prefix.size(), 8)) number = (number << 8U) | static_cast<unsigned char>(c);
      if (number >= first_kept) break;
      transaction.erase(entry.key);
      ++erased;
    }
  }
  return erased;
}

}  // namespace postern::ticketing
