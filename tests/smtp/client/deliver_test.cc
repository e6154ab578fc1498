#include "smtp/client/deliver.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "net/zone_resolver.h"
#include "tests/smtp/client/scripted_host.h"
#include "tests/support/run_task.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;
using pipeline::DeliveryReport;

class FixedSigner final : public pipeline::MessageSigner {
 public:
  core::Result<std::string> sign(std::string_view domain, std::string_view message) const override {
    if (is_broken) return core::fail(core::Errc::kIo, "key");
    EXPECT_EQ(message.find("\r\n.\r\n..\r\n"), std::string_view::npos) << "signed before dot-stuffing";
    return "DKIM-Signature: d=" + std::string(domain) + "\r\n";
  }
  bool is_broken = false;
};

class DeliverTest : public testing::Test {
 protected:
  DeliverTest() : hosts(clock) {
    options.helo_name = "us.test";
    zone.add_mx("dest.test", 10, "mx1.dest.test");
    zone.add_mx("dest.test", 20, "mx2.dest.test");
    zone.add_a("mx1.dest.test", "192.0.2.1");
    zone.add_a("mx2.dest.test", "192.0.2.2");
    message.id.value = 1;
    message.mail_from = {"support", "us.test"};
    message.rcpt = {"bob", "dest.test"};
    message.from_domain = "us.test";
    message.message = "Subject: hi\r\n\r\n.dot\r\nbye\r\n";
  }
  DeliveryReport deliver() {
    StsPolicies::Fetch fetch;
    if (!policy.empty()) fetch = [this](std::string) { return text_of_policy(); };
    auto courier = std::make_shared<const Courier>(signer, zone, clock, options, hosts.connector(), fetch);
    const Delivery delivery = test::run_task(io, deliver_once(message, courier));
    io.poll();
    io.restart();
    EXPECT_FALSE(hosts.has_complaint()) << testing::PrintToString(hosts.heard());
    demand = delivery.tls_demand;
    return delivery.report;
  }
  core::Task<core::Result<std::string>> text_of_policy() { co_return policy; }
  void announce(const std::string& text) {
    zone.add_txt("_mta-sts.dest.test", "v=STSv1; id=1");
    policy = text;
  }
  void TearDown() override {
    io.restart();
    test::run_task(io, hosts.sessions().drain(core::Deadline(clock.now())));
  }
  bool has_heard(const std::string& line) const {
    return std::find(hosts.heard().begin(), hosts.heard().end(), line) != hosts.heard().end();
  }

  boost::asio::io_context io;
  core::ManualClock clock;
  net::ZoneResolver zone;
  FixedSigner signer;
  DeliveryOptions options;
  test::ScriptedHosts hosts;
  pipeline::OutboundMessage message;
  TlsDemand demand = TlsDemand::kNobody;  // of the last delivery
  std::string policy;  // MTA-STS of dest.test; empty: none
};

const std::string kTaken = "C.: \nS: 250 2.0.0 queued as X\nC: QUIT\nS: 221 bye\n";
const std::string kPlain = "S: 220 mx\nC: EHLO us.test\nS: 250 mx\n";
const std::string kEnvelope =
    "C: MAIL FROM:<support@us.test>\nS: 250 ok\nC: RCPT TO:<bob@dest.test>\nS: 250 ok\nC: DATA\nS: 354 go\n";

TEST_F(DeliverTest, HandsASignedDotStuffedMessageOver) {
  hosts.add("192.0.2.1", kPlain + kEnvelope + kTaken);
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(report.remote, "mx1.dest.test[192.0.2.25]");
  EXPECT_EQ(report.reply, "250 2.0.0 queued as X");
  EXPECT_EQ(report.enhanced, "2.0.0");
  EXPECT_FALSE(report.used_tls);
  EXPECT_EQ(hosts.message(), "DKIM-Signature: d=us.test\r\nSubject: hi\r\n\r\n..dot\r\nbye\r\n.\r\n");
}

