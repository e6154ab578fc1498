// Drafts are kept for their author, without what must not be stored; a reply that is held back becomes one again.
#include "ticketing/drafts/drafts.h"

#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/drafts/draft_keys.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};

class DraftsTest : public testing::Test {
 protected:
  Drafts& drafts() { return desk.helpdesk->drafts(); }
  core::Result<Draft> put(core::TicketId ticket, std::string text, std::optional<std::uint64_t> revision = {}) {
    return desk.run(drafts().put(desk.agent, ticket, std::move(text), true, revision));
  }
  BulkDesk desk;
};

TEST_F(DraftsTest, LastWriterWinsUnlessHeSaysWhatHeRead) {
  EXPECT_EQ(put(kFirst, "Dear").value().revision, 1U);
  EXPECT_EQ(put(kFirst, "Dear Ann").value().revision, 2U);
  EXPECT_EQ(put(kFirst, "From an old window", 1).error(), Errc::kConflict);
  EXPECT_EQ(drafts().get(desk.agent, kFirst).value().text, "Dear Ann");
  EXPECT_EQ(put(kFirst, "Dear Ann,", 2).value().revision, 3U);
  ASSERT_TRUE(put(kSecond, "Hello"));
  EXPECT_EQ(drafts().list(desk.agent, 10, 100).value().size(), 2U);
  ASSERT_TRUE(desk.run(drafts().erase(desk.agent, kFirst)));
  EXPECT_EQ(drafts().get(desk.agent, kFirst).error(), Errc::kNotFound);
  EXPECT_EQ(drafts().list(desk.agent, 10, 100).value().size(), 1U);
}

// Each may be as long as a comment: a list is read a few at a time, and cut.
TEST_F(DraftsTest, ALongListIsWholeBoundedAndCut) {
  Drafts few(desk.helpdesk->services(), desk.redactor, {12, 60});
  const auto write = [&](std::uint64_t ticket) { return desk.run(few.put(desk.agent, core::TicketId{ticket}, "Dear Ann, thank you", true, {})); };
  for (int more = 0; more < 20; ++more) {
    test::Mail mail;
    mail.subject = "Order " + std::to_string(more);
    mail.message_id = "order-" + std::to_string(more) + "@customer.example";
    ASSERT_TRUE(desk.take(mail));
  }
  for (std::uint64_t ticket = 1; ticket <= 12; ++ticket) ASSERT_TRUE(write(ticket)) << ticket;
  EXPECT_EQ(write(13).error(), Errc::kInvalid);
  EXPECT_EQ(few.list(desk.agent, 500, 8).value().size(), 12U);
  EXPECT_EQ(few.list(desk.agent, 9, 8).value().size(), 9U);
  EXPECT_EQ(few.list(desk.agent, 9, 8).value().back().text, "Dear Ann");
}

// Design invariant 2.
TEST_F(DraftsTest, AreRedactedAndSealed) {
  const auto draft = put(kFirst, "Your card 4111111111111111");
  EXPECT_THAT(draft.value().text, Not(HasSubstr("4111111111111111")));
  const auto stored = desk.store->snapshot()->get(draft_keys::draft(desk.acme, desk.agent.user, kFirst)).value().value();
  EXPECT_THAT(stored, Not(HasSubstr("Your card")));
}

TEST_F(DraftsTest, BelongToTheirAuthorAndHisInboxes) {
  ASSERT_TRUE(put(kFirst, "Mine"));
  const auth::Principal carol = desk.agent_limited_to("carol", {desk.inbox_of("support@acme.example")});
  EXPECT_EQ(drafts().get(carol, kFirst).error(), Errc::kNotFound);
  EXPECT_TRUE(drafts().list(carol, 10, 100).value().empty());
  const auth::Principal sally = desk.agent_limited_to("sally", {desk.inbox_of("sales@acme.example")});
  EXPECT_EQ(desk.run(drafts().put(sally, kFirst, "x", true, {})).error(), Errc::kNotFound);
  auth::Principal reader = desk.agent;
  reader.permissions = auth::PermissionSet{auth::Permission::kTicketsRead};
  EXPECT_EQ(desk.run(drafts().put(reader, kFirst, "x", true, {})).error(), auth::Errc::kForbidden);
  // Of a ticket that is deleted they are not shown.
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  EXPECT_TRUE(drafts().list(desk.agent, 10, 100).value().empty());
}

TEST_F(DraftsTest, GoWithTheirAuthorsComment) {
  ASSERT_TRUE(put(kFirst, "Half"));
  ASSERT_TRUE(put(kSecond, "Other"));
  test::Mail mail = BulkDesk::numbered(1);
  mail.message_id = "more@customer.example";
  mail.in_reply_to = {"n1@customer.example"};
  ASSERT_TRUE(desk.take(mail));  // somebody else's comment
  EXPECT_TRUE(drafts().get(desk.agent, kFirst));
  ASSERT_TRUE(desk.reply(kFirst, "Whole"));
  EXPECT_EQ(drafts().get(desk.agent, kFirst).error(), Errc::kNotFound);
  EXPECT_TRUE(drafts().get(desk.agent, kSecond));
}

