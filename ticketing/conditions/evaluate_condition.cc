#include <algorithm>
#include <charconv>

#include "pipeline/api/verdict.h"
#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/conditions/words.h"
#include "ticketing/errc.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

using Field = ConditionField;
using Op = ConditionOperator;
using Value = ConditionValue;

constexpr std::int64_t kMsPerHour = 3'600'000;

core::Result<bool> no_source() { return core::fail(Errc::kInvalid, "conditions: asked without what they need to know"); }

bool is_negative(Op op) { return op == Op::kIsNot || op == Op::kNotIncludes || op == Op::kNotChangedTo || op == Op::kNotChangedFrom; }

// --- numbers and ids ---

core::Result<bool> is_one_of(const CompiledCondition& condition, std::uint64_t number, const TicketFacts& facts) {
  if (std::ranges::find(condition.numbers, number) != condition.numbers.end()) return true;
  if (condition.is_requester && number == facts.after->requester()) return true;
  if (condition.is_assignee && number == facts.after->assignee()) return true;
  if (number == 0 || facts.source == nullptr) return false;
  if (condition.is_current_user && number == facts.source->actor.value) return true;
  if (!condition.is_current_groups) return false;
  if (facts.more == nullptr) return no_source();
  POSTERN_TRY(const std::vector<std::uint64_t> groups, facts.more->groups_of(facts.source->actor));
  return std::ranges::find(groups, number) != groups.end();
}

core::Result<bool> evaluate_number(const CompiledCondition& condition, const TicketFacts& facts) {
  const std::uint64_t now = number_of(*facts.after, condition.field);
  const std::uint64_t then = facts.before != nullptr ? number_of(*facts.before, condition.field) : 0;
  switch (condition.op) {
    case Op::kLessThan: return now < condition.numbers.front();
    case Op::kGreaterThan: return now > condition.numbers.front();
    case Op::kChanged: return now != then;
    case Op::kNotChanged: return now == then;
    default: break;
  }
  bool holds = false;
  if (condition.op == Op::kChangedTo || condition.op == Op::kNotChangedTo) {
    POSTERN_TRY(const bool is_now, is_one_of(condition, now, facts));
    holds = is_now && now != then;
  } else if (condition.op == Op::kChangedFrom || condition.op == Op::kNotChangedFrom) {
    POSTERN_TRY(const bool was, is_one_of(condition, then, facts));
    holds = was && now != then;
  } else {
    POSTERN_TRY(holds, is_one_of(condition, now, facts));
  }
  return holds != is_negative(condition.op);
}

// --- custom fields and tags ---

std::vector<std::string_view> values_of(const schema::Ticket& ticket, std::uint64_t field) {
  std::vector<std::string_view> out;
  for (const schema::FieldValue& each : ticket.fields()) {
    if (each.field() == field) out.assign(each.values().begin(), each.values().end());
  }
  std::erase(out, std::string_view());
  return out;
}

// As numbers when both are, otherwise as texts: dates in ISO 8601 sort that way.
int compare_values(std::string_view a, std::string_view b) {
  double x = 0;
  double y = 0;
  const auto is_number = [](std::string_view text, double& to) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc() && end == text.data() + text.size();
  };
  if (is_number(a, x) && is_number(b, y)) return x < y ? -1 : x > y ? 1 : 0;
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// "" and, of a checkbox, "false" stand for no value.
bool has_value(const std::vector<std::string_view>& values, const std::vector<std::string>& wanted) {
  return std::ranges::any_of(wanted, [&values](const std::string& each) {
    if (values.empty()) return each.empty() || each == "false";
    return std::ranges::find(values, std::string_view(each)) != values.end();
  });
}

bool evaluate_custom(const CompiledCondition& condition, const TicketFacts& facts) {
  const auto now = values_of(*facts.after, condition.custom);
  const auto then = facts.before != nullptr ? values_of(*facts.before, condition.custom) : std::vector<std::string_view>();
  const auto order = [&] { return compare_values(now.front(), condition.texts.front()); };
  switch (condition.op) {
    case Op::kPresent: return !now.empty();
    case Op::kNotPresent: return now.empty();
    case Op::kChanged: return now != then;
    case Op::kNotChanged: return now == then;
    case Op::kLessThan: return !now.empty() && order() < 0;
    case Op::kGreaterThan: return !now.empty() && order() > 0;
    case Op::kLessOrEqual: return !now.empty() && order() <= 0;
    case Op::kGreaterOrEqual: return !now.empty() && order() >= 0;
    case Op::kChangedTo:
    case Op::kNotChangedTo: return (now != then && has_value(now, condition.texts)) != is_negative(condition.op);
    case Op::kChangedFrom:
    case Op::kNotChangedFrom: return (now != then && has_value(then, condition.texts)) != is_negative(condition.op);
    default: return has_value(now, condition.texts) != is_negative(condition.op);
  }
}

