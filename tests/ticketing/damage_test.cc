// A record that cannot be read stops nothing else: background work passes it over, each loop for itself.
#include "tests/ticketing/damage.h"

#include "storage/key.h"
#include "tests/ticketing/automation/rule_desk.h"
#include "tests/ticketing/bulk/bulk_desk.h"
#include "tests/ticketing/search/search_world.h"
#include "tests/ticketing/view_desk.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/definitions/kinds.h"
#include "ticketing/errc.h"
#include "ticketing/people/groups.h"
#include "ticketing/search/keys.h"

namespace postern::test {
namespace {

using ticketing::Status;
using testing::ElementsAre;

std::string definition_key(core::WorkspaceId workspace, ticketing::DefinitionKind kind, std::uint64_t id) {
  return storage::KeyBuilder(workspace, storage::Space::kDefinition).u64(static_cast<std::uint64_t>(kind)).u64(id).bytes();
}

TEST(Damage, ErasureGoesOnBehindTicketsAndCommentsThatCannotBeRead) {
  BulkDesk desk(4);
  for (const std::uint64_t id : {1, 2, 3}) ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, core::TicketId{id}, ticketing::JobKind::kDelete)));
  damage(desk, ticketing::keys::ticket(desk.acme, core::TicketId{1}));
  damage(desk, first_key(desk, ticketing::keys::comments_prefix(desk.acme, core::TicketId{2})));
  desk.clock.advance(std::chrono::hours(24 * 31));
  for (int i = 0; i < 3; ++i) desk.clean_up();
  for (const std::uint64_t id : {1, 2, 3}) {
    EXPECT_FALSE(desk.store->snapshot()->get(ticketing::keys::ticket(desk.acme, core::TicketId{id})).value()) << id;
    EXPECT_EQ(count_keys(desk, ticketing::keys::comments_prefix(desk.acme, core::TicketId{id})), 0U) << id;
  }
  EXPECT_EQ(count_keys(desk, ticketing::bulk_keys::erasures_prefix(desk.acme)), 0U);
  EXPECT_THAT(desk.listed(), ElementsAre(4U));
}

TEST(Damage, AJobThatCannotBeReadHoldsUpNoOther) {
  BulkDesk desk(12);
  ticketing::Tickets::Update pending;
  pending.status = Status::kPending;
  std::vector<core::TicketId> all;
  for (std::uint64_t id = 1; id <= 12; ++id) all.push_back(core::TicketId{id});
  const auto bad = desk.run(desk.bulk().update_many(desk.agent, all, pending)).value();
  ticketing::Tickets::Update hold;
  hold.status = Status::kHold;
  const auto good = desk.run(desk.bulk().update_many(desk.agent, all, hold)).value();
  damage(desk, ticketing::bulk_keys::job(desk.acme, bad.id));
  desk.run_jobs();
  EXPECT_EQ(desk.bulk().show(desk.agent, good.id).value().state, ticketing::JobState::kCompleted);
  EXPECT_EQ(desk.bulk().list(desk.agent, 10).value().size(), 1U);
  EXPECT_EQ(desk.bulk().open_jobs(desk.agent).value(), 0U) << "it does not count for ever";
  desk.clock.advance(std::chrono::hours(24 * 8));
  desk.clean_up();
  EXPECT_EQ(count_keys(desk, ticketing::bulk_keys::jobs_prefix(desk.acme)), 0U);
  EXPECT_EQ(count_keys(desk, ticketing::bulk_keys::results_prefix(desk.acme, bad.id)), 0U);
}

TEST(Damage, AResultThatCannotBeReadEndsNoJob) {
  BulkDesk desk(12);
  ticketing::Tickets::Update pending;
  pending.status = Status::kPending;
  std::vector<core::TicketId> all;
  for (std::uint64_t id = 1; id <= 12; ++id) all.push_back(core::TicketId{id});
  const auto job = desk.run(desk.bulk().update_many(desk.agent, all, pending)).value();
  damage(desk, ticketing::bulk_keys::result(desk.acme, job.id, 3));
  desk.run_jobs();
  const auto done = desk.bulk().show(desk.agent, job.id).value();
  EXPECT_EQ(done.state, ticketing::JobState::kCompleted);
  EXPECT_EQ(done.results.at(3).error, "InternalError");
  EXPECT_TRUE(done.results.at(11).is_done);
}

TEST(Damage, SearchTakesInTheOtherTickets) {
  SearchWorld world;
  const auto hooks = std::exchange(world.hooks.indexes, {});
  for (int i = 0; i < 4; ++i) world.add("old", "zebra");
  world.hooks.indexes = hooks;
  world.add("new", "zebra");
  damage(world, ticketing::keys::ticket(world.workspace, core::TicketId{2}));
  damage(world, first_key(world, ticketing::keys::comments_prefix(world.workspace, core::TicketId{3})));
  const std::atomic<bool> is_stopping{false};
  ASSERT_TRUE(world.run(world.search->upkeep().run(world.workspace, is_stopping)));
  world.merge();
  EXPECT_FALSE(world.answer("zebra").filling);
  EXPECT_EQ(world.find("zebra").size(), 3U);
  EXPECT_EQ(world.find("old").size(), 3U);
}

