// What is counted for DMARC reports: which mail, into which rows, within which bounds, and only once.
#include "ticketing/dmarc_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "storage/faulty_store.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;
using pipeline::AuthVerdicts;
using pipeline::DmarcPolicy;
using pipeline::ReportDisposition;
using test::Desk;

AuthVerdicts passing(std::string domain = "example.com") {
  AuthVerdicts out;
  out.spf = {AuthResult::kPass, "mailfrom", "bounce." + domain, {}, {}};
  out.dkim = {{AuthResult::kFail, domain, "old", "", "", "", 0}, {AuthResult::kPass, domain, "s1", "", "", "", 2048},
              {AuthResult::kPermError, "", "", "", "", "", 0}};
  out.dmarc.result = AuthResult::kPass;
  out.dmarc.policy = DmarcPolicy::kReject;
  out.dmarc.domain = domain;
  out.dmarc.policy_domain = domain;
  out.dmarc.aligned_by = {"dkim"};
  out.dmarc.published.is_spf_strict = true;
  out.dmarc.published.policy = "reject";
  return out;
}

AuthVerdicts failing(std::string domain = "example.com") {
  AuthVerdicts out = passing(std::move(domain));
  out.spf.result = AuthResult::kFail;
  out.dkim.clear();
  out.dmarc.result = AuthResult::kFail;
  out.dmarc.disposition = DmarcPolicy::kReject;
  out.dmarc.aligned_by.clear();
  return out;
}

class DmarcLedgerTest : public testing::Test {
 protected:
  std::unique_ptr<DmarcLedger> make(LedgerOptions limits = {}, storage::Store* store = nullptr) {
    return std::make_unique<DmarcLedger>(store == nullptr ? *desk.store : *store, *desk.vault, *desk.directory, desk.ids, desk.clock,
                                         Desk::options(), limits);
  }
  pipeline::Envelope envelope(std::string ip = "192.0.2.1") {
    pipeline::Envelope out;
    out.client_ip = std::move(ip);
    out.mail_from = {"b", "Bounce.example.com"};
    out.received_at = desk.clock.wall_now();
    pipeline::Recipient rcpt;
    rcpt.address = {"support", "acme.example"};
    out.rcpts = {rcpt};
    return out;
  }
  std::uint64_t today() const { return utc_day(desk.clock.wall_now()); }

  Desk desk;
  std::unique_ptr<DmarcLedger> ledger = make();
};