bool evaluate_tags(const CompiledCondition& condition, const schema::Ticket& ticket) {
  if (condition.op == Op::kPresent || condition.op == Op::kNotPresent) return ticket.tags().empty() == (condition.op == Op::kNotPresent);
  const bool has = std::ranges::any_of(condition.texts, [&ticket](const std::string& tag) {
    return std::ranges::find(ticket.tags(), tag) != ticket.tags().end();
  });
  return has != is_negative(condition.op);
}

// --- texts ---

bool says(const CompiledCondition& condition, std::string_view folded) {
  if (condition.op == Op::kIs || condition.op == Op::kIsNot) return folded.find(condition.texts.front()) != std::string_view::npos;
  return std::ranges::any_of(condition.texts, [folded](const std::string& word) { return contains_word(folded, word); });
}

core::Result<bool> evaluate_comments(const CompiledCondition& condition, const TicketFacts& facts) {
  bool has = false;
  for (const schema::Comment& each : facts.added) {
    if (facts.more == nullptr) return no_source();
    POSTERN_TRY(const std::string* text, facts.more->folded_text(each));
    has = has || says(condition, *text);
  }
  return has != is_negative(condition.op);
}

// --- the change ---

bool evaluate_comment_public(const CompiledCondition& condition, const TicketFacts& facts) {
  const auto is_kind = [&condition](const schema::Comment& each) {
    const std::uint64_t wanted = condition.numbers.front();  // 0 true, 1 false, 2 not_relevant
    return wanted == 2 || each.is_public() == (wanted == 0);
  };
  return std::ranges::any_of(facts.added, is_kind) != is_negative(condition.op);
}

bool evaluate_attachment(const CompiledCondition& condition, const TicketFacts& facts) {
  const bool has = std::ranges::any_of(facts.added, [](const schema::Comment& each) { return !each.attachments().empty(); });
  return has == (condition.op == Op::kPresent);
}

bool has_role(const CompiledCondition& condition, auth::Role role) {
  return std::ranges::any_of(condition.texts, [role](const std::string& word) {
    if (word == "end_user") return role == auth::Role::kContact;
    if (word == "agent") return role >= auth::Role::kAgent;  // whoever works on tickets
    if (word == "admin") return role >= auth::Role::kAdmin;
    return role == auth::Role::kOwner;
  });
}

core::Result<bool> evaluate_role(const CompiledCondition& condition, const TicketFacts& facts) {
  if (facts.source == nullptr) return no_source();
  const std::uint64_t actor = facts.source->actor.value;
  POSTERN_TRY(const bool is_named, is_one_of(condition, actor, facts));
  const bool holds = (is_named && actor != 0) || (condition.field == Field::kRole && has_role(condition, facts.source->role));
  return holds != is_negative(condition.op);
}

core::Result<bool> evaluate_requester_role(const CompiledCondition& condition, const TicketFacts& facts) {
  if (facts.more == nullptr) return no_source();
  POSTERN_TRY(const auth::Role role, facts.more->role_of(core::UserId{facts.after->requester()}));
  POSTERN_TRY(const bool is_named, is_one_of(condition, facts.after->requester(), facts));
  return (is_named || has_role(condition, role)) != is_negative(condition.op);
}

core::Result<bool> evaluate_via(const CompiledCondition& condition, const TicketFacts& facts) {
  std::string via;
  if (condition.field == Field::kUpdateVia) {
    if (facts.source == nullptr) return no_source();
    via = facts.source->via;
  } else {
    if (facts.more == nullptr) return no_source();
    POSTERN_TRY(via, facts.more->created_via(*facts.after));
  }
  return (std::ranges::find(condition.texts, via) != condition.texts.end()) != is_negative(condition.op);
}

core::Result<bool> evaluate_recipient(const CompiledCondition& condition, const TicketFacts& facts) {
  if (facts.more == nullptr) return no_source();
  const std::string address = facts.more->address_of(core::InboxId{facts.after->inbox()});
  return (condition.texts.front() == address) != is_negative(condition.op);
}

