// Whoever is limited to inboxes learns no number of a ticket in another one, whatever answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/automation/rule_desk.h"
#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/drafts/drafts.h"
#include "ticketing/feed_export.h"
#include "ticketing/shown.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using testing::HasSubstr;
using testing::Not;

// Ticket 1 stands in support; 2 in sales, and names 1 in every way there is.
class ShownTest : public ::testing::Test {
 protected:
  ShownTest() : desk(1) {
    test::Mail mail = BulkDesk::numbered(2);
    EXPECT_TRUE(desk.take(mail, {"sales@acme.example"}));
    sally = desk.agent_limited_to("sally", {desk.inbox_of("sales@acme.example")});
    Tickets::Update problem;
    problem.wishes.type = TicketType::kProblem;
    EXPECT_TRUE(desk.update(kOther, problem));
    Tickets::Update incident;
    incident.wishes.type = TicketType::kIncident;
    incident.wishes.problem = kOther;
    EXPECT_TRUE(desk.update(kOwn, incident));
    const Services with = desk.helpdesk->services();
    storage::Transaction transaction = desk.store->begin();
    auto draft = TicketDraft::open(with, transaction, desk.acme, kOwn).value();
    draft.record().set_follow_up_of(kOther.value);
    draft.record().set_claims_ticket(kOther.value);
    EXPECT_TRUE(draft.add_event({}, "merged_from", "ticket/1, ticket/2"));
    EXPECT_TRUE(draft.save(false));
    EXPECT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  }
  static void expect_nothing(const Ticket& ticket) {
    EXPECT_EQ(ticket.problem, core::TicketId{});
    EXPECT_EQ(ticket.follow_up_of, 0U);
    EXPECT_EQ(ticket.claims_ticket, 0U);
  }
  static void expect_all(const Ticket& ticket) {
    EXPECT_EQ(ticket.problem, kOther);
    EXPECT_EQ(ticket.follow_up_of, kOther.value);
    EXPECT_EQ(ticket.claims_ticket, kOther.value);
  }
  static constexpr core::TicketId kOther{1};
  static constexpr core::TicketId kOwn{2};
  BulkDesk desk;
  auth::Principal sally;
};

TEST_F(ShownTest, InTheExport) {
  const auto limited = export_tickets(*desk.store, *desk.vault, sally, 0, 100, false).value();
  ASSERT_EQ(limited.tickets.size(), 1U);
  expect_nothing(*limited.tickets[0].ticket);
  const auto all = export_tickets(*desk.store, *desk.vault, desk.agent, 0, 100, false).value();
  ASSERT_EQ(all.tickets.size(), 2U);
  expect_all(*all.tickets[1].ticket);
}

TEST_F(ShownTest, InTheAnswerToAChange) {
  Tickets::Update change;
  change.wishes.added_tags = {"x"};
  expect_nothing(desk.run(desk.tickets->update(sally, kOwn, change)).value().ticket);
  change.wishes.added_tags = {"y"};
  expect_all(desk.run(desk.tickets->update(desk.agent, kOwn, change)).value().ticket);
}

TEST_F(ShownTest, InTheAnswerToAReplyThatIsTakenBack) {
  ASSERT_TRUE(desk.run(desk.helpdesk->drafts().set_hold_seconds(sally, 60)));
  Tickets::Update reply;
  reply.text = "Hello";
  const auto sent = desk.run(desk.tickets->update(sally, kOwn, reply));
  ASSERT_TRUE(sent) << sent.error().describe();
  const auto back = desk.run(desk.helpdesk->drafts().unsend(sally, kOwn, sent->comment->id));
  ASSERT_TRUE(back) << back.error().describe();
  expect_nothing(back->ticket);
}

TEST_F(ShownTest, InWhatAMacroWouldDo) {
  const auto edit = [](schema::Macro& macro) -> core::Result<void> {
    macro.set_title("M");
    auto& action = *macro.add_actions();
    action.set_field("current_tags");
    action.add_values("x");
    return {};
  };
  const auto macro = desk.run(desk.helpdesk->macros().save(desk.agent, 0, edit));
  ASSERT_TRUE(macro) << macro.error().describe();
  const auto applied = desk.helpdesk->macros().apply(sally, macro->id(), kOwn).value();
  expect_nothing(applied.before);
  expect_nothing(applied.after);
}

TEST_F(ShownTest, InItsHistory) {
  std::string limited;
  for (const Event& each : desk.tickets->event_page(sally, kOwn, 0, 100).value().events) limited += each.kind + " " + each.detail + "\n";
  EXPECT_THAT(limited, HasSubstr("problem 0 -> 0"));
  EXPECT_THAT(limited, HasSubstr("merged_from another ticket, ticket/2"));
  std::string all;
  for (const Event& each : desk.tickets->event_page(desk.agent, kOwn, 0, 100).value().events) all += each.kind + " " + each.detail + "\n";
  EXPECT_THAT(all, HasSubstr("problem 0 -> 1"));
  EXPECT_THAT(all, HasSubstr("merged_from ticket/1, ticket/2"));
}

TEST_F(ShownTest, InEveryWayAnEventNamesOne) {
  const auto limited = [this](const char* kind, const char* detail) {
    Event event;
    event.kind = kind;
    event.detail = detail;
    return shown(*desk.store->snapshot(), *desk.vault, sally, event).detail;
  };
  EXPECT_EQ(limited("problem", "1 -> 0"), "0 -> 0");
  EXPECT_EQ(limited("problem", "2 -> 1"), "2 -> 0");
  EXPECT_EQ(limited("created", "mail; follow-up of 1; message-id"), "mail; follow-up of another ticket; message-id");
  EXPECT_EQ(limited("created", "mail; claims 1"), "mail; claims another ticket");
  EXPECT_EQ(limited("split", "ticket/1, comments 2"), "another ticket, comments 2");
  EXPECT_EQ(limited("created", "split from ticket/2"), "split from ticket/2");
  EXPECT_EQ(limited("comment", "claims 1"), "claims 1") << "not a link";
}

}  // namespace
}  // namespace postern::ticketing
