#include "ticketing/views/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/audit.h"
#include "auth/errc.h"
#include "tests/ticketing/view_desk.h"
#include "ticketing/views/default_views.h"

namespace postern::ticketing {
namespace {

using test::ViewDesk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto condition = &ViewDesk::condition;

ViewDesk::Alter with_status(Status status) {
  return [status](schema::Ticket& ticket) { ticket.set_status(static_cast<std::uint32_t>(status)); };
}

schema::ViewShape unsolved() { return ViewDesk::shape({condition("status", "less_than", {"solved"})}); }

auth::Principal agent(const ViewDesk& desk, std::uint64_t user) {
  auth::Principal out = desk.admin;
  out.user = core::UserId{user};
  out.role = auth::Role::kAgent;
  return out;
}

std::vector<std::string> titles(ViewDesk& desk, const auth::Principal& by) {
  std::vector<std::string> out;
  for (const schema::View& view : desk.views->visible(by).value()) out.push_back(view.title());
  return out;
}

TEST(Views, ANewWorkspaceHasItsDefaultViewsAndDeletedOnesStayDeleted) {
  ViewDesk desk;
  desk.add(0, with_status(Status::kOpen));
  desk.settle();
  EXPECT_EQ(titles(desk, desk.admin).size(), default_views().size());
  const std::vector<schema::View> made = desk.views->visible(desk.admin).value();
  EXPECT_EQ(made.front().title(), "Your unsolved tickets");
  for (const schema::View& view : made) EXPECT_EQ(desk.views->count(desk.admin, view.id()).value().percent, 100) << view.title();
  ASSERT_TRUE(desk.run(desk.views->erase(desk.admin, made[2].id())));
  desk.restart();
  desk.settle();
  EXPECT_EQ(titles(desk, desk.admin).size(), default_views().size() - 1);
}

TEST(Views, DefaultViewsShowWhatTheyAreCalled) {
  ViewDesk desk;
  desk.settle();
  desk.add(0, [](schema::Ticket& ticket) {
    ticket.set_assignee(11);
    ticket.set_group(22);
  });
  const core::TicketId solved = desk.add(0, with_status(Status::kOpen));
  desk.change(solved, with_status(Status::kSolved));
  desk.add(1, with_status(Status::kPending));
  std::map<std::string, std::uint64_t> counts;
  for (const schema::View& view : desk.views->visible(desk.admin).value()) counts[view.title()] = desk.count(desk.admin, view.id());
  EXPECT_EQ(counts, (std::map<std::string, std::uint64_t>{{"Your unsolved tickets", 1}, {"Unassigned tickets", 1}, {"All unsolved tickets", 2},
                                                           {"Recently updated tickets", 3}, {"New tickets in your groups", 1},
                                                           {"Pending tickets", 1}, {"Recently solved tickets", 1}}));
  desk.clock.advance(std::chrono::hours(24));
  desk.settle();
  for (const schema::View& view : desk.views->visible(desk.admin).value()) {
    if (view.title() == "Recently updated tickets") {
      EXPECT_EQ(desk.count(desk.admin, view.id()), 0U);
    }
    if (view.title() == "Recently solved tickets") {
      EXPECT_EQ(desk.count(desk.admin, view.id()), 1U);
    }
  }
}

TEST(Views, TimeMovesTicketsToTheSecond) {
  ViewDesk desk;
  const auto view = desk.save(0, ViewDesk::shape({condition("PENDING", "greater_than", {"2"}), condition("status", "is", {"pending"})})).value();
  desk.add(0, with_status(Status::kPending));
  desk.clock.advance(std::chrono::hours(2) - std::chrono::seconds(1));
  desk.settle();
  EXPECT_EQ(desk.count(desk.admin, view.id()), 0U);
  desk.clock.advance(std::chrono::seconds(1));
  desk.settle();
  EXPECT_EQ(desk.count(desk.admin, view.id()), 1U);
}

TEST(Views, ACountIsRightInTheCommitOfTheChange) {
  ViewDesk desk;
  const auto view = desk.save(0, unsolved()).value();
  const core::TicketId ticket = desk.add(0, with_status(Status::kOpen));
  EXPECT_EQ(desk.count(desk.admin, view.id()), 1U);
  desk.change(ticket, with_status(Status::kSolved));
  EXPECT_EQ(desk.count(desk.admin, view.id()), 0U);
  EXPECT_THAT(desk.views->page(desk.admin, view.id(), 10, {}).value().tickets, IsEmpty());
}

TEST(Views, WhoIsLimitedToInboxesCountsAndReadsHisAlone) {
  ViewDesk desk;
  const auto view = desk.save(0, unsolved()).value();
  desk.add(0, with_status(Status::kOpen));
  const core::TicketId sales = desk.add(1, with_status(Status::kOpen));
  auth::Principal limited = agent(desk, 12);
  limited.inboxes = auth::InboxScope::only({desk.inboxes[1]});
  EXPECT_EQ(desk.count(desk.admin, view.id()), 2U);
  EXPECT_EQ(desk.count(limited, view.id()), 1U);
  EXPECT_THAT(desk.views->page(limited, view.id(), 10, {}).value().tickets, ElementsAre(sales));
  EXPECT_THAT(desk.views->sorted(limited, view.id(), ViewColumn::kCreated, true).value().tickets, ElementsAre(sales));
  EXPECT_THAT(desk.views->preview(limited, unsolved()).value().tickets, ElementsAre(sales));
  limited.inboxes = auth::InboxScope::only({});
  EXPECT_EQ(desk.count(limited, view.id()), 0U);
}

TEST(Views, WhatIsMineIsAListOfEachAgent) {
  ViewDesk desk;
  const auto mine = desk.save(0, ViewDesk::shape({condition("status", "less_than", {"solved"})},
                                                 {condition("assignee_id", "is", {"current_user"}), condition("group_id", "is", {"current_groups"})}))
                        .value();
  const core::TicketId both = desk.add(0, [](schema::Ticket& ticket) {
    ticket.set_assignee(12);
    ticket.set_group(22);
  });
  const core::TicketId first = desk.add(0, [](schema::Ticket& ticket) { ticket.set_group(21); });
  desk.add(0, [](schema::Ticket& ticket) { ticket.set_group(23); });
  EXPECT_EQ(desk.count(agent(desk, 12), mine.id()), 1U) << "assigned to him and in his group, counted once";
  EXPECT_THAT(desk.views->page(agent(desk, 12), mine.id(), 10, {}).value().tickets, ElementsAre(both));
  EXPECT_EQ(desk.count(agent(desk, 11), mine.id()), 2U);
  EXPECT_THAT(desk.views->preview(agent(desk, 11), mine.shape()).value().tickets, testing::UnorderedElementsAre(both, first));
  EXPECT_EQ(desk.count(agent(desk, 13), mine.id()), 0U);
}

TEST(Views, AreForEverybodyForGroupsOrForOnePerson) {
  ViewDesk desk;
  const auto save_for = [&desk](const auth::Principal& by, const std::string& title, std::uint64_t owner, std::vector<std::uint64_t> groups) {
    const auto edit = [&](schema::View& view) -> core::Result<void> {
      view.set_title(title);
      *view.mutable_shape() = unsolved();
      view.set_owner(owner);
      view.mutable_groups()->Assign(groups.begin(), groups.end());
      return {};
    };
    return desk.run(desk.views->save(by, 0, edit));
  };
  ASSERT_TRUE(save_for(desk.admin, "all", 0, {}));
  ASSERT_TRUE(save_for(desk.admin, "of 22", 0, {22}));
  const auto own = save_for(agent(desk, 13), "of 13", 13, {});
  ASSERT_TRUE(own);
  EXPECT_THAT(titles(desk, agent(desk, 12)), ElementsAre("all", "of 22"));
  EXPECT_THAT(titles(desk, agent(desk, 13)), ElementsAre("all", "of 13"));
  EXPECT_THAT(titles(desk, desk.admin), ElementsAre("all", "of 22"));
  EXPECT_TRUE(save_for(agent(desk, 12), "shared", 0, {}).error() == auth::Errc::kForbidden);
  EXPECT_TRUE(save_for(agent(desk, 12), "for another", 13, {}).error() == auth::Errc::kForbidden);
  for (const auth::Principal& other : {agent(desk, 12), desk.admin}) {
    EXPECT_TRUE(desk.views->find(other, own->id()).error() == Errc::kNotFound);
    EXPECT_TRUE(desk.views->count(other, own->id()).error() == Errc::kNotFound);
    EXPECT_TRUE(desk.views->page(other, own->id(), 5, {}).error() == Errc::kNotFound);
    EXPECT_TRUE(desk.run(desk.views->erase(other, own->id())).error() == Errc::kNotFound);
  }
  const std::uint64_t shared = desk.views->visible(desk.admin).value().front().id();
  EXPECT_TRUE(desk.run(desk.views->erase(agent(desk, 12), shared)).error() == auth::Errc::kForbidden);
  const auto seize = [](schema::View& view) -> core::Result<void> {
    view.set_owner(12);
    return {};
  };
  EXPECT_TRUE(desk.run(desk.views->save(agent(desk, 12), shared, seize)).error() == auth::Errc::kForbidden);
  EXPECT_TRUE(desk.run(desk.views->erase(agent(desk, 13), own->id())));
}

TEST(Views, AChangedViewShowsWhatItShowedUntilItIsFilled) {
  ViewLimits limits;
  limits.filled_at_once = 2;
  ViewDesk desk(limits);
  for (int i = 0; i < 10; ++i) desk.add(0, with_status(i < 6 ? Status::kOpen : Status::kPending));
  const auto view = desk.save(0, unsolved()).value();
  EXPECT_FALSE(desk.views->count(desk.admin, view.id()).value().value);
  EXPECT_EQ(desk.views->count(desk.admin, view.id()).value().percent, 20);
  desk.restart();
  desk.settle();
  EXPECT_EQ(desk.count(desk.admin, view.id()), 10U);
  ASSERT_TRUE(desk.save(view.id(), ViewDesk::shape({condition("status", "is", {"pending"})})));
  EXPECT_EQ(desk.count(desk.admin, view.id()), 10U);
  EXPECT_EQ(desk.views->count(desk.admin, view.id()).value().percent, 20);
  desk.settle();
  EXPECT_EQ(desk.count(desk.admin, view.id()), 4U);
}

TEST(Views, PagesFollowTheOrderOfTheView) {
  ViewDesk desk;
  schema::ViewShape shape = unsolved();
  shape.set_group_by("status");
  shape.set_sort_by("priority");
  shape.set_sort_descending(true);
  const auto view = desk.save(0, shape).value();
  const auto add = [&desk](Status status, std::uint32_t priority) {
    return desk.add(0, [=](schema::Ticket& ticket) {
      ticket.set_status(static_cast<std::uint32_t>(status));
      ticket.set_priority(priority);
    });
  };
  const core::TicketId pending = add(Status::kPending, 4);
  const core::TicketId low = add(Status::kOpen, 1);
  const core::TicketId high = add(Status::kOpen, 3);
  const Views::Page first = desk.views->page(desk.admin, view.id(), 2, {}).value();
  EXPECT_THAT(first.tickets, ElementsAre(high, low));
  EXPECT_TRUE(first.has_more);
  EXPECT_THAT(desk.views->page(desk.admin, view.id(), 2, first.after).value().tickets, ElementsAre(pending));
  EXPECT_FALSE(desk.views->page(desk.admin, view.id(), 2, "garbage!"));
  EXPECT_FALSE(desk.views->page(desk.admin, view.id(), 2, "AAAA"));
  EXPECT_THAT(desk.views->sorted(desk.admin, view.id(), ViewColumn::kNumber, false).value().tickets, ElementsAre(pending, low, high));
}

TEST(Views, SortingAndPreviewsAreBoundedAndSaySo) {
  ViewLimits limits;
  limits.sorted_max = 2;
  limits.preview_scan_max = 2;
  ViewDesk desk(limits);
  const auto view = desk.save(0, unsolved()).value();
  desk.add(0, with_status(Status::kOpen));
  desk.add(0, with_status(Status::kOpen));
  EXPECT_TRUE(desk.views->sorted(desk.admin, view.id(), ViewColumn::kUpdated, false));
  EXPECT_TRUE(desk.views->preview(desk.admin, unsolved()).value().is_complete);
  desk.add(0, with_status(Status::kOpen));
  EXPECT_THAT(desk.views->sorted(desk.admin, view.id(), ViewColumn::kUpdated, false).error().describe(), HasSubstr("more than 2 tickets"));
  const Views::Preview preview = desk.views->preview(desk.admin, unsolved()).value();
  EXPECT_FALSE(preview.is_complete);
  EXPECT_EQ(preview.looked_at, 2U);
  EXPECT_TRUE(desk.views->preview(desk.admin, ViewDesk::shape({condition("status", "is", {"pending"})})).value().is_complete)
      << "open tickets are not looked at";
}

TEST(Views, RefuseWhatTheyCannotKeep) {
  ViewLimits limits;
  limits.views_max = 2;
  limits.conditions_max = 2;
  ViewDesk desk(limits);
  const auto why = [&desk](const schema::ViewShape& shape, const std::string& title = "x") {
    const auto saved = desk.save(0, shape, title);
    return saved ? std::string("saved") : saved.error().describe();
  };
  EXPECT_THAT(why(ViewDesk::shape({condition("current_tags", "includes", {"vip"})})), HasSubstr("all: at least one condition on status"));
  EXPECT_THAT(why(ViewDesk::shape({condition("assignee_id", "is_not", {"current_user"})})), HasSubstr("all[0].operator: of current_user"));
  EXPECT_THAT(why(ViewDesk::shape({condition("assignee_id", "is", {"current_user"})}, {condition("group_id", "is", {"current_groups"})})),
              HasSubstr("any: current_user and current_groups stand in `all` or in `any`"));
  EXPECT_THAT(why(ViewDesk::shape({condition("status", "is", {"new"}), condition("type", "is", {"task"}), condition("priority", "is", {"low"})})),
              HasSubstr("at most 2 conditions"));
  schema::ViewShape shape = unsolved();
  shape.set_sort_by("subject");
  EXPECT_THAT(why(shape), HasSubstr("sort_by: one of nice_id"));
  shape = unsolved();
  shape.set_group_by("created");
  EXPECT_THAT(why(shape), HasSubstr("group_by: one of status"));
  EXPECT_THAT(why(unsolved(), ""), HasSubstr("title"));
  EXPECT_THAT(why(unsolved(), std::string(201, 'x')), HasSubstr("title: too long"));
  EXPECT_EQ(why(unsolved()), "saved");
  EXPECT_EQ(why(unsolved()), "saved");
  EXPECT_THAT(why(unsolved()), HasSubstr("too many"));
}

TEST(Views, WhatIsTypedIsRedactedAndWhatIsChangedIsAudited) {
  ViewDesk desk;
  schema::ViewShape shape = unsolved();
  *shape.mutable_conditions()->add_all() = condition("subject_includes_word", "includes", {"4111111111111111"});
  const auto view = desk.save(0, shape, "Card 4111111111111111").value();
  EXPECT_THAT(view.SerializeAsString(), testing::Not(HasSubstr("4111111111111111")));
  const auto entries = auth::list_audit(*desk.store, desk.vault, desk.acme, {}, 10).value();
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries.front().action, "view.created");
  EXPECT_EQ(entries.front().object, "view/" + std::to_string(view.id()));
}

TEST(Views, InactiveOnesKeepNothing) {
  ViewDesk desk;
  const auto view = desk.save(0, unsolved()).value();
  desk.add(0, with_status(Status::kOpen));
  const auto switch_to = [&](bool is_active) {
    const auto edit = [is_active](schema::View& changed) -> core::Result<void> {
      changed.set_is_active(is_active);
      return {};
    };
    ASSERT_TRUE(desk.run(desk.views->save(desk.admin, view.id(), edit)));
    desk.settle();
  };
  switch_to(false);
  EXPECT_FALSE(desk.views->count(desk.admin, view.id()).value().value);
  desk.add(0, with_status(Status::kOpen));
  switch_to(true);
  EXPECT_EQ(desk.count(desk.admin, view.id()), 2U);
}

}  // namespace
}  // namespace postern::ticketing
