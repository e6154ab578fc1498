// How many tickets there are, for whoever is limited to inboxes: exact, also in a store that began before they were counted.
#include "ticketing/detail/inbox_counts.h"

#include <gtest/gtest.h>

#include "storage/schema/ticket.pb.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;

class InboxCounts : public ::testing::Test {
 protected:
  InboxCounts() {
    for (int i = 0; i < 3; ++i) take("support@acme.example");
    take("sales@acme.example");
    support = desk.ticket(core::TicketId{1}).inbox;
    sales = desk.ticket(core::TicketId{4}).inbox;
  }
  void take(const std::string& inbox) {
    Mail mail;
    mail.message_id = "m" + std::to_string(++mails_) + "@customer.example";
    mail.text = mail.message_id;
    ASSERT_TRUE(desk.take(mail, {inbox}));
  }
  void move(std::uint64_t ticket, Status to) {
    Tickets::Update change;
    change.status = to;
    ASSERT_TRUE(desk.update(core::TicketId{ticket}, change));
  }
  std::uint64_t count(std::vector<core::InboxId> inboxes, Status status) {
    auth::Reach reach(desk.acme);
    reach.inboxes = auth::InboxScope::only(std::move(inboxes));
    return desk.tickets->count(reach, status).value();
  }
  bool is_counted() { return count_in_inboxes(*desk.store->snapshot(), desk.acme, {}, Status::kNew).value().has_value(); }
  // As if the store had been written by a version that did not count them.
  void forget_counts() {
    storage::Transaction transaction = desk.store->begin();
    transaction.erase(keys::inbox_counts_mark(desk.acme));
    const auto counters = desk.store->snapshot()->scan(keys::inbox_counters_prefix(desk.acme), storage::Direction::kForward, 1000).value();
    for (const storage::Entry& each : counters) transaction.erase(each.key);
    ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
    ASSERT_FALSE(is_counted());
  }
  Desk desk;
  core::InboxId support, sales;

 private:
  int mails_ = 0;
};

TEST_F(InboxCounts, FollowEverySave) {
  ASSERT_TRUE(is_counted()) << "from the first ticket on";
  EXPECT_EQ(count({support}, Status::kNew), 3U);
  EXPECT_EQ(count({sales}, Status::kNew), 1U);
  EXPECT_EQ(count({sales, support}, Status::kNew), 4U);
  EXPECT_EQ(count({}, Status::kNew), 0U);
  move(1, Status::kPending);
  move(4, Status::kSolved);
  EXPECT_EQ(count({support}, Status::kNew), 2U);
  EXPECT_EQ(count({support}, Status::kPending), 1U);
  EXPECT_EQ(count({sales}, Status::kNew), 0U);
  EXPECT_EQ(count({sales}, Status::kSolved), 1U);
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("inbox counts")).value(), 0U) << "no census is needed";
}

TEST_F(InboxCounts, ACensusAddsWhatWasThereBefore) {
  forget_counts();
  move(1, Status::kPending);  // counters begin below zero
  move(4, Status::kSolved);
  take("sales@acme.example");
  EXPECT_EQ(count({support}, Status::kNew), 2U) << "counted one by one until then";
  EXPECT_FALSE(is_counted());
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("inbox counts")).value(), 5U);
  ASSERT_TRUE(is_counted());
  const auto holds = [this](const char* when) {
    EXPECT_EQ(count({support}, Status::kNew), 2U) << when;
    EXPECT_EQ(count({support}, Status::kPending), 1U) << when;
    EXPECT_EQ(count({sales}, Status::kNew), 1U) << when;
    EXPECT_EQ(count({sales}, Status::kSolved), 1U) << when;
  };
  holds("after the census");
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("inbox counts")).value(), 0U);
  holds("after another one");
  take("support@acme.example");
  EXPECT_EQ(count({support}, Status::kNew), 3U);
}

// Lets something happen between the moment at which a change was prepared and its commit.
class HookedStore final : public storage::Store {
 public:
  HookedStore(storage::Store& inner, std::function<void()> before_commit) : inner_(inner), before_commit_(std::move(before_commit)) {}
  std::shared_ptr<const storage::Snapshot> snapshot() const override { return inner_.snapshot(); }
  core::Task<core::Result<storage::Committed>> commit(storage::Transaction transaction) override {
    before_commit_();
    return inner_.commit(std::move(transaction));
  }
  core::Result<std::uint64_t> next_number(std::string_view key) override { return inner_.next_number(key); }
  core::Result<std::vector<storage::FeedEntry>> feed(core::WorkspaceId in, std::uint64_t after, std::size_t limit) const override {
    return inner_.feed(in, after, limit);
  }
  std::uint64_t last_sequence(core::WorkspaceId in) const override { return inner_.last_sequence(in); }
  std::shared_ptr<void> watch(FeedWatcher watcher) override { return inner_.watch(std::move(watcher)); }
  bool is_healthy() const override { return inner_.is_healthy(); }
  void close() override { inner_.close(); }
  core::Result<void> purge(const std::vector<std::string>& keys) override { return inner_.purge(keys); }

 private:
  storage::Store& inner_;
  const std::function<void()> before_commit_;
};

// What changes between the census' view and its commit stands in the counters by then, and is not lost or counted twice.
TEST_F(InboxCounts, WhatChangesDuringTheCensusIsCountedOnce) {
  forget_counts();
  bool has_changed = false;
  HookedStore store(*desk.store, [&] {
    has_changed = true;
    schema::Ticket before;
    before.set_inbox(support.value);
    before.set_status(static_cast<std::uint32_t>(Status::kNew));
    schema::Ticket after = before;
    after.set_status(static_cast<std::uint32_t>(Status::kOpen));
    storage::Transaction transaction = desk.store->begin();
    move_inbox_count(transaction, desk.acme, &before, &after);
    boost::asio::io_context other;  // the desk's runs the census
    ASSERT_TRUE(test::run_task(other, desk.store->commit(std::move(transaction))));
  });
  InboxCensus census(store, *desk.vault, nullptr);
  const std::atomic<bool> is_stopping{false};
  EXPECT_EQ(desk.run(census.take(desk.acme, is_stopping)).value(), 4U);
  ASSERT_TRUE(has_changed);
  EXPECT_EQ(count({support}, Status::kNew), 2U);
  EXPECT_EQ(count({support}, Status::kOpen), 1U);
}

TEST_F(InboxCounts, ACensusThatIsStoppedBeginsAnew) {
  forget_counts();
  InboxCensus census(*desk.store, *desk.vault, nullptr);
  std::atomic<bool> is_stopping{true};
  EXPECT_EQ(desk.run(census.take(desk.acme, is_stopping)).value(), 0U);
  EXPECT_FALSE(is_counted());
  is_stopping = false;
  EXPECT_EQ(desk.run(census.take(desk.acme, is_stopping)).value(), 4U);
  EXPECT_EQ(count({sales}, Status::kNew), 1U);
}

}  // namespace
}  // namespace postern::ticketing