TEST_F(DraftsTest, LimitsHold) {
  EXPECT_EQ(put(kFirst, std::string(desk.desk_options.comment_bytes_max + 1, 'x')).error(), Errc::kInvalid);
  DraftLimits few;
  few.per_user_max = 1;
  Drafts small(desk.helpdesk->services(), desk.redactor, few);
  ASSERT_TRUE(desk.run(small.put(desk.agent, kFirst, "x", true, {})));
  EXPECT_EQ(desk.run(small.put(desk.agent, kSecond, "x", true, {})).error(), Errc::kInvalid);
  EXPECT_TRUE(desk.run(small.put(desk.agent, kFirst, "y", true, {})));
  EXPECT_EQ(desk.run(small.set_hold_seconds(desk.agent, 61)).error(), Errc::kInvalid);
}

class UnsendTest : public DraftsTest {
 protected:
  UnsendTest() { EXPECT_TRUE(desk.run(drafts().set_hold_seconds(desk.agent, 20))); }
};

TEST_F(UnsendTest, HeldReplyWaitsAndIsSentAfterwards) {
  ASSERT_TRUE(desk.reply(kFirst, "On its way"));
  EXPECT_TRUE(desk.claim().empty());
  desk.clock.advance(std::chrono::seconds(19));
  EXPECT_TRUE(desk.claim().empty());
  desk.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(desk.claim().size(), 1U);
}

TEST_F(UnsendTest, TakesTheReplyBackWithWhatCameWithIt) {
  const std::string before = desk.settled(kFirst);
  Tickets::Update update;
  update.text = "Wrong person";
  update.status = Status::kSolved;
  const auto sent = desk.update(kFirst, update);
  ASSERT_TRUE(put(kFirst, "And then"));
  const auto unsent = desk.run(drafts().unsend(desk.agent, kFirst, sent.value().comment.value().id));
  ASSERT_TRUE(unsent) << unsent.error().describe();
  EXPECT_EQ(unsent->draft.text, "Wrong person\n\nAnd then");
  EXPECT_TRUE(unsent->draft.is_public);
  EXPECT_EQ(desk.settled(kFirst), before);
  EXPECT_THAT(desk.texts(kFirst), ElementsAre("Text of 1"));
  desk.clock.advance(std::chrono::minutes(5));
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_THAT(desk.event_kinds(kFirst), Contains("unsent"));
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("comment.unsent"));
}

TEST_F(UnsendTest, KeepsWhatOthersDidMeanwhile) {
  const auto sent = desk.reply(kFirst, "Wrong person");
  Tickets::Update note;
  note.text = "A colleague's note";
  note.is_public = false;
  note.wishes.priority = Priority::kHigh;
  ASSERT_TRUE(desk.update(kFirst, note));
  ASSERT_TRUE(desk.run(drafts().unsend(desk.agent, kFirst, sent.value().comment.value().id)));
  EXPECT_THAT(desk.texts(kFirst), ElementsAre("Text of 1", "A colleague's note"));
  EXPECT_EQ(desk.ticket(kFirst).priority, Priority::kHigh);
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

TEST_F(UnsendTest, ComesTooLateAndIsForTheAuthorOnly) {
  const auto sent = desk.reply(kFirst, "Gone");
  const core::CommentId comment = sent.value().comment.value().id;
  const auth::Principal carol = desk.agent_limited_to("carol", {desk.inbox_of("support@acme.example")});
  EXPECT_EQ(desk.run(drafts().unsend(carol, kFirst, comment)).error(), auth::Errc::kForbidden);
  desk.clock.advance(std::chrono::seconds(21));
  EXPECT_EQ(desk.run(drafts().unsend(desk.agent, kFirst, comment)).error(), Errc::kConflict);
  const auto claimed = desk.claim();
  ASSERT_EQ(claimed.size(), 1U);
  desk.report(claimed[0], pipeline::DeliveryOutcome::kDelivered);
  EXPECT_EQ(desk.run(drafts().unsend(desk.agent, kFirst, comment)).error(), Errc::kConflict);
  EXPECT_EQ(desk.texts(kFirst).size(), 2U);
}

TEST_F(UnsendTest, Issue8AFormattedReplyComesBackFormatted) {
  Tickets::Update reply;
  reply.html = "<p>Hello <b>Ann</b></p>";
  const auto sent = desk.update(kFirst, reply);
  ASSERT_TRUE(sent);
  ASSERT_TRUE(desk.run(drafts().put(desk.agent, kFirst, "", true, std::nullopt, "<p>and 4111111111111111</p>")));
  const auto unsent = desk.run(drafts().unsend(desk.agent, kFirst, sent.value().comment.value().id));
  ASSERT_TRUE(unsent) << unsent.error().describe();
  EXPECT_EQ(unsent->draft.html, "<p>Hello <b>Ann</b></p><p>and 411111******1111</p>");
  EXPECT_EQ(unsent->draft.text, "Hello Ann\n\nand 411111******1111");
  EXPECT_EQ(drafts().get(desk.agent, kFirst)->html, unsent->draft.html);
  EXPECT_EQ(desk.run(drafts().put(desk.agent, kFirst, "plain", true, std::nullopt))->html, "");
}

}  // namespace
}  // namespace postern::ticketing
