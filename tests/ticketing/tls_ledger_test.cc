// What is counted for TLS reports (RFC 8460): which sessions, into which sums, within which bounds, and only once.
#include "ticketing/tls_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/faulty_store.h"
#include "tests/ticketing/desk.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {
namespace {

using test::Desk;

pipeline::TlsSession session_of(std::string domain, std::string result = {}, std::string host = "mx.example.com") {
  pipeline::TlsSession out;
  out.policy = {"sts", domain, {"version: STSv1", "mode: testing"}, {"*.example.com"}};
  out.domain = std::move(domain);
  out.shown.result_type = std::move(result);
  if (out.shown.result_type.empty()) return out;
  out.shown.receiving_host = std::move(host);
  out.shown.receiving_ip = "203.0.113.1";
  return out;
}

class TlsLedgerTest : public testing::Test {
 protected:
  std::unique_ptr<TlsLedger> make(TlsLedgerLimits limits = {}, storage::Store* store = nullptr) {
    return std::make_unique<TlsLedger>(store == nullptr ? *desk.store : *store, *desk.vault, *desk.directory, desk.ids, desk.clock, Desk::options(), limits);
  }
  void note(TlsLedger& into, pipeline::TlsSession session) {
    session.at = desk.clock.wall_now();
    into.note(session);
  }
  std::uint64_t today() const { return utc_day(desk.clock.wall_now()); }
  TlsLedgerEntry entry(const std::string& domain) { return ledger->find(today(), domain).value(); }
  static SystemMail report_mail(const Desk& of) {
    SystemMail out;
    out.workspace = of.directory->workspaces().front();
    out.purpose = "TLS report";
    out.mail_from = {"noreply", "acme.example"};
    out.rcpt = {"tls", "example.com"};
    out.from_domain = "acme.example";
    out.message = "Subject: x\r\n\r\nx\r\n";
    return out;
  }

