// The daily reports, on a clock moved by hand: one a domain and day whatever happens, to those who agreed, not too fast.
// compiled alone: tests/ticketing/redacted_fixture.h has a class of the name of the real redactor
#include "app/dmarc_reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "net/zone_resolver.h"
#include "tests/ticketing/desk.h"

namespace postern::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

// DNS that gets well again.
class MoodyResolver final : public net::DnsResolver {
 public:
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override {
    ++questions;
    if (is_ill) co_return net::DnsAnswer{};
    co_return co_await zone.query(std::move(question), by);
  }
  net::ZoneResolver zone;
  bool is_ill = false;
  std::size_t questions = 0;
};

class DmarcReporterTest : public testing::Test {
 protected:
  DmarcReporterTest() {
    options.address = "noreply-dmarc@acme.example";
    options.organisation = "Acme & Co";
    options.start_spread = {};
    for (const char* name : {"a", "b", "c", "d", "e"}) {
      resolver.zone.add_txt("_dmarc." + std::string(name) + ".example",
                            "v=DMARC1; p=reject; rua=mailto:rua@" + std::string(name) + ".example");
    }
    resolver.zone.add_txt("_dmarc.mute.example", "v=DMARC1; p=reject");
    resolver.zone.add_txt("_dmarc.sly.example", "v=DMARC1; p=reject; rua=mailto:victim@elsewhere.example");
    resolver.zone.add_txt("_dmarc.small.example", "v=DMARC1; p=reject; rua=mailto:rua@small.example!10");
    resolver.zone.add_txt("_dmarc.ours.example", "v=DMARC1; p=reject; rua=mailto:support@acme.example");
    resolver.zone.add_txt("ours.example._report._dmarc.acme.example", "v=DMARC1");
    clock_to_midnight();
  }
  ~DmarcReporterTest() override { stop(); }

  void clock_to_midnight() { desk.clock.advance(core::from_unix_ms(static_cast<std::int64_t>(today() + 1) * 86'400'000) - desk.clock.wall_now()); }
  std::uint64_t today() const { return ticketing::utc_day(desk.clock.wall_now()); }
  void start() {
    reporter = std::make_unique<DmarcReporter>(io.get_executor(), DmarcReporter::Parts{ledger, *desk.directory, resolver, desk.cpu, desk.clock},
                                               options, pipeline::DmarcLimits{}, ticketing::LedgerOptions{});
    reporter->start();
    settle();
  }
  void stop() {
    if (reporter) test::run_task(io, reporter->stop(core::Deadline::after(seconds(1), desk.clock)));
    reporter.reset();
  }
  // Until nothing can go on before the clock moves. The pool has one thread: what it did before is posted by then.
  void settle() {
    for (int idle = 0; idle < 2;) {
      std::promise<void> reached;
      boost::asio::post(desk.cpu.threads(), [&] { reached.set_value(); });
      reached.get_future().wait();
      io.restart();
      idle = io.poll() == 0 ? idle + 1 : 0;
    }
  }
  void advance(core::Duration by) {
    desk.clock.advance(by);
    settle();
  }
  void note(const std::string& domain) {
    pipeline::Envelope envelope;
    envelope.client_ip = "192.0.2.1";
    envelope.received_at = desk.clock.wall_now();
    pipeline::AuthVerdicts verdicts;
    verdicts.dmarc.result = pipeline::AuthResult::kPass;
    verdicts.dmarc.domain = verdicts.dmarc.policy_domain = domain;
    ledger.note(envelope, verdicts);
  }
  std::vector<std::string> queued() {
    std::vector<std::string> out;
    for (const auto& entry : desk.outbox->list(desk.acme, 100).value()) out.push_back(entry.rcpt);
    return out;
  }
  std::string outcome(std::uint64_t day, const std::string& domain) { return ledger.find(day, domain).value().outcome; }

  test::Desk desk;
  boost::asio::io_context io;
  MoodyResolver resolver;
  ticketing::DmarcLedger ledger{*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, test::Desk::options(), {}};
  pipeline::ReportOptions options;
  std::unique_ptr<DmarcReporter> reporter;
};

TEST_F(DmarcReporterTest, EachDomainOfADayOnceAndOnlyToWhomItMayGo) {
  start();
  const std::uint64_t day = today();
  for (const char* domain : {"a.example", "mute.example", "sly.example", "small.example", "ours.example", "gone.example"}) {
    note(domain);
    note(domain);
  }
  advance(hours(24) + minutes(15) - seconds(1));
  EXPECT_THAT(queued(), ElementsAre());
  advance(seconds(1));
  EXPECT_THAT(queued(), ElementsAre("rua@a.example"));
  EXPECT_EQ(outcome(day, "a.example"), "sent");
  advance(minutes(1));
  EXPECT_THAT(queued(), ElementsAre("rua@a.example"));
  EXPECT_EQ(outcome(day, "mute.example"), "unwanted");
  EXPECT_EQ(outcome(day, "gone.example"), "unwanted");
  EXPECT_EQ(outcome(day, "sly.example"), "refused");
  EXPECT_EQ(outcome(day, "ours.example"), "refused");  // our own inbox: the ledger has it all
  EXPECT_EQ(outcome(day, "small.example"), "too_large");
  const auto sent = desk.claim().at(0);
  EXPECT_EQ(sent.mail_from.to_string(), "noreply-dmarc@acme.example");
  EXPECT_EQ(sent.from_domain, "acme.example");
  EXPECT_NE(sent.message.find("Subject: Report Domain: a.example\r\n Submitter: acme.example\r\n Report-ID: <" + day_text(day) +
                              "_a.example@acme.example>\r\n"), std::string::npos);
  EXPECT_NE(sent.message.find("Messages: 2 in 1 rows"), std::string::npos);
  EXPECT_NE(sent.message.find("From: \"Acme & Co\""), std::string::npos);
  advance(hours(24));
  EXPECT_EQ(queued().size(), 1U);  // that one still; a day without mail has no report
}

