// Custom fields, forms and statuses: what they take, how they keep tags in step, what solving asks for.
#include "ticketing/fields/ticket_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/fields/field_pattern.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr core::TicketId kFirst{1};

schema::TicketField field_of(FieldKind kind) {
  schema::TicketField out;
  out.set_kind(static_cast<std::uint32_t>(kind));
  return out;
}

core::Result<std::vector<std::string>> one(FieldKind kind, std::string value) { return normal_values(field_of(kind), {std::move(value)}); }

struct FieldsDesk : Desk {
  FieldsDesk() { EXPECT_TRUE(take({})); }
  TicketFields& fields() { return helpdesk->fields(); }
  core::Result<schema::TicketField> try_field(FieldKind kind, const std::vector<std::string>& options = {}, const TicketFields::Edit<schema::TicketField>& more = {}) {
    return run(fields().save_field(agent, 0, [&](schema::TicketField& field) -> core::Result<void> {
      field.set_title("Field");
      field.set_is_active(true);
      field.set_kind(static_cast<std::uint32_t>(kind));
      for (const std::string& each : options) {
        auto& option = *field.add_options();
        option.set_name(each);
        option.set_value(each);
      }
      if (more) POSTERN_CHECK(more(field));
      return {};
    }));
  }
  core::Result<Tickets::Updated> set(std::uint64_t field, std::vector<std::string> values) {
    Tickets::Update change;
    change.wishes.fields = {{field, std::move(values)}};
    return update(kFirst, std::move(change));
  }
  core::Result<Tickets::Updated> set_tags(std::vector<std::string> tags) {
    Tickets::Update change;
    change.wishes.tags = std::move(tags);
    return update(kFirst, std::move(change));
  }
  core::Result<Tickets::Updated> set_status(Status status, std::optional<std::uint64_t> custom = std::nullopt) {
    Tickets::Update change;
    change.status = status;
    change.wishes.custom_status = custom;
    return update(kFirst, std::move(change));
  }
  std::vector<std::string> value(std::uint64_t field) {
    for (const FieldValue& each : ticket(kFirst).fields) {
      if (each.field == field) return each.values;
    }
    return {};
  }
};

TEST(FieldKinds, EachTakesWhatItIs) {
  EXPECT_THAT(one(FieldKind::kInteger, " -42 ").value(), ElementsAre("-42"));
  EXPECT_THAT(one(FieldKind::kDecimal, "3.14").value(), ElementsAre("3.14"));
  EXPECT_THAT(one(FieldKind::kDate, "2028-02-29").value(), ElementsAre("2028-02-29"));
  EXPECT_THAT(one(FieldKind::kCheckbox, "1").value(), ElementsAre("true"));
  EXPECT_THAT(one(FieldKind::kText, "two\nlines").value(), ElementsAre("two lines"));
  EXPECT_THAT(one(FieldKind::kTextarea, "two\nlines").value(), ElementsAre("two\nlines"));
  EXPECT_THAT(one(FieldKind::kText, " ").value(), IsEmpty());
  for (const auto& [kind, value] : std::vector<std::pair<FieldKind, std::string>>{{FieldKind::kInteger, "1.5"},
                                                                                   {FieldKind::kInteger, "-"},
                                                                                   {FieldKind::kInteger, std::string(100, '1')},
                                                                                   {FieldKind::kDecimal, "1."},
                                                                                   {FieldKind::kDecimal, "1e5"},
                                                                                   {FieldKind::kDate, "2027-02-29"},
                                                                                   {FieldKind::kDate, "23.11.2026"},
                                                                                   {FieldKind::kCheckbox, "maybe"},
                                                                                   {FieldKind::kTagger, "purple"}}) {
    const auto refused = one(kind, value);
    ASSERT_FALSE(refused) << value;
    EXPECT_THAT(refused.error().context(), testing::Not(HasSubstr(value)));
  }
  EXPECT_FALSE(normal_values(field_of(FieldKind::kText), {"a", "b"}));
}

