// The daily TLS reports, on a clock moved by hand: one a domain and day whatever happens, by mail and by HTTPS, each destination once.
// compiled alone: tests/ticketing/redacted_fixture.h has a class of the name of the real redactor
#include "app/tls_reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "app/dmarc_reporter.h"
#include "net/zone_resolver.h"
#include "pipeline/reports/tls_report_read.h"
#include "pipeline/reports/unpack.h"
#include "tests/ticketing/desk.h"

namespace postern::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class SickResolver final : public net::DnsResolver {
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

class TlsReporterTest : public testing::Test {
 protected:
  TlsReporterTest() {
    options.tls_address = "noreply-tls@acme.example";
    options.organisation = "Acme & Co";
    options.start_spread = {};
    const auto ask = [this](const std::string& domain, const std::string& rua) { resolver.zone.add_txt("_smtp._tls." + domain, "v=TLSRPTv1; rua=" + rua); };
    for (const char* name : {"a.example", "b.example", "c.example"}) ask(name, "mailto:tls@" + std::string(name));
    ask("both.example", "mailto:tls@both.example,https://tls.both.example/in");
    ask("web.example", "https://web.example/in");
    ask("ours.example", "mailto:support@acme.example");
    ask("odd.example", "tel:123");
    advance_to_midnight();
  }
  ~TlsReporterTest() override { stop(); }

