// Every refusal can be looked up afterwards: who, when, with which reply and why (issue 5 part 2, C-09).
#include "smtp/server/refusal_log.h"

#include <gtest/gtest.h>

#include "tests/smtp/server/edge_fixture.h"

namespace postern::smtp {
namespace {

RefusalLog::Wish wish(std::string from, std::string rcpt = "", std::string client = "") {
  RefusalLog::Wish out;
  out.mail_from = std::move(from);
  out.rcpt = std::move(rcpt);
  out.client_ip = std::move(client);
  return out;
}

RefusalLog::Wish all(std::size_t count_max = 1000) {
  RefusalLog::Wish out;
  out.count_max = count_max;
  return out;
}

RefusedAttempt attempt(std::int64_t second, const char* from, const char* rcpt = "", const char* client = "192.0.2.1") {
  RefusedAttempt out;
  out.at = core::WallTime(std::chrono::seconds(second));
  out.mail_from = from;
  out.rcpt = rcpt;
  out.client_ip = client;
  out.code = 550;
  return out;
}

TEST(RefusalLog, FindsByClientSenderAndRecipientNewestFirst) {
  RefusalLog log;
  log.add(attempt(1, "ann@x.example", "support@desk.example"));
  log.add(attempt(2, "", "", "192.0.2.9"));
  log.add(attempt(3, "Bob@X.example", "nobody@desk.example"));
  const auto seconds_of = [&](const RefusalLog::Wish& wanted) {
    std::vector<std::int64_t> out;
    for (const RefusedAttempt& one : log.find(wanted)) out.push_back(std::chrono::duration_cast<std::chrono::seconds>(one.at.time_since_epoch()).count());
    return out;
  };
  using Seconds = std::vector<std::int64_t>;
  EXPECT_EQ(seconds_of(all()), (Seconds{3, 2, 1}));
  EXPECT_EQ(seconds_of(wish("", "", "192.0.2.9")), Seconds{2});
  EXPECT_EQ(seconds_of(wish("bob@x.example")), Seconds{3});
  EXPECT_EQ(seconds_of(wish("@x.example")), (Seconds{3, 1}));
  EXPECT_EQ(seconds_of(wish("@example")), Seconds{}) << "a domain, not its ending";
  EXPECT_EQ(seconds_of(wish("", "support@desk.example")), Seconds{1});
  EXPECT_EQ(seconds_of(all(2)), (Seconds{3, 2}));
}

TEST(RefusalLog, KeepsNoCardNumberAndIsAskedByItAllTheSameZ35) {
  RefusalLog log;
  RefusedAttempt one = attempt(1, "4111111111111111@x.example", "a+4111.1111.1111.1111@desk.example");
  one.helo = "mx-5555555555554444.x.example";
  one.text = std::string(RefusalLog::kTextBytesMax - 12, 'x') + " 4111111111111111 is not here";  // the number lies over the cut
  log.add(one);
  const std::vector<RefusedAttempt> kept = log.find(wish("4111111111111111@x.example"));
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].mail_from, "411111xxxxxx1111@x.example");
  EXPECT_EQ(kept[0].rcpt, "a+4111.11xx.xxxx.1111@desk.example");
  EXPECT_EQ(kept[0].helo, "mx-555555xxxxxx4444.x.example");
  EXPECT_EQ(kept[0].text.size(), RefusalLog::kTextBytesMax);
  EXPECT_TRUE(kept[0].text.ends_with(" 411111xxxxx")) << kept[0].text;
}

// An attacker who fills the log with connections does not push out who was refused by name.
TEST(RefusalLog, IsBoundedAndNoisePushesOutNoSender) {
  RefusalLog log(3);
  log.add(attempt(1, "ann@x.example"));
  for (std::int64_t i = 2; i < 100; ++i) log.add(attempt(i, ""));
  EXPECT_EQ(log.find(wish("ann@x.example")).size(), 1U);
  EXPECT_EQ(log.find(all()).size(), 4U);
  EXPECT_EQ(log.forgotten(), 95U);
  const std::string endless(100'000, 'a');
  log.add(attempt(100, endless.c_str()));
  EXPECT_EQ(log.find(all()).front().mail_from.size(), RefusalLog::kTextBytesMax);
}

using test::EdgeFixture;

TEST(RefusalLog, ASessionTellsWhoWasRefusedAndWhy) {
  EdgeFixture edge;
  const auto log = std::make_shared<RefusalLog>();
  edge.server().share_refusals(log);
  edge.read();
  edge.exchange("EHLO client.test\r\n");
  edge.exchange("MAIL FROM:<ann@sender.example>\r\n");
  edge.exchange("RCPT TO:<nobody@example.test>\r\n");
  auto refused = log->find(wish("ann@sender.example"));
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].rcpt, "nobody@example.test");
  EXPECT_EQ(refused[0].code, 550);
  EXPECT_EQ(refused[0].enhanced, "5.1.1");
  EXPECT_EQ(refused[0].reason, Refusal::kUnknownUser);
  EXPECT_EQ(refused[0].helo, "client.test");
  EXPECT_NE(refused[0].trace.value, 0U);

  edge.intake.verdict = {550, "5.7.1", "No", "reject"};
  edge.exchange("RCPT TO:<support@example.test>\r\n");
  edge.exchange("DATA\r\n");
  edge.exchange("Subject: x\r\n\r\nx\r\n.\r\n");
  refused = log->find(wish("ann@sender.example", "support@example.test"));
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].reason, Refusal::kContent);
  RefusalLog::Wish of_transaction = all();
  of_transaction.trace = refused[0].trace;
  EXPECT_EQ(log->find(of_transaction).size(), 2U) << "both of one transaction";

  edge.clock.advance(std::chrono::seconds(1));
  edge.exchange("RSET\r\n");
  edge.exchange("NONSENSE\r\n");
  refused = log->find(all());
  EXPECT_EQ(refused[0].reason, Refusal::kUnknownCommand);
  EXPECT_EQ(refused[0].mail_from, "") << "the transaction before is over";
}

}  // namespace
}  // namespace postern::smtp
