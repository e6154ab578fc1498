#include "ticketing/conditions/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/api/verdict.h"
#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/conditions/words.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kHour = 3'600'000;

class KnownFacts final : public FactSource {
 public:
  core::Result<const std::string*> folded_text(const schema::Comment& comment) const override {
    text_ = fold_text(comment.text().inline_text());
    return &text_;
  }
  core::Result<std::string> created_via(const schema::Ticket&) const override { return std::string("mail"); }
  core::Result<auth::Role> role_of(core::UserId user) const override { return user.value == 3 ? auth::Role::kContact : auth::Role::kAdmin; }
  core::Result<std::vector<std::uint64_t>> groups_of(core::UserId) const override { return std::vector<std::uint64_t>{21, 22}; }
  std::string address_of(core::InboxId) const override { return "support@acme.example"; }

 private:
  mutable std::string text_;
};

// A ticket that an agent (11) changes: from "new" and nobody's to what `ticket` says.
struct Situation {
  Situation() {
    before.set_id(7);
    before.set_status(static_cast<std::uint32_t>(Status::kNew));
    before.set_requester(3);
    before.set_inbox(5);
    before.set_subject("Invoice für Müller AG");
    before.set_created_unix_ms(kNow - 30 * kHour);
    ticket = before;
    ticket.set_status(static_cast<std::uint32_t>(Status::kPending));
    ticket.set_priority(static_cast<std::uint32_t>(Priority::kHigh));
    ticket.set_type(static_cast<std::uint32_t>(TicketType::kIncident));
    ticket.set_assignee(11);
    ticket.set_group(21);
    ticket.set_organization(41);
    ticket.set_updated_unix_ms(kNow - kHour);
    ticket.set_due_unix_ms(kNow + 2 * kHour);
    ticket.mutable_metrics()->set_status_since(kNow - 5 * kHour);
    ticket.mutable_metrics()->set_assigned(kNow - 10 * kHour);
    ticket.mutable_metrics()->set_reopens(2);
    ticket.add_tags("refund");
    ticket.add_tags("vip");
    schema::FieldValue& field = *ticket.add_fields();
    field.set_field(31);
    field.add_values("42");
    schema::Comment& comment = comments.emplace_back();
    comment.set_id(1);
    comment.set_is_public(true);
    comment.mutable_text()->set_inline_text("Please REFUND the purchase, it broke. 返金してください");
    comment.add_attachments()->set_id(9);
    schema::Verdicts& verdicts = *comment.mutable_verdicts();
    verdicts.mutable_dmarc()->set_result(static_cast<std::uint32_t>(pipeline::AuthResult::kPass));
    verdicts.mutable_spf()->set_result(static_cast<std::uint32_t>(pipeline::AuthResult::kFail));
    verdicts.add_dkim()->set_result(static_cast<std::uint32_t>(pipeline::AuthResult::kPass));
  }
  TicketFacts facts() const {
    TicketFacts out;
    out.before = is_new ? nullptr : &before;
    out.after = &ticket;
    out.added = comments;
    out.source = &source;
    out.more = &known;
    out.now_ms = now;
    return out;
  }
  schema::Ticket before, ticket;
  std::vector<schema::Comment> comments;
  ChangeSource source{core::UserId{11}, auth::Role::kAgent, "api"};
  KnownFacts known;
  bool is_new = false;
  std::int64_t now = kNow;
};

schema::Condition one(const std::string& field, const std::string& op, const std::vector<std::string>& values) {
  schema::Condition out;
  out.set_field(field);
  out.set_op(op);
  for (const std::string& value : values) out.add_values(value);
  return out;
}

bool holds(const Situation& in, const std::string& field, const std::string& op, const std::vector<std::string>& values,
           ConditionContext context = ConditionContext::kTrigger) {
  schema::Conditions conditions;
  *conditions.add_all() = one(field, op, values);
  const auto compiled = CompiledConditions::compile(conditions, context);
  EXPECT_TRUE(compiled) << field << " " << op << ": " << (compiled ? "" : compiled.error().describe());
  if (!compiled) return false;
  const auto outcome = compiled->holds(in.facts());
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().describe());
  return outcome && *outcome;
}

struct Case {
  const char* field;
  const char* op;
  std::vector<std::string> values;
  bool expected;
};