  void advance_to_midnight() { desk.clock.advance(core::from_unix_ms(static_cast<std::int64_t>(today() + 1) * 86'400'000) - desk.clock.wall_now()); }
  std::uint64_t today() const { return ticketing::utc_day(desk.clock.wall_now()); }
  core::Task<std::string> take_post(std::string url, std::string packed) {
    posted.emplace_back(std::move(url), std::move(packed));
    co_return web_problem;
  }
  void start() {
    TlsReportPost post = [this](std::string url, std::string packed) { return take_post(std::move(url), std::move(packed)); };
    reporter = std::make_unique<TlsReporter>(
        io.get_executor(), TlsReporter::Parts{ledger, *desk.directory, resolver, desk.cpu, desk.clock, std::move(post)}, options);
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
  void note(const std::string& domain, const std::string& failure = {}) {
    pipeline::TlsSession session;
    session.domain = session.policy.domain = domain;
    session.shown.result_type = failure;
    session.at = desk.clock.wall_now();
    ledger.note(session);
  }
  void write() { ASSERT_TRUE(desk.run(ledger.flush())); }
  std::vector<std::string> queued() {
    std::vector<std::string> out;
    for (const auto& entry : desk.outbox->list(desk.acme, 100).value()) out.push_back(entry.rcpt);
    return out;
  }
  ticketing::TlsLedgerEntry entry(std::uint64_t day, const std::string& domain) { return ledger.find(day, domain).value(); }
  std::string outcome(std::uint64_t day, const std::string& domain) { return entry(day, domain).outcome; }

  test::Desk desk;
  boost::asio::io_context io;
  SickResolver resolver;
  ticketing::TlsLedger ledger{*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, test::Desk::options()};
  pipeline::ReportOptions options;
  std::vector<std::pair<std::string, std::string>> posted;
  std::string web_problem;
  std::unique_ptr<TlsReporter> reporter;
};

TEST_F(TlsReporterTest, Z32_EachDomainThatAsksOnceADay) {
  start();
  const std::uint64_t day = today();
  for (const char* domain : {"a.example", "mute.example", "ours.example", "odd.example"}) {
    note(domain);
    note(domain, "certificate-expired");
  }
  advance(hours(24) + minutes(15) - seconds(1));
  EXPECT_THAT(queued(), ElementsAre());
  advance(seconds(1));
  advance(minutes(1));
  EXPECT_THAT(queued(), ElementsAre("tls@a.example"));
  EXPECT_EQ(outcome(day, "a.example"), "sent");
  EXPECT_EQ(entry(day, "a.example").detail, "to mailto:tls@a.example");
  EXPECT_EQ(outcome(day, "mute.example"), "unwanted");
  EXPECT_EQ(outcome(day, "odd.example"), "unwanted");
  EXPECT_EQ(outcome(day, "ours.example"), "refused") << "our own inbox: the ledger has it all";
  const auto sent = desk.claim().at(0);
  EXPECT_EQ(sent.mail_from.to_string(), "noreply-tls@acme.example");
  EXPECT_EQ(sent.from_domain, "acme.example") << "whose key signs";
  EXPECT_EQ(sent.ticket.value, 0U);
  for (const std::string& part : {std::string("From: \"Acme & Co\""), "Report-ID: <tls-" + day_text(day) + "_a.example@acme.example>\r\n",
                                  std::string("TLS-Report-Domain: a.example\r\nTLS-Report-Submitter: acme.example\r\n"),
                                  std::string("Sessions: 1 with TLS as its policy wants it, 1 not")}) {
    EXPECT_NE(sent.message.find(part), std::string::npos) << part;
  }
  advance(hours(24));
  EXPECT_EQ(queued().size(), 1U) << "that one still; a day without sessions has no report";
}

TEST_F(TlsReporterTest, Z32_ByHttpsWhatIsReadBack) {
  start();
  const std::uint64_t day = today();
  note("web.example", "starttls-not-supported");
  advance(hours(24) + minutes(15));
  ASSERT_EQ(posted.size(), 1U);
  EXPECT_EQ(posted[0].first, "https://web.example/in");
  const auto files = pipeline::unpack_files(posted[0].second);
  ASSERT_TRUE(files);
  const auto read = pipeline::read_tls_report(files->at(0));
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->organization, "Acme & Co");
  EXPECT_EQ(read->contact, "noreply-tls@acme.example");
  EXPECT_EQ(read->begin_unix, static_cast<std::int64_t>(day) * 86'400);
  EXPECT_EQ(read->end_unix, read->begin_unix + 86'399);
  EXPECT_EQ(read->policies.at(0).details.at(0).result_type, "starttls-not-supported");
  EXPECT_EQ(outcome(day, "web.example"), "sent");
  EXPECT_THAT(queued(), ElementsAre());
}

TEST_F(TlsReporterTest, Z32_AWebServerThatIsAwayIsAskedAgainAndMailGoesOnce) {
  start();
  const std::uint64_t day = today();
  web_problem = "status 503";
  note("both.example");
  advance(hours(24) + minutes(15));
  EXPECT_THAT(queued(), ElementsAre("tls@both.example"));
  EXPECT_EQ(posted.size(), 1U);
  EXPECT_EQ(outcome(day, "both.example"), "");
  advance(minutes(30));
  EXPECT_EQ(posted.size(), 2U);
  advance(minutes(30));
  EXPECT_EQ(posted.size(), 2U) << "the pauses grow";
  advance(minutes(30));
  EXPECT_EQ(posted.size(), 3U);
  stop();
  start();  // a restart knows who has it
  web_problem.clear();
  advance(hours(3));
  EXPECT_EQ(posted.size(), 4U);
  EXPECT_EQ(outcome(day, "both.example"), "sent");
  EXPECT_EQ(entry(day, "both.example").detail, "to mailto:tls@both.example; https://tls.both.example/in");
  EXPECT_EQ(queued().size(), 1U);
  advance(hours(5));
  EXPECT_EQ(posted.size(), 4U);
}

TEST_F(TlsReporterTest, Z32_AWebServerThatStaysAwayIsGivenUpAfterADay) {
  start();
  const std::uint64_t day = today();
  web_problem = "no connection";
  note("web.example");
  note("both.example");
  for (int i = 0; i < 50; ++i) advance(hours(1));
  EXPECT_EQ(outcome(day, "web.example"), "undelivered");
  EXPECT_EQ(entry(day, "web.example").detail, "not to https://web.example/in: no connection");
  EXPECT_EQ(outcome(day, "both.example"), "sent");
  EXPECT_LT(posted.size(), 30U);
  EXPECT_EQ(queued().size(), 1U);
}

TEST_F(TlsReporterTest, Z32_ARestartSendsNothingTwice) {
  start();
  note("a.example");
  note("web.example");
  advance(hours(25));
  for (int i = 0; i < 3; ++i) {
    stop();
    start();
    advance(hours(1));
  }
  EXPECT_EQ(queued().size(), 1U);
  EXPECT_EQ(posted.size(), 1U);
}

TEST_F(TlsReporterTest, Z32_ADaySleptThroughIsMadeUpForAndAnOldOneLetGo) {
  const std::uint64_t first = today();
  note("a.example");
  advance(hours(24));
  note("b.example");
  advance(hours(24));
  note("c.example");
  write();
  advance(hours(25));
  start();
  advance(minutes(1));
  EXPECT_EQ(outcome(first, "a.example"), "expired");
  EXPECT_EQ(outcome(first + 1, "b.example"), "sent");
  EXPECT_EQ(outcome(first + 2, "c.example"), "sent");
  for (int i = 0; i < 9; ++i) advance(hours(24));
  EXPECT_TRUE(ledger.list(10)->empty());
}

TEST_F(TlsReporterTest, Z32_TheRateIsCappedAndTroubleWithDnsWaitedOut) {
  options.per_hour_max = 2;
  start();
  for (const char* domain : {"a.example", "b.example", "c.example"}) note(domain);
  resolver.is_ill = true;
  advance(hours(24) + minutes(15));
  EXPECT_THAT(queued(), ElementsAre());
  const std::size_t asked = resolver.questions;
  advance(minutes(29));
  EXPECT_EQ(resolver.questions, asked) << "not in a hurry";
  resolver.is_ill = false;
  advance(minutes(1));
  EXPECT_EQ(queued().size(), 1U);
  advance(minutes(29));
  EXPECT_EQ(queued().size(), 1U);
  advance(minutes(1));
  EXPECT_EQ(queued().size(), 2U);
}

TEST_F(TlsReporterTest, Z32_WhatWasCountedIsWrittenSoonAndAtTheEnd) {
  start();
  note("a.example");
  advance(options.flush_interval);
  EXPECT_EQ(entry(today(), "a.example").successes(), 1U);
  note("a.example");
  stop();
  EXPECT_EQ(entry(today(), "a.example").successes(), 2U);
}

TEST_F(TlsReporterTest, Z32_WithoutAnAddressNothingIsDone) {
  options.tls_address.clear();
  options.address = "noreply-dmarc@acme.example";
  note("a.example");
  write();
  start();
  advance(hours(30));
  EXPECT_EQ(resolver.questions, 0U);
  EXPECT_THAT(queued(), ElementsAre());
}

}  // namespace
}  // namespace postern::app
