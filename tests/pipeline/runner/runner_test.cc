// The whole pipeline over fakes: what is stored, what is answered, and that every failure inside is a 4xx (invariants
// 1 and 3).
#include "pipeline/runner/runner.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <vector>

#include "core/manual_clock.h"
#include "core/metrics.h"
#include "pipeline/api/errc.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

constexpr const char* kCard = "4111111111111111";

class FakeSink final : public MessageSink {
 public:
  core::Task<core::Result<Receipt>> accept(Envelope envelope, RedactedMessage message) override {
    if (hangs_on) co_await hangs_on->sleep_until(core::Instant::max());
    if (throws) throw std::runtime_error("sink");
    if (error) co_return *error;
    stored.push_back(std::move(message));
    co_return Receipt{};
  }
  std::vector<RedactedMessage> stored;
  std::optional<core::Error> error;
  bool throws = false;
  core::Clock* hangs_on = nullptr;
};

struct Bench {
  core::ManualClock clock;
  // Before the pool: its threads use the loop until they are joined.
  boost::asio::io_context io;
  core::WorkPool cpu{"cpu", 1, 4};
  Redactor redactor;
  SpamClassifier classifier;
  FakeSink sink;
  AuthVerdicts auth;
  int asked = 0;
  bool auth_throws = false;
  RunnerOptions options;

  SenderCheck check() {
    return [this](Envelope, std::shared_ptr<const Message>, core::Deadline) { return answer(); };
  }
  core::Task<AuthVerdicts> answer() {
    ++asked;
    if (auth_throws) throw std::runtime_error("resolver");
    co_return auth;
  }
  Runner runner() { return Runner(check(), redactor, classifier, sink, cpu, clock, options); }
  SmtpVerdict take(const std::string& message, core::Deadline by = core::Deadline::never()) {
    Runner one = runner();
    return test::run_task(io, one.take(envelope(), Message::copy_of(message), by));
  }
  static Envelope envelope() {
    Envelope out;
    out.trace = core::TraceId{12345};
    out.client_ip = "192.0.2.1";
    out.helo = "mx.sender.test";
    out.mail_from = split_address("ann@sender.test");
    out.rcpts.push_back({});
    return out;
  }
};

std::string mail(const std::string& headers, const std::string& body) {
  return "From: Ann <ann@sender.test>\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\nMessage-ID: <1@sender.test>\r\n" +
         headers + "\r\n" + body;
}
std::string card_mail() { return mail("Subject: order\r\n", std::string("my card ") + kCard + "\r\n"); }

TEST(Runner, StoresTheRedactedMessageThenSays250) {
  Bench bench;
  const SmtpVerdict verdict = bench.take(card_mail());
  EXPECT_EQ(verdict.code, 250);
  EXPECT_EQ(verdict.enhanced, "2.0.0");
  EXPECT_EQ(verdict.action, "accept");
  EXPECT_NE(verdict.text.find(core::to_base32(12345)), std::string::npos);
  ASSERT_EQ(bench.sink.stored.size(), 1U);
  const RedactedMessage& stored = bench.sink.stored[0];
  EXPECT_EQ(stored.raw().find(kCard), std::string::npos);
  EXPECT_TRUE(stored.raw().starts_with("Return-Path: <ann@sender.test>\r\nAuthentication-Results: "));
  EXPECT_NE(stored.raw().find("Authentication-Results: localhost"), std::string::npos);
  EXPECT_EQ(stored.content().text, "my card 411111▇▇▇▇▇▇1111\n");
  EXPECT_FALSE(stored.verdicts().spam.symbols.empty());
}

TEST(Runner, LargeMessagesAreScannedOnThePool) {
  Bench bench;
  bench.options.inline_bytes_max = 10;
  EXPECT_EQ(bench.take(card_mail()).code, 250);
  ASSERT_EQ(bench.sink.stored.size(), 1U);
  EXPECT_EQ(bench.sink.stored[0].raw().find(kCard), std::string::npos);
}

