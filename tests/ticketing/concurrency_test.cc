#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/ticketing/desk.h"

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

}  // namespace
}  // namespace postern::ticketing
