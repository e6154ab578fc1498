#include <gtest/gtest.h>

#include "tests/ticketing/search/search_world.h"

namespace postern::test {
namespace {

using Tickets = std::vector<std::uint64_t>;
using ticketing::TicketDraft;
namespace search = ticketing::search;

TEST(SearchUpkeep, ASmallTailWaits) {
  search::Limits limits;
  limits.merge_min = 3;
  SearchWorld world(limits);
  const std::atomic<bool> is_stopping{false};
  world.add("a", "zebra");
  world.add("b", "zebra");
  EXPECT_EQ(world.run(world.search->upkeep().run(world.workspace, is_stopping)).value(), 0U);
  world.add("c", "zebra");
  EXPECT_EQ(world.run(world.search->upkeep().run(world.workspace, is_stopping)).value(), 3U);
  EXPECT_EQ(world.find("zebra").size(), 3U);
}

TEST(SearchUpkeep, ANewStoreHasNothingToTakeIn) {
  SearchWorld world;
  world.add("first", "zebra");
  EXPECT_FALSE(world.answer("zebra").filling);
  EXPECT_FALSE(world.answer("zebra").is_approximate);
}

TEST(SearchUpkeep, TakesInTicketsOfBeforeTheIndexStepByStep) {
  search::Limits limits;
  limits.fill_batch_max = 4;
  SearchWorld world(limits);
  const auto hooks = std::exchange(world.hooks.indexes, {});
  for (int i = 0; i < 9; ++i) world.add("old", "zebra " + std::to_string(i), [](TicketDraft& draft) { draft.record().add_tags("vip"); });
  world.change(core::TicketId{4}, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(1); });
  world.hooks.indexes = hooks;
  world.comment(core::TicketId{9}, "giraffe");
  EXPECT_EQ(world.find("zebra"), Tickets());
  const auto before = world.answer("giraffe");
  EXPECT_TRUE(before.is_approximate);
  ASSERT_TRUE(before.filling);
  EXPECT_EQ(before.filling->last, 9U);
  EXPECT_EQ(world.run(world.search->upkeep().fill(world.workspace)).value(), 4U);
  EXPECT_EQ(world.find("zebra").size(), 3U);
  EXPECT_EQ(world.answer("zebra").filling->next, 5U);
  const std::atomic<bool> is_stopping{false};
  EXPECT_GT(world.run(world.search->upkeep().run(world.workspace, is_stopping)).value(), 0U);
  EXPECT_EQ(world.find("zebra").size(), 8U);
  EXPECT_EQ(world.find("tags:vip").size(), 8U);
  EXPECT_EQ(world.find("zebra giraffe"), (Tickets{9}));
  EXPECT_FALSE(world.answer("zebra").filling);
  EXPECT_FALSE(world.answer("zebra").is_approximate);
  EXPECT_EQ(world.run(world.search->upkeep().fill(world.workspace)).value(), 0U);
}

TEST(SearchUpkeep, WhatIsTakenInTwiceCountsOnce) {
  SearchWorld world;
  world.add("old", "zebra zebra");
  world.merge();
  storage::Transaction transaction = world.store->begin();
  transaction.erase(search::fill_state(world.workspace));
  world.commit(std::move(transaction));
  EXPECT_EQ(world.run(world.search->upkeep().fill(world.workspace)).value(), 1U);
  world.merge();
  EXPECT_EQ(world.find("zebra"), (Tickets{1}));
  world.change(core::TicketId{1}, [](TicketDraft& draft) { draft.record().set_subject("new"); });
  EXPECT_EQ(world.find("old"), Tickets());
}

// Until 2026-11-23 facts were keys of their own, and no words: such a store is taken in once more, and they go.
TEST(SearchUpkeep, AStoreOfBeforeFactsWereWordsIsTakenInOnceMore) {
  SearchWorld world;
  for (int i = 0; i < 3; ++i) world.add("old", "zebra", [](TicketDraft& draft) { draft.record().add_tags("vip"); });
  world.merge();
  const auto keys = search::WordKeys::open(*world.vault, world.workspace).value();
  storage::Transaction transaction = world.store->begin();
  transaction.put(search::fill_state(world.workspace), std::string("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0", 16));
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    transaction.put(keys.attribute("tag vip", ticket), {});
    for (const char* each : {"tag vip", "status 1"}) transaction.erase(keys.postings(keys.digest(search::marker(each)), 0));
  }
  world.commit(std::move(transaction));
  EXPECT_TRUE(world.answer("tags:vip").is_approximate);
  const std::atomic<bool> is_stopping{false};
  EXPECT_GT(world.run(world.search->upkeep().run(world.workspace, is_stopping)).value(), 0U);
  EXPECT_EQ(world.find("tags:vip status:new").size(), 3U);
  EXPECT_FALSE(world.answer("tags:vip").is_approximate);
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) EXPECT_FALSE(world.store->snapshot()->get(keys.attribute("tag vip", ticket)).value());
}

