// C-09, Z-05: blocks by address and network, for a time or for good, and by feed.
#include "net/block_list.h"

#include <gtest/gtest.h>

#include "core/manual_clock.h"
#include "net/errc.h"

namespace postern::net {
namespace {

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }
IpNetwork network(std::string_view text) { return IpNetwork::parse(text).value(); }

struct Listed {
  core::ManualClock clock;
  BlockList blocks{clock};
  std::string why(std::string_view address) const {
    const auto block = blocks.find(ip(address));
    return block ? block->reason : "";
  }
  void add(std::string_view where, std::string reason, std::optional<core::Duration> time = {}) {
    Block block{network(where), std::move(reason), {}};
    if (time) block.until = clock.wall_now() + *time;
    blocks.add(std::move(block));
  }
};

TEST(BlockList, C_09_TheNarrowestBlockIsNamed) {
  Listed list;
  ASSERT_TRUE(list.blocks.set_listed({{network("192.0.2.0/24"), "wide", {}}, {network("192.0.2.128/25"), "half", {}},
                                      {network("192.0.2.200/32"), "one", {}}, {network("2001:db8::/33"), "six", {}},
                                      {network("0.0.0.0/1"), "low", {}}}));
  EXPECT_EQ(list.blocks.listed(), 5U);
  EXPECT_EQ(list.why("192.0.2.1"), "wide");
  EXPECT_EQ(list.why("192.0.2.129"), "half");
  EXPECT_EQ(list.why("192.0.2.200"), "one");
  EXPECT_EQ(list.why("192.0.3.1"), "");
  EXPECT_EQ(list.why("127.255.0.1"), "low");
  EXPECT_EQ(list.why("::ffff:192.0.2.200"), "one");
  EXPECT_EQ(list.why("2001:db8:7fff::1"), "six");
  EXPECT_EQ(list.why("2001:db8:8000::1"), "");
}

TEST(BlockList, C_09_ABlockHoldsAtItsDoor) {
  Listed list;
  ASSERT_TRUE(list.blocks.set_listed({{network("192.0.2.0/24"), "mail", {}, Door::kMail}, {network("198.51.100.0/24"), "web", {}, Door::kWeb},
                                      {network("203.0.113.0/24"), "mail", {}, Door::kMail}, {network("203.0.113.0/24"), "web", {}, Door::kWeb}}));
  const auto held = [&list](std::string_view address) {
    return std::pair(list.blocks.find(ip(address), Door::kMail).has_value(), list.blocks.find(ip(address), Door::kWeb).has_value());
  };
  EXPECT_EQ(held("192.0.2.1"), std::pair(true, false));
  EXPECT_EQ(held("198.51.100.1"), std::pair(false, true));
  EXPECT_EQ(held("203.0.113.1"), std::pair(true, true)) << "listed for each";
  list.blocks.add({network("198.51.100.1/32"), "too many errors", {}, Door::kMail});
  EXPECT_EQ(held("198.51.100.1"), std::pair(true, true)) << "a narrower block for mail hides none for the web";
  EXPECT_EQ(held("198.51.100.2"), std::pair(false, true));
}

TEST(BlockList, BitsBehindThePrefixDoNotCount) {
  Listed list;
  list.add("192.0.2.77/24", "a");
  EXPECT_EQ(list.why("192.0.2.1"), "a");
  list.add("192.0.2.0/24", "b");
  EXPECT_EQ(list.blocks.added().size(), 1U);
  EXPECT_TRUE(list.blocks.remove(network("192.0.2.9/24")));
  EXPECT_FALSE(list.blocks.remove(network("192.0.2.9/24")));
  EXPECT_EQ(list.why("192.0.2.1"), "");
}

TEST(BlockList, C_09_ABlockEnds) {
  Listed list;
  list.add("192.0.2.0/24", "short", std::chrono::minutes(10));
  list.add("198.51.100.1", "for good");
  ASSERT_TRUE(list.blocks.set_listed({{network("192.0.2.1/32"), "listed", {}}}));
  EXPECT_EQ(list.why("192.0.2.1"), "short");
  list.clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(list.why("192.0.2.2"), "");
  EXPECT_EQ(list.why("192.0.2.1"), "listed");
  EXPECT_EQ(list.why("198.51.100.1"), "for good");
  EXPECT_EQ(list.blocks.added().size(), 1U);
}

TEST(BlockList, AFloodOfBlocksForgetsTheOneThatEndsFirst) {
  Listed list;
  list.add("203.0.113.0/24", "by a person");
  for (unsigned i = 0; i < BlockList::kAddedMax + 50; ++i) {
    list.add("10." + std::to_string(i >> 16U) + '.' + std::to_string((i >> 8U) & 255U) + '.' + std::to_string(i & 255U), "flood",
             std::chrono::seconds(60 + i));
  }
  EXPECT_EQ(list.blocks.added().size(), BlockList::kAddedMax);
  EXPECT_EQ(list.why("203.0.113.9"), "by a person");
  EXPECT_EQ(list.why("10.0.0.0"), "");
  EXPECT_EQ(list.why("10.0.39.65"), "flood");
}

TEST(BlockFeed, C_09_CommentsAndLinesOfTheUsualForms) {
  const auto networks = parse_block_feed("; a list\n192.0.2.0/24 ; SBL1\r\n\n# more\n2001:db8::/32#x\n198.51.100.7\n  203.0.113.0/25");
  ASSERT_TRUE(networks);
  ASSERT_EQ(networks->size(), 4U);
  EXPECT_EQ(networks->at(1).to_string(), "2001:db8::/32");
  EXPECT_EQ(networks->at(3).to_string(), "203.0.113.0/25");
  const auto bad = parse_block_feed("192.0.2.0/24\n\nexample.com\n");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), Errc::kAddress);
  EXPECT_EQ(bad.error().context(), "line 3");
}

TEST(BlockFeed, ItsLengthIsBounded) {
  std::string text;
  for (std::size_t i = 0; i <= BlockList::kListedMax; ++i) text += "10.0.0.1\n";
  const auto networks = parse_block_feed(text);
  ASSERT_FALSE(networks);
  EXPECT_EQ(networks.error(), Errc::kTooMany);
}

}  // namespace
}  // namespace postern::net