TEST(FieldKinds, PatternsAreBounded) {
  schema::TicketField field = field_of(FieldKind::kRegexp);
  field.set_pattern("^[A-Z]{2}-[0-9]+$");
  EXPECT_TRUE(normal_values(field, {"AB-12"}));
  EXPECT_FALSE(normal_values(field, {"ab-12"}));
  EXPECT_FALSE(check_pattern("("));
  EXPECT_FALSE(check_pattern(std::string(1001, 'a')));
  EXPECT_FALSE(check_pattern("((a{100}){100}){100}"));
}

TEST(FieldKinds, CardFieldsAreRefusedWithAReason) {
  EXPECT_FALSE(parse_field_kind("partialcreditcard"));
  EXPECT_THAT(std::string(why_not_offered("partialcreditcard")), HasSubstr("card number"));
}

TEST(TicketFields, DropdownAndTagsStayInStep) {
  FieldsDesk desk;
  const std::uint64_t field = desk.try_field(FieldKind::kTagger, {"red", "blue"})->id();
  ASSERT_TRUE(desk.set_tags({"kept"}));
  ASSERT_TRUE(desk.set(field, {"red"}));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("kept", "red"));
  ASSERT_TRUE(desk.set(field, {"blue"}));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("blue", "kept"));
  ASSERT_TRUE(desk.set_tags({"kept", "red", "blue"}));  // a tag that comes is a choice
  EXPECT_THAT(desk.value(field), ElementsAre("red"));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("kept", "red"));
  ASSERT_TRUE(desk.set_tags({"kept"}));  // one that goes is none
  EXPECT_THAT(desk.value(field), IsEmpty());
  ASSERT_TRUE(desk.set(field, {"red"}));
  ASSERT_TRUE(desk.set(field, {}));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("kept"));
  EXPECT_THAT(desk.set(field, {"green"}).error().context(), HasSubstr("none of the field's options"));
}

TEST(TicketFields, MultiselectAndCheckboxHaveTagsToo) {
  FieldsDesk desk;
  const std::uint64_t many = desk.try_field(FieldKind::kMultiselect, {"a", "b", "c"})->id();
  const std::uint64_t box = desk.try_field(FieldKind::kCheckbox, {}, [](schema::TicketField& field) -> core::Result<void> {
                                  field.set_tag("boxed");
                                  return {};
                                })->id();
  ASSERT_TRUE(desk.set(many, {"a", "c"}));
  ASSERT_TRUE(desk.set(box, {"true"}));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("a", "boxed", "c"));
  ASSERT_TRUE(desk.set_tags({"a", "b"}));
  EXPECT_THAT(desk.value(many), ElementsAre("a", "b"));
  EXPECT_THAT(desk.value(box), ElementsAre("false"));
}

TEST(TicketFields, SolvingAsksForRequiredFields) {
  FieldsDesk desk;
  const std::uint64_t field = desk.try_field(FieldKind::kText, {}, [](schema::TicketField& each) -> core::Result<void> {
                                    each.set_is_required(true);
                                    return {};
                                  })->id();
  EXPECT_EQ(desk.set_status(Status::kSolved).error().context(), "custom_fields: field " + std::to_string(field) + " is needed to solve the ticket");
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kNew);
  ASSERT_TRUE(desk.set(field, {"done"}));
  EXPECT_TRUE(desk.set_status(Status::kSolved));
  // A form that does not have the field does not ask for it.
  ASSERT_TRUE(desk.set_status(Status::kOpen));
  ASSERT_TRUE(desk.set(field, {}));
  const auto form = desk.run(desk.fields().save_form(desk.agent, 0, [](schema::TicketForm& each) -> core::Result<void> {
    each.set_title("Short");
    each.set_is_active(true);
    each.add_fields(1);
    return {};
  }));
  ASSERT_TRUE(form) << form.error().describe();
  Tickets::Update change;
  change.status = Status::kSolved;
  change.wishes.form = form->id();
  EXPECT_TRUE(desk.update(kFirst, change));
}

TEST(TicketFields, ADeletedFieldHidesItsValues) {
  FieldsDesk desk;
  const std::uint64_t field = desk.try_field(FieldKind::kText)->id();
  ASSERT_TRUE(desk.set(field, {"kept"}));
  ASSERT_TRUE(desk.run(desk.fields().erase_field(desk.agent, field)));
  EXPECT_THAT(desk.value(field), ElementsAre("kept"));
  EXPECT_THAT(desk.set(field, {"more"}).error().context(), HasSubstr("is not there"));
  EXPECT_TRUE(desk.fields().fields().all(desk.acme)->get()->empty());
}

