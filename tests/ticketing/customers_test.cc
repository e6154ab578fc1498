// What customers see and do with links from mails, without an account (issue 8, part 6; Z-31 for files).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "core/errc.h"
#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/bulk/bulk.h"
#include "ticketing/customers/customer_desk.h"
#include "ticketing/errc.h"
#include "ticketing/people/people.h"

namespace postern::ticketing {
namespace {

using test::kFirst;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct CustomersDesk : test::RuleDesk {
  CustomersDesk() { EXPECT_TRUE(take({})); }
  CustomerDesk& customers() { return helpdesk->customers(); }
  core::UserId ann() { return ticket(kFirst).requester; }
  std::string link(core::TicketId of = kFirst) { return customers().make_link(acme, ann(), of, LinkUse::kRequests).value(); }
  CustomerVisit visit(core::TicketId of = kFirst) { return customers().visit(link(of), "192.0.2.7").value(); }
  CustomerDesk::Answer words(const std::string& text) {
    CustomerDesk::Answer out;
    out.text = text;
    const CustomerVisit at = visit();
    out.stamp = customers().check_stamp(at, "answer/1", customers().make_stamp(at, "answer/1").value()).value();
    return out;
  }
  core::Result<void> answer(CustomerDesk::Answer what) { return run(customers().answer(visit(), kFirst, std::move(what))); }
  std::vector<std::string> shown() {
    std::vector<std::string> out;
    for (const auto& each : customers().conversation(visit(), kFirst, {}, 50).value().comments) out.push_back(each.comment.text);
    return out;
  }
};

// The first link of that kind in a mail, whose lines quoted-printable has broken.
std::string link_in(std::string mail, const std::string& path) {
  for (std::size_t at = mail.find("=\r\n"); at != std::string::npos; at = mail.find("=\r\n")) mail.erase(at, 3);
  const std::size_t begin = mail.find(path);
  if (begin == std::string::npos) return {};
  return mail.substr(begin + path.size(), mail.find_first_of("\r\n?", begin) - begin - path.size());
}

TEST(CustomerLinks, CannotBeMadeLengthenedOrTurnedIntoAnother) {
  CustomersDesk desk;
  const std::string genuine = desk.link();
  EXPECT_TRUE(desk.customers().visit(genuine, ""));
  std::string raw = core::from_base64url(genuine).value();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    std::string other = raw;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_EQ(desk.customers().visit(core::to_base64url(other), "").error(), Errc::kNotFound) << i;
  }
  for (const std::string& none : {std::string(), std::string("x"), genuine + "A", genuine.substr(1), std::string(200, 'A')}) {
    EXPECT_EQ(desk.customers().visit(none, "").error(), Errc::kNotFound) << none;
  }
}

TEST(CustomerLinks, EndWithTheirTimeAndWithTheirPersonOrTicket) {
  CustomersDesk desk;
  const std::string link = desk.link();
  desk.clock.advance(desk.customers().limits().link_life + std::chrono::minutes(2));
  EXPECT_EQ(desk.customers().visit(link, "").error(), Errc::kNotFound);
  const std::string fresh = desk.link();
  EXPECT_TRUE(desk.customers().visit(fresh, ""));
  People::Change suspended;
  suspended.is_suspended = true;
  ASSERT_TRUE(desk.run(desk.helpdesk->people().update(desk.agent, desk.ann(), suspended)));
  EXPECT_EQ(desk.customers().visit(fresh, "").error(), Errc::kNotFound);
  suspended.is_suspended = false;
  ASSERT_TRUE(desk.run(desk.helpdesk->people().update(desk.agent, desk.ann(), suspended)));
  EXPECT_TRUE(desk.customers().visit(fresh, ""));
  ASSERT_TRUE(desk.run(desk.helpdesk->bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  EXPECT_EQ(desk.customers().visit(fresh, "").error(), Errc::kNotFound);
}

TEST(CustomerLinks, AreTakenBackAllAtOnce) {
  CustomersDesk desk;
  const std::string one = desk.link();
  const std::string all = desk.link({});
  desk.clock.advance(std::chrono::minutes(5));
  ASSERT_TRUE(desk.run(desk.customers().revoke(desk.agent, desk.ann())));
  EXPECT_EQ(desk.customers().visit(one, "").error(), Errc::kNotFound);
  EXPECT_EQ(desk.customers().visit(all, "").error(), Errc::kNotFound);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("customer_links.revoked"));
  desk.clock.advance(std::chrono::minutes(1));
  EXPECT_TRUE(desk.customers().visit(desk.link(), ""));
}

TEST(CustomerLinks, CoverOneTicketOrAllOfTheirPersonAndNothingElse) {
  CustomersDesk desk;
  ASSERT_TRUE(desk.take(test::mail_of("m2", "Second")));
  ASSERT_TRUE(desk.take(test::mail_of("m3", "Third", "eve@customer.example")));
  const CustomerVisit one = desk.visit();
  EXPECT_THAT(desk.customers().requests(one).value(), SizeIs(1));
  EXPECT_EQ(desk.customers().request(one, core::TicketId{2}).error(), Errc::kNotFound);
  EXPECT_EQ(desk.customers().conversation(one, core::TicketId{2}, {}, 5).error(), Errc::kNotFound);
  const CustomerVisit all = desk.visit({});
  const auto requests = desk.customers().requests(all).value();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].ticket.subject, "Second");  // newest first
  EXPECT_TRUE(desk.customers().request(all, core::TicketId{2}));
  EXPECT_EQ(desk.customers().request(all, core::TicketId{3}).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.customers().step(all, core::TicketId{3}, CustomerDesk::Step::kSolve)).error(), Errc::kNotFound);
}