TEST_F(DmarcLedgerTest, LikeMessagesAreOneRow) {
  for (int i = 0; i < 3; ++i) ledger->note(envelope(), passing());
  ledger->note(envelope("2001:db8::1"), failing());
  EXPECT_TRUE(ledger->list(10)->empty());
  ASSERT_TRUE(desk.run(ledger->flush()));
  ledger->note(envelope(), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  const DmarcDay day = ledger->find(today(), "example.com").value();
  EXPECT_EQ(day.rows, 2U);
  EXPECT_EQ(day.messages, 5U);
  EXPECT_EQ(day.policy.p, "reject");
  EXPECT_EQ(day.policy.aspf, "s");
  EXPECT_EQ(day.policy.adkim, "r");
  EXPECT_EQ(day.policy.discovery_method, "treewalk");
  auto rows = ledger->rows(today(), "example.com").value();
  ASSERT_EQ(rows.size(), 2U);
  if (rows[0].count < rows[1].count) std::swap(rows[0], rows[1]);
  pipeline::ReportRow good;
  good.source_ip = "192.0.2.1";
  good.count = 4;
  good.disposition = ReportDisposition::kPass;
  good.is_dkim_aligned = true;
  good.header_from = "example.com";
  good.envelope_from = "bounce.example.com";
  good.envelope_to = "acme.example";
  good.dkim = {{"example.com", "s1", AuthResult::kPass}, {"example.com", "old", AuthResult::kFail}};  // passing ones first
  good.spf = {{"bounce.example.com", "mfrom", AuthResult::kPass}};
  EXPECT_EQ(rows[0], good);
  EXPECT_EQ(rows[1].source_ip, "2001:db8::1");
  EXPECT_EQ(rows[1].disposition, ReportDisposition::kReject);
  EXPECT_TRUE(rows[1].reasons.empty());
}

TEST_F(DmarcLedgerTest, OnlyPassAndFailOfAPolicyCount) {
  for (const AuthResult result : {AuthResult::kNone, AuthResult::kTempError, AuthResult::kPermError}) {
    AuthVerdicts verdicts = passing();
    verdicts.dmarc.result = result;
    ledger->note(envelope(), verdicts);
  }
  AuthVerdicts without = passing();
  without.dmarc.policy_domain.clear();
  ledger->note(envelope(), without);
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_TRUE(ledger->list(10)->empty());
}

// Two reporters would otherwise tell each other of each other's reports every day.
TEST_F(DmarcLedgerTest, ReportsToUsAreNotCounted) {
  auto takes = std::make_shared<pipeline::InboxPolicy>();
  takes->takes_reports = true;
  pipeline::Envelope to_reports = envelope();
  to_reports.rcpts[0].policy = takes;
  ledger->note(to_reports, passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_TRUE(ledger->list(10)->empty());
  to_reports.rcpts.push_back(envelope().rcpts[0]);  // also to people
  ledger->note(to_reports, passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(ledger->list(10)->size(), 1U);
}

TEST_F(DmarcLedgerTest, AMilderDispositionHasAReason) {
  const auto reasons = [&](const AuthVerdicts& verdicts) {
    auto fresh = make();
    desk.clock.advance(std::chrono::hours(24));
    fresh->note(envelope(), verdicts);
    EXPECT_TRUE(desk.run(fresh->flush()));
    return fresh->rows(today(), "example.com")->at(0).reasons;
  };
  AuthVerdicts accepted = failing();
  accepted.dmarc.disposition = DmarcPolicy::kNone;
  EXPECT_EQ(reasons(accepted), (std::vector<pipeline::ReportReason>{{"local_policy", ""}}));
  accepted.dmarc.overridden_by = "trusted_forwarder";
  EXPECT_EQ(reasons(accepted), (std::vector<pipeline::ReportReason>{{"trusted_forwarder", ""}}));
  accepted.dmarc.overridden_by = "moon";
  EXPECT_EQ(reasons(accepted), (std::vector<pipeline::ReportReason>{{"other", "moon"}}));
  AuthVerdicts none = passing();
  none.dmarc.policy = DmarcPolicy::kNone;
  EXPECT_TRUE(reasons(none).empty());
}

TEST_F(DmarcLedgerTest, DaysAndDomainsAreApart) {
  ledger->note(envelope(), passing("b.example"));
  ledger->note(envelope(), passing("a.example"));
  desk.clock.advance(std::chrono::hours(24));
  ledger->note(envelope(), passing("a.example"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  const auto all = ledger->list(10).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].domain + all[1].domain + all[2].domain, "a.exampleb.examplea.example");
  EXPECT_EQ(all[2].day, all[0].day + 1);
  EXPECT_EQ(ledger->list(2, all[0])->size(), 2U);
  ASSERT_TRUE(desk.run(ledger->erase_before(today())));
  EXPECT_EQ(ledger->list(10)->size(), 1U);
  EXPECT_TRUE(ledger->rows(today() - 1, "a.example")->empty());
  ASSERT_TRUE(desk.run(ledger->erase_before(today() + 1)));
  const std::string prefix = storage::KeyBuilder(core::WorkspaceId{}, storage::Space::kDmarcLedger).bytes();
  EXPECT_TRUE(desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 10)->empty());
}

TEST_F(DmarcLedgerTest, ARestartCountsOn) {
  ledger->note(envelope(), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  ledger = make();
  ledger->note(envelope(), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(ledger->rows(today(), "example.com")->at(0).count, 2U);
}

TEST_F(DmarcLedgerTest, ADaysDomainEndsOnceWithItsMail) {
  ledger->note(envelope(), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  SystemMail mail;
  mail.workspace = desk.acme;
  mail.rcpt = {"rua", "example.com"};
  mail.message = "x";
  EXPECT_TRUE(desk.run(ledger->finish(today(), "example.com", "sent", "to rua@example.com", {mail})).value());
  EXPECT_FALSE(desk.run(ledger->finish(today(), "example.com", "sent", "again", {mail})).value());
  EXPECT_FALSE(desk.run(make()->finish(today(), "example.com", "sent", "after a restart", {mail})).value());
  EXPECT_EQ(desk.claim().size(), 1U);
  EXPECT_EQ(ledger->find(today(), "example.com")->detail, "to rua@example.com");
  EXPECT_EQ(desk.run(ledger->finish(today(), "other.example", "sent", "", {})).error(), Errc::kNotFound);
  // Too late for the report: told, not counted into it.
  ledger->note(envelope(), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(ledger->find(today(), "example.com")->messages, 1U);
  EXPECT_EQ(ledger->find(today(), "example.com")->messages_dropped, 1U);
}

// The report and the mark are one transaction: neither is there without the other.
TEST_F(DmarcLedgerTest, AFailedEndQueuesNothing) {
  ledger->note(envelope(), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  storage::FaultyStore store(*desk.store, storage::FaultyStore::Fault::kBeforeCommit, 0);
  SystemMail mail;
  mail.workspace = desk.acme;
  mail.rcpt = {"rua", "example.com"};
  mail.message = "x";
  EXPECT_FALSE(desk.run(make({}, &store)->finish(today(), "example.com", "sent", "", {mail})));
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_EQ(ledger->find(today(), "example.com")->outcome, "");
}

TEST_F(DmarcLedgerTest, WhatCouldNotBeWrittenIsWrittenLater) {
  storage::FaultyStore store(*desk.store, storage::FaultyStore::Fault::kBeforeCommit, 0);
  auto shaky = make({}, &store);
  shaky->note(envelope(), passing());
  EXPECT_FALSE(desk.run(shaky->flush()));
  shaky->note(envelope(), passing());
  ASSERT_TRUE(desk.run(shaky->flush()));
  EXPECT_EQ(ledger->rows(today(), "example.com")->at(0).count, 2U);
}

TEST_F(DmarcLedgerTest, EveryBoundDropsAndTells) {
  LedgerOptions small;
  small.pending_rows_max = 4;
  small.rows_max = 3;
  small.domains_max = 2;
  small.batch_rows_max = 1;
  ledger = make(small);
  for (int i = 0; i < 9; ++i) ledger->note(envelope("192.0.2." + std::to_string(i)), passing());
  ASSERT_TRUE(desk.run(ledger->flush()));
  DmarcDay day = ledger->find(today(), "example.com").value();
  EXPECT_EQ(day.rows, 3U);
  EXPECT_EQ(day.messages, 3U);
  EXPECT_EQ(day.messages_dropped, 1U);  // the rest never had room in memory
  ledger->note(envelope("192.0.2.0"), passing());  // a known row goes on counting
  ledger->note(envelope(), passing("b.example"));
  ledger->note(envelope(), passing("c.example"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  EXPECT_EQ(ledger->find(today(), "example.com")->messages, 4U);
  EXPECT_EQ(ledger->list(10)->size(), 2U);
  EXPECT_FALSE(ledger->find(today(), "c.example"));
}

// One unreadable record holds up neither the other domains nor the list.
TEST_F(DmarcLedgerTest, DamageStaysWhereItIs) {
  ledger->note(envelope(), passing("a.example"));
  ledger->note(envelope(), passing("b.example"));
  ledger->note(envelope("192.0.2.2"), passing("b.example"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  auto transaction = desk.store->begin();
  transaction.put(keys::ledger(keys::kLedgerDay, today(), "a.example"), "garbage that is long enough to be a sealed record");
  const std::string rows = keys::ledger(keys::kLedgerRow, today(), "b.example");
  transaction.put(transaction.snapshot().scan(rows, storage::Direction::kForward, 1)->at(0).key, "\x01");
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  ledger->note(envelope(), passing("a.example"));
  ledger->note(envelope(), passing("c.example"));
  ASSERT_TRUE(desk.run(ledger->flush()));
  const auto all = ledger->list(10).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].domain, "a.example");
  EXPECT_EQ(all[0].outcome, "damaged");
  EXPECT_EQ(all[2].domain, "c.example");
  EXPECT_EQ(ledger->rows(today(), "b.example")->size(), 1U);
}

TEST_F(DmarcLedgerTest, SessionsOnManyThreadsCountTogether) {
  std::vector<std::thread> sessions;
  for (int t = 0; t < 4; ++t) {
    sessions.emplace_back([this, t] {
      for (int i = 0; i < 250; ++i) ledger->note(envelope("192.0.2." + std::to_string(i % 5)), t % 2 == 0 ? passing() : failing());
    });
  }
  ASSERT_TRUE(desk.run(ledger->flush()));  // meanwhile
  for (auto& session : sessions) session.join();
  ASSERT_TRUE(desk.run(ledger->flush()));
  std::uint64_t messages = 0;
  const auto rows = ledger->rows(today(), "example.com").value();
  for (const auto& row : rows) messages += row.count;
  EXPECT_EQ(rows.size(), 10U);
  EXPECT_EQ(messages, 1000U);
  EXPECT_EQ(ledger->find(today(), "example.com")->messages, 1000U);
}

// Two flushes over one store at a time: one of them loses the race and writes again.
TEST_F(DmarcLedgerTest, FlushesGetAlong) {
  auto other = make();
  boost::asio::io_context io;
  int written = 0;
  for (int round = 0; round < 3; ++round) {
    ledger->note(envelope(), passing());
    other->note(envelope(), passing());
    for (DmarcLedger* one : {ledger.get(), other.get()}) {
      boost::asio::co_spawn(io, one->flush(), [&](std::exception_ptr, core::Result<void> done) { written += done ? 1 : 0; });
    }
    io.run();
    io.restart();
  }
  EXPECT_EQ(written, 6);
  EXPECT_EQ(ledger->rows(today(), "example.com")->at(0).count, 6U);
}

}  // namespace
}  // namespace postern::ticketing