TEST_F(DmarcReporterTest, ARestartSendsNothingTwice) {
  start();
  note("a.example");
  advance(hours(25));
  EXPECT_EQ(queued().size(), 1U);
  for (int i = 0; i < 3; ++i) {
    stop();
    start();
    advance(hours(1));
  }
  EXPECT_EQ(queued().size(), 1U);
}

TEST_F(DmarcReporterTest, AReportThatWasSleptThroughIsMadeUpFor) {
  const std::uint64_t day = today();
  note("a.example");
  ASSERT_TRUE(desk.run(ledger.flush()));
  advance(hours(24));
  note("b.example");
  ASSERT_TRUE(desk.run(ledger.flush()));
  advance(hours(36));
  start();
  EXPECT_THAT(queued(), ElementsAre("rua@a.example"));
  advance(minutes(1));
  EXPECT_THAT(queued(), UnorderedElementsAre("rua@a.example", "rua@b.example"));
  EXPECT_EQ(outcome(day, "a.example"), "sent");
}

TEST_F(DmarcReporterTest, AnOldDayIsLetGoAndErased) {
  const std::uint64_t day = today();
  note("a.example");
  ASSERT_TRUE(desk.run(ledger.flush()));
  advance(hours(24 * 3) + hours(1));
  start();
  EXPECT_THAT(queued(), ElementsAre());
  EXPECT_EQ(outcome(day, "a.example"), "expired");
  for (int i = 0; i < 6; ++i) advance(hours(24));
  EXPECT_TRUE(ledger.list(10)->empty());
}

TEST_F(DmarcReporterTest, TheRateIsCapped) {
  options.per_hour_max = 2;
  start();
  for (const char* domain : {"a.example", "b.example", "c.example", "d.example", "e.example"}) note(domain);
  advance(hours(24) + minutes(15));
  EXPECT_EQ(queued().size(), 1U);
  for (std::size_t half_hours = 1; half_hours <= 4; ++half_hours) {
    advance(minutes(29));
    EXPECT_EQ(queued().size(), half_hours);
    advance(minutes(1));
    EXPECT_EQ(queued().size(), half_hours + 1);
  }
}

TEST_F(DmarcReporterTest, TroubleWithDnsIsWaitedOut) {
  start();
  const std::uint64_t day = today();
  note("a.example");
  resolver.is_ill = true;
  advance(hours(24) + minutes(15));
  EXPECT_EQ(outcome(day, "a.example"), "");
  const std::size_t asked = resolver.questions;
  EXPECT_GE(asked, 1U);
  advance(minutes(29));
  EXPECT_EQ(resolver.questions, asked);  // not in a hurry
  advance(minutes(1));
  EXPECT_GT(resolver.questions, asked);
  EXPECT_THAT(queued(), ElementsAre());
  resolver.is_ill = false;
  advance(minutes(30));
  EXPECT_THAT(queued(), ElementsAre("rua@a.example"));
  EXPECT_EQ(outcome(day, "a.example"), "sent");
}

TEST_F(DmarcReporterTest, WhatWasCountedIsWrittenSoonAndAtTheEnd) {
  start();
  note("a.example");
  EXPECT_TRUE(ledger.list(10)->empty());
  advance(options.flush_interval);
  EXPECT_EQ(ledger.find(today(), "a.example")->messages, 1U);
  note("a.example");
  stop();
  EXPECT_EQ(ledger.find(today(), "a.example")->messages, 2U);
}

TEST_F(DmarcReporterTest, TheStartIsSpreadByChance) {
  options.start_spread = hours(2);
  for (int i = 0; i < 5; ++i) {
    stop();
    desk.clock.advance(hours(30));
    clock_to_midnight();
    note("a.example");
    ASSERT_TRUE(desk.run(ledger.flush()));
    const std::size_t before = queued().size();
    clock_to_midnight();
    start();
    advance(minutes(15) - seconds(1));
    EXPECT_EQ(queued().size(), before);
    advance(hours(2) + seconds(1));
    EXPECT_EQ(queued().size(), before + 1);
  }
}

TEST_F(DmarcReporterTest, WithoutAnAddressNothingIsDone) {
  options.address.clear();
  note("a.example");
  ASSERT_TRUE(desk.run(ledger.flush()));
  start();
  advance(hours(30));
  EXPECT_EQ(resolver.questions, 0U);
  EXPECT_THAT(queued(), ElementsAre());
}

TEST(DmarcReportDay, IsADateInUtc) {
  EXPECT_EQ(day_text(0), "1970-01-01");
  EXPECT_EQ(parse_day("2026-11-21"), parse_day("2026-11-20").value() + 1);
  EXPECT_EQ(day_text(parse_day("2028-02-29").value()), "2028-02-29");
  for (const char* bad : {"", "2026-11-31", "2026-1-1", "2026-11-2x", "+026-11-21", "1969-12-31", "2026/11/21", "2026-11-211"}) {
    EXPECT_FALSE(parse_day(bad)) << bad;
  }
}

}  // namespace
}  // namespace postern::app