TEST(CustomerLinks, StandInMailsToTheirOwnerOnly) {
  CustomersDesk desk;
  desk.trigger({{"update_type", "is", "Change"}}, {{"notification_user", "requester_and_ccs", "S", "See {{ticket.request_link}} or {{ticket.requests_link}}"},
                                                   {"notification_user", "all_agents", "S", "See [{{ticket.request_link}}]"}});
  Tickets::Update update;
  update.text = "Try again.";
  update.wishes.cc_changes.push_back({{}, "carl@customer.example", "Carl", false});
  ASSERT_TRUE(desk.update(kFirst, update));
  std::map<std::string, std::string> by_rcpt;
  for (const auto& each : desk.claim()) {
    if (test::header_of(each.message, "Subject") == "S") by_rcpt[each.rcpt.to_string()] = each.message;
  }
  ASSERT_THAT(by_rcpt, SizeIs(3));
  const std::string anns = link_in(by_rcpt.at("ann@customer.example"), "/requests/");
  const std::string carls = link_in(by_rcpt.at("carl@customer.example"), "/requests/");
  EXPECT_EQ(desk.customers().visit(anns.substr(0, anns.find(' ')), "").value().link.person, desk.ann());
  const CustomerVisit carl = desk.customers().visit(carls.substr(0, carls.find(' ')), "").value();
  EXPECT_NE(carl.link.person, desk.ann());
  for (const auto& [rcpt, mail] : by_rcpt) {
    if (rcpt.ends_with("acme.example")) EXPECT_THAT(mail, HasSubstr("See []")) << rcpt;
  }
  // Who is copied reads and answers; solving is the requester's.
  const CustomerRequest shown = desk.customers().request(carl, kFirst).value();
  EXPECT_TRUE(shown.may_answer);
  EXPECT_FALSE(shown.may_solve);
  EXPECT_EQ(desk.run(desk.customers().step(carl, kFirst, CustomerDesk::Step::kSolve)).error(), Errc::kConflict);
  Tickets::Update without;
  without.wishes.ccs = std::vector<PersonWish>();
  ASSERT_TRUE(desk.update(kFirst, without));
  EXPECT_EQ(desk.customers().conversation(carl, kFirst, {}, 5).error(), Errc::kNotFound);
}

TEST(CustomerPagesData, ShowPublicCommentsOnlyAndNewestPagesFirst) {
  CustomersDesk desk;
  ASSERT_TRUE(desk.reply(kFirst, "Public answer."));
  Tickets::Update note;
  note.text = "Secret note.";
  note.is_public = false;
  ASSERT_TRUE(desk.update(kFirst, note));
  EXPECT_THAT(desk.shown(), ElementsAre("It does not work.", "Public answer."));
  const CustomerVisit visit = desk.visit();
  const auto newest = desk.customers().conversation(visit, kFirst, {}, 1).value();
  ASSERT_THAT(newest.comments, SizeIs(1));
  EXPECT_EQ(newest.comments[0].comment.text, "Public answer.");
  EXPECT_TRUE(newest.comments[0].is_staff);
  ASSERT_TRUE(newest.before);
  const auto older = desk.customers().conversation(visit, kFirst, newest.before, 1).value();
  ASSERT_THAT(older.comments, SizeIs(1));
  EXPECT_TRUE(older.comments[0].is_own);
  EXPECT_FALSE(older.before);
}

TEST(CustomerAnswers, ComeOnceRedactedAndReopen) {
  CustomersDesk desk;
  Tickets::Update solved;
  solved.status = Status::kSolved;
  ASSERT_TRUE(desk.update(kFirst, solved));
  desk.claim();
  const CustomerDesk::Answer words = desk.words("My card is 4111111111111111.");
  ASSERT_TRUE(desk.answer(words));
  ASSERT_TRUE(desk.answer(words));  // the button pressed twice
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kOpen);
  const Comment comment = desk.comments(desk.acme, kFirst).value().back();
  EXPECT_THAT(comment.text, Not(HasSubstr("4111111111111111")));
  EXPECT_THAT(comment.redactions, SizeIs(1));
  EXPECT_EQ(comment.via, "web");
  EXPECT_EQ(comment.author, desk.ann());
  EXPECT_THAT(desk.claim(), IsEmpty());  // nobody is mailed what a customer says on the page
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.comment"));
}

