// Issue 5, backpressure: every stage has a budget by name; whoever exceeds it is delayed, then answered 451 4.3.x with the name.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "core/manual_clock.h"
#include "pipeline/runner/runner.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

using std::chrono::seconds;

// Stores at once, or never.
class StuckSink final : public MessageSink {
 public:
  explicit StuckSink(core::Clock& clock) : clock_(clock) {}
  core::Task<core::Result<Receipt>> accept(Envelope, RedactedMessage) override {
    if (is_stuck) co_await clock_.sleep_until(core::Instant::max());
    ++stored;
    co_return Receipt{};
  }
  bool is_stuck = false;
  int stored = 0;

 private:
  core::Clock& clock_;
};

// Takes `time` to say whose names are known.
class SlowNames final : public KnownNames {
 public:
  explicit SlowNames(core::ManualClock& clock) : clock_(clock) {}
  std::vector<std::string> own_domains() const override {
    clock_.advance(time);
    return {};
  }
  bool is_colleague(core::WorkspaceId, std::string_view) const override { return false; }
  core::Duration time{0};

 private:
  core::ManualClock& clock_;
};

class StageBudgetTest : public ::testing::Test {
 protected:
  StageBudgetTest() {
    options.stages.wait_max = seconds(20);
    rcpt.workspace = core::WorkspaceId{1};
  }
  std::unique_ptr<Runner> runner() {
    auto check = [this](Envelope, std::shared_ptr<const Message>, core::Deadline) { return check_sender(); };
    return std::make_unique<Runner>(check, redactor, classifier, sink, cpu, clock, options);
  }
  core::Task<AuthVerdicts> check_sender() {
    if (is_dns_dead) co_await clock.sleep_until(core::Instant::max());
    co_return AuthVerdicts();
  }
  using Verdict = std::shared_ptr<std::optional<SmtpVerdict>>;
  Verdict take(Runner& by, core::Deadline until = core::Deadline::never()) {
    Envelope envelope;
    envelope.trace = core::TraceId{12345};
    envelope.client_ip = "192.0.2.1";
    envelope.mail_from = split_address("ann@sender.test");
    envelope.rcpts.push_back(rcpt);
    const std::string mail = "From: Ann <ann@sender.test>\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\nMessage-ID: <1@sender.test>\r\n\r\nhello\r\n";
    auto out = std::make_shared<std::optional<SmtpVerdict>>();
    boost::asio::co_spawn(io, by.take(std::move(envelope), Message::copy_of(mail), until),
                          [out](std::exception_ptr, SmtpVerdict verdict) { out->emplace(std::move(verdict)); });
    settle();
    return out;
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void pass(core::Duration time) {
    clock.advance(time);
    settle();
  }
  void run_until_known(const Verdict& verdict) {
    for (int i = 0; i < 2000 && !*verdict; ++i) {
      io.restart();
      io.run_for(std::chrono::milliseconds(5));
    }
    ASSERT_TRUE(*verdict);
  }
  // The pool has one thread: while this holds it, no job of it runs.
  void occupy_pool() { boost::asio::post(cpu.threads(), [this] { pool_is_free.get_future().wait(); }); }

  core::ManualClock clock;
  boost::asio::io_context io;  // before the pool
  std::promise<void> pool_is_free;
  core::WorkPool cpu{"cpu", 1, 16};
  Redactor redactor;
  SlowNames names{clock};
  SpamClassifier classifier{{}, &names};
  StuckSink sink{clock};
  RunnerOptions options;
  Recipient rcpt;
  bool is_dns_dead = false;
};

TEST_F(StageBudgetTest, SenderChecksThatDoNotComeBackAreLeft) {
  is_dns_dead = true;
  options.stages.sender_checks.time_max = seconds(7);
  const auto one = runner();
  const auto before = deferrals_of("sender checks", "slow").value();
  const Verdict verdict = take(*one);
  pass(seconds(7));
  EXPECT_FALSE(*verdict) << "checks that keep their deadline have a moment to say what they know";
  pass(seconds(1));
  ASSERT_TRUE(*verdict);
  EXPECT_EQ((*verdict)->code, 451);
  EXPECT_EQ((*verdict)->enhanced, "4.3.0");
  EXPECT_NE((*verdict)->text.find("sender checks"), std::string::npos) << (*verdict)->text;
  EXPECT_EQ(deferrals_of("sender checks", "slow").value(), before + 1);
  EXPECT_EQ(sink.stored, 0);
}

TEST_F(StageBudgetTest, ASlowRedactionIsLeftAndKeepsItsRoomUntilItEnds) {
  options.inline_bytes_max = 1;
  options.stages.redaction = {seconds(5), 1};  // one message at a time
  const auto one = runner();
  const auto slow = deferrals_of("redaction", "slow").value();
  const auto full = deferrals_of("redaction", "full").value();
  occupy_pool();
  const Verdict first = take(*one);
  const Verdict second = take(*one);
  pass(seconds(5));
  ASSERT_TRUE(*first);
  EXPECT_EQ((*first)->enhanced, "4.3.0");
  EXPECT_NE((*first)->text.find("redaction"), std::string::npos);
  EXPECT_EQ(deferrals_of("redaction", "slow").value(), slow + 1);
  EXPECT_FALSE(*second) << "delayed: the job of the first still runs";
  pass(seconds(15));
  ASSERT_TRUE(*second);
  EXPECT_EQ((*second)->enhanced, "4.3.2");
  EXPECT_NE((*second)->text.find("redaction"), std::string::npos);
  EXPECT_EQ(deferrals_of("redaction", "full").value(), full + 1);
  EXPECT_EQ(sink.stored, 0);
  const Verdict third = take(*one);
  pool_is_free.set_value();
  run_until_known(third);
  EXPECT_EQ((*third)->code, 250) << "it heals by itself";
  EXPECT_EQ(sink.stored, 1) << "what was left behind is not stored when it ends late";
}

TEST_F(StageBudgetTest, AJobThatWasLeftBehindKeepsItsRunnerAlive) {
  options.inline_bytes_max = 1;
  options.stages.redaction.time_max = seconds(5);
  auto one = runner();
  occupy_pool();
  const Verdict verdict = take(*one);
  pass(seconds(5));
  ASSERT_TRUE(*verdict);
  std::thread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    pool_is_free.set_value();
  });
  one.reset();  // waits for the job, which uses it
  later.join();
  settle();
}