TEST(Conditions, OfATicketAndItsChange) {
  const Situation in;
  const std::vector<Case> cases = {
      {"status", "is", {"pending"}, true}, {"status", "less_than", {"solved"}, true}, {"status", "greater_than", {"pending"}, false},
      {"status", "includes", {"open", "pending"}, true}, {"status", "not_includes", {"pending"}, false},
      {"status", "changed", {}, true}, {"status", "value", {"pending"}, true}, {"status", "changed_to", {"open"}, false},
      {"status", "value_previous", {"new"}, true}, {"status", "not_value_previous", {"new"}, false}, {"status", "not_value", {"open"}, true},
      {"requester_id", "changed", {}, false}, {"requester_id", "not_changed", {}, true},
      {"custom_status_id", "is", {"3"}, true}, {"type", "is", {"incident"}, true}, {"type", "is", {""}, false},
      {"priority", "greater_than", {"normal"}, true}, {"priority", "is_not", {"high"}, false}, {"priority", "less_than", {"high"}, false},
      {"group_id", "is", {"21"}, true}, {"group_id", "is", {"current_groups"}, true}, {"group_id", "is", {""}, false},
      {"assignee_id", "is", {"current_user"}, true}, {"assignee_id", "is", {"requester_id"}, false}, {"assignee_id", "is_not", {"12"}, true},
      {"requester_id", "is", {"3"}, true}, {"organization_id", "is", {"41"}, true}, {"ticket_form_id", "is", {""}, true},
      {"brand_id", "is", {"5"}, true}, {"inbox_id", "is_not", {"5"}, false}, {"recipient", "is", {"Support@ACME.example"}, true},
      {"current_tags", "includes", {"other vip"}, true}, {"current_tags", "includes", {"VIP"}, true}, {"current_tags", "not_includes", {"refund"}, false},
      {"current_tags", "not_present", {}, false}, {"tags", "present", {}, true},
      {"custom_fields_31", "is", {"42"}, true}, {"custom_fields_31", "less_than", {"100"}, true}, {"custom_fields_31", "greater_than_equal", {"42"}, true},
      {"custom_fields_31", "changed", {}, true}, {"custom_fields_32", "present", {}, false}, {"custom_fields_32", "is", {""}, true},
      {"custom_fields_32", "is", {"false"}, true}, {"custom_fields_32", "less_than", {"5"}, false}, {"ticket_fields_31", "includes", {"1", "42"}, true},
      {"subject_includes_word", "includes", {"other MÜLLER"}, true}, {"subject_includes_word", "includes", {"mülle"}, false},
      {"subject_includes_word", "is", {"für müller"}, true}, {"subject_includes_word", "not_includes", {"invoice"}, false},
      {"comment_includes_word", "includes", {"refund"}, true}, {"comment_includes_word", "includes", {"fund"}, false},
      {"comment_includes_word", "includes", {"返金"}, true}, {"comment_includes_word", "not_includes", {"angry"}, true},
      {"comment_is_public", "is", {"true"}, true}, {"comment_is_public", "is", {"false"}, false}, {"comment_is_public", "is", {"not_relevant"}, true},
      {"attachment", "present", {}, true}, {"update_type", "is", {"Change"}, true}, {"update_type", "is_not", {"Create"}, true},
      {"via_id", "is", {"4"}, true}, {"via_id", "is", {"api"}, false}, {"current_via_id", "is", {"api"}, true},
      {"role", "is", {"agent"}, true}, {"role", "is", {"admin"}, false}, {"role", "is", {"11"}, true}, {"role", "is_not", {"end_user"}, true},
      {"current_user", "is", {"assignee_id"}, true}, {"current_user", "is", {"requester_id"}, false}, {"requester_role", "is", {"end_user"}, true},
      {"satisfaction_score", "is", {"unoffered"}, true}, {"reopens", "greater_than", {"1"}, true}, {"replies", "is", {"0"}, true},
      {"auth_dmarc", "is", {"pass"}, true}, {"auth_spf", "is_not", {"pass"}, true}, {"auth_dkim", "is", {"pass"}, true}, {"auth_arc", "is", {"none"}, true},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(holds(in, each.field, each.op, each.values), each.expected)
        << each.field << " " << each.op << " " << (each.values.empty() ? "" : each.values.front());
  }
}

