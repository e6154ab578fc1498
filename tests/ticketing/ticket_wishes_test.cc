// What a ticket carries beside its conversation: set, checked, told by events, kept from what must not be stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/ticket_links.h"
#include "ticketing/ticket_limits.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

constexpr core::TicketId kFirst{1};

struct WishDesk : Desk {
  WishDesk() { EXPECT_TRUE(take({})); }
  core::Result<Tickets::Updated> wish(TicketWishes wishes, core::TicketId id = kFirst) {
    Tickets::Update change;
    change.wishes = std::move(wishes);
    return update(id, std::move(change));
  }
  core::Result<Tickets::Updated> open(Tickets::Update first, core::InboxId inbox = {}) {
    clock.advance(std::chrono::seconds(1));
    return run(tickets->create(agent, inbox, std::move(first)));
  }
  std::string event_detail(std::string_view kind) {
    for (const Event& each : events(acme, kFirst).value()) {
      if (each.kind == kind) return each.detail;
    }
    return "none";
  }
  std::string refusal(TicketWishes wishes) {
    const auto refused = wish(std::move(wishes));
    return refused ? "accepted" : refused.error().context();
  }
};

TEST(TicketWishes, AttributesAreSetAndTold) {
  WishDesk desk;
  TicketWishes wishes;
  wishes.subject = "Broken kettle";
  wishes.type = TicketType::kTask;
  wishes.priority = Priority::kHigh;
  wishes.external_id = "ERP-77";
  wishes.due_unix_ms = 1'800'000'000'000;
  wishes.added_tags = {"VIP", "kettle"};
  const auto updated = desk.wish(wishes);
  ASSERT_TRUE(updated) << updated.error().describe();
  const Ticket ticket = desk.ticket(kFirst);
  EXPECT_EQ(ticket.subject, "Broken kettle");
  EXPECT_EQ(ticket.type, TicketType::kTask);
  EXPECT_EQ(ticket.priority, Priority::kHigh);
  EXPECT_EQ(ticket.external_id, "ERP-77");
  EXPECT_EQ(ticket.due_unix_ms, 1'800'000'000'000);
  EXPECT_THAT(ticket.tags, IsSupersetOf({"kettle", "vip"}));
  EXPECT_EQ(desk.event_detail("subject"), "Help\n-> Broken kettle");
  EXPECT_EQ(desk.event_detail("priority"), " -> high");
  EXPECT_EQ(desk.event_detail("tags"), "+kettle +vip");
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.changed"));

  const std::uint64_t version = ticket.version;
  EXPECT_TRUE(desk.wish(wishes));  // all of it is so already
  EXPECT_EQ(desk.ticket(kFirst).version, version);
}

TEST(TicketWishes, TagsAreReplacedAddedAndRemoved) {
  WishDesk desk;
  TicketWishes wishes;
  wishes.tags = {"a", "b"};
  EXPECT_TRUE(desk.wish(wishes));
  wishes = {};
  wishes.added_tags = {"c"};
  wishes.removed_tags = {"A"};
  EXPECT_TRUE(desk.wish(wishes));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("b", "c"));
  wishes = {};
  wishes.tags.emplace();
  EXPECT_TRUE(desk.wish(wishes));
  EXPECT_TRUE(desk.ticket(kFirst).tags.empty());
  for (const char* bad : {"two words", "", "a,b", "\"quoted\""}) {
    wishes.tags = {bad};
    EXPECT_THAT(desk.refusal(wishes), HasSubstr("tags")) << bad;
  }
  wishes.tags = std::vector<std::string>{};
  for (std::size_t i = 0; i <= kTicketLimits.tags_max; ++i) wishes.tags->push_back("t" + std::to_string(i));
  EXPECT_EQ(desk.refusal(wishes), "tags: too many");
  EXPECT_TRUE(desk.ticket(kFirst).tags.empty());
}

