// What waits to be merged is known without a scan; and the first hits are the same, however few of them are kept.
#include <gtest/gtest.h>

#include "tests/ticketing/search/search_world.h"

namespace postern::test {
namespace {

namespace search = ticketing::search;

TEST(SearchWaiting, IsFoundAfterARestart) {
  SearchWorld world;
  world.add("a", "zebra");
  world.merge();
  world.add("b", "zebra");
  world.hooks.indexes.clear();
  world.search = std::make_unique<search::TicketSearch>(*world.with, nullptr);
  EXPECT_EQ(world.find("zebra").size(), 2U);
  world.merge();
  EXPECT_EQ(world.find("zebra").size(), 2U);
}

TEST(SearchWaiting, WhatWasNeverCommittedIsNotFoundAndStopsNothing) {
  SearchWorld world;
  const core::TicketId ticket = world.add("a", "zebra");
  {
    storage::Transaction transaction = world.store->begin();
    world.add_to(transaction, ticket, "giraffe");
  }
  EXPECT_TRUE(world.find("giraffe").empty());
  EXPECT_FALSE(world.answer("giraffe").is_approximate);
  world.merge();
  world.comment(ticket, "giraffe");
  EXPECT_EQ(world.find("giraffe zebra").size(), 1U);
  world.merge();
  EXPECT_EQ(world.find("giraffe zebra").size(), 1U);
}

TEST(SearchWaiting, MoreThanAQueryReadsIsSaid) {
  search::Limits limits;
  limits.tail_scan_max = 3;
  SearchWorld world(limits);
  for (int i = 0; i < 5; ++i) world.add("a", "zebra");
  EXPECT_TRUE(world.answer("zebra").is_approximate);
  world.merge();
  EXPECT_FALSE(world.answer("zebra").is_approximate);
  EXPECT_EQ(world.find("zebra").size(), 5U);
}

TEST(SearchWaiting, WhatWasAddedAgainWhileTheMergerWasAtWorkStaysKnown) {
  SearchWorld world;
  search::WaitingKeys keys;
  const std::string key = search::waiting(world.workspace, core::TicketId{1}, search::kFactsChange);
  const auto known = [&] { return keys.known(*world.store->snapshot(), world.workspace, 10).value().size(); };
  keys.add(world.workspace, key);
  const std::uint64_t mark = keys.mark();
  keys.add(world.workspace, key);  // by a save that followed the merger's commit
  keys.forget(world.workspace, {key}, mark);
  EXPECT_EQ(known(), 1U);
  keys.forget(world.workspace, {key}, keys.mark());
  EXPECT_EQ(known(), 0U);
}

// By score, by number and by update, from either end: the first ones of a page are those of the whole, and all are counted.
TEST(SearchWaiting, APageIsTheBeginningOfTheWhole) {
  SearchWorld world;
  for (int i = 0; i < 60; ++i) {
    std::string text = "zebra";
    for (int more = i % 7; more > 0; --more) text += " zebra";
    world.add(i % 5 == 0 ? "zebra" : "other", i % 3 == 0 ? text + " giraffe" : text);
    if (i % 20 == 19) world.merge();
  }
  for (int i = 0; i < 10; ++i) world.comment(core::TicketId{static_cast<std::uint64_t>(i * 5 + 1)}, "elephant");
  for (const char* query : {"zebra", "zebra giraffe", "zebra -giraffe", "zebra order_by:created", "zebra order_by:created sort:asc", "zebra order_by:updated",
                            "zebra order_by:updated sort:asc", "zebra giraffe order_by:updated"}) {
    const auto whole = world.answer(query);
    const auto page = world.answer(query, 7);
    EXPECT_EQ(page.count, whole.count) << query;
    EXPECT_EQ(whole.count, whole.hits.size()) << query;
    ASSERT_EQ(page.hits.size(), 7U) << query;
    for (std::size_t i = 0; i < page.hits.size(); ++i) EXPECT_EQ(page.hits[i].ticket.id, whole.hits[i].ticket.id) << query << " at " << i;
  }
}

}  // namespace
}  // namespace postern::test
