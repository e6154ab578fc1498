// Retention: old entries go, what is left proves itself, and nobody cuts off more unseen.
#include "auth/audit_trail/prune.h"

#include <gtest/gtest.h>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/filter_text.h"
#include "auth/audit_trail/keys.h"
#include "auth/audit_trail/shipping/cursor.h"
#include "core/errc.h"
#include "storage/schema/audit.pb.h"
#include "tests/auth/audit_trail/trail_fixture.h"

namespace postern::test {
namespace {

constexpr std::chrono::hours kMonth{30 * 24};

struct Pruning {
  explicit Pruning(std::vector<std::string> receivers = {})
      : pruner(*desk.store, *desk.vault, desk.ids, desk.clock, kMonth, std::move(receivers), {3, 1000}) {}
  void write(int count) {
    for (int i = 0; i < count; ++i) desk.write("ticket.status", "ticket/" + std::to_string(++written));
    desk.run(desk.trail.link_all()).value();
  }
  std::size_t prune() { return desk.run(pruner.prune(desk.home)).value(); }
  auth::ChainCheckpoint checkpoint() { return auth::read_checkpoint(*desk.store->snapshot(), *desk.vault, desk.home).value(); }
  TrailDesk desk;
  auth::AuditPruner pruner;
  int written = 0;
};

TEST(AuditRetention, OldEntriesGoAndTheRestStillProvesItself) {
  Pruning test;
  test.write(10);
  const std::string anchor_hash = test.desk.chain()[9].hash;
  test.desk.clock.advance(kMonth);
  test.write(5);
  EXPECT_EQ(test.prune(), 10U);
  EXPECT_EQ(test.checkpoint().sequence, 10U);
  EXPECT_EQ(test.checkpoint().hash, anchor_hash);
  EXPECT_TRUE(test.desk.verify().is_intact()) << "the entry that tells of it still waits";
  test.desk.run(test.desk.trail.link_all()).value();
  const auth::ChainReport report = test.desk.verify();
  EXPECT_TRUE(report.is_intact()) << report.fault->what;
  EXPECT_EQ(report.verified, 6U) << "five and the one that tells of it";
  EXPECT_EQ(report.head.sequence, 16U);
  auth::AuditFilter filter;
  filter.object = "ticket/1";
  EXPECT_TRUE(test.desk.search(filter).empty()) << "its index is gone too";
  EXPECT_EQ(test.desk.store->snapshot()->scan(auth::trail::by_text(test.desk.home, auth::trail::Kind::kByObject, "ticket/1"),
                                              storage::Direction::kForward, 10)->size(), 0U);
  EXPECT_EQ(test.prune(), 0U) << "nothing more is old";
}

TEST(AuditRetention, AnEarlierAnchorStillHolds) {
  Pruning test;
  test.write(4);
  const auth::ChainAnchor last{4, test.desk.chain()[3].hash};
  const auth::ChainAnchor first{1, test.desk.chain()[0].hash};
  test.desk.clock.advance(kMonth);
  test.write(1);
  EXPECT_EQ(test.prune(), 4U);
  EXPECT_TRUE(test.desk.run(test.desk.trail.verify(test.desk.home, last))->is_intact());
  EXPECT_FALSE(test.desk.run(test.desk.trail.verify(test.desk.home, auth::ChainAnchor{4, std::string(32, 'x')}))->is_intact());
  const auto removed = test.desk.run(test.desk.trail.verify(test.desk.home, first));
  ASSERT_FALSE(removed) << "of what is gone nothing can be said";
  EXPECT_EQ(removed.error(), core::Errc::kInvalid);
}

TEST(AuditRetention, WhatAReceiverHasNotConfirmedStays) {
  const std::string receiver = "https://logs.example/";
  Pruning test({receiver});
  test.write(6);
  test.desk.clock.advance(kMonth);
  EXPECT_EQ(test.prune(), 0U);
  ASSERT_TRUE(test.desk.run(auth::put_ship_cursor(*test.desk.store, *test.desk.vault, test.desk.home, receiver, {4, 1})));
  EXPECT_EQ(test.prune(), 4U);
  EXPECT_TRUE(test.desk.verify().is_intact());
}

// As root on the machine could: cut off more, with a checkpoint that fits.
TEST(AuditRetention, ACheckpointThatNoEntryTellsOfIsFound) {
  Pruning test;
  test.write(6);
  const std::vector<auth::AuditEntry> chain = test.desk.chain();
  storage::Transaction transaction = test.desk.store->begin();
  schema::AuditCheckpoint forged;
  forged.set_sequence(3);
  forged.set_hash(chain[2].hash);
  forged.set_removed(3);
  const std::string key = auth::trail::prefix(test.desk.home, auth::trail::Kind::kCheckpoint);
  ASSERT_TRUE(storage::put_sealed(transaction, *test.desk.vault, test.desk.home, key, forged));
  for (std::size_t i = 0; i < 3; ++i) {
    transaction.erase(auth::keys::audit(test.desk.home, chain[i].id));
    transaction.erase(auth::trail::numbered(test.desk.home, auth::trail::Kind::kLink, chain[i].sequence));
  }
  ASSERT_TRUE(test.desk.run(test.desk.store->commit(std::move(transaction))));
  const auth::ChainReport report = test.desk.verify();
  ASSERT_TRUE(report.fault);
  EXPECT_NE(report.fault->what.find("no entry tells"), std::string::npos) << report.fault->what;
}

TEST(AuditRetention, AChangedEntryBehindTheCheckpointIsFound) {
  Pruning test;
  test.write(4);
  test.desk.clock.advance(kMonth);
  test.write(4);
  EXPECT_EQ(test.prune(), 4U);
  auth::AuditEntry changed = test.desk.chain().front();
  changed.detail = "somebody else";
  storage::Transaction transaction = test.desk.store->begin();
  ASSERT_TRUE(auth::put_entry(transaction, *test.desk.vault, test.desk.home, changed));
  ASSERT_TRUE(test.desk.run(test.desk.store->commit(std::move(transaction))));
  ASSERT_TRUE(test.desk.verify().fault);
  EXPECT_EQ(test.desk.verify().fault->sequence, 5U);
}

}  // namespace
}  // namespace postern::test