TEST(TicketWishes, TypedTextIsRedactedEverywhere) {  // design invariant 2
  WishDesk desk;
  TicketWishes wishes;
  wishes.subject = "Card 4111111111111111";
  wishes.external_id = "4111111111111111";
  wishes.added_tags = {"4111111111111111"};
  ASSERT_TRUE(desk.wish(wishes));
  const Ticket ticket = desk.ticket(kFirst);
  EXPECT_EQ(ticket.subject, "Card 411111******1111");
  EXPECT_EQ(ticket.external_id, "411111******1111");
  EXPECT_THAT(ticket.tags, Contains("411111******1111"));
  for (const Event& each : desk.events(desk.acme, kFirst).value()) EXPECT_THAT(each.detail, Not(HasSubstr("4111111111111111")));
  wishes = {};
  wishes.cc_changes = {{{}, "4111111111111111@customer.example", "", false}};
  EXPECT_THAT(desk.refusal(wishes), HasSubstr("must not be stored"));
}

TEST(TicketWishes, DueTimesBelongToTasksAndProblemsToIncidents) {
  WishDesk desk;
  Mail second;
  second.message_id = "m2@customer.example";
  ASSERT_TRUE(desk.take(second));
  TicketWishes wishes;
  wishes.due_unix_ms = 1'800'000'000'000;
  EXPECT_EQ(desk.refusal(wishes), "due_at: only a task has one");
  wishes = {};
  wishes.problem = core::TicketId{2};
  EXPECT_EQ(desk.refusal(wishes), "problem_id: only an incident has one");
  wishes.type = TicketType::kIncident;
  EXPECT_EQ(desk.refusal(wishes), "problem_id: no such problem");
  TicketWishes as_problem;
  as_problem.type = TicketType::kProblem;
  ASSERT_TRUE(desk.wish(as_problem, core::TicketId{2}));
  ASSERT_TRUE(desk.wish(wishes));
  const auto incidents = desk.tickets->incidents_of(desk.acme, core::TicketId{2});
  ASSERT_EQ(incidents->size(), 1U);
  EXPECT_EQ(incidents->front().id, kFirst);
  wishes = {};
  wishes.type = TicketType::kQuestion;  // with the type the problem goes
  ASSERT_TRUE(desk.wish(wishes));
  EXPECT_FALSE(desk.ticket(kFirst).problem);
  EXPECT_TRUE(desk.tickets->incidents_of(desk.acme, core::TicketId{2})->empty());
}

TEST(TicketWishes, PeopleComeAndGo) {
  WishDesk desk;
  TicketWishes wishes;
  wishes.cc_changes = {{{}, "carl@customer.example", "Carl", false}, {{}, "dora@customer.example", "", false}};
  wishes.followers = {{desk.agent.user, "", "", false}};
  ASSERT_TRUE(desk.wish(wishes));
  EXPECT_EQ(desk.ticket(kFirst).ccs.size(), 2U);
  EXPECT_THAT(desk.ticket(kFirst).followers, ElementsAre(desk.agent.user));
  wishes = {};
  wishes.cc_changes = {{{}, "CARL@customer.example", "", true}};
  ASSERT_TRUE(desk.wish(wishes));
  ASSERT_EQ(desk.ticket(kFirst).ccs.size(), 1U);
  const core::UserId dora = desk.ticket(kFirst).ccs.front();
  wishes = {};
  wishes.requester = {dora, "", "", false};  // whoever asks is not copied as well
  ASSERT_TRUE(desk.wish(wishes));
  EXPECT_EQ(desk.ticket(kFirst).requester, dora);
  EXPECT_TRUE(desk.ticket(kFirst).ccs.empty());
  TicketQuery query;
  query.requester = dora;
  EXPECT_EQ(desk.tickets->list(desk.acme, query)->tickets.size(), 1U);

  wishes = {};
  wishes.cc_changes = {{{}, "sales@acme.example", "", false}};
  EXPECT_EQ(desk.refusal(wishes), "email_ccs: is one of our own addresses");
  wishes = {};
  wishes.followers = {{dora, "", "", false}};
  EXPECT_EQ(desk.refusal(wishes), "followers: is not an agent of this inbox");
  wishes = {};
  wishes.requester = {core::UserId{4711}, "", "", false};
  EXPECT_EQ(desk.refusal(wishes), "requester_id: no such user");
  wishes = {};
  wishes.ccs.emplace();
  for (std::size_t i = 0; i <= Desk::options().participants_max; ++i) wishes.ccs->push_back({{}, "c" + std::to_string(i) + "@x.example", "", false});
  EXPECT_EQ(desk.refusal(wishes), "email_ccs: too many");
}