TEST(Runner, AFullPoolIsTransientAndStoresNothing) {
  Bench bench;
  bench.options.inline_bytes_max = 10;
  while (bench.cpu.try_enter()) {
  }
  const SmtpVerdict verdict = bench.take(card_mail());
  EXPECT_EQ(verdict.code, 451);
  EXPECT_EQ(verdict.enhanced, "4.3.2");
  EXPECT_TRUE(bench.sink.stored.empty());
}

TEST(Runner, AFailingSinkIsTransient) {
  Bench bench;
  bench.sink.error = core::fail_transient(Errc::kStoreFailed);
  EXPECT_EQ(bench.take(card_mail()).code, 451);
  bench.sink.error = core::fail(Errc::kStoreFailed);
  EXPECT_EQ(bench.take(card_mail()).code, 451);
  bench.sink.error = core::fail_transient(Errc::kMemoryFull);
  EXPECT_EQ(bench.take(card_mail()).enhanced, "4.3.1");
  bench.sink.error.reset();
  bench.sink.throws = true;
  EXPECT_EQ(bench.take(card_mail()).code, 451);
}

TEST(Runner, AnExceptionInAStageIsTransient) {
  Bench bench;
  bench.auth_throws = true;
  const SmtpVerdict verdict = bench.take(card_mail());
  EXPECT_EQ(verdict.code, 451);
  EXPECT_EQ(verdict.action, "defer");
  EXPECT_TRUE(bench.sink.stored.empty());
}

TEST(Runner, APassedDeadlineNeverReachesTheSink) {
  Bench bench;
  const core::Deadline by = core::Deadline::after(std::chrono::seconds(1), bench.clock);
  bench.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(bench.take(card_mail(), by).code, 451);
  EXPECT_TRUE(bench.sink.stored.empty());
}

TEST(Runner, AHangingSinkIsLeftAtItsTimeLimit) {
  Bench bench;
  bench.sink.hangs_on = &bench.clock;
  Runner runner = bench.runner();
  boost::asio::io_context io;
  std::optional<SmtpVerdict> verdict;
  boost::asio::co_spawn(io, runner.take(Bench::envelope(), Message::copy_of(card_mail()), core::Deadline::never()),
                        [&verdict](std::exception_ptr, SmtpVerdict got) { verdict = std::move(got); });
  io.run_for(std::chrono::milliseconds(1));
  while (bench.clock.next_wake() == core::Instant::max()) io.run_one();
  EXPECT_FALSE(verdict);
  bench.clock.advance(bench.options.stages.intake.time_max);
  io.run();
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->code, 451);
}

TEST(Runner, RefusalsAreGivenBeforeAnyDnsQuestion) {
  Bench bench;
  EXPECT_EQ(bench.take("From: a@b.test\r\nFrom: c@d.test\r\n\r\nx\r\n").code, 550);
  EXPECT_EQ(bench.asked, 0);
  EXPECT_TRUE(bench.sink.stored.empty());
}

TEST(Runner, ADmarcRejectIsRefusedInSession) {
  Bench bench;
  bench.auth.dmarc.result = AuthResult::kFail;
  bench.auth.dmarc.disposition = DmarcPolicy::kReject;
  bench.auth.dmarc.domain = "sender.test";
  EXPECT_EQ(bench.take(card_mail()).enhanced, "5.7.26");
  EXPECT_TRUE(bench.sink.stored.empty());
}

struct Noted final : VerdictObserver {
  void note(const Envelope& envelope, const AuthVerdicts& verdicts) override {
    texts.push_back(envelope.mail_from.domain + " " + verdicts.dmarc.domain + " " + verdicts.dkim.at(0).selector);
    dispositions.push_back(verdicts.dmarc.disposition);
  }
  std::vector<std::string> texts;
  std::vector<DmarcPolicy> dispositions;
};

