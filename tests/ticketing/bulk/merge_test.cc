// Merging and splitting tickets: people, mail and comments go along, and come back.
#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};
constexpr core::TicketId kThird{3};

MergeWish into_first(std::initializer_list<std::uint64_t> sources) {
  MergeWish out;
  out.target = kFirst;
  out.sources = BulkDesk::numbers(sources);
  return out;
}

Mail answer_to(const pipeline::OutboundMessage& sent, int customer) {
  Mail mail = BulkDesk::numbered(customer);
  mail.subject = "Re: Help " + std::to_string(customer);
  mail.text = "An answer";
  mail.message_id = "answer-" + std::to_string(customer) + "@customer.example";
  mail.in_reply_to = {test::signed_message_id(sent)};
  return mail;
}

TEST(Merge, ClosesSourcesAndBringsTheirPeople) {
  BulkDesk desk;
  MergeWish wish = into_first({2, 3});
  wish.target_comment = "Both say the same, card 4111111111111111";
  const auto job = desk.run(desk.bulk().merge(desk.agent, wish));
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->state, JobState::kCompleted);
  ASSERT_TRUE(job->results.at(0).is_done) << job->results.at(0).details;
  EXPECT_EQ(job->results.at(0).ticket, kFirst);
  const Ticket target = desk.ticket(kFirst);
  EXPECT_THAT(target.ccs, UnorderedElementsAre(desk.ticket(kSecond).requester, desk.ticket(kThird).requester));
  EXPECT_EQ(desk.ticket(kSecond).status, Status::kClosed);
  EXPECT_EQ(desk.ticket(kThird).merged_into, kFirst);
  EXPECT_THAT(desk.texts(kFirst).back(), Not(HasSubstr("4111111111111111")));
  EXPECT_THAT(desk.texts(kSecond).back(), HasSubstr("#1"));
  EXPECT_THAT(desk.event_kinds(kFirst), Contains("merged_from"));
  EXPECT_THAT(desk.event_kinds(kSecond), Contains("merged_into"));
  EXPECT_TRUE(desk.claim().empty());  // notes are mailed to nobody
}

TEST(Merge, RefusesWhatCannotBeMerged) {
  BulkDesk desk;
  EXPECT_EQ(desk.run(desk.bulk().merge(desk.agent, into_first({}))).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.bulk().merge(desk.agent, into_first({1}))).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.bulk().merge(desk.agent, into_first({2, 2}))).error(), Errc::kInvalid);
  JobStatus job = desk.run(desk.bulk().merge(desk.agent, into_first({2, 99}))).value();
  EXPECT_EQ(job.results.at(0).error, "TicketNotFound");
  EXPECT_EQ(desk.ticket(kSecond).status, Status::kNew);  // all or nothing
  Tickets::Update closed;
  closed.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kThird, closed));
  job = desk.run(desk.bulk().merge(desk.agent, into_first({2, 3}))).value();
  EXPECT_THAT(job.results.at(0).details, HasSubstr("ticket/3 is closed"));
  EXPECT_FALSE(job.is_undoable);
  auth::Principal reader = desk.agent;
  reader.permissions = auth::PermissionSet{auth::Permission::kTicketsRead, auth::Permission::kNotesWrite};
  EXPECT_EQ(desk.run(desk.bulk().merge(reader, into_first({2}))).error(), auth::Errc::kForbidden);
}

TEST(Merge, MailToASourceLandsInTheTarget) {
  BulkDesk desk(2);
  ASSERT_TRUE(desk.reply(kSecond, "Which version?"));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  ASSERT_TRUE(desk.run(desk.bulk().merge(desk.agent, into_first({2}))));
  // By the address that was made for its sender.
  const auto by_address = desk.take(answer_to(sent[0], 2), {sent[0].mail_from.to_string()});
  EXPECT_THAT(by_address.value().tickets, ElementsAre(kFirst));
  // By the Message-ID alone, from somebody who proves who he is.
  Mail again = answer_to(sent[0], 2);
  again.message_id = "answer-again@customer.example";
  again.dmarc = pipeline::AuthResult::kPass;
  const auto by_id = desk.take(again);
  EXPECT_THAT(by_id.value().tickets, ElementsAre(kFirst));
  EXPECT_EQ(desk.ticket(kSecond).comment_count, 3U);
  EXPECT_THAT(desk.texts(kFirst), Contains("An answer"));
}