TEST_F(StageBudgetTest, AFullIntakeDelaysThenDefers) {
  options.stages.intake = {seconds(600), 1};
  sink.is_stuck = true;
  const auto one = runner();
  const Verdict first = take(*one);
  const Verdict second = take(*one);
  pass(seconds(19));
  EXPECT_FALSE(*first || *second);
  pass(seconds(1));
  ASSERT_TRUE(*second);
  EXPECT_EQ((*second)->code, 451);
  EXPECT_EQ((*second)->enhanced, "4.3.2");
  EXPECT_NE((*second)->text.find("intake"), std::string::npos);
  EXPECT_FALSE(*first);
  pass(seconds(580));
  ASSERT_TRUE(*first);
  EXPECT_EQ((*first)->enhanced, "4.3.0");
  EXPECT_NE((*first)->text.find("intake"), std::string::npos);
}

TEST_F(StageBudgetTest, SlowScoringIsDeferredAndStoresNothing) {
  options.stages.spam_time_max = seconds(2);
  names.time = seconds(3);
  const auto one = runner();
  const Verdict verdict = take(*one);
  ASSERT_TRUE(*verdict);
  EXPECT_EQ((*verdict)->code, 451);
  EXPECT_NE((*verdict)->text.find("spam"), std::string::npos) << (*verdict)->text;
  EXPECT_EQ(sink.stored, 0);
  names.time = seconds(0);
  EXPECT_EQ((*take(*one))->code, 250);
}

TEST_F(StageBudgetTest, StagesWithinTheirBudgetSayNothing) {
  const auto one = runner();
  EXPECT_EQ((*take(*one))->code, 250);
}

}  // namespace
}  // namespace postern::pipeline