  Desk desk;
  std::unique_ptr<TlsLedger> ledger = make();
};

TEST_F(TlsLedgerTest, Z32_LikeSessionsAreSums) {
  for (int i = 0; i < 3; ++i) note(*ledger, session_of("example.com"));
  note(*ledger, session_of("example.com", "certificate-expired"));
  EXPECT_TRUE(ledger->list(10)->empty()) << "in memory";
  ASSERT_TRUE(desk.run(ledger->flush()));
  note(*ledger, session_of("example.com"));
  note(*ledger, session_of("example.com", "certificate-expired"));
  note(*ledger, session_of("example.com", "certificate-expired", "mx2.example.com"));
  pipeline::TlsSession bare = session_of("example.com");
  bare.policy = {};
  bare.policy.domain = "example.com";
  note(*ledger, bare);
  note(*ledger, session_of("other.example"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  const TlsLedgerEntry got = entry("example.com");
  EXPECT_EQ(got.successes(), 5U);
  EXPECT_EQ(got.failures(), 3U);
  ASSERT_EQ(got.policies.size(), 2U);
  EXPECT_EQ(got.policies[0].policy, session_of("example.com").policy);
  EXPECT_EQ(got.policies[0].successes, 4U);
  const std::vector<pipeline::TlsFailure> expected{{"certificate-expired", "", "mx.example.com", "", "203.0.113.1", 2, ""},
                                                   {"certificate-expired", "", "mx2.example.com", "", "203.0.113.1", 1, ""}};
  EXPECT_EQ(got.policies[0].details, expected);
  EXPECT_EQ(got.policies[1].policy.type, "no-policy-found");
  EXPECT_EQ(entry("other.example").successes(), 1U);
}

TEST_F(TlsLedgerTest, Z32_DaysAreApartAndOldOnesGo) {
  const std::uint64_t first = today();
  note(*ledger, session_of("example.com"));
  desk.clock.advance(std::chrono::hours(24));
  note(*ledger, session_of("example.com"));
  note(*ledger, session_of("a.example"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  auto all = ledger->list(10).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].day, first);
  EXPECT_EQ(all[1].domain, "a.example");
  EXPECT_EQ(ledger->list(10, all[0])->size(), 2U);
  EXPECT_EQ(ledger->list(1)->size(), 1U);
  ASSERT_TRUE(desk.run(ledger->erase_before(first + 1)));
  EXPECT_EQ(ledger->list(10)->size(), 2U);
  EXPECT_EQ(ledger->find(first, "example.com").error(), Errc::kNotFound);
}

TEST_F(TlsLedgerTest, Z32_Bounds) {
  TlsLedgerLimits limits;
  limits.pending_max = 2;
  limits.domains_max = 2;
  limits.policies_max = 2;
  limits.details_max = 2;
  limits.lines_max = 1;
  limits.text_bytes_max = 20;
  ledger = make(limits);
  for (const char* domain : {"a.example", "b.example", "c.example"}) note(*ledger, session_of(domain));  // the third finds no room in memory
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(ledger->list(10)->size(), 2U);
  note(*ledger, session_of("c.example"));  // nor in the day
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(ledger->list(10)->size(), 2U);
  for (int i = 0; i < 5; ++i) note(*ledger, session_of("a.example", "validation-failure", "mx" + std::to_string(i) + std::string(100, 'x')));
  for (int i = 0; i < 5; ++i) {
    pipeline::TlsSession another = session_of("a.example");
    another.policy.domain = "mx" + std::to_string(i) + ".a.example";
    note(*ledger, another);
  }
  ASSERT_TRUE(desk.run(ledger->flush()));
  const TlsLedgerEntry got = entry("a.example");
  ASSERT_EQ(got.policies.size(), 2U);
  EXPECT_EQ(got.policies[0].failures, 5U) << "the sum has all";
  EXPECT_EQ(got.policies[0].details.size(), 2U);
  EXPECT_EQ(got.policies[0].details[0].receiving_host.size(), 20U);
  EXPECT_EQ(got.policies[0].policy.text.size(), 1U);
  EXPECT_EQ(got.sessions_dropped, 4U);
}

TEST_F(TlsLedgerTest, Z32_WhatCouldNotBeWrittenIsKept) {
  std::size_t failed = 0;
  for (std::size_t at = 0;; ++at) {
    Desk fresh;
    storage::FaultyStore faulty(*fresh.store, storage::FaultyStore::Fault::kBeforeCommit, at);
    TlsLedger counts(faulty, *fresh.vault, *fresh.directory, fresh.ids, fresh.clock, Desk::options());
    pipeline::TlsSession session = session_of("example.com", "validation-failure");
    session.at = fresh.clock.wall_now();
    counts.note(session);
    const bool is_written = fresh.run(counts.flush()).has_value();
    failed += is_written ? 0U : 1U;
    counts.note(session);
    if (!fresh.run(counts.flush())) ASSERT_TRUE(fresh.run(counts.flush()));
    EXPECT_EQ(counts.find(utc_day(fresh.clock.wall_now()), "example.com")->failures(), 2U) << at;
    if (faulty.exhausted()) break;
  }
  EXPECT_GE(failed, 1U);
}

TEST_F(TlsLedgerTest, Z32_ItOutlivesARestartSealed) {
  note(*ledger, session_of("secret.example", "certificate-expired"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  ledger = make();
  EXPECT_EQ(entry("secret.example").failures(), 1U);
  for (const auto& each : desk.store->snapshot()->scan("", storage::Direction::kForward, 10'000).value()) {
    EXPECT_EQ(each.value.find("certificate-expired"), std::string::npos);
  }
}

TEST_F(TlsLedgerTest, Z32_AReportEndsOnceWithItsMail) {
  note(*ledger, session_of("example.com"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  TlsLedger::Settlement first;
  first.delivered = {"mailto:tls@example.com"};
  first.mails = {report_mail(desk)};
  first.was_in_vain = true;
  first.next_try_unix_ms = 5;
  ASSERT_TRUE(desk.run(ledger->settle(today(), "example.com", first)).value());
  TlsLedgerEntry got = entry("example.com");
  EXPECT_EQ(got.outcome, "");
  EXPECT_EQ(got.tries, 1U);
  EXPECT_EQ(got.next_try_unix_ms, 5);
  EXPECT_EQ(got.delivered, first.delivered);
  EXPECT_EQ(desk.claim().size(), 1U);
  note(*ledger, session_of("example.com"));  // too late: a report of the day has gone
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(entry("example.com").successes(), 1U);
  EXPECT_EQ(entry("example.com").sessions_dropped, 1U);
  TlsLedger::Settlement last;
  last.outcome = "sent";
  ASSERT_TRUE(desk.run(ledger->settle(today(), "example.com", last)).value());
  EXPECT_EQ(entry("example.com").outcome, "sent");
  last.mails = {report_mail(desk)};
  EXPECT_FALSE(desk.run(ledger->settle(today(), "example.com", last)).value());
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_EQ(desk.run(ledger->settle(today(), "nobody.example", last)).error(), Errc::kNotFound);
}

// Both ledgers live in one space of keys.
TEST_F(TlsLedgerTest, Z32_ItIsApartFromDmarcs) {
  DmarcLedger dmarc(*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, Desk::options(), {});
  note(*ledger, session_of("example.com"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_TRUE(dmarc.list(10)->empty());
  ASSERT_TRUE(desk.run(dmarc.erase_before(today() + 1)));
  EXPECT_EQ(ledger->list(10)->size(), 1U);
}

}  // namespace
}  // namespace postern::ticketing