TEST(TicketFields, WhatIsTypedIsRedacted) {  // design invariant 2
  FieldsDesk desk;
  const std::uint64_t field = desk.try_field(FieldKind::kTextarea, {}, [](schema::TicketField& each) -> core::Result<void> {
                                    each.set_title("Card 4111111111111111");
                                    return {};
                                  })->id();
  EXPECT_EQ(desk.fields().fields().find(desk.acme, field)->title(), "Card 411111******1111");
  ASSERT_TRUE(desk.set(field, {"4111111111111111"}));
  EXPECT_THAT(desk.value(field), ElementsAre("411111******1111"));
}

TEST(TicketFields, DefinitionsAreChecked) {
  FieldsDesk desk;
  EXPECT_EQ(desk.try_field(FieldKind::kTagger).error().context(), "custom_field_options: cannot be blank");
  EXPECT_EQ(desk.try_field(FieldKind::kTagger, {"a", "A"}).error().context(), "custom_field_options: a value is there twice");
  EXPECT_THAT(desk.try_field(FieldKind::kTagger, {"two words"}).error().context(), HasSubstr("a value is a tag"));
  EXPECT_THAT(desk.try_field(FieldKind::kText, {"a"}).error().context(), HasSubstr("only of dropdowns"));
  EXPECT_THAT(desk.try_field(FieldKind::kRegexp).error().context(), HasSubstr("regexp_for_validation"));
  const std::uint64_t field = desk.try_field(FieldKind::kText)->id();
  const auto changed = desk.run(desk.fields().save_field(desk.agent, field, [](schema::TicketField& each) -> core::Result<void> {
    each.set_kind(static_cast<std::uint32_t>(FieldKind::kDate));
    return {};
  }));
  EXPECT_EQ(changed.error().context(), "type: does not change");
  EXPECT_EQ(desk.run(desk.fields().save_field(desk.agent, 4711, [](schema::TicketField&) -> core::Result<void> { return {}; })).error(), Errc::kNotFound);
}

TEST(CustomStatuses, FollowTheirCategory) {
  FieldsDesk desk;
  const auto make = [&desk](const char* title, Status category, bool is_default) {
    return desk.run(desk.fields().save_status(desk.agent, 0, [=](schema::CustomStatus& each) -> core::Result<void> {
      each.set_title(title);
      each.set_is_active(true);
      each.set_category(static_cast<std::uint32_t>(category));
      each.set_is_default(is_default);
      return {};
    }));
  };
  const auto parts = make("Waiting for parts", Status::kPending, false);
  const auto call = make("Call back", Status::kOpen, true);
  ASSERT_TRUE(parts && call);
  EXPECT_THAT(make("Another", Status::kOpen, true).error().context(), HasSubstr("another status is the default"));
  EXPECT_THAT(make("call BACK", Status::kOpen, false).error().context(), HasSubstr("agent_label"));
  EXPECT_THAT(make("Gone", Status::kClosed, false).error().context(), HasSubstr("status_category"));

  ASSERT_TRUE(desk.set_status(Status::kPending, parts->id()));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kPending);
  EXPECT_EQ(desk.ticket(kFirst).custom_status, parts->id());
  ASSERT_TRUE(desk.set_status(Status::kOpen));  // the default of the category
  EXPECT_EQ(desk.ticket(kFirst).custom_status, call->id());
  EXPECT_EQ(desk.set_status(Status::kSolved, parts->id()).error().context(), "custom_status_id: is not one of that status");
  EXPECT_EQ(desk.set_status(Status::kOpen, 4711).error().context(), "custom_status_id: no such status");
  Tickets::Update built_in;
  built_in.wishes.custom_status = 4;  // on hold
  ASSERT_TRUE(desk.update(kFirst, built_in));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kHold);
  EXPECT_EQ(desk.ticket(kFirst).custom_status, 0U);
}

}  // namespace
}  // namespace postern::ticketing