TEST(Conditions, OfANewTicketEverythingWasNothingBefore) {
  Situation in;
  in.is_new = true;
  EXPECT_TRUE(holds(in, "update_type", "is", {"Create"}));
  EXPECT_TRUE(holds(in, "priority", "value", {"high"}));
  EXPECT_TRUE(holds(in, "priority", "value_previous", {""}));
  EXPECT_FALSE(holds(in, "ticket_form_id", "changed", {}));
}

TEST(Conditions, WithoutMailNoVerdictIsOrIsNot) {
  Situation in;
  in.comments.front().clear_verdicts();
  EXPECT_FALSE(holds(in, "auth_dmarc", "is", {"pass"}));
  EXPECT_FALSE(holds(in, "auth_dmarc", "is_not", {"pass"}));
}

TEST(Conditions, HoursFlipToTheMillisecond) {
  Situation in;
  const auto context = ConditionContext::kAutomation;
  EXPECT_TRUE(holds(in, "PENDING", "is", {"5"}, context));
  EXPECT_TRUE(holds(in, "PENDING", "greater_than", {"5"}, context));
  EXPECT_FALSE(holds(in, "PENDING", "less_than", {"5"}, context));
  EXPECT_FALSE(holds(in, "SOLVED", "greater_than", {"0"}, context)) << "not in that status";
  EXPECT_TRUE(holds(in, "until_due_date", "greater_than", {"2"}, context));
  EXPECT_FALSE(holds(in, "due_date", "less_than", {"1"}, context)) << "not due yet";
  EXPECT_TRUE(holds(in, "updated_at", "less_than", {"1.001"}, context));
  in.now = kNow - 1;
  EXPECT_FALSE(holds(in, "PENDING", "greater_than", {"5"}, context));
  EXPECT_TRUE(holds(in, "PENDING", "less_than", {"5"}, context));
}

// Walks from one flip to the next and looks closely around and between them.
TEST(Conditions, NextFlipMissesNoChangeOfOutcome) {
  for (const char* field : {"PENDING", "created_at", "assigned_at", "updated_at", "due_date", "until_due_date"}) {
    for (const char* op : {"is", "less_than", "greater_than"}) {
      for (const char* value : {"0", "1", "0.5", "26"}) {
        schema::Conditions conditions;
        *conditions.add_all() = one(field, op, {value});
        *conditions.add_all() = one("status", "is", {"pending"});
        const auto compiled = CompiledConditions::compile(conditions, ConditionContext::kView).value();
        EXPECT_TRUE(compiled.depends_on_time());
        const Situation in;
        TicketFacts at_announced = in.facts();
        at_announced.now_ms = kNow - 40 * kHour;
        bool known = compiled.holds(at_announced).value();
        TicketFacts facts = in.facts();
        for (facts.now_ms = at_announced.now_ms; facts.now_ms < kNow + 40 * kHour; facts.now_ms += kHour / 4 - (facts.now_ms % 7 == 0 ? 1 : 0)) {
          for (auto next = compiled.next_flip(at_announced); next && *next <= facts.now_ms; next = compiled.next_flip(at_announced)) {
            ASSERT_GT(*next, at_announced.now_ms);
            at_announced.now_ms = *next;
            known = compiled.holds(at_announced).value();
          }
          ASSERT_EQ(compiled.holds(facts).value(), known) << field << " " << op << " " << value << " at " << facts.now_ms - kNow;
        }
      }
    }
  }
}

TEST(Conditions, AllAndAnyAndEachByItself) {
  const Situation in;
  schema::Conditions conditions;
  *conditions.add_all() = one("status", "is", {"pending"});
  *conditions.add_any() = one("priority", "is", {"low"});
  *conditions.add_any() = one("type", "is", {"incident"});
  const auto compiled = CompiledConditions::compile(conditions, ConditionContext::kTrigger).value();
  EXPECT_TRUE(compiled.holds(in.facts()).value());
  EXPECT_EQ(compiled.each(in.facts()).value(), (std::vector<bool>{true, false, true}));
  *conditions.mutable_any(1) = one("type", "is", {"task"});
  EXPECT_FALSE(CompiledConditions::compile(conditions, ConditionContext::kTrigger).value().holds(in.facts()).value());
  EXPECT_TRUE(CompiledConditions().holds(in.facts()).value());
}

