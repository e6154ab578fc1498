#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;

constexpr int kThreads = 8;
constexpr int kMessages = 200;

TEST(Concurrency, TicketNumbersAreUniqueAndWithoutGaps) {
  Desk desk;
  std::atomic<int> next{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      boost::asio::io_context io;
      for (int i = next++; i < kMessages; i = next++) {
        Mail mail;
        mail.from = "user" + std::to_string(i % 5) + "@customer.example";
        mail.message_id = "c" + std::to_string(i) + "@customer.example";
        mail.text = std::to_string(i);
        for (int attempt = 0; attempt < 10; ++attempt) {  // as a sending server would after 451
          const auto envelope = desk.envelope(mail, {"support@acme.example"});
          const auto receipt = test::run_task(io, desk.intake->accept(envelope, mail.build()));
          if (!receipt) continue;
          ++taken;
          break;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(taken, kMessages);
  for (std::uint64_t number = 1; number <= kMessages; ++number) {
    EXPECT_TRUE(desk.tickets->get(desk.acme, core::TicketId{number})) << number;
  }
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kNew).value(), static_cast<std::uint64_t>(kMessages));
  EXPECT_EQ(desk.accounts->list(desk.acme, 100)->size(), 6U);  // five customers and the agent
  EXPECT_EQ(desk.store->last_sequence(desk.acme), static_cast<std::uint64_t>(kMessages));
}

// Each of many who change one ticket at once is told: done, or nothing was changed. No change is lost.
TEST(Concurrency, ChangesOfOneTicketAreDoneOrToldAsAConflict) {
  constexpr int kWriters = 10;
  constexpr int kChanges = 6;
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Options options = Desk::options();
  options.commit_patience = std::chrono::seconds(30);
  Tickets tickets(*desk.store, *desk.vault, *desk.accounts, *desk.directory, desk.redactor, desk.ids, desk.clock, options);
  std::atomic<int> working{kWriters};
  std::atomic<int> others{0};
  std::array<std::vector<std::string>, kWriters> done;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      boost::asio::io_context io;
      for (int i = 0; i < kChanges; ++i) {
        const std::string tag = "w" + std::to_string(writer) + "-" + std::to_string(i);
        Tickets::Update change;
        change.wishes.added_tags = {tag};
        const auto result = test::run_task(io, tickets.update(desk.agent, core::TicketId{1}, change));
        if (result) done.at(static_cast<std::size_t>(writer)).push_back(tag);
        if (!result && !(result.error() == Errc::kConflict)) ++others;
      }
      --working;
    });
  }
  while (working > 0) {
    desk.clock.advance(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(others, 0) << "nothing else is answered";
  std::vector<std::string> expected;
  for (const auto& each : done) expected.insert(expected.end(), each.begin(), each.end());
  std::ranges::sort(expected);
  EXPECT_EQ(desk.ticket(core::TicketId{1}).tags, expected);
  EXPECT_GT(expected.size(), static_cast<std::size_t>(kWriters * kChanges / 2)) << "patience helps";
}

TEST(Concurrency, WhoeverLosesTooLongIsToldToTryAgain) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Tickets::Update change;
  change.wishes.added_tags = {"x"};
  change.also = [&desk](TicketDraft& draft) -> core::Result<void> {  // somebody else is always faster
    const std::string key = keys::ticket(desk.acme, draft.id());
    storage::Transaction faster = desk.store->begin();
    POSTERN_TRY(const auto value, faster.get(key));
    faster.put(key, *value);
    EXPECT_TRUE(test::run_task(desk.store->commit(std::move(faster))));
    return {};
  };
  const auto refused = desk.update(core::TicketId{1}, change);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Errc::kConflict);
  EXPECT_TRUE(refused.error().is_transient()) << "a job tries it again";
  EXPECT_NE(refused.error().context().find("try again"), std::string::npos);
}

}  // namespace
}  // namespace postern::ticketing
