// C-09: networks that people refuse: durable, for a time or for good, told to the audit of every workspace.
#include "auth/block_book.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "tests/auth/fixture.h"

namespace postern::test {
namespace {

net::IpNetwork cidr(std::string_view text) { return net::IpNetwork::parse(text).value(); }

class Blocks : public testing::Test {
 protected:
  auth::BlockBook book() { return {*people.store, *people.vault, people.ids, people.clock, list, people.options}; }
  core::Result<void> add(std::string_view network, std::string reason, std::optional<core::Duration> time = {}) {
    net::Block block{cidr(network), std::move(reason), {}};
    if (time) block.until = people.clock.wall_now() + *time;
    auto one = book();
    return people.run(one.add(by, std::move(block)));
  }
  core::Result<void> remove(std::string_view network) {
    auto one = book();
    return people.run(one.remove(by, cidr(network)));
  }
  bool is_blocked(std::string_view address) { return list.find(net::IpAddress::parse(address).value()).has_value(); }

  People people;
  net::BlockList list{people.clock};
  std::vector<auth::Principal> by{people.owner_of(people.home), people.owner_of(people.other)};
};

TEST_F(Blocks, C_09_HoldAtOnceAndAfterARestart) {
  ASSERT_TRUE(add("192.0.2.77/24", "floods us", std::chrono::hours(1)));
  ASSERT_TRUE(add("2001:db8::/32", "for good"));
  EXPECT_TRUE(is_blocked("192.0.2.1"));
  net::BlockList after_restart(people.clock);
  auth::BlockBook again(*people.store, *people.vault, people.ids, people.clock, after_restart, people.options);
  ASSERT_TRUE(again.load());
  EXPECT_EQ(after_restart.find(net::IpAddress::parse("192.0.2.9").value())->reason, "floods us");
  EXPECT_TRUE(after_restart.find(net::IpAddress::parse("2001:db8::1").value()));
  people.clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(after_restart.find(net::IpAddress::parse("192.0.2.9").value()));
  EXPECT_EQ(again.blocks()->size(), 1U);
}

TEST_F(Blocks, I0_11_EveryWorkspaceIsToldWhoBlockedWhat) {
  ASSERT_TRUE(add("192.0.2.0/24", "floods us"));
  ASSERT_TRUE(remove("192.0.2.9/24"));
  EXPECT_FALSE(is_blocked("192.0.2.1"));
  for (const auto workspace : {people.home, people.other}) {
    const auto actions = people.audit_actions(workspace);
    EXPECT_EQ(std::count(actions.begin(), actions.end(), "network.blocked"), 1);
    EXPECT_EQ(std::count(actions.begin(), actions.end(), "network.unblocked"), 1);
  }
  const auto twice = remove("192.0.2.0/24");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error(), auth::Errc::kNotFound);
}

TEST_F(Blocks, WhatTheEdgeBlockedByItselfCanBeLifted) {
  list.add({cidr("192.0.2.1/32"), "too many errors", people.clock.wall_now() + std::chrono::hours(1)});
  ASSERT_TRUE(remove("192.0.2.1"));
  EXPECT_FALSE(is_blocked("192.0.2.1"));
}

TEST_F(Blocks, SlipsOfTheFingerAreRefused) {
  for (const char* network : {"0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15"}) EXPECT_FALSE(add(network, "all")) << network;
  EXPECT_TRUE(add("10.0.0.0/8", "all of ten"));
  EXPECT_FALSE(add("192.0.2.0/24", ""));
  EXPECT_FALSE(add("192.0.2.0/24", "two\nlines"));
  EXPECT_FALSE(add("192.0.2.0/24", "caf\xc3\xa9"));
  EXPECT_FALSE(add("192.0.2.0/24", std::string(auth::BlockBook::kReasonBytesMax + 1, 'x')));
  EXPECT_FALSE(add("192.0.2.0/24", "over", std::chrono::seconds(0)));
  EXPECT_FALSE(is_blocked("192.0.2.1"));
}

}  // namespace
}  // namespace postern::test