TEST(Conditions, SayWhatIsWrongAndWhere) {
  const auto problem = [](const schema::Condition& condition, ConditionContext context, const ConditionLimits& limits = {}) {
    schema::Conditions conditions;
    *conditions.add_all() = one("status", "is", {"open"});
    *conditions.add_all() = condition;
    const auto problems = condition_problems(conditions, context, limits);
    EXPECT_FALSE(CompiledConditions::compile(conditions, context, limits));
    return problems.empty() ? std::string() : problems.front().where + ": " + problems.front().what;
  };
  using enum ConditionContext;
  EXPECT_EQ(problem(one("colour", "is", {"red"}), kView), "all[1].field: there is no such field");
  EXPECT_EQ(problem(one("update_type", "is", {"Create"}), kView), "all[1].field: is not offered here");
  EXPECT_EQ(problem(one("via_id", "sounds", {"mail"}), kTrigger), "all[1].operator: 'is' or 'is_not'");
  EXPECT_THAT(problem(one("status", "changed", {}), kView), HasSubstr("all[1].operator: 'is', 'is_not'"));
  EXPECT_THAT(problem(one("SOLVED", "is_business_hours", {"4"}), kAutomation), HasSubstr("business hours are not offered"));
  EXPECT_EQ(problem(one("status", "is", {"openish"}), kView), "all[1].value: one of new, open, pending, hold, solved, closed");
  EXPECT_EQ(problem(one("status", "is", {}), kView), "all[1].value: a value is missing");
  EXPECT_EQ(problem(one("status", "is", {"open", "new"}), kView), "all[1].value: one value; 'includes' takes several");
  EXPECT_EQ(problem(one("group_id", "is", {"-4"}), kView), "all[1].value: an id or current_groups");
  EXPECT_THAT(problem(one("SOLVED", "is", {"1.2345"}), kView), HasSubstr("at most three decimals"));
  EXPECT_THAT(problem(one("SOLVED", "is", {"99999999"}), kView), HasSubstr("hours, 0 to"));
  EXPECT_THAT(problem(one("custom_fields_0", "is", {"1"}), kView), HasSubstr("there is no such field"));
  EXPECT_THAT(problem(one("subject_includes_word", "includes", {"  "}), kView), HasSubstr("words"));
  ConditionLimits narrow;
  narrow.conditions_max = 1;
  EXPECT_THAT(problem(one("status", "is", {"open"}), kView, narrow), HasSubstr("at most 1 conditions"));
  narrow = {};
  narrow.values_max = 1;
  EXPECT_THAT(problem(one("status", "includes", {"open", "new"}), kView, narrow), HasSubstr("at most 1 values"));
  narrow = {};
  narrow.value_bytes_max = 3;
  EXPECT_THAT(problem(one("status", "is", {"open"}), kView, narrow), HasSubstr("at most 3 bytes"));
}

// What evaluating does not know would be a field that never holds: every row of the table is asked with every operator.
TEST(Conditions, EveryFieldCanBeAskedInEveryPlaceThatOffersIt) {
  const Situation in;
  std::size_t asked = 0;
  for (const ConditionFieldRow& row : condition_fields()) {
    const std::string name = std::string(row.name) + (row.field == ConditionField::kCustomField ? "31" : "");
    std::string value = "5";
    if (const auto words = condition_words(row.value); !words.empty()) value = words.front();
    if (row.value == ConditionValue::kAddress) value = "a@b.example";
    for (const ConditionContext context : {ConditionContext::kView, ConditionContext::kTrigger, ConditionContext::kAutomation, ConditionContext::kSla}) {
      if (!is_offered(row, context)) continue;
      for (unsigned bit = 0; bit < 32; ++bit) {
        if ((operators_in(row, context) & (1U << bit)) == 0) continue;
        const auto op = static_cast<ConditionOperator>(bit);
        schema::Conditions conditions;
        *conditions.add_all() = one(name, std::string(to_string(op)), takes_value(op) ? std::vector<std::string>{value} : std::vector<std::string>{});
        const auto compiled = CompiledConditions::compile(conditions, context);
        ASSERT_TRUE(compiled) << name << " " << to_string(op) << ": " << compiled.error().describe();
        EXPECT_TRUE(compiled->holds(in.facts())) << name << " " << to_string(op);
        if (context == ConditionContext::kView) {
          TicketFacts alone;
          alone.after = &in.ticket;
          alone.now_ms = kNow;
          EXPECT_TRUE(compiled->holds(alone)) << "a view knows the record only: " << name;
        }
        ++asked;
      }
    }
  }
  EXPECT_GT(asked, 300U);
}

