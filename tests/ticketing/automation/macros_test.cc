// Macros, what actions and placeholders are refused, and what a macro would do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/errc.h"
#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/people/groups.h"

namespace postern::ticketing {
namespace {

using test::kFirst;
using test::RuleDesk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MacroDesk : public RuleDesk {
 public:
  core::Result<schema::Macro> try_macro(const std::vector<test::RuleWords>& actions, const std::string& title = "M", std::vector<std::uint64_t> groups = {},
                                        core::UserId owner = {}) {
    auto edit = [&](schema::Macro& macro) -> core::Result<void> {
      macro.set_title(title);
      macro.set_owner(owner.value);
      for (const std::uint64_t group : groups) macro.add_groups(group);
      for (const test::RuleWords& each : actions) {
        auto& action = *macro.add_actions();
        action.set_field(each.at(0));
        for (std::size_t i = 1; i < each.size(); ++i) action.add_values(each[i]);
      }
      return {};
    };
    return run(helpdesk->macros().save(agent, 0, std::move(edit)));
  }
  auth::Principal colleague(const std::string& name) {
    auth::Principal owner = agent;
    owner.user = {};
    owner.role = auth::Role::kOwner;
    owner.method = auth::Method::kOperator;
    auth::Principal out = agent;
    out.user = run(accounts->invite(owner, name + "@staff.example", name, auth::Role::kAgent)).value().first.id;
    out.role = auth::Role::kAgent;
    return out;
  }
};

std::string refusal_of(const core::Result<schema::Macro>& result) { return result ? std::string() : result.error().context(); }

TEST(Macros, ShowTheTicketAsItWouldBeAndStoreNothing) {
  MacroDesk desk;
  ASSERT_TRUE(desk.take({}));
  const auto made = desk.try_macro({{"status", "pending"}, {"priority", "high"}, {"current_tags", "refund"}, {"assignee_id", "current_user"},
                                    {"comment_value", "Hello {{ticket.requester.first_name}}, about \"{{ticket.title}}\" (#{{ticket.id}})."},
                                    {"comment_mode_is_public", "true"}});
  ASSERT_TRUE(made) << refusal_of(made);
  const auto sequence = desk.store->last_sequence(desk.acme);
  const auto applied = desk.helpdesk->macros().apply(desk.agent, made->id(), kFirst).value();
  EXPECT_EQ(applied.after.status, Status::kPending);
  EXPECT_EQ(applied.after.priority, Priority::kHigh);
  EXPECT_EQ(applied.after.assignee, desk.agent.user);
  EXPECT_THAT(applied.after.tags, ElementsAre("refund"));
  EXPECT_EQ(applied.comment, "Hello Ann, about \"Help\" (#1).");
  EXPECT_EQ(applied.is_public, true);
  EXPECT_EQ(applied.after.version, applied.before.version);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kNew);
  EXPECT_EQ(desk.store->last_sequence(desk.acme), sequence);
  const auto alone = desk.helpdesk->macros().apply(desk.agent, made->id(), std::nullopt).value();
  EXPECT_THAT(alone.comment, HasSubstr("{{ticket.title}}"));
}

TEST(Macros, OfSomebodyOrOfAGroupAreNotThereForOthers) {
  MacroDesk desk;
  const auth::Principal eve = desk.colleague("Eve");
  const auth::Principal kim = desk.colleague("Kim");
  Groups::Change named;
  named.name = "Refunds";
  const auto group = desk.run(desk.helpdesk->groups().create(desk.agent, named)).value();
  ASSERT_TRUE(desk.run(desk.helpdesk->groups().join(desk.agent, group.id, kim.user, false)));
  const auto of_group = desk.try_macro({{"status", "open"}}, "G", {group.id}).value();
  auto own = [&eve](schema::Macro& macro) -> core::Result<void> {
    macro.set_title("Own");
    macro.set_owner(eve.user.value);
    auto& action = *macro.add_actions();
    action.set_field("status");
    action.add_values("open");
    return {};
  };
  Macros& macros = desk.helpdesk->macros();
  const auto of_eve = desk.run(macros.save(eve, 0, own)).value();
  EXPECT_EQ(macros.find(desk.agent, of_eve.id()).error(), Errc::kNotFound);
  EXPECT_EQ(macros.find(eve, of_group.id()).error(), Errc::kNotFound);
  EXPECT_TRUE(macros.find(kim, of_group.id()));
  EXPECT_TRUE(macros.find(desk.agent, of_group.id()));  // manages settings
  EXPECT_EQ(macros.all(eve)->size(), 1U);
  // A shared one is made by whoever manages settings only; nobody makes one for somebody else.
  auto shared = [](schema::Macro& macro) -> core::Result<void> {
    macro.set_owner(0);
    return {};
  };
  EXPECT_EQ(desk.run(macros.save(eve, of_eve.id(), shared)).error(), auth::Errc::kForbidden);
  EXPECT_EQ(desk.run(macros.erase(kim, of_group.id())).error(), auth::Errc::kForbidden);
  EXPECT_TRUE(desk.run(macros.erase(eve, of_eve.id())));
}

TEST(Macros, OfTicketsElsewhereShowNothing) {
  MacroDesk desk;
  ASSERT_TRUE(desk.take({}));
  const auto made = desk.try_macro({{"status", "open"}}).value();
  auth::Principal limited = desk.agent;
  limited.inboxes = auth::InboxScope::only({});
  EXPECT_EQ(desk.helpdesk->macros().apply(limited, made.id(), kFirst).error(), Errc::kNotFound);
}

TEST(Actions, AreCheckedOneByOneAndNamedWhenTheyAreWrong) {
  MacroDesk desk;
  const auto why = [&desk](test::RuleWords action) { return refusal_of(desk.try_macro({{"status", "open"}, std::move(action)})); };
  EXPECT_EQ(why({"nonsense", "1"}), "actions[1].field: there is no such action");
  EXPECT_EQ(why({"notification_user", "requester_id", "S", "B"}), "actions[1].field: not in a macro");
  EXPECT_EQ(why({"status", "new"}), "actions[1].value: one of open,pending,hold,solved,closed");
  EXPECT_EQ(why({"priority"}), "actions[1].value: one");
  EXPECT_EQ(why({"assignee_id", "12"}), "actions[1].value: is not an active agent");
  EXPECT_EQ(why({"group_id", "12"}), "actions[1].value: there is no such group");
  EXPECT_EQ(why({"custom_fields_12", "x"}).substr(0, 16), "actions[1].value");
  EXPECT_EQ(why({"custom_status_id", "12"}), "actions[1].value: there is no such status");
  EXPECT_EQ(why({"due_date", "days_from_now", "0"}), "actions[1].value: 1 to 10000");
  EXPECT_EQ(why({"current_tags", "a,b"}), "actions[1].value: a tag has no blanks, commas or quotes, and is not too long");
  EXPECT_EQ(why({"comment_value", "{{ticket.nonsense}}"}), "actions[1].value: unknown placeholder ticket.nonsense");
  EXPECT_EQ(why({"comment_value", "{{ <script> }}"}), "actions[1].value: unknown placeholder");
  EXPECT_EQ(why({"comment_value", std::string(40'000, 'x')}), "actions[1].value: too long");
  EXPECT_EQ(refusal_of(desk.try_macro({})), "actions: cannot be blank");
  EXPECT_EQ(refusal_of(desk.try_macro(std::vector<test::RuleWords>(51, {"status", "open"}))), "actions: too many");
  EXPECT_EQ(refusal_of(desk.try_macro({{"status", "open"}}, " ")), "title: cannot be blank");
  EXPECT_EQ(desk.try_trigger({{"update_type", "is", "Create"}}, {{"notification_user", "12", "S", "B"}}).error().context(), "actions[0].value: is not an active agent");
  EXPECT_EQ(desk.try_automation({{"OPEN", "is", "1"}}, {{"assignee_id", "current_user"}}).error().context(),
            "actions[0].value: an automation has no current user");
}

TEST(Actions, OfAMacroAreAllDoneOrToldApart) {
  MacroDesk desk;
  ASSERT_TRUE(desk.take({}));
  Groups::Change named;
  named.name = "Refunds";
  const auto group = desk.run(desk.helpdesk->groups().create(desk.agent, named)).value();
  const auto made = desk.try_macro({{"group_id", std::to_string(group.id)}, {"type", "task"}, {"due_date", "days_from_now", "2"}, {"follower", "current_user"},
                                    {"set_tags", "b a"}, {"subject", "Re {{ticket.title}}"}, {"comment_value_html", "<p>One</p><b>two</b> &amp; three"}});
  ASSERT_TRUE(made) << refusal_of(made);
  const auto applied = desk.helpdesk->macros().apply(desk.agent, made->id(), kFirst).value();
  EXPECT_THAT(applied.skipped, IsEmpty());
  EXPECT_EQ(applied.after.group, group.id);
  EXPECT_EQ(applied.after.type, TicketType::kTask);
  EXPECT_EQ(applied.after.due_unix_ms, core::to_unix_ms(desk.clock.wall_now()) + 48 * 3'600'000);
  EXPECT_THAT(applied.after.followers, ElementsAre(desk.agent.user));
  EXPECT_THAT(applied.after.tags, ElementsAre("a", "b"));
  EXPECT_EQ(applied.after.subject, "Re Help");
  EXPECT_EQ(applied.comment, "Onetwo &amp; three") << "as the redactor of this test reads HTML";
  EXPECT_EQ(applied.comment_html, "<p>One</p><b>two</b> &amp; three");
}

// One who makes many for himself takes no room from the others.
TEST(Macros, OfOnePersonHaveALimitOfTheirOwn) {
  MacroDesk desk;
  std::size_t own = 0;
  while (own < 1000 && desk.try_macro({{"status", "open"}}, "Own", {}, desk.agent.user)) ++own;
  EXPECT_EQ(own, 100U);
  EXPECT_EQ(desk.try_macro({{"status", "open"}}, "Own", {}, desk.agent.user).error().context(), "macro: too many");
  EXPECT_TRUE(desk.try_macro({{"status", "open"}}, "Shared"));
}

TEST(Macros, AreInCategoriesByTheirTitle) {
  EXPECT_EQ(macro_category("Refunds::Ask"), "Refunds");
  EXPECT_EQ(macro_category("Refunds :: Ask :: Twice"), "Refunds");
  EXPECT_EQ(macro_category("Ask"), "");
}

TEST(HtmlAsText, NeverTakesLongOverWhatIsNoMarkup) {
  EXPECT_EQ(html_as_text("a<br>b<br/>c &lt;d&gt;"), "a\nb\nc <d>");
  EXPECT_EQ(html_as_text(std::string(200'000, '<')).size(), 200'000U);
  EXPECT_EQ(html_as_text("1 < 2"), "1 < 2");
}

}  // namespace
}  // namespace postern::ticketing