TEST(SearchLimits, ALargeAnswerSaysThatItIsNotAll) {
  search::Limits limits;
  limits.records_max = 5;
  limits.texts_max = 3;
  SearchWorld world(limits);
  for (int i = 0; i < 12; ++i) world.add("printer", "on fire " + std::to_string(i), [i](TicketDraft& draft) { draft.record().set_priority(i % 2 == 0 ? 1 : 2); });
  const auto plain = world.answer("printer");
  EXPECT_EQ(plain.count, 12U);
  EXPECT_FALSE(plain.is_approximate);
  const auto filtered = world.answer("printer created>2000-01-01");
  EXPECT_TRUE(filtered.is_approximate);
  EXPECT_LT(filtered.count, 6U);
  EXPECT_TRUE(world.answer("\"on fire\"").is_approximate);
  EXPECT_TRUE(world.answer("created>2000-01-01").is_approximate);
  // Facts are counted, whatever their number.
  for (const auto& [query, count] : {std::pair("printer priority:low", 6U), std::pair("status:new", 12U), std::pair("status:new -priority:low", 6U)}) {
    const auto told = world.answer(query);
    EXPECT_EQ(told.count, count) << query;
    EXPECT_FALSE(told.is_approximate) << query;
  }
  const auto newest = world.answer("printer order_by:updated");
  ASSERT_FALSE(newest.hits.empty());
  EXPECT_EQ(newest.hits.front().ticket.id.value, 12U);
}

TEST(SearchLimits, BeginningsOfTooManyWordsAreRefused) {
  search::Limits limits;
  limits.prefix_words_max = 10;
  SearchWorld world(limits);
  std::string many;
  for (int i = 0; i < 50; ++i) many += " word" + std::to_string(i);
  world.add("s", many);
  world.merge();
  EXPECT_NE(world.problem("wor*").find("too many words"), std::string::npos);
  EXPECT_EQ(world.find("word12*"), Tickets{1});
}

TEST(SearchExport, GivesEveryHitOnceInPages) {
  search::Limits limits;
  limits.records_max = 4;
  SearchWorld world(limits);
  for (int i = 0; i < 23; ++i) world.add("printer", i % 3 == 0 ? "zebra" : "lion", [i](TicketDraft& draft) { draft.record().set_priority(i % 2 == 0 ? 1 : 2); });
  for (const std::string query : {"printer", "zebra priority:low", "priority:low", "-zebra priority:normal", "\"printer\" tags:none"}) {
    Tickets all;
    search::ExportRequest request;
    request.query = query;
    request.count = 3;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = world.run(world.search->page(world.agent, request));
      ASSERT_TRUE(page);
      for (const auto& each : page->tickets) all.push_back(each.id.value);
      if (!page->has_more) break;
      request.below = page->below;
    }
    Tickets expected;
    for (std::uint64_t id = 23; id > 0; --id) {
      const bool is_zebra = (id - 1) % 3 == 0;
      const bool is_low = (id - 1) % 2 == 0;
      const bool holds = query == "zebra priority:low" ? is_zebra && is_low : query == "priority:low" ? is_low : query == "-zebra priority:normal" ? !is_zebra && !is_low : true;
      if (holds) expected.push_back(id);
    }
    EXPECT_EQ(all, expected) << query;
  }
}

}  // namespace
}  // namespace postern::test
