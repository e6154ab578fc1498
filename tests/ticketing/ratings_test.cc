// Satisfaction: asked for by a mail, given by the requester, counted exactly, seen by conditions (issue 7, part 2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/bulk/bulk.h"
#include "ticketing/errc.h"
#include "ticketing/satisfaction/rating_keys.h"
#include "ticketing/satisfaction/ratings.h"

namespace postern::ticketing {
namespace {

using test::kFirst;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const test::RuleWords kSurvey{"notification_user", "requester_id", "How was it?", "{{satisfaction.rating_section}}"};

struct RatingDesk : test::RuleDesk {
  RatingDesk() { EXPECT_TRUE(take({})); }
  Ratings& ratings() { return helpdesk->ratings(); }
  // The survey goes out when the agent solves the ticket.
  void ask() {
    trigger({{"status", "value", "solved"}}, {kSurvey}, "Survey");
    Tickets::Update solved;
    solved.status = Status::kSolved;
    solved.assignee = agent.user;
    solved.text = "Done.";
    ASSERT_TRUE(update(kFirst, solved));
  }
  CustomerVisit visit(LinkUse use = LinkUse::kRating) {
    return helpdesk->customers().visit(helpdesk->customers().make_link(acme, ticket(kFirst).requester, kFirst, use).value(), "").value();
  }
  core::Result<schema::SatisfactionRating> rate(bool is_good, std::string comment = {}, std::uint32_t reason = 0) {
    return run(ratings().rate(visit(), helpdesk->customers(), {is_good, std::move(comment), reason}));
  }
  RatingFigures figures(FiguresOf whose) {
    const auto all = ratings().figures(acme, whose).value();
    return all.empty() ? RatingFigures() : all.front();
  }
};

TEST(Ratings, AreAskedForByAMailWithAChoiceThatChangesNothingYet) {
  RatingDesk desk;
  EXPECT_EQ(desk.ratings().may_rate(desk.visit()).error(), Errc::kNotFound);
  desk.ask();
  std::string mail;
  for (const auto& each : desk.claim()) if (test::header_of(each.message, "Subject") == "How was it?") mail = each.message;
  EXPECT_THAT(mail, HasSubstr("/requests/rating/"));
  EXPECT_THAT(mail, HasSubstr("Good, I am satisfied"));
  EXPECT_EQ(desk.ticket(kFirst).satisfaction, 1U);
  EXPECT_THAT(desk.details(kFirst, "satisfaction"), HasSubstr("unoffered -> offered"));
  EXPECT_TRUE(desk.ratings().may_rate(desk.visit()));
  EXPECT_EQ(desk.ratings().may_rate(desk.visit(LinkUse::kRequests)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.figures(FiguresOf::kAll).offered, 1U);
}

TEST(Ratings, AreGivenChangedRedactedAndCounted) {
  RatingDesk desk;
  desk.ask();
  ASSERT_TRUE(desk.rate(true));
  EXPECT_EQ(desk.figures(FiguresOf::kAll).good, 1U);
  EXPECT_EQ(desk.figures(FiguresOf::kAll).offered, 0U);
  const auto changed = desk.rate(false, "You read 4111111111111111 aloud", 8);
  ASSERT_TRUE(changed);
  EXPECT_THAT(changed->comment(), Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(changed->reason(), 8U);
  EXPECT_EQ(desk.ticket(kFirst).satisfaction, static_cast<std::uint32_t>(Score::kBadWithComment));
  const RatingFigures of_agent = desk.figures(FiguresOf::kAssignee);
  EXPECT_EQ(of_agent.id, desk.agent.user.value);
  EXPECT_EQ(of_agent.good, 0U);
  EXPECT_EQ(of_agent.bad, 1U);
  EXPECT_EQ(of_agent.bad_with_comment, 1U);
  const std::uint64_t version = desk.ticket(kFirst).version;
  ASSERT_TRUE(desk.rate(false, "You read 4111111111111111 aloud", 8));  // pressed twice
  EXPECT_EQ(desk.ticket(kFirst).version, version);
  EXPECT_EQ(desk.rate(false, "", 4711).error(), Errc::kInvalid);
  EXPECT_EQ(desk.rate(true, std::string(desk.ratings().limits().comment_bytes_max + 1, 'x')).error(), Errc::kInvalid);
  Tickets::Update closed;
  closed.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kFirst, closed));
  EXPECT_EQ(desk.rate(true).error(), Errc::kConflict);
}

TEST(Ratings, AreSeenByTriggers) {
  RatingDesk desk;
  desk.trigger({{"satisfaction_score", "less_than", "good"}, {"satisfaction_score", "greater_than", "offered"}}, {{"current_tags", "unhappy"}});
  desk.ask();
  EXPECT_THAT(desk.ticket(kFirst).tags, IsEmpty());
  ASSERT_TRUE(desk.rate(false));
  EXPECT_THAT(desk.ticket(kFirst).tags, testing::ElementsAre("unhappy"));
}

TEST(Ratings, ListTellsScoresCommentsAndTimes) {
  RatingDesk desk;
  desk.ask();
  ASSERT_TRUE(desk.rate(true, "Thanks"));
  RatingQuery good;
  good.is_good = true;
  EXPECT_THAT(desk.ratings().page(desk.acme, good).value().ratings, SizeIs(1));
  good.has_comment = false;
  EXPECT_THAT(desk.ratings().page(desk.acme, good).value().ratings, IsEmpty());
  RatingQuery offered;
  offered.has_given = false;
  EXPECT_THAT(desk.ratings().page(desk.acme, offered).value().ratings, IsEmpty());
  RatingQuery late;
  late.from_unix_ms = core::to_unix_ms(desk.clock.wall_now()) + 1;
  EXPECT_THAT(desk.ratings().page(desk.acme, late).value().ratings, IsEmpty());
  EXPECT_THAT(desk.ratings().page(desk.other, {}).value().ratings, IsEmpty());
  const std::uint64_t id = desk.ratings().page(desk.acme, {}).value().ratings.at(0).id();
  EXPECT_TRUE(desk.ratings().find(desk.acme, id));
  EXPECT_EQ(desk.ratings().find(desk.other, id).error(), Errc::kNotFound);
  auth::Principal elsewhere = desk.agent;
  elsewhere.inboxes = auth::InboxScope::only({});
  EXPECT_THAT(desk.ratings().page(elsewhere, {}).value().ratings, IsEmpty());
  EXPECT_EQ(desk.ratings().find(elsewhere, id).error(), Errc::kNotFound);
}

TEST(Ratings, OfADeletedTicketDoNotCountAndOfAnErasedOneNothingIsLeft) {
  RatingDesk desk;
  desk.ask();
  ASSERT_TRUE(desk.rate(true, "Thanks"));
  ASSERT_TRUE(desk.run(desk.helpdesk->bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  EXPECT_EQ(desk.figures(FiguresOf::kAll).good, 0U);
  EXPECT_THAT(desk.ratings().page(desk.acme, {}).value().ratings, IsEmpty());
  ASSERT_TRUE(desk.run(desk.helpdesk->bulk().remove(desk.agent, kFirst, JobKind::kRestore)));
  EXPECT_EQ(desk.figures(FiguresOf::kAll).good, 1U);
  ASSERT_TRUE(desk.run(desk.helpdesk->bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  ASSERT_TRUE(desk.run(desk.helpdesk->bulk().remove(desk.agent, kFirst, JobKind::kErase)));
  desk.run(desk.helpdesk->chores().run_once("jobs")).value();
  desk.run(desk.helpdesk->chores().run_once("deleted tickets")).value();
  EXPECT_FALSE(desk.store->snapshot()->get(rating_keys::of_ticket(desk.acme, kFirst)).value());
  EXPECT_EQ(desk.figures(FiguresOf::kAll).good, 0U);
}

TEST(Ratings, AreGivenInTheNameOfTheRequesterByWhoeverMayWriteTickets) {
  RatingDesk desk;
  const auto rated = desk.run(desk.ratings().rate(desk.agent, kFirst, {true, "Said on the phone", 0}));
  ASSERT_TRUE(rated);
  EXPECT_EQ(rated->requester(), desk.ticket(kFirst).requester.value);
  auth::Principal reader = desk.agent;
  reader.permissions = auth::PermissionSet{auth::Permission::kTicketsRead};
  EXPECT_EQ(desk.run(desk.ratings().rate(reader, kFirst, {true, "", 0})).error(), auth::Errc::kForbidden);
}

}  // namespace
}  // namespace postern::ticketing