TEST(Merge, StrangerWhoQuotesASourceStaysOutside) {
  BulkDesk desk(2);
  ASSERT_TRUE(desk.reply(kSecond, "Which version?"));
  const auto sent = desk.claim();
  ASSERT_TRUE(desk.run(desk.bulk().merge(desk.agent, into_first({2}))));
  Mail stranger = answer_to(sent.at(0), 2);
  stranger.from = "mallory@elsewhere.example";
  const auto receipt = desk.take(stranger);
  EXPECT_THAT(receipt.value().tickets, ElementsAre(kThird));
}

TEST(Merge, ChainsAreFollowed) {
  BulkDesk desk(3);
  ASSERT_TRUE(desk.reply(kThird, "Which version?"));
  const auto sent = desk.claim();
  MergeWish wish;
  wish.target = kSecond;
  wish.sources = {kThird};
  ASSERT_TRUE(desk.run(desk.bulk().merge(desk.agent, wish)));
  ASSERT_TRUE(desk.run(desk.bulk().merge(desk.agent, into_first({2}))));
  const auto receipt = desk.take(answer_to(sent.at(0), 3), {sent[0].mail_from.to_string()});
  EXPECT_THAT(receipt.value().tickets, ElementsAre(kFirst));
}

TEST(Merge, MailAfterTheTargetWasDeletedMakesANewTicket) {
  BulkDesk desk(2);
  ASSERT_TRUE(desk.reply(kSecond, "Which version?"));
  const auto sent = desk.claim();
  ASSERT_TRUE(desk.run(desk.bulk().merge(desk.agent, into_first({2}))));
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  const auto receipt = desk.take(answer_to(sent.at(0), 2), {sent[0].mail_from.to_string()});
  EXPECT_THAT(receipt.value().tickets, ElementsAre(kThird));
}

TEST(Merge, UndoRestoresBothSides) {
  BulkDesk desk;
  const auto before = desk.settled_all(3);
  const JobStatus job = desk.run(desk.bulk().merge(desk.agent, into_first({2, 3}))).value();
  ASSERT_TRUE(job.is_undoable);
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, job.id)).value();
  ASSERT_TRUE(undone.results.at(0).is_done) << undone.results.at(0).details;
  EXPECT_EQ(desk.settled_all(3), before);
  EXPECT_EQ(desk.texts(kFirst).size(), 1U);
  EXPECT_THAT(desk.event_kinds(kSecond), Contains("undone"));
  EXPECT_EQ(desk.run(desk.bulk().undo(desk.agent, job.id)).error(), Errc::kInvalid);  // once
}

TEST(Merge, UndoLeavesWhatHasGoneOnAndSaysSo) {
  BulkDesk desk;
  const auto before = desk.settled_all(3);
  const JobStatus job = desk.run(desk.bulk().merge(desk.agent, into_first({2, 3}))).value();
  // The conversation goes on in the target, and a source is deleted.
  Tickets::Update note;
  note.text = "Going on";
  note.is_public = false;
  ASSERT_TRUE(desk.update(kFirst, note));
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kThird, JobKind::kDelete)));
  const core::UserId third = core::UserId{desk.record(kThird)->requester()};
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, job.id)).value();
  EXPECT_FALSE(undone.results.at(0).is_done);
  EXPECT_THAT(undone.results.at(0).details, HasSubstr("ticket/3"));
  EXPECT_EQ(desk.settled(kSecond), before.at(2));
  EXPECT_THAT(desk.ticket(kFirst).ccs, ElementsAre(third));  // who came with the ticket that stays merged
  EXPECT_THAT(desk.texts(kFirst), Contains("Going on"));
}

TEST(Merge, UndoIsOverAfterItsTime) {
  BulkDesk desk;
  const JobStatus job = desk.run(desk.bulk().merge(desk.agent, into_first({2}))).value();
  desk.clock.advance(desk.bulk().limits().undo_life + std::chrono::minutes(1));
  EXPECT_EQ(desk.run(desk.bulk().undo(desk.agent, job.id)).error(), Errc::kNotFound);
  EXPECT_FALSE(desk.bulk().show(desk.agent, job.id).value().is_undoable);
}

TEST(Merge, WhoIsLimitedToOtherInboxesNeitherMergesNorUndoes) {
  BulkDesk desk;
  const auth::Principal sales = desk.agent_limited_to("sally", {desk.inbox_of("sales@acme.example")});
  const JobStatus refused = desk.run(desk.bulk().merge(sales, into_first({2}))).value();
  EXPECT_EQ(refused.results.at(0).error, "TicketNotFound");
  const JobStatus job = desk.run(desk.bulk().merge(desk.agent, into_first({2}))).value();
  EXPECT_EQ(desk.run(desk.bulk().undo(sales, job.id)).error(), Errc::kNotFound);
}