TEST(TicketWishes, ExternalIdsFindTickets) {
  WishDesk desk;
  TicketWishes wishes;
  wishes.external_id = "ERP-77";
  ASSERT_TRUE(desk.wish(wishes));
  ASSERT_EQ(desk.tickets->with_external_id(desk.acme, "ERP-77")->size(), 1U);
  EXPECT_TRUE(desk.tickets->with_external_id(desk.other, "ERP-77")->empty());
  wishes.external_id = "ERP-78";
  ASSERT_TRUE(desk.wish(wishes));
  EXPECT_TRUE(desk.tickets->with_external_id(desk.acme, "ERP-77")->empty());
  EXPECT_EQ(desk.tickets->with_external_id(desk.acme, "ERP-78")->size(), 1U);
  auth::Reach elsewhere(desk.acme);
  elsewhere.inboxes = auth::InboxScope::only({});
  EXPECT_TRUE(desk.tickets->with_external_id(elsewhere, "ERP-78")->empty());
}

TEST(TicketWishes, TagsOfTheWorkspaceAreCounted) {
  WishDesk desk;
  Mail second;
  second.message_id = "m2@customer.example";
  ASSERT_TRUE(desk.take(second));
  TicketWishes wishes;
  wishes.tags = {"kettle", "vip"};
  ASSERT_TRUE(desk.wish(wishes));
  wishes.tags = {"kettle"};
  ASSERT_TRUE(desk.wish(wishes, core::TicketId{2}));
  auto tags = desk.helpdesk->links().tags(desk.acme).value();
  ASSERT_EQ(tags.size(), 2U);
  EXPECT_EQ(tags[0].tag, "kettle");
  EXPECT_EQ(tags[0].count, 2U);
  EXPECT_EQ(desk.helpdesk->links().tags(desk.acme, "vi")->size(), 1U);
  wishes.tags.emplace();
  ASSERT_TRUE(desk.wish(wishes));
  EXPECT_EQ(desk.helpdesk->links().tags(desk.acme)->size(), 1U);
}

TEST(TicketCreation, ForSomebodyByAddressIsMailedToHim) {
  WishDesk desk;
  Tickets::Update first;
  first.text = "We found your parcel.\nSee you.";
  first.wishes.subject = "Your parcel";
  first.wishes.priority = Priority::kUrgent;
  first.wishes.requester = {{}, "zoe@customer.example", "Zoe", false};
  first.wishes.cc_changes = {{{}, "carl@customer.example", "Carl", false}};
  first.assignee = desk.agent.user;
  const auto made = desk.open(first);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->ticket.id, core::TicketId{2});
  EXPECT_EQ(made->ticket.status, Status::kOpen);
  EXPECT_EQ(made->ticket.submitter, desk.agent.user);
  EXPECT_EQ(made->ticket.priority, Priority::kUrgent);
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(test::header_of(sent[0].message, "Subject"), "Your parcel");
  EXPECT_THAT(sent[0].message, HasSubstr("Zoe"));
  EXPECT_EQ(desk.event_kinds(core::TicketId{2}).front(), "created");
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.created"));
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kOpen).value(), 1U);

  // His answer joins it.
  Mail answer;
  answer.from = "zoe@customer.example";
  answer.in_reply_to = {test::signed_message_id(sent[0])};
  answer.message_id = "z1@customer.example";
  const auto taken = desk.take(answer);
  ASSERT_TRUE(taken);
  EXPECT_THAT(taken->tickets, ElementsAre(core::TicketId{2}));
}

TEST(TicketCreation, AsANoteIsNotMailed) {
  WishDesk desk;
  Tickets::Update first;
  first.text = "Called at noon.";
  first.is_public = false;
  first.wishes.requester = {{}, "zoe@customer.example", "Zoe", false};
  const auto made = desk.open(first);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->ticket.subject, "Called at noon.");
  EXPECT_EQ(made->ticket.status, Status::kNew);
  EXPECT_TRUE(desk.claim().empty());
}