TEST_F(DeliverTest, WorksByteByByteAndWithPipelining) {
  hosts.split = test::Split::kEveryByte;
  hosts.add("192.0.2.1",
            "S: 220-welcome\nS: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250-PIPELINING\nS: 250 size 1000\n"
            "C: MAIL FROM:<support@us.test> SIZE=\nC: RCPT TO:<bob@dest.test>\nS: 250 ok\nS: 250 ok\n"
            "C: DATA\nS: 354 go\n" +
                kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
}

TEST_F(DeliverTest, EncryptsWhenOfferedAndForgetsWhatWasSaidInPlain) {
  hosts.add("192.0.2.1",
            "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250-SIZE 1\nS: 250 STARTTLS\nC: STARTTLS\n"
            "S: 220 go\nS: 250 injected\nT:\nC: EHLO us.test\nS: 250 mx\n" +
                kEnvelope + kTaken);
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDelivered) << report.reply << ": the plain SIZE 1 must not count";
  EXPECT_TRUE(report.used_tls);
}

TEST_F(DeliverTest, GoesOnInPlainWhenTlsIsRefusedAndNotRequired) {
  hosts.add("192.0.2.1", "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\n" +
                             kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
}

TEST_F(DeliverTest, NeverSendsInPlainWhereTlsIsRequired) {
  options.require_tls_domains = {"DEST.test"};
  hosts.add("192.0.2.1", kPlain + "C: QUIT\n");
  hosts.add("192.0.2.2",
            "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\nC: QUIT\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDeferred);
  EXPECT_EQ(report.enhanced, "4.7.4");
  EXPECT_EQ(hosts.connections(), 2U);
}

const std::string kEncrypted = "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nT:\nC: EHLO us.test\n";

TEST_F(DeliverTest, RequireTlsOfTheMessageIsSaidToTheServer) {  // RFC 8689 section 4.2.1
  message.requires_tls = true;
  zone.sign_below("dest.test");  // the host is proven
  hosts.add("192.0.2.1", kEncrypted + "S: 250-mx\nS: 250 REQUIRETLS\nC: MAIL FROM:<support@us.test> REQUIRETLS\nS: 250 ok\n"
                         "C: RCPT TO:<bob@dest.test>\nS: 250 ok\nC: DATA\nS: 354 go\n" + kTaken);
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDelivered) << report.reply;
  EXPECT_TRUE(report.used_tls);
}

TEST_F(DeliverTest, RequireTlsIsNotSentWhereNobodyOffersIt) {
  message.requires_tls = true;
  zone.sign_below("dest.test");  // the host is proven
  message.message = "TLS-Required: No\r\nSubject: hi\r\n\r\nthe envelope stands above the field\r\n";
  hosts.add("192.0.2.1", kPlain + "C: QUIT\n");
  hosts.add("192.0.2.2", kEncrypted + "S: 250 mx\nC: QUIT\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kFailed);
  EXPECT_EQ(report.enhanced, "5.7.30");
  EXPECT_EQ(hosts.connections(), 2U);
  EXPECT_EQ(hosts.message(), "");
}

TEST_F(DeliverTest, RequireTlsIsOfferedInsideTlsOnly) {  // what a host says in plain is anybody's word
  message.requires_tls = true;
  zone.sign_below("dest.test");  // the host is proven
  hosts.add("192.0.2.1", "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250 REQUIRETLS\nC: QUIT\n");
  hosts.add("192.0.2.2", "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250-REQUIRETLS\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nT:\n"
                         "C: EHLO us.test\nS: 250 mx\nC: QUIT\n");
  EXPECT_EQ(deliver().enhanced, "5.7.30");
}

TEST_F(DeliverTest, RequireTlsIsTriedAgainWhileAnotherHostIsAway) {
  message.requires_tls = true;
  zone.sign_below("dest.test");  // the host is proven
  hosts.add("192.0.2.1", "S: 421 not now\nC: QUIT\n");
  hosts.add("192.0.2.2", kPlain + "C: QUIT\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDeferred) << "the first host may offer it tomorrow";
  EXPECT_EQ(report.enhanced.substr(0, 1), "4") << "a deferral is told with a code of its class";
}

// RFC 8689 section 4.2.1: a host that anybody between us and DNS may have named is not good enough.
TEST_F(DeliverTest, RequireTlsIsNotSentToAHostThatNothingProves) {
  message.requires_tls = true;
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kFailed);
  EXPECT_EQ(report.enhanced, "5.7.30");
  EXPECT_EQ(hosts.connections(), 0U);
}

TEST_F(DeliverTest, RequireTlsIsSentToAHostThatMtaStsNames) {
  announce("version: STSv1\nmode: testing\nmx: mx1.dest.test\nmax_age: 86400\n");
  message.requires_tls = true;
  hosts.add("192.0.2.1", kEncrypted + "S: 250-mx\nS: 250 REQUIRETLS\nC: MAIL FROM:<support@us.test> REQUIRETLS\nS: 250 ok\n"
                         "C: RCPT TO:<bob@dest.test>\nS: 250 ok\nC: DATA\nS: 354 go\n" + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
}

TEST_F(DeliverTest, Z32_MtaStsIsEnforced) {
  announce("version: STSv1\nmode: enforce\nmx: mx2.dest.test\nmax_age: 86400\n");
  hosts.add("192.0.2.2", kPlain + "C: QUIT\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDeferred);
  EXPECT_EQ(report.enhanced, "4.7.4") << "no plain text";
  EXPECT_EQ(report.reply, "TLS is required and not offered (MTA-STS)");
  EXPECT_EQ(demand, TlsDemand::kMtaSts);
  EXPECT_EQ(hosts.connections(), 1U) << "the first host is not of the policy";
  hosts.add("192.0.2.2", kEncrypted + "S: 250 mx\n" + kEnvelope + kTaken);
  const DeliveryReport proven = deliver();
  EXPECT_EQ(proven.outcome, DeliveryOutcome::kDelivered);
  EXPECT_TRUE(proven.remote.ends_with("] (MTA-STS)")) << proven.remote << ": the trace tells what was proven";
}

TEST_F(DeliverTest, Z32_MtaStsInTestingChangesNothing) {
  announce("version: STSv1\nmode: testing\nmx: other.test\nmax_age: 86400\n");
  hosts.add("192.0.2.1", kPlain + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
}

TEST_F(DeliverTest, Z32_WhatSignedDnsSaysOfAHostIsHeldTo) {  // RFC 7672
  zone.sign_below("dest.test");
  const std::string name = "_25._tcp.mx1.dest.test";
  zone.add_raw(name, net::DnsType::kTlsa, std::string("\3\1\1", 3) + std::string(32, 'x'));
  hosts.add("192.0.2.1", kPlain + "C: QUIT\n");
  hosts.add("192.0.2.2", kPlain + "C: QUIT\n");
  hosts.add("192.0.2.2", kPlain + kEnvelope + kTaken);
  announce("version: STSv1\nmode: enforce\nmx: mx2.dest.test\nmax_age: 86400\n");
  DeliveryReport report = deliver();
  EXPECT_EQ(report.enhanced, "4.7.4") << "mx1 by DANE, whatever MTA-STS says; mx2 by MTA-STS";
  EXPECT_EQ(demand, TlsDemand::kMtaSts) << "of the last host";
  EXPECT_EQ(hosts.connections(), 2U);
  policy.clear();
  zone.fail_name(name, net::DnsStatus::kBogus);
  report = deliver();
  EXPECT_EQ(hosts.connections(), 3U) << "mx1 is not tried while its records are kept from us";
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDelivered);
  options.uses_dane = false;
  hosts.add("192.0.2.1", kPlain + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(hosts.connections(), 4U);
}

TEST_F(DeliverTest, Z32_RecordsOfUnsignedDnsSayNothing) {
  zone.fail_name("_25._tcp.mx1.dest.test", net::DnsStatus::kServFail);
  hosts.add("192.0.2.1", kPlain + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
}

TEST_F(DeliverTest, Z32_RecordsThatNobodyCanUseStillDemandTls) {  // RFC 7672 section 2.2
  zone.sign_below("dest.test");
  zone.add_raw("_25._tcp.mx1.dest.test", net::DnsType::kTlsa, std::string("\1\1\1", 3) + std::string(32, 'x'));
  hosts.add("192.0.2.1", kPlain + "C: QUIT\n");
  hosts.add("192.0.2.2", kPlain + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(hosts.connections(), 2U);
}

// The domain is listed in one spelling and written to in the other (RFC 5890).
TEST_F(DeliverTest, RequiredTlsHoldsForEverySpellingOfADomain) {
  options.require_tls_domains = {"xn--bcher-kva.test"};
  message.rcpt = {"bob", "b\xC3\xBC" "cher.test"};
  zone.add_a("xn--bcher-kva.test", "192.0.2.5");
  hosts.add("192.0.2.5", kPlain + "C: QUIT\n");
  EXPECT_EQ(deliver().enhanced, "4.7.4");
}

// RFC 5321 section 4.5.3.2.6: ten minutes, also when other hosts have used up the attempt.
TEST_F(DeliverTest, WaitsForTheAnswerToTheMessageInFull) {
  hosts.add("192.0.2.1", "C: never\n");
  hosts.add("192.0.2.2", kPlain + kEnvelope + "C.: \nC: never\n");
  auto courier = std::make_shared<const Courier>(signer, zone, clock, options, hosts.connector());
  std::optional<DeliveryReport> report;
  boost::asio::co_spawn(io, deliver_once(message, courier), [&](std::exception_ptr, Delivery got) { report = got.report; });
  const auto begun = clock.now();
  for (int i = 0; i < 200 && !report; ++i) {
    io.restart();
    io.poll();
    clock.advance(std::chrono::seconds(10));
  }
  ASSERT_TRUE(report);
  EXPECT_EQ(report->outcome, DeliveryOutcome::kDeferred);
  EXPECT_GE(clock.now() - begun, options.banner_max + options.data_end_max);
  EXPECT_LE(clock.now() - begun, options.attempt_max + options.data_end_max);
}

TEST_F(DeliverTest, ARefusalInTheMiddleOfTheContentCounts) {
  message.message = "Subject: large\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) message.message += "a line of a large message\r\n";
  hosts.add("192.0.2.1", kPlain + kEnvelope + "S: 552 5.3.4 too large\nX:\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kFailed);
  EXPECT_EQ(report.enhanced, "5.3.4");
}

TEST_F(DeliverTest, TriesTheNextHostWhenOneTakesNoPosition) {
  hosts.add("192.0.2.1", "S: 554 no mail here\nC: QUIT\n");
  hosts.add("192.0.2.2", kPlain + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
  hosts.add("192.0.2.2", kPlain + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered) << "the first refuses the connection";
  EXPECT_EQ(hosts.connections(), 4U);
}

TEST_F(DeliverTest, ARefusalIsFinalAndSeenByNoOtherHost) {
  hosts.add("192.0.2.1", kPlain +
                             "C: MAIL FROM:<support@us.test>\nS: 250 ok\nC: RCPT TO:<bob@dest.test>\n"
                             "S: 550 5.1.1 no such user\nC: QUIT\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kFailed);
  EXPECT_EQ(report.enhanced, "5.1.1");
  EXPECT_EQ(report.reply, "550 5.1.1 no such user");
  EXPECT_EQ(hosts.connections(), 1U);
  hosts.add("192.0.2.1", kPlain + "C: MAIL FROM:<support@us.test>\nS: 451 greylisted\nC: QUIT\n");
  const DeliveryReport grey = deliver();
  EXPECT_EQ(grey.outcome, DeliveryOutcome::kDeferred);
  EXPECT_EQ(grey.enhanced, "4.0.0");
  EXPECT_EQ(hosts.connections(), 2U);
  hosts.add("192.0.2.1", kPlain + kEnvelope + "C.: \nS: 554 5.7.1 spam\nC: QUIT\n");
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kFailed);
}

TEST_F(DeliverTest, APipelinedRefusalOfMailIsReportedAndRcptRead) {
  hosts.add("192.0.2.1",
            "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250 PIPELINING\nC: MAIL FROM:\nC: RCPT TO:\n"
            "S: 550 5.7.1 sender\nS: 503 no mail\nC: QUIT\n");
  EXPECT_EQ(deliver().reply, "550 5.7.1 sender");
}

TEST_F(DeliverTest, AfterTheFinalDotNoOtherHostIsTried) {
  hosts.add("192.0.2.1", kPlain + kEnvelope + "C.: \nX:\n");
  hosts.add("192.0.2.2", kPlain + kEnvelope + kTaken);
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDeferred);
  EXPECT_EQ(hosts.connections(), 1U) << "the first may have it: a second copy would be ours";
}

TEST_F(DeliverTest, FallsBackToHelo) {
  hosts.add("192.0.2.1",
            "S: 220 old\nC: EHLO us.test\nS: 500 what\nC: HELO us.test\nS: 250 old\n" + kEnvelope + kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
}

TEST_F(DeliverTest, RefusesWhatTheServerCannotTake) {
  message.needs_smtputf8 = true;
  hosts.add("192.0.2.1", kPlain + "C: QUIT\n");
  EXPECT_EQ(deliver().enhanced, "5.6.7");
  message.needs_smtputf8 = false;
  message.message = "Subject: x\r\n\r\n\xc3\xa4\r\n";
  hosts.add("192.0.2.1", kPlain + "C: QUIT\n");
  EXPECT_EQ(deliver().enhanced, "5.6.3");
  hosts.add("192.0.2.1", "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250-8BITMIME\nS: 250 SIZE 10\nC: QUIT\n");
  EXPECT_EQ(deliver().enhanced, "5.3.4");
  hosts.add("192.0.2.1",
            "S: 220 mx\nC: EHLO us.test\nS: 250-mx\nS: 250-8bitmime\nS: 250-SIZE 0\nS: 250 SMTPUTF8\n"
            "C: MAIL FROM:<support@us.test> SIZE=\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\n" +
                kTaken);
  EXPECT_EQ(deliver().outcome, DeliveryOutcome::kDelivered);
  EXPECT_TRUE(has_heard("C: MAIL FROM:<support@us.test> SIZE=45 BODY=8BITMIME"));
}

TEST_F(DeliverTest, SurvivesEndlessAndMalformedReplies) {
  std::string endless = "S: 220 mx\nC: EHLO us.test\n";
  for (int i = 0; i < 200; ++i) endless += "S: 250-X" + std::to_string(i) + "\n";
  hosts.add("192.0.2.1", endless);
  hosts.add("192.0.2.2", "S: HTTP/1.1 400 Bad Request\n");
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDeferred);
  EXPECT_EQ(report.enhanced, "4.5.0");
}

TEST_F(DeliverTest, ABrokenSignerDefersWithoutAConnection) {
  signer.is_broken = true;
  const DeliveryReport report = deliver();
  EXPECT_EQ(report.outcome, DeliveryOutcome::kDeferred);
  EXPECT_EQ(hosts.connections(), 0U);
}

TEST_F(DeliverTest, ASilentServerTimesOutAndTheNextIsTried) {
  hosts.add("192.0.2.1", "C: never\n");
  hosts.add("192.0.2.2", kPlain + kEnvelope + kTaken);
  auto courier = std::make_shared<const Courier>(signer, zone, clock, options, hosts.connector());
  std::optional<DeliveryReport> report;
  boost::asio::co_spawn(io, deliver_once(message, courier),
                        [&](std::exception_ptr, Delivery got) { report = got.report; });
  for (int i = 0; i < 20 && !report; ++i) {
    io.restart();
    io.poll();
    clock.advance(std::chrono::seconds(60));
  }
  ASSERT_TRUE(report);
  EXPECT_EQ(report->outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(hosts.connections(), 2U);
}

}  // namespace
}  // namespace postern::smtp
