// Every commit and every read of intake and of a reply fails once, in turn (design invariants 1 and 6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/faulty_store.h"
#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using storage::FaultyStore;
using test::Desk;
using test::Mail;
using testing::Each;
using testing::ElementsAre;

constexpr core::TicketId kFirst{1};

// Nothing, or all of the first ticket: record, comment, event, index, counter and audit entry.
void expect_all_or_nothing(Desk& desk, bool is_all) {
  const std::size_t n = is_all ? 1 : 0;
  EXPECT_EQ(desk.tickets->list(desk.acme, {})->tickets.size(), n);
  TicketQuery query;
  query.status = Status::kNew;
  EXPECT_EQ(desk.tickets->list(desk.acme, query)->tickets.size(), n);
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kNew).value(), n);
  EXPECT_EQ(desk.tickets->get(desk.acme, kFirst).has_value(), is_all);
  EXPECT_EQ(desk.store->last_sequence(desk.acme), n);
  EXPECT_EQ(std::ranges::count(desk.audit_actions(desk.acme), "ticket.created"), static_cast<std::ptrdiff_t>(n));
  if (is_all) {
    EXPECT_EQ(desk.comments(desk.acme, kFirst)->size(), 1U);
    EXPECT_EQ(desk.events(desk.acme, kFirst)->size(), 1U);
  }
}

class IntakeFaults : public testing::TestWithParam<FaultyStore::Fault> {};

TEST_P(IntakeFaults, NeverLeaveHalfATicketAndARetryMakesExactlyOne) {
  for (std::size_t fail_at = 0;; ++fail_at) {
    ASSERT_LT(fail_at, 200U);
    Desk desk;
    FaultyStore faulty(*desk.store, GetParam(), fail_at);
    auth::Accounts accounts(faulty, *desk.vault, desk.ids, desk.clock, desk.cpu, {});
    Intake intake(faulty, *desk.vault, accounts, *desk.directory, desk.ids, desk.clock, Desk::options());
    const auto receipt = desk.take_with(intake, {}, {"support@acme.example", "desk@other.example"});
    if (!receipt) EXPECT_TRUE(receipt.error().is_transient());
    expect_all_or_nothing(desk, receipt.has_value());
    const bool is_last = faulty.exhausted();  // the operation to fail was not reached
    EXPECT_TRUE(!is_last || receipt);
    const auto again = desk.take({}, {"support@acme.example", "desk@other.example"});
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(again->was_duplicate, receipt.has_value());
    EXPECT_EQ(desk.tickets->list(desk.acme, {})->tickets.size(), 1U);
    EXPECT_EQ(desk.tickets->list(desk.other, {})->tickets.size(), 1U);
    if (is_last) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, IntakeFaults,
                         testing::Values(FaultyStore::Fault::kBeforeCommit, FaultyStore::Fault::kConflict,
                                         FaultyStore::Fault::kRead));

TEST(ReplyFaults, NeverLeaveACommentWithoutItsMail) {
  for (std::size_t fail_at = 0;; ++fail_at) {
    ASSERT_LT(fail_at, 200U);
    Desk desk;
    ASSERT_TRUE(desk.take({}));
    FaultyStore faulty(*desk.store, FaultyStore::Fault::kRead, fail_at);
    auth::Accounts accounts(faulty, *desk.vault, desk.ids, desk.clock, desk.cpu, {});
    Tickets tickets(faulty, *desk.vault, accounts, *desk.directory, desk.redactor, desk.ids, desk.clock, Desk::options());
    Tickets::Update change;
    change.text = "Try again.";
    ASSERT_TRUE(desk.run(tickets.update(desk.agent, kFirst, change)).has_value() || !faulty.exhausted());
    const auto comments = desk.comments(desk.acme, kFirst)->size();
    EXPECT_EQ(desk.outbox->list(desk.acme, 10)->size(), comments - 1);
    EXPECT_EQ(desk.claim().size(), comments - 1);
    if (faulty.exhausted()) break;
  }
}

TEST(ReplyFaults, AConflictIsTriedAgain) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  FaultyStore faulty(*desk.store, FaultyStore::Fault::kConflict, 0);
  Tickets tickets(faulty, *desk.vault, *desk.accounts, *desk.directory, desk.redactor, desk.ids, desk.clock, Desk::options());
  Tickets::Update change;
  change.text = "Try again.";
  ASSERT_TRUE(desk.run(tickets.update(desk.agent, kFirst, change)));
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->size(), 2U);
  EXPECT_EQ(desk.claim().size(), 1U);
}

}  // namespace
}  // namespace postern::ticketing