// Views pass over what a change did not touch: a part that is missed would be a view that is wrong.
TEST(Conditions, ChangedPartsTellEveryChangeThatAConditionSees) {
  const auto part_changes = [](const char* field, const std::function<void(schema::Ticket&)>& change) {
    const Situation in;
    schema::Ticket after = in.ticket;
    change(after);
    const auto found = find_condition_field(field);
    const ConditionParts part = part_of(found->row->field, found->custom);
    EXPECT_EQ(changed_parts(in.ticket, in.ticket), 0U);
    EXPECT_NE(changed_parts(in.ticket, after) & part, 0U) << field;
  };
  part_changes("status", [](schema::Ticket& t) { t.set_status(5); });
  part_changes("custom_status_id", [](schema::Ticket& t) { t.set_custom_status(500); });
  part_changes("type", [](schema::Ticket& t) { t.set_type(0); });
  part_changes("priority", [](schema::Ticket& t) { t.set_priority(1); });
  part_changes("group_id", [](schema::Ticket& t) { t.set_group(0); });
  part_changes("assignee_id", [](schema::Ticket& t) { t.set_assignee(12); });
  part_changes("requester_id", [](schema::Ticket& t) { t.set_requester(4); });
  part_changes("organization_id", [](schema::Ticket& t) { t.set_organization(0); });
  part_changes("ticket_form_id", [](schema::Ticket& t) { t.set_form(8); });
  part_changes("current_tags", [](schema::Ticket& t) { t.mutable_tags()->RemoveLast(); });
  part_changes("custom_fields_31", [](schema::Ticket& t) { t.mutable_fields(0)->set_values(0, "43"); });
  part_changes("custom_fields_31", [](schema::Ticket& t) { t.clear_fields(); });
  part_changes("custom_fields_99", [](schema::Ticket& t) { t.add_fields()->set_field(99); });
  part_changes("subject_includes_word", [](schema::Ticket& t) { t.set_subject("x"); });
  part_changes("satisfaction_score", [](schema::Ticket& t) { t.set_satisfaction(3); });
  part_changes("reopens", [](schema::Ticket& t) { t.mutable_metrics()->set_reopens(9); });
  part_changes("PENDING", [](schema::Ticket& t) { t.mutable_metrics()->set_status_since(9); });
  part_changes("assigned_at", [](schema::Ticket& t) { t.mutable_metrics()->set_assigned(9); });
  part_changes("assigned_at", [](schema::Ticket& t) { t.set_assignee(0); });
  part_changes("updated_at", [](schema::Ticket& t) { t.set_updated_unix_ms(9); });
  part_changes("requester_updated_at", [](schema::Ticket& t) { t.mutable_metrics()->set_requester_updated(9); });
  part_changes("assignee_updated_at", [](schema::Ticket& t) { t.mutable_metrics()->set_assignee_updated(9); });
  part_changes("until_due_date", [](schema::Ticket& t) { t.set_due_unix_ms(0); });
  part_changes("sla_policy", [](schema::Ticket& t) { t.mutable_service()->set_policy(9); });
  part_changes("group_sla_policy", [](schema::Ticket& t) { t.mutable_service()->set_group_policy(9); });
  part_changes("sla_state", [](schema::Ticket& t) {
    schema::TicketClock& clock = *t.mutable_service()->add_clocks();
    clock.set_stage(2);  // it stands still
    clock.set_target_ms(9);
  });
  part_changes("sla_next_breach_at", [](schema::Ticket& t) { t.mutable_service()->set_last_breach_unix_ms(9); });
  part_changes("until_sla_next_breach_at", [](schema::Ticket& t) {
    schema::TicketClock& clock = *t.mutable_service()->add_clocks();
    clock.set_stage(1);  // it runs
    clock.set_breach_unix_ms(9);
  });
}

}  // namespace
}  // namespace postern::ticketing
