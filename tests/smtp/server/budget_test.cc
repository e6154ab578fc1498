// Invariant 4: one number bounds all messages in flight, and the server pushes back at it.
#include <gtest/gtest.h>

#include "core/metrics.h"
#include "tests/smtp/server/edge_fixture.h"

namespace postern::test {
namespace {

EdgeSetup small() {
  EdgeSetup setup;
  setup.options.memory_in_flight_max = 100'000;
  return setup;
}

std::string lines(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::string(98, 'x') + "\r\n";
  return text;
}

TEST(MemoryBudget, TakesAndGivesBack) {
  auto budget = std::make_shared<smtp::MemoryBudget>(50'000);
  smtp::MessageBuffer buffer(budget);
  EXPECT_EQ(budget->in_use(), 0U);
  EXPECT_TRUE(buffer.append("hello"));
  EXPECT_GE(budget->in_use(), 5U);
  EXPECT_FALSE(buffer.append(lines(60'000)));
  EXPECT_EQ(buffer.size(), 5U);
  std::shared_ptr<const pipeline::Message> message = buffer.release();
  EXPECT_EQ(message->bytes(), "hello");
  EXPECT_GE(budget->in_use(), 5U);
  message.reset();
  EXPECT_EQ(budget->in_use(), 0U);
  EXPECT_FALSE(budget->has_room(50'001));
  EXPECT_FALSE(budget->try_take(SIZE_MAX));
}

TEST(MemoryBudget, ChargesWhatIsAllocated) {
  auto budget = std::make_shared<smtp::MemoryBudget>(10'000'000);
  smtp::MessageBuffer buffer(budget);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(buffer.append(lines(1000)));
  EXPECT_EQ(budget->in_use(), buffer.charged());
  EXPECT_GE(budget->in_use(), buffer.size());
  EXPECT_LE(budget->in_use(), 2 * buffer.size());
  buffer.drop();
  EXPECT_EQ(budget->in_use(), 0U);
}

// 25 MiB in 32: growth by doubling, with the old buffer charged beside the new, would end at 16.
TEST(MemoryBudget, ABudgetOfLittleMoreThanOneMessageTakesOne) {
  for (const std::size_t budget_bytes : {101'000, 131'072, 400'000}) {
    EdgeSetup setup;
    setup.options.message_bytes_max = 100'000;
    setup.options.memory_in_flight_max = budget_bytes;
    EdgeFixture edge(setup);
    edge.greet();
    edge.begin();
    edge.exchange("DATA\r\n");
    const std::string most = lines(99'900);
    for (std::size_t at = 0; at < most.size(); at += 5000) edge.exchange(std::string_view(most).substr(at, 5000));
    EXPECT_TRUE(edge.exchange(".\r\n").starts_with("250")) << budget_bytes;
    EXPECT_EQ(edge.taken().size(), 1U);
    EXPECT_EQ(edge.server().memory()->in_use(), 0U);
  }
}

TEST(MemoryBudget, GrowthIsChargedOnceAndEndsAtTheLargestMessage) {
  auto budget = std::make_shared<smtp::MemoryBudget>(1'000'000);
  smtp::MessageBuffer buffer(budget, 600'000);
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(buffer.append(lines(1000))) << i;
    ASSERT_LE(budget->in_use(), 600'000U);
  }
  EXPECT_EQ(budget->in_use(), 600'000U);
  EXPECT_EQ(buffer.charged(), 600'000U);
  buffer.drop();
  EXPECT_EQ(budget->in_use(), 0U);
}

TEST(MemoryBudget, Trap10_SizeIsNotReservedOnTheClientsWord) {
  EdgeFixture edge;
  edge.greet();
  EXPECT_TRUE(edge.exchange("MAIL FROM:<a@sender.example> SIZE=26000000\r\n").starts_with("250"));
  EXPECT_EQ(edge.server().memory()->in_use(), 0U);
  edge.exchange("RCPT TO:<support@example.test>\r\n");
  edge.exchange("BDAT 26000000 LAST\r\n");
  EXPECT_LT(edge.server().memory()->in_use(), 100'000U);
}

TEST(MemoryBudget, MessagesHeldElsewhereCount) {
  EdgeFixture edge(small());
  edge.intake.holds = true;
  edge.greet();
  edge.begin();
  edge.exchange("DATA\r\n");
  EXPECT_TRUE(edge.exchange(lines(40'000) + ".\r\n").starts_with("250"));
  EXPECT_GE(edge.server().memory()->in_use(), 40'000U);
  EXPECT_TRUE(edge.exchange("MAIL FROM:<a@sender.example> SIZE=90000\r\n").starts_with("452 4.3.1"));
  // Without SIZE the server finds out on the way: it drains, answers, and the session goes on.
  edge.begin();
  edge.exchange("DATA\r\n");
  EXPECT_TRUE(edge.exchange(lines(90'000) + ".\r\n").starts_with("452 4.3.1"));
  EXPECT_EQ(edge.taken().size(), 1U);
  edge.begin();
  EXPECT_TRUE(edge.exchange("BDAT 90100 LAST\r\n" + lines(90'100)).starts_with("452 4.3.1"));
  EXPECT_EQ(edge.taken().size(), 1U);
  edge.intake.held.clear();
  EXPECT_EQ(edge.server().memory()->in_use(), 0U);
  edge.begin();
  edge.exchange("DATA\r\n");
  EXPECT_TRUE(edge.exchange(lines(40'000) + ".\r\n").starts_with("250"));
}

TEST(MemoryBudget, Trap12_EveryExitGivesBack) {
  for (const char* exit : {"RSET\r\n", "EHLO again.example\r\n", "QUIT\r\n", "BDAT 99999999999\r\n", ""}) {
    EdgeFixture edge;
    edge.greet();
    edge.begin();
    edge.exchange("BDAT 40000\r\n" + lines(40'000));
    EXPECT_GE(edge.server().memory()->in_use(), 40'000U) << exit;
    if (*exit == '\0') edge.hang_up();
    else edge.exchange(exit);
    EXPECT_EQ(edge.server().memory()->in_use(), 0U) << exit;
    EXPECT_TRUE(edge.taken().empty()) << exit;
  }
}

TEST(Intake, AnExceptionIsTransientAndEndsTheSession) {
  EdgeFixture edge;
  edge.intake.throws = true;
  edge.greet();
  edge.begin();
  edge.exchange("DATA\r\n");
  EXPECT_TRUE(edge.exchange("x\r\n.\r\n").starts_with("451 4.3.0"));
  EXPECT_TRUE(edge.is_closed());
  EXPECT_EQ(edge.server().memory()->in_use(), 0U);
}

TEST(Metrics, CountSessionsMessagesAndRefusals) {
  auto& registry = core::metrics();
  auto& accepted = registry.counter("postern_smtp_messages_total", "", "action=\"accept\"");
  auto& unknown = registry.counter("postern_smtp_refusals_total", "", "reason=\"unknown_user\"");
  auto& bytes = registry.counter("postern_smtp_message_bytes_total", "");
  auto& open = registry.gauge("postern_smtp_sessions", "");
  const auto accepted_before = accepted.value();
  const auto unknown_before = unknown.value();
  const auto bytes_before = bytes.value();
  {
    EdgeFixture edge;
    edge.greet();
    EXPECT_EQ(open.value(), 1);
    edge.begin("nobody@example.test");
    edge.exchange("RSET\r\n");
    edge.begin();
    edge.exchange("DATA\r\n");
    edge.exchange("abc\r\n.\r\n");
  }
  EXPECT_EQ(open.value(), 0);
  EXPECT_EQ(accepted.value() - accepted_before, 1U);
  EXPECT_EQ(unknown.value() - unknown_before, 1U);
  EXPECT_EQ(bytes.value() - bytes_before, 5U);
}

}  // namespace
}  // namespace postern::test
