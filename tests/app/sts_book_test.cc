// What deliveries know of MTA-STS is there after a restart (Z-32), sealed, as long as it holds, whatever a write comes to.
#include "app/sts_book.h"

#include <gtest/gtest.h>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "storage/faulty_store.h"
#include "storage/key.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

constexpr std::string_view kEnforced = "version: STSv1\nmode: enforce\nmx: mx1.dest.test\nmx: *.dest.test\nmax_age: 86400\n";

class StsBookTest : public testing::Test {
 protected:
  StsBookTest() { EXPECT_TRUE(test::run_task(io, vault.ensure_workspace(core::WorkspaceId{}))); }

  // A process: what it knows ends with it.
  struct Server {
    Server(StsBookTest& of, storage::Store& on)
        : fixture(of), policies(of.zone, of.clock, [&of](std::string) { return of.fetch(); }), book(on, of.vault, policies, of.clock) {}
    std::optional<smtp::StsPolicy> policy_of(const std::string& domain) {
      return test::run_task(fixture.io, policies.of(domain, core::Deadline::never()));
    }
    bool write() { return test::run_task(fixture.io, book.write()).has_value(); }
    StsBookTest& fixture;
    smtp::StsPolicies policies;
    StsBook book;
  };

  core::Task<core::Result<std::string>> fetch() {
    ++fetched;
    co_return text;
  }
  void announce(const std::string& domain) { zone.add_txt("_mta-sts." + domain, "v=STSv1; id=1"); }
  void hide(const std::string& domain) { zone.fail_name("_mta-sts." + domain, net::DnsStatus::kNxDomain); }
  std::vector<storage::Entry> records() {
    storage::KeyBuilder prefix(core::WorkspaceId{}, storage::Space::kMeta);
    prefix.text("mta_sts");
    return store->snapshot()->scan(prefix.bytes(), storage::Direction::kForward, 10'000).value();
  }

  boost::asio::io_context io;
  core::ManualClock clock;
  net::ZoneResolver zone;
  std::unique_ptr<storage::Store> store = storage::make_memory_store(clock);
  storage::Vault vault{*store, core::SecretBuffer(32, 'k')};
  std::string text{kEnforced};
  int fetched = 0;
};

TEST_F(StsBookTest, Z32_APolicyHoldsAfterARestartThoughItsRecordIsHidden) {
  announce("dest.test");
  {
    Server first(*this, *store);
    ASSERT_TRUE(first.policy_of("dest.test"));
    test::run_task(io, first.book.stop(core::Deadline::after(std::chrono::seconds(1), clock)));
  }
  hide("dest.test");
  Server second(*this, *store);
  EXPECT_FALSE(second.policy_of("dest.test")) << "so it would be without the book";
  EXPECT_EQ(second.book.read().value(), 1U);
  const auto held = second.policy_of("dest.test");
  ASSERT_TRUE(held);
  EXPECT_EQ(held->mode, smtp::StsPolicy::Mode::kEnforce);
  EXPECT_EQ(held->mx, (std::vector<std::string>{"mx1.dest.test", "*.dest.test"}));
  EXPECT_EQ(fetched, 1);
  announce("dest.test");
  EXPECT_TRUE(second.policy_of("dest.test"));
  EXPECT_EQ(fetched, 1) << "the id is known too";
}

TEST_F(StsBookTest, Z32_ItsAgeGoesOnWhileNobodyRuns) {
  announce("dest.test");
  Server first(*this, *store);
  ASSERT_TRUE(first.policy_of("dest.test"));
  ASSERT_TRUE(first.write());
  hide("dest.test");
  clock.advance(std::chrono::hours(23));
  Server second(*this, *store);
  ASSERT_TRUE(second.book.read());
  EXPECT_TRUE(second.policy_of("dest.test"));
  clock.advance(std::chrono::hours(2));
  EXPECT_FALSE(second.policy_of("dest.test"));
  Server third(*this, *store);
  ASSERT_TRUE(third.book.read());
  EXPECT_FALSE(third.policy_of("dest.test"));
  ASSERT_TRUE(third.write());
  EXPECT_TRUE(records().empty()) << "what is over is removed";
}

// Domains that were written to are customers': they stand in no key and no value in the open. A failed reading is no policy.
TEST_F(StsBookTest, NothingCanBeReadInTheStoreAndFailuresAreNotKept) {
  announce("4111111111111111.test");
  announce("broken.test");
  Server server(*this, *store);
  ASSERT_TRUE(server.policy_of("4111111111111111.test"));
  text = "<html>";
  EXPECT_FALSE(server.policy_of("broken.test"));
  ASSERT_TRUE(server.write());
  const auto found = records();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ((found[0].key + found[0].value).find("4111"), std::string::npos);
  EXPECT_EQ(found[0].value.find("STSv1"), std::string::npos);
}

TEST_F(StsBookTest, WhatCouldNotBeWrittenIsWrittenNextTime) {
  announce("dest.test");
  storage::FaultyStore faulty(*store, storage::FaultyStore::Fault::kBeforeCommit, 0);
  Server server(*this, faulty);
  ASSERT_TRUE(server.policy_of("dest.test"));
  EXPECT_FALSE(server.write());
  EXPECT_TRUE(records().empty());
  EXPECT_TRUE(server.write());
  EXPECT_EQ(records().size(), 1U);
}

TEST_F(StsBookTest, ADamagedRecordIsPassedOverAndRemoved) {
  announce("dest.test");
  Server first(*this, *store);
  ASSERT_TRUE(first.policy_of("dest.test"));
  ASSERT_TRUE(first.write());
  storage::KeyBuilder key(core::WorkspaceId{}, storage::Space::kMeta);
  key.text("mta_sts").text("another");
  storage::Transaction transaction = store->begin();
  transaction.put(key.bytes(), "not sealed");
  ASSERT_TRUE(test::run_task(io, store->commit(std::move(transaction))));
  Server second(*this, *store);
  EXPECT_EQ(second.book.read().value(), 1U);
  EXPECT_TRUE(second.write());
  EXPECT_EQ(records().size(), 1U);
}

TEST_F(StsBookTest, Z32_TheBookIsBounded) {
  Server server(*this, *store);
  for (std::size_t i = 0; i < smtp::kStsPoliciesMax + 10; ++i) {
    const std::string domain = "d" + std::to_string(i) + ".test";
    announce(domain);
    ASSERT_TRUE(server.policy_of(domain));
  }
  ASSERT_TRUE(server.write());
  EXPECT_EQ(records().size(), smtp::kStsPoliciesMax);
}

}  // namespace
}  // namespace postern::app