TEST(Split, MovesCommentsWithTheirMail) {
  BulkDesk desk(1);
  Mail other = BulkDesk::numbered(7);
  other.message_id = "another@customer.example";
  other.from = "user1@customer.example";
  other.in_reply_to = {"n1@customer.example"};
  other.text = "And something else";
  ASSERT_THAT(desk.take(other).value().tickets, ElementsAre(kFirst));
  ASSERT_TRUE(desk.reply(kFirst, "To that something else"));
  const auto comments = desk.comments(desk.acme, kFirst).value();
  ASSERT_EQ(comments.size(), 3U);
  SplitWish wish{kFirst, {comments[2].id, comments[1].id}, "Something else, card 4111111111111111"};
  const auto split = desk.run(desk.bulk().split(desk.agent, wish));
  ASSERT_TRUE(split) << split.error().describe();
  EXPECT_EQ(split->ticket.id, kSecond);
  EXPECT_THAT(split->ticket.subject, Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(split->ticket.requester, desk.ticket(kFirst).requester);
  EXPECT_EQ(split->ticket.submitter, desk.agent.user);
  EXPECT_THAT(desk.texts(kFirst), ElementsAre("Text of 1"));
  EXPECT_THAT(desk.texts(kSecond), ElementsAre("And something else", "To that something else"));
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 1U);
  // The reply that waits finds its comment, and an answer to the moved mail finds the new ticket.
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  desk.report(sent[0], pipeline::DeliveryOutcome::kDelivered);
  EXPECT_EQ(desk.comments(desk.acme, kSecond).value().back().delivery, "delivered");
  Mail answer = BulkDesk::numbered(1);
  answer.message_id = "last@customer.example";
  answer.in_reply_to = {"another@customer.example"};
  EXPECT_THAT(desk.take(answer).value().tickets, ElementsAre(kSecond));
}

TEST(Split, UndoPutsEverythingBack) {
  BulkDesk desk(1);
  ASSERT_TRUE(desk.reply(kFirst, "A reply"));
  const auto comments = desk.comments(desk.acme, kFirst).value();
  const std::string before = desk.settled(kFirst);
  const SplitDone split = desk.run(desk.bulk().split(desk.agent, {kFirst, {comments[1].id}, {}})).value();
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, split.undo)).value();
  ASSERT_TRUE(undone.results.at(0).is_done) << undone.results.at(0).details;
  EXPECT_EQ(desk.settled(kFirst), before);
  EXPECT_FALSE(desk.record(kSecond));
  EXPECT_THAT(desk.texts(kFirst), ElementsAre("Text of 1", "A reply"));
  EXPECT_THAT(desk.listed(), ElementsAre(1));
  EXPECT_EQ(desk.counted(), 1U);
  desk.report(desk.claim().at(0), pipeline::DeliveryOutcome::kDelivered);
  EXPECT_EQ(desk.comments(desk.acme, kFirst).value().back().delivery, "delivered");
}

TEST(Split, UndoLeavesATicketThatHasGoneOn) {
  BulkDesk desk(1);
  ASSERT_TRUE(desk.reply(kFirst, "A reply"));
  const auto comments = desk.comments(desk.acme, kFirst).value();
  const SplitDone split = desk.run(desk.bulk().split(desk.agent, {kFirst, {comments[1].id}, {}})).value();
  Tickets::Update pending;
  pending.status = Status::kPending;
  ASSERT_TRUE(desk.update(kSecond, pending));
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, split.undo)).value();
  EXPECT_FALSE(undone.results.at(0).is_done);
  EXPECT_THAT(undone.results.at(0).details, HasSubstr("ticket/2 was changed since"));
  EXPECT_THAT(desk.texts(kSecond), ElementsAre("A reply"));
}

TEST(Split, RefusesWhatCannotBeSplit) {
  BulkDesk desk(2);
  ASSERT_TRUE(desk.reply(kFirst, "A reply"));
  const auto own = desk.comments(desk.acme, kFirst).value();
  const auto foreign = desk.comments(desk.acme, kSecond).value();
  EXPECT_EQ(desk.run(desk.bulk().split(desk.agent, {kFirst, {}, {}})).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.bulk().split(desk.agent, {kFirst, {own[0].id, own[1].id}, {}})).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.bulk().split(desk.agent, {kFirst, {foreign[0].id}, {}})).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.bulk().split(desk.agent, {core::TicketId{99}, {own[0].id}, {}})).error(), Errc::kNotFound);
  EXPECT_THAT(desk.listed(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace postern::ticketing
