#include <gtest/gtest.h>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/keys.h"
#include "auth/audit_trail/trail.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"
#include "storage/schema/account.pb.h"
#include "tests/auth/audit_trail/trail_fixture.h"

namespace postern::test {
namespace {

namespace trail = auth::trail;

TEST(AuditChain, I1_10_EveryEntryHasItsNumberAndTheHashOfTheOneBefore) {
  TrailDesk desk;
  for (int i = 0; i < 7; ++i) desk.write("ticket.status", "ticket/" + std::to_string(i));
  EXPECT_EQ(desk.run(desk.trail.link_all(desk.home)).value(), 7U);
  std::string previous(32, '\0');
  std::uint64_t number = 0;
  for (const auth::AuditEntry& entry : desk.chain()) {
    EXPECT_EQ(entry.sequence, ++number);
    EXPECT_EQ(entry.previous_hash, previous);
    EXPECT_EQ(entry.hash, core::sha256(auth::canonical_bytes(desk.home, entry)));
    previous = entry.hash;
  }
  EXPECT_EQ(number, 7U);
  const auto state = desk.trail.state(desk.home).value();
  EXPECT_EQ(state.head.sequence, 7U);
  EXPECT_EQ(state.head.hash, previous);
  EXPECT_EQ(state.waiting, 0U);
  EXPECT_EQ(desk.run(desk.trail.link_all(desk.home)).value(), 0U);
}

// Invariant 6 without a common record: transactions that audit in one workspace do not conflict, and all of them are chained.
TEST(AuditChain, EntriesOfOverlappingTransactionsNeverConflict) {
  TrailDesk desk;
  std::vector<storage::Transaction> open;
  for (int i = 0; i < 20; ++i) {
    open.push_back(desk.store->begin());
    ASSERT_TRUE(auth::audit(open.back(), *desk.vault, desk.ids, desk.clock, desk.owner_of(desk.home), "a.b", "x/" + std::to_string(i)));
  }
  for (std::size_t i = open.size(); i-- > 0;) {  // against the order of their ids
    ASSERT_TRUE(desk.run(desk.store->commit(std::move(open[i]))));
    if (i == 10) EXPECT_EQ(desk.run(desk.trail.link_all(desk.home)).value(), 10U);
  }
  EXPECT_EQ(desk.run(desk.trail.link_all(desk.home)).value(), 10U);
  EXPECT_EQ(desk.verify().verified, 20U);
  EXPECT_TRUE(desk.verify().is_intact());
}

TEST(AuditChain, TakesUpEntriesFromBeforeTheChain) {
  TrailDesk desk(10);
  for (int i = 0; i < 35; ++i) desk.write_old("old", "ticket/" + std::to_string(i));
  desk.write("new", "ticket/1");
  EXPECT_GE(desk.run(desk.trail.link_all(desk.home)).value(), 36U);
  desk.write("newer", "ticket/2");
  EXPECT_EQ(desk.run(desk.trail.link_all(desk.home)).value(), 1U);
  const auth::ChainReport report = desk.verify();
  EXPECT_TRUE(report.is_intact()) << report.fault->what;
  EXPECT_EQ(report.verified, 37U);
  EXPECT_EQ(report.waiting, 0U);
  // They are found by index too.
  auth::AuditFilter filter;
  filter.object = "ticket/34";
  EXPECT_EQ(desk.search(filter).size(), 1U);
}

TEST(AuditChain, WaitingEntriesAreReportedAsSuch) {
  TrailDesk desk;
  desk.write("a", "x");
  ASSERT_TRUE(desk.run(desk.trail.link_all(desk.home)));
  desk.write("b", "x");
  const auth::ChainReport report = desk.verify();
  EXPECT_TRUE(report.is_intact());
  EXPECT_EQ(report.verified, 1U);
  EXPECT_EQ(report.waiting, 1U);
}

TEST(AuditChain, WorkspacesHaveChainsOfTheirOwn) {
  TrailDesk desk;
  desk.write("a", "x");
  ASSERT_TRUE(desk.run(desk.trail.link_all()));
  EXPECT_EQ(desk.trail.state(desk.home)->head.sequence, 1U);
  EXPECT_EQ(desk.trail.state(desk.other)->head.sequence, 0U);
}

// An attacker who has the keys and a way to the disk. What he can do is said in the README; each of these is found.
class TamperedTrail : public ::testing::Test {
 protected:
  TamperedTrail() {
    for (int i = 0; i < 5; ++i) desk.write("ticket.status", "ticket/" + std::to_string(i), "open -> solved");
    EXPECT_TRUE(desk.run(desk.trail.link_all(desk.home)));
    entries = desk.chain();
    EXPECT_EQ(entries.size(), 5U);
  }
  void expect_fault(std::uint64_t sequence, const std::string& words) {
    const auth::ChainReport report = desk.verify();
    ASSERT_TRUE(report.fault) << "nothing was found";
    EXPECT_EQ(report.fault->sequence, sequence) << report.fault->what;
    EXPECT_NE(report.fault->what.find(words), std::string::npos) << report.fault->what;
    EXPECT_FALSE(report.is_intact());
    // It is remembered, for whoever asks later.
    EXPECT_EQ(desk.trail.state(desk.home)->verified->fault->what, report.fault->what);
  }
  void change(const std::function<void(storage::Transaction&)>& how) {
    storage::Transaction transaction = desk.store->begin();
    how(transaction);
    ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  }
  TrailDesk desk;
  std::vector<auth::AuditEntry> entries;
};

TEST_F(TamperedTrail, AnEntryThatWasChangedIsFound) {
  change([&](auto& transaction) {
    entries[2].detail = "solved -> open";
    ASSERT_TRUE(auth::put_entry(transaction, *desk.vault, desk.home, entries[2]));
  });
  expect_fault(3, "was changed");
}

TEST_F(TamperedTrail, AnEntryThatWasChangedTogetherWithItsHashIsFoundByTheNext) {
  change([&](auto& transaction) {
    entries[2].actor = core::UserId{77};
    entries[2].hash = auth::hash_of(desk.home, entries[2]);
    ASSERT_TRUE(auth::put_entry(transaction, *desk.vault, desk.home, entries[2]));
  });
  expect_fault(4, "does not follow");
}

TEST_F(TamperedTrail, AnEntryThatIsGoneIsFound) {
  change([&](auto& transaction) { transaction.erase(auth::keys::audit(desk.home, entries[1].id)); });
  expect_fault(2, "gone");
}

TEST_F(TamperedTrail, ALinkThatIsGoneIsFound) {
  change([&](auto& transaction) { transaction.erase(trail::numbered(desk.home, trail::Kind::kLink, 2)); });
  expect_fault(2, "removed");
}

TEST_F(TamperedTrail, TheEndCutOffIsFound) {
  change([&](auto& transaction) {
    transaction.erase(trail::numbered(desk.home, trail::Kind::kLink, 5));
    transaction.erase(auth::keys::audit(desk.home, entries[4].id));
  });
  expect_fault(5, "ends before its head");
}

TEST_F(TamperedTrail, EntriesSwappedAreFound) {
  change([&](auto& transaction) {
    transaction.put(trail::numbered(desk.home, trail::Kind::kLink, 2), std::to_string(entries[2].id.value));
    transaction.put(trail::numbered(desk.home, trail::Kind::kLink, 3), std::to_string(entries[1].id.value));
  });
  expect_fault(2, "another entry");
}

TEST_F(TamperedTrail, AnEntrySlippedInIsFound) {
  change([&](auto& transaction) {
    auth::AuditEntry forged = entries[1];
    forged.id = core::AuditId{desk.ids.next()};
    forged.sequence = 0;
    forged.hash.clear();
    forged.previous_hash.clear();
    ASSERT_TRUE(auth::put_entry(transaction, *desk.vault, desk.home, forged));
  });
  expect_fault(0, "slipped in");
}

TEST_F(TamperedTrail, ASecondEntryOfOneNumberIsFound) {
  change([&](auto& transaction) {
    auth::AuditEntry forged = entries[1];
    forged.id = core::AuditId{desk.ids.next()};
    ASSERT_TRUE(auth::put_entry(transaction, *desk.vault, desk.home, forged));
  });
  expect_fault(2, "not the one that the chain has");
}

TEST_F(TamperedTrail, AWaitingEntryThatIsGoneIsFoundAndKeepsNobodyWaiting) {
  desk.write("lost", "x");
  const core::AuditId lost = auth::list_audit(*desk.store, *desk.vault, desk.home, {}, 1)->front().id;
  change([&](auto& transaction) { transaction.erase(auth::keys::audit(desk.home, lost)); });
  desk.write("kept", "x");
  EXPECT_EQ(desk.run(desk.trail.link_all(desk.home)).value(), 1U);
  expect_fault(0, "waited");
}

TEST_F(TamperedTrail, DamagedBytesAreFound) {
  change([&](auto& transaction) { transaction.put(auth::keys::audit(desk.home, entries[3].id), "nonsense"); });
  expect_fault(4, "does not open");
}

// A chain made anew, or an older copy of the store, is right in itself: only what is noted elsewhere tells.
TEST_F(TamperedTrail, AnAnchorFromElsewhereFindsAChainMadeAnewAndAnOldCopy) {
  const auth::ChainAnchor noted{4, entries[3].hash};
  EXPECT_TRUE(desk.run(desk.trail.verify(desk.home, noted))->is_intact());
  const auth::ChainAnchor other{4, std::string(32, 'x')};
  EXPECT_NE(desk.run(desk.trail.verify(desk.home, other))->fault->what.find("made anew"), std::string::npos);
  const auth::ChainAnchor later{6, std::string(32, 'x')};
  EXPECT_NE(desk.run(desk.trail.verify(desk.home, later))->fault->what.find("old copy"), std::string::npos);
}

TEST(AuditTrailTask, LinksAndVerifiesInTheBackgroundAndStops) {
  TrailDesk desk;
  desk.trail.start(desk.executor());
  desk.write("a", "x");
  desk.trail.request_verification(desk.home);
  for (int i = 0; i < 50 && !desk.trail.state(desk.home)->verified; ++i) {
    desk.clock.advance(std::chrono::milliseconds(500));
    desk.turn();
  }
  const auto state = desk.trail.state(desk.home).value();
  EXPECT_EQ(state.head.sequence, 1U);
  ASSERT_TRUE(state.verified);
  EXPECT_FALSE(state.is_verifying);
  EXPECT_EQ(state.verified->verified, 1U);
  desk.run(desk.trail.stop(core::Deadline::never()));
}

// Whoever ends one workspace must not blind the log of the others, and of the instance.
TEST(AuditTrailTask, AWorkspaceWithoutKeysDoesNotStopTheOthers) {
  TrailDesk desk;
  storage::Transaction wipe = desk.store->begin();
  ASSERT_TRUE(desk.vault->shred(wipe, desk.home));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(wipe))));
  desk.vault->forget(desk.home);
  desk.write(desk.owner_of(desk.other), auth::AuditEvent{"b", "x", {}});
  desk.write(desk.owner_of(core::WorkspaceId{0}), auth::AuditEvent{"workspace.wiped", "workspace/1", {}});
  desk.trail.start(desk.executor());
  desk.trail.request_verification(desk.other);
  for (int i = 0; i < 50 && !desk.trail.state(desk.other)->verified; ++i) {
    desk.clock.advance(std::chrono::seconds(5));
    desk.turn();
  }
  EXPECT_TRUE(desk.trail.state(desk.other)->verified);
  EXPECT_EQ(desk.trail.state(desk.other)->head.sequence, 1U);
  EXPECT_EQ(desk.trail.state(core::WorkspaceId{0})->head.sequence, 1U);
  desk.run(desk.trail.stop(core::Deadline::never()));
}

}  // namespace
}  // namespace postern::test