TEST(TicketCreation, ForHimselfNeedsNoReader) {
  WishDesk desk;
  Tickets::Update first;
  first.text = "Order paper";
  const auto made = desk.open(first);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->ticket.requester, desk.agent.user);
  EXPECT_TRUE(desk.claim().empty());
}

TEST(TicketCreation, RefusesWhatIsNotAllowedAndLeavesNothing) {
  WishDesk desk;
  Tickets::Update first;
  EXPECT_EQ(desk.open(first).error().context(), "comment: cannot be blank");
  first.text = "x";
  EXPECT_EQ(desk.open(first, core::InboxId{99}).error().context(), "inbox_id: no such inbox");
  first.wishes.requester = {{}, "help@acme.example", "", false};
  EXPECT_EQ(desk.open(first).error().context(), "requester_id: is one of our own addresses");
  first.wishes.requester = {{}, "zoe@customer.example", "", false};
  first.status = Status::kClosed;
  EXPECT_EQ(desk.open(first).error().context(), "status: a new ticket is not closed");
  first.status.reset();
  auto reader = desk.agent;
  reader.permissions = auth::PermissionSet{auth::Permission::kTicketsRead, auth::Permission::kReply};
  EXPECT_EQ(desk.run(desk.tickets->create(reader, {}, first)).error(), auth::Errc::kForbidden);
  auto elsewhere = desk.agent;
  elsewhere.inboxes = auth::InboxScope::only({});
  EXPECT_EQ(desk.run(desk.tickets->create(elsewhere, {}, first)).error().context(), "inbox_id: no such inbox");
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_EQ(desk.tickets->list(desk.acme, {})->tickets.size(), 1U);
}

// What is refused leaves no gap in the numbers.
TEST(TicketCreation, RefusedOnesTakeNoNumber) {
  WishDesk desk;
  Tickets::Update first;
  first.text = "x";
  first.wishes.added_tags = {"two words"};
  EXPECT_EQ(desk.open(first).error(), Errc::kInvalid);
  first.wishes.added_tags.clear();
  first.assignee = core::UserId{987654};
  EXPECT_EQ(desk.open(first).error(), Errc::kInvalid);
  first.assignee.reset();
  const auto made = desk.open(first);
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->ticket.id, core::TicketId{2}) << "the desk has one already";
}

// Whoever is limited to inboxes must not open the profile of a contact of others by naming his address.
TEST(TicketCreation, ForAContactOfOtherInboxesIsRefusedToWhoeverIsLimited) {
  WishDesk desk;  // Ann has written to support
  auth::Principal op = desk.agent;
  op.user = {};
  op.role = auth::Role::kOwner;
  op.method = auth::Method::kOperator;
  const core::InboxId sales = desk.directory->resolve(pipeline::split_address("sales@acme.example")).value().inbox;
  const auto invited = desk.run(desk.accounts->invite(op, "sally@staff.example", "Sally", auth::Role::kAgent)).value();
  const auth::User limited = desk.run(desk.accounts->set_inboxes(op, invited.first.id, auth::InboxScope::only({sales}))).value();
  const auth::Principal sally = auth::principal_for(limited, auth::Method::kSession, 1, "192.0.2.10");
  Tickets::Update first;
  first.text = "x";
  first.wishes.requester = PersonWish{{}, "ann@customer.example", "", false};
  EXPECT_EQ(desk.run(desk.tickets->create(sally, {}, first)).error().context(),
            "requester_id: whoever has this address has not written to an inbox of yours");
  first.wishes.requester = PersonWish{{}, "new@customer.example", "New", false};
  const auto made = desk.run(desk.tickets->create(sally, {}, first));
  ASSERT_TRUE(made) << made.error().describe();
  Tickets::Update copy;
  copy.wishes.cc_changes = {PersonWish{{}, "ann@customer.example", "", false}};
  EXPECT_EQ(desk.run(desk.tickets->update(sally, made->ticket.id, copy)).error(), Errc::kInvalid);
  first.wishes.requester = PersonWish{{}, "ann@customer.example", "", false};
  EXPECT_TRUE(desk.run(desk.tickets->create(desk.agent, {}, first))) << "others may";
}

}  // namespace
}  // namespace postern::ticketing