TEST(Runner, WhatIsCountedForReportsHoldsNoCardNumber) {  // invariant 2
  Bench bench;
  Noted noted;
  bench.auth.dmarc.result = AuthResult::kFail;
  bench.auth.dmarc.domain = std::string(kCard) + ".test";
  bench.auth.dkim.push_back({});
  bench.auth.dkim[0].selector = "4111-1111-1111-1111";
  Envelope envelope = Bench::envelope();
  envelope.mail_from.domain = std::string(kCard) + ".test";
  for (const DmarcPolicy policy : {DmarcPolicy::kReject, DmarcPolicy::kNone}) {
    bench.auth.dmarc.policy = bench.auth.dmarc.disposition = policy;
    Runner runner(bench.check(), bench.redactor, bench.classifier, bench.sink, bench.cpu, bench.clock, bench.options, &noted);
    test::run_task(bench.io, runner.take(envelope, Message::copy_of(card_mail()), core::Deadline::never()));
    ASSERT_FALSE(noted.texts.empty());
    EXPECT_EQ(noted.texts.back(), "411111xxxxxx1111.test 411111xxxxxx1111.test 4111-11xx-xxxx-1111");
    EXPECT_EQ(noted.dispositions.back(), policy);
  }
  EXPECT_EQ(noted.texts.size(), 2U);
  bench.sink.error = core::fail_transient(Errc::kStoreFailed);  // its sender will come again
  Runner runner(bench.check(), bench.redactor, bench.classifier, bench.sink, bench.cpu, bench.clock, bench.options, &noted);
  EXPECT_EQ(test::run_task(bench.io, runner.take(envelope, Message::copy_of(card_mail()), core::Deadline::never())).code, 451);
  EXPECT_EQ(noted.texts.size(), 2U);
}

TEST(Runner, SuspendedMailIsStoredAndAccepted) {
  Bench bench;
  bench.auth.dmarc.result = AuthResult::kFail;
  bench.auth.dmarc.disposition = DmarcPolicy::kQuarantine;
  const SmtpVerdict verdict = bench.take(card_mail());
  EXPECT_EQ(verdict.code, 250);
  EXPECT_EQ(verdict.action, "suspend");
  ASSERT_EQ(bench.sink.stored.size(), 1U);
  EXPECT_EQ(bench.sink.stored[0].verdicts().spam.action, SpamAction::kSuspend);
}

TEST(Runner, OverTheRejectScoreIsRefused) {
  Bench bench;
  SpamOptions strict;
  strict.suspend_score = -20;
  strict.reject_score = -10;
  bench.classifier = SpamClassifier(strict);
  EXPECT_EQ(bench.take(card_mail()).code, 550);
  EXPECT_TRUE(bench.sink.stored.empty());
}

TEST(Runner, ScanGivesTheMessageAndTheVerdictOfARefusalToo) {
  Bench bench;
  Runner runner = bench.runner();
  const std::string message = "From: a@b.test\r\nFrom: c@d.test\r\n\r\ncard " + std::string(kCard) + "\r\n";
  ScanResult result =
      test::run_task(runner.scan(Bench::envelope(), Message::copy_of(message), core::Deadline::never()));
  EXPECT_EQ(result.verdict.code, 550);
  ASSERT_TRUE(result.message);
  EXPECT_EQ(result.message->raw().find(kCard), std::string::npos);
  EXPECT_TRUE(bench.sink.stored.empty());
}

TEST(Runner, CountsOutcomes) {
  Bench bench;
  core::Counter& accepted =
      core::metrics().counter("postern_pipeline_messages_total", "messages by final action", "action=\"accept\"");
  const std::uint64_t before = accepted.value();
  bench.take(card_mail());
  EXPECT_EQ(accepted.value(), before + 1);
}

}  // namespace
}  // namespace postern::pipeline