TEST(CustomerAnswers, TakeFilesThroughTheRedactorAndGiveThemByALinkOfItsOwn) {
  CustomersDesk desk;
  CustomerDesk::Answer words = desk.words("");
  words.files.push_back({"note.txt", "text/plain", "card 4111111111111111"});
  ASSERT_TRUE(desk.answer(words));
  const Comment comment = desk.comments(desk.acme, kFirst).value().back();
  ASSERT_THAT(comment.attachments, SizeIs(1));
  const CustomerVisit visit = desk.visit();
  const std::string link = desk.customers().make_file_link(visit, kFirst, comment.attachments[0].id).value();
  const auto file = desk.customers().file(desk.customers().visit(link, "").value());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->first.name, "note.txt");
  EXPECT_THAT(file->second, Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(desk.customers().file(visit).error(), Errc::kNotFound);  // the page's link is none to a file
  desk.clock.advance(desk.customers().limits().file_life + std::chrono::minutes(2));
  EXPECT_EQ(desk.customers().visit(link, "").error(), Errc::kNotFound);
}

TEST(CustomerAnswers, FilesOfNotesAreNotGiven) {
  CustomersDesk desk;
  Tickets::Update note;
  note.text = "See file.";
  note.is_public = false;
  note.files.push_back({"secret.txt", "text/plain", "secret"});
  const auto made = desk.update(kFirst, note);
  ASSERT_TRUE(made);
  const std::string link = desk.customers().make_file_link(desk.visit(), kFirst, made->comment->attachments.at(0).id).value();
  EXPECT_EQ(desk.customers().file(desk.customers().visit(link, "").value()).error(), Errc::kNotFound);
}

TEST(CustomerAnswers, RequesterSolvesAndReopensAndAClosedTicketStays) {
  CustomersDesk desk;
  using Step = CustomerDesk::Step;
  ASSERT_TRUE(desk.run(desk.customers().step(desk.visit(), kFirst, Step::kSolve)));
  ASSERT_TRUE(desk.run(desk.customers().step(desk.visit(), kFirst, Step::kSolve)));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kSolved);
  ASSERT_TRUE(desk.run(desk.customers().step(desk.visit(), kFirst, Step::kReopen)));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kOpen);
  EXPECT_EQ(desk.count_events(kFirst, "status"), 2U);
  Tickets::Update closed;
  closed.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kFirst, closed));
  EXPECT_EQ(desk.answer(desk.words("More")).error(), Errc::kConflict);
  EXPECT_EQ(desk.run(desk.customers().step(desk.visit(), kFirst, Step::kReopen)).error(), Errc::kConflict);
}

TEST(CustomerAnswers, AreBoundedInSizeAndNumberAndByTheAgeOfTheirPage) {
  CustomersDesk desk;
  const CustomerLimits& limits = desk.customers().limits();
  EXPECT_EQ(desk.answer(desk.words("  ")).error(), Errc::kInvalid);
  EXPECT_EQ(desk.answer(desk.words(std::string(limits.text_bytes_max + 1, 'x'))).error(), Errc::kInvalid);
  CustomerDesk::Answer many = desk.words("x");
  for (std::size_t i = 0; i <= limits.files_max; ++i) many.files.push_back({"a", "text/plain", "a"});
  EXPECT_EQ(desk.answer(many).error(), Errc::kInvalid);
  for (std::size_t i = 0; i < limits.posts_per_hour_max; ++i) ASSERT_TRUE(desk.answer(desk.words(std::to_string(i)))) << i;
  EXPECT_EQ(desk.answer(desk.words("one more")).error(), core::Errc::kOverloaded);
  const CustomerVisit visit = desk.visit();
  const std::string stamp = desk.customers().make_stamp(visit, "answer/1").value();
  EXPECT_EQ(desk.customers().check_stamp(visit, "answer/2", stamp).error(), Errc::kInvalid);
  EXPECT_EQ(desk.customers().check_stamp(visit, "answer/1", stamp + "A").error(), Errc::kInvalid);
  desk.clock.advance(limits.form_life);
  EXPECT_EQ(desk.customers().check_stamp(visit, "answer/1", stamp).error(), Errc::kInvalid);
  EXPECT_GT(desk.run(desk.helpdesk->chores().run_once("customer forms")).value(), 0U);  // counts of hours that are over
}

}  // namespace
}  // namespace postern::ticketing