// Of the last mail of this change. Without one neither "is" nor "is not" holds: nothing was verified.
bool evaluate_verdict(const CompiledCondition& condition, const TicketFacts& facts) {
  const schema::Comment* mail = nullptr;
  for (const schema::Comment& each : facts.added) {
    if (each.has_verdicts()) mail = &each;
  }
  if (mail == nullptr) return false;
  const schema::Verdicts& verdicts = mail->verdicts();
  const std::uint64_t wanted = condition.numbers.front();
  bool holds = false;
  if (condition.field == Field::kAuthSpf) holds = verdicts.spf().result() == wanted;
  if (condition.field == Field::kAuthDmarc) holds = verdicts.dmarc().result() == wanted;
  if (condition.field == Field::kAuthArc) holds = verdicts.arc().result() == wanted;
  if (condition.field == Field::kAuthDkim) {  // of any signature; without one: none
    holds = std::ranges::any_of(verdicts.dkim(), [wanted](const schema::DkimVerdict& each) { return each.result() == wanted; }) ||
            (verdicts.dkim().empty() && wanted == static_cast<std::uint64_t>(pipeline::AuthResult::kNone));
  }
  return holds != is_negative(condition.op);
}

// --- time ---

bool counts_down(Field field) { return field == Field::kHoursUntilDue || field == Field::kHoursUntilBreach; }

bool evaluate_hours(const CompiledCondition& condition, const TicketFacts& facts) {
  const auto at = time_of(*facts.after, condition.field, condition.status);
  if (!at) return false;
  std::int64_t passed = counts_down(condition.field) ? *at - facts.now_ms : facts.now_ms - *at;
  const bool is_due = counts_down(condition.field) || condition.field == Field::kHoursSinceDue;
  if (passed < 0 && is_due) return false;
  passed = std::max<std::int64_t>(passed, 0);  // the clock was set back
  const auto wanted = static_cast<std::int64_t>(condition.numbers.front());
  if (condition.op == Op::kLessThan) return passed < wanted;
  if (condition.op == Op::kGreaterThan) return passed >= wanted;
  return passed >= wanted && passed < wanted + kMsPerHour;
}

}  // namespace

void keep_earliest_flip(const CompiledCondition& condition, const TicketFacts& facts, std::optional<std::int64_t>& earliest) {
  if (condition.value != Value::kHours) return;
  const auto at = time_of(*facts.after, condition.field, condition.status);
  if (!at) return;
  const auto wanted = static_cast<std::int64_t>(condition.numbers.front());
  const bool is_until = counts_down(condition.field);
  for (const std::int64_t hours_ms : {std::int64_t{0}, wanted, wanted + kMsPerHour}) {
    const std::int64_t when = is_until ? *at - hours_ms + 1 : *at + hours_ms;
    if (when > facts.now_ms && (!earliest || when < *earliest)) earliest = when;
  }
}

core::Result<bool> evaluate_condition(const CompiledCondition& condition, const TicketFacts& facts) {
  switch (condition.field) {
    case Field::kCustomField: return evaluate_custom(condition, facts);
    case Field::kTags: return evaluate_tags(condition, *facts.after);
    case Field::kSubject: return says(condition, fold_text(facts.after->subject())) != is_negative(condition.op);
    case Field::kComment: return evaluate_comments(condition, facts);
    case Field::kCommentPublic: return evaluate_comment_public(condition, facts);
    case Field::kAttachment: return evaluate_attachment(condition, facts);
    case Field::kUpdateType: return ((facts.before == nullptr) == (condition.numbers.front() == 0)) != is_negative(condition.op);
    case Field::kRole:
    case Field::kCurrentUser: return evaluate_role(condition, facts);
    case Field::kRequesterRole: return evaluate_requester_role(condition, facts);
    case Field::kVia:
    case Field::kUpdateVia: return evaluate_via(condition, facts);
    case Field::kRecipient: return evaluate_recipient(condition, facts);
    case Field::kAuthSpf:
    case Field::kAuthDkim:
    case Field::kAuthDmarc:
    case Field::kAuthArc: return evaluate_verdict(condition, facts);
    default: return condition.value == Value::kHours ? core::Result<bool>(evaluate_hours(condition, facts)) : evaluate_number(condition, facts);
  }
}

}  // namespace postern::ticketing
