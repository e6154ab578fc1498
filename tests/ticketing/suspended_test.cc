#include "ticketing/suspended.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::answer;
using test::answered;
using test::Desk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;

constexpr core::TicketId kFirst{1};

Mail spam(int number) {
  Mail mail;
  mail.spam = pipeline::SpamAction::kSuspend;
  mail.subject = "Offer " + std::to_string(number);
  mail.message_id = "s" + std::to_string(number) + "@customer.example";
  return mail;
}

std::vector<std::string> subjects(const std::vector<SuspendedMail>& mails) {
  std::vector<std::string> out;
  for (const auto& mail : mails) out.push_back(mail.subject);
  return out;
}

TEST(Suspended, ListsNewestFirstInPages) {
  Desk desk;
  for (int i = 1; i <= 120; ++i) ASSERT_TRUE(desk.take(spam(i)));
  const auto first = desk.suspended->list(desk.acme, 2).value();
  EXPECT_THAT(subjects(first), ElementsAre("Offer 120", "Offer 119"));
  const auto second = desk.suspended->list(desk.acme, 100, first.back().trace).value();
  ASSERT_EQ(second.size(), 100U);
  EXPECT_EQ(second.front().subject, "Offer 118");
  EXPECT_EQ(second.back().subject, "Offer 19");
  EXPECT_EQ(desk.suspended->list(desk.acme, 100, second.back().trace)->size(), 18U);
  EXPECT_TRUE(desk.suspended->list(desk.other, 100)->empty());
}

TEST(Suspended, AMessageOfTwoInboxesStaysOnOnePage) {
  Desk desk;
  ASSERT_TRUE(desk.take(spam(1)));
  ASSERT_TRUE(desk.take(spam(2), {"support@acme.example", "sales@acme.example"}));
  ASSERT_TRUE(desk.take(spam(3)));
  const auto page = desk.suspended->list(desk.acme, 2).value();
  EXPECT_THAT(subjects(page), ElementsAre("Offer 3", "Offer 2", "Offer 2"));
  EXPECT_THAT(subjects(desk.suspended->list(desk.acme, 2, page.back().trace).value()), ElementsAre("Offer 1"));
}

// Whoever works in one inbox does not pay for the backlog of the others, and misses nothing.
TEST(Suspended, APageWalksPastABoundedNumberOfOthersMail) {
  Desk desk;
  ASSERT_TRUE(desk.take(spam(1), {"sales@acme.example"}));
  for (int i = 2; i <= 13; ++i) ASSERT_TRUE(desk.take(spam(i)));
  ASSERT_TRUE(desk.take(spam(14), {"support@acme.example", "sales@acme.example"}));
  const auto all = desk.suspended->list(desk.acme, 100).value();
  const auto sales = std::ranges::find_if(all, [](const SuspendedMail& each) { return each.subject == "Offer 1"; });
  ASSERT_NE(sales, all.end());
  auth::Reach reach(desk.acme);
  reach.inboxes = auth::InboxScope::only({sales->inbox});
  ticketing::Options options = Desk::options();
  options.suspended_scan_max = 5;
  const SuspendedQueue queue(*desk.store, *desk.vault, *desk.accounts, *desk.directory, desk.ids, desk.clock, options);
  std::vector<std::string> seen;
  std::size_t pages = 0;
  for (core::TraceId before; pages == 0 || before; ++pages) {
    ASSERT_LT(pages, 10U);
    const SuspendedPage page = queue.page(reach, 100, before).value();
    std::ranges::move(subjects(page.mails), std::back_inserter(seen));
    before = page.rest;
  }
  EXPECT_EQ(pages, 3U);
  EXPECT_THAT(seen, ElementsAre("Offer 14", "Offer 1"));
  EXPECT_THAT(subjects(queue.list(reach, 100).value()), ElementsAre("Offer 14", "Offer 1"));
}

TEST(Suspended, OneIsShownWithItsText) {
  Desk desk;
  Mail mail = spam(1);
  mail.text = std::string(20'000, 'x') + "end";
  mail.attachments.push_back({"a.txt", "text/plain", "", false, "content", false});
  ASSERT_TRUE(desk.take(mail));
  const auto listed = desk.suspended->list(desk.acme, 1)->at(0);
  EXPECT_EQ(listed.text, "");
  const auto shown = desk.suspended->get(desk.acme, listed.trace, listed.inbox).value();
  EXPECT_EQ(shown.text, mail.text);
  EXPECT_EQ(shown.subject, "Offer 1");
  ASSERT_EQ(shown.attachments.size(), 1U);
  EXPECT_EQ(shown.attachments[0].name, "a.txt");
  EXPECT_EQ(desk.suspended->get(desk.other, listed.trace, listed.inbox).error(), Errc::kNotFound);
}

TEST(Suspended, RecoveryKeepsRequesterThreadAndProof) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.spam = pipeline::SpamAction::kSuspend;
  ASSERT_TRUE(desk.take(mail, {sent.mail_from.to_string()}));
  ASSERT_TRUE(desk.take(spam(1)));
  for (const auto& held : desk.suspended->list(desk.acme, 10).value()) {
    ASSERT_TRUE(desk.run(desk.suspended->recover(desk.agent, held.trace, held.inbox)));
  }
  const Comment joined = desk.comments(desk.acme, kFirst)->back();
  EXPECT_EQ(joined.text, mail.text);
  EXPECT_EQ(joined.author, desk.ticket(kFirst).requester);
  EXPECT_EQ(joined.verdicts->spam.action, pipeline::SpamAction::kSuspend);
  const Ticket made = desk.ticket(core::TicketId{2});
  EXPECT_EQ(made.subject, "Offer 1");
  EXPECT_EQ(made.requester, desk.ticket(kFirst).requester);
  EXPECT_TRUE(desk.suspended->list(desk.acme, 10)->empty());
}

TEST(Suspended, BothWaysOutAreAuditedAndTraced) {
  Desk desk;
  ASSERT_TRUE(desk.take(spam(1)));
  ASSERT_TRUE(desk.take(spam(2)));
  const auto held = desk.suspended->list(desk.acme, 10).value();
  auth::Principal stranger = desk.agent;
  stranger.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(desk.suspended->remove(stranger, held[0].trace, held[0].inbox)).error(), auth::Errc::kForbidden);
  ASSERT_TRUE(desk.run(desk.suspended->remove(desk.agent, held[0].trace, held[0].inbox)));
  ASSERT_TRUE(desk.run(desk.suspended->recover(desk.agent, held[1].trace, held[1].inbox)));
  EXPECT_EQ(desk.run(desk.suspended->recover(desk.agent, held[0].trace, held[0].inbox)).error(), Errc::kNotFound);
  for (const auto& entry : auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 100).value()) {
    if (entry.action == "mail.deleted" || entry.action == "mail.recovered") EXPECT_EQ(entry.actor, desk.agent.user);
  }
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("mail.deleted"));
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("mail.recovered"));
  const auto deleted = find_trace(*desk.store, *desk.vault, {desk.acme}, held[0].trace).value();
  EXPECT_EQ(deleted.steps.back().what, "deleted");
  const auto recovered = find_trace(*desk.store, *desk.vault, {desk.acme}, held[1].trace).value();
  EXPECT_EQ(recovered.steps.back().what, "stored");
  EXPECT_THAT(recovered.tickets, ElementsAre(1U));
}

}  // namespace
}  // namespace postern::ticketing