TEST(Damage, WordsThatWaitAndCannotBeReadAreTakenInAgain) {
  SearchWorld world;
  world.add("first", "zebra");
  const core::TicketId second = world.add("second", "zebra");
  damage(world, first_key(world, ticketing::search::waiting_prefix(world.workspace, second)));
  EXPECT_EQ(world.find("zebra"), std::vector<std::uint64_t>{1}) << "the others are found meanwhile";
  world.merge();
  world.merge();
  EXPECT_EQ(world.find("zebra").size(), 2U);
  EXPECT_EQ(world.find("second").size(), 1U);
}

TEST(Damage, PostingsThatCannotBeReadStopNoMerging) {
  SearchWorld world;
  world.add("first", "zebra lion");
  world.merge();
  const auto keys = ticketing::search::WordKeys::open(*world.vault, world.workspace).value();
  damage(world, keys.postings(keys.digest("zebra"), 0));
  world.add("second", "zebra lion");
  EXPECT_EQ(world.find("zebra"), std::vector<std::uint64_t>{2});
  world.merge();
  EXPECT_EQ(world.find("zebra"), std::vector<std::uint64_t>{2}) << "what was lost is lost";
  EXPECT_EQ(world.find("lion").size(), 2U);
}

TEST(Damage, AListIsFilledWithTheOtherTickets) {
  ViewDesk desk;
  for (int i = 0; i < 5; ++i) desk.add(0, [](schema::Ticket& ticket) { ticket.set_status(2); });
  damage(desk, ticketing::keys::ticket(desk.acme, core::TicketId{2}));
  const auto view = desk.save(0, ViewDesk::shape({ViewDesk::condition("status", "is", {"open"})}));
  ASSERT_TRUE(view) << view.error().describe();
  desk.settle();
  EXPECT_EQ(desk.count(desk.admin, view->id()), 4U);
}

TEST(Damage, ADeletedGroupIsLeftByTheOtherTickets) {
  BulkDesk desk(3);
  ticketing::Groups::Change named;
  named.name = "Keep";
  ASSERT_TRUE(desk.run(desk.helpdesk->groups().create(desk.agent, named)));
  named.name = "Gone";
  const auto gone = desk.run(desk.helpdesk->groups().create(desk.agent, named)).value();
  for (const std::uint64_t id : {1, 2, 3}) {
    ticketing::Tickets::Update change;
    change.wishes.group = gone.id;
    ASSERT_TRUE(desk.update(core::TicketId{id}, change));
  }
  ASSERT_TRUE(desk.run(desk.helpdesk->groups().erase(desk.agent, gone.id)));
  damage(desk, ticketing::keys::ticket(desk.acme, core::TicketId{1}));
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("people leave")).value(), 3U);
  EXPECT_EQ(desk.ticket(core::TicketId{2}).group, 0U);
  EXPECT_EQ(desk.ticket(core::TicketId{3}).group, 0U);
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("people leave")).value(), 0U);
}

TEST(Damage, ADefinitionCanBeTakenAwayByItsId) {
  RuleDesk desk;
  const std::uint64_t bad = desk.trigger({{"status", "is", "new"}}, {{"current_tags", "bad"}}, "Bad");
  (void)desk.trigger({{"status", "is", "new"}}, {{"current_tags", "good"}}, "Good");
  damage(desk, definition_key(desk.acme, ticketing::DefinitionKind::kTrigger, bad));
  // As after a restart: what is in memory is of before.
  ticketing::Helpdesk after({*desk.store, *desk.vault, *desk.accounts, *desk.directory, desk.redactor, desk.ids, desk.clock, desk.desk_options, &desk.cpu,
                             [&desk] { return std::vector{desk.acme}; }});
  after.attach(desk.tickets.get(), desk.intake.get(), nullptr, nullptr, nullptr);
  ASSERT_TRUE(desk.take({}));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("good"));
  EXPECT_EQ(desk.run(after.triggers().erase(desk.agent, bad + 1000)).error(), ticketing::Errc::kNotFound);
  EXPECT_TRUE(desk.run(after.triggers().erase(desk.agent, bad)));
  EXPECT_EQ(count_keys(desk, definition_key(desk.acme, ticketing::DefinitionKind::kTrigger, bad)), 0U);
  EXPECT_EQ(desk.run(after.triggers().erase(desk.agent, bad)).error(), ticketing::Errc::kNotFound);
}

}  // namespace
}  // namespace postern::test
