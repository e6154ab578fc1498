// What sessions show of TLS, as the reports of RFC 8460 want to know it: which policy held, what failed and why, and nothing of people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errc.h"
#include "net/errc.h"
#include "net/zone_resolver.h"
#include "smtp/client/tls_notes.h"
#include "smtp/client/tls_result.h"
#include "tests/smtp/client/scripted_host.h"
#include "tests/support/run_task.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;
using testing::ElementsAre;

class SilentSigner final : public pipeline::MessageSigner {
 public:
  core::Result<std::string> sign(std::string_view, std::string_view) const override { return std::string(); }
};

class Facts final : public pipeline::TlsObserver {
 public:
  void note(const pipeline::TlsSession& session) override { all.push_back(session); }
  std::vector<pipeline::TlsSession> all;
};

// A connection whose next handshakes fail with these words.
class ShakyStream final : public net::Stream {
 public:
  ShakyStream(std::unique_ptr<net::Stream> inner, std::vector<std::string>& problems) : inner_(std::move(inner)), problems_(problems) {}
  boost::asio::any_io_executor executor() override { return inner_->executor(); }
  core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline by) override { return inner_->read_some(into, by); }
  core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline by) override { return inner_->write_all(bytes, by); }
  core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const net::TlsContext> context, core::Deadline by) override {
    return inner_->start_tls_server(std::move(context), by);
  }
  core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const net::TlsContext> context, std::string host, core::Deadline by) override {
    if (problems_.empty()) co_return co_await inner_->start_tls_client(std::move(context), std::move(host), by);
    std::string problem = std::move(problems_.front());
    problems_.erase(problems_.begin());
    co_return core::fail_transient(net::Errc::kTls, std::move(problem));
  }
  bool is_tls() const override { return inner_->is_tls(); }
  net::TlsInfo tls_info() const override { return inner_->tls_info(); }
  net::Endpoint remote() const override { return inner_->remote(); }
  net::Endpoint local() const override { return inner_->local(); }
  bool has_pending_input() override { return inner_->has_pending_input(); }
  void close() override { inner_->close(); }

 private:
  std::unique_ptr<net::Stream> inner_;
  std::vector<std::string>& problems_;
};

const std::string kHello = "S: 220 mx\nC: EHLO us.test\n";
const std::string kOver = "C: MAIL FROM:<support@us.test>\nS: 250 ok\nC: RCPT TO:<bob@dest.test>\nS: 250 ok\nC: DATA\nS: 354 go\nC.: \nS: 250 ok\nC: QUIT\nS: 221 bye\n";
const std::string kWithout = kHello + "S: 250 MX.dest.test at your service\n" + kOver;
const std::string kOffered = kHello + "S: 250-MX.dest.test hello\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n";
const std::string kWith = kOffered + "T:\nC: EHLO us.test\nS: 250 mx.dest.test\n" + kOver;
const std::string kGivesUp = kOffered + "C: QUIT\n";

class TlsFactsTest : public testing::Test {
 protected:
  TlsFactsTest() : hosts(clock) {
    options.helo_name = "us.test";
    zone.add_mx("dest.test", 10, "mx.dest.test");
    zone.add_a("mx.dest.test", "192.0.2.1");
    message.id.value = 1;
    message.ticket.value = 7;
    message.mail_from = {"support", "us.test"};
    message.rcpt = {"bob", "dest.test"};
    message.from_domain = "us.test";
    message.message = "Subject: hi\r\n\r\nbye\r\n";
  }
  void TearDown() override {
    io.restart();
    test::run_task(io, hosts.sessions().drain(core::Deadline(clock.now())));
  }
  static core::Task<core::Result<std::unique_ptr<net::Stream>>> connect_shaky(Connect connect, std::vector<std::string>* problems, net::Endpoint to,
                                                                              core::Deadline by) {
    auto made = co_await connect(to, by);
    if (!made) co_return made.error();
    co_return std::unique_ptr<net::Stream>(std::make_unique<ShakyStream>(std::move(*made), *problems));
  }
  core::Task<core::Result<std::string>> text_of_policy() const {
    if (policy_error) co_return *policy_error;
    co_return policy;
  }
  DeliveryOutcome deliver() {
    Connect shaky = [this](net::Endpoint to, core::Deadline by) { return connect_shaky(hosts.connector(), &problems, to, by); };
    auto courier = std::make_shared<const Courier>(signer, zone, clock, options, std::move(shaky),
                                                   [this](std::string) { return text_of_policy(); }, is_observed ? &facts : nullptr);
    const Delivery delivery = test::run_task(io, deliver_once(message, courier));
    io.poll();
    io.restart();
    EXPECT_FALSE(hosts.has_complaint()) << testing::PrintToString(hosts.heard());
    return delivery.report.outcome;
  }
  void announce(const std::string& text) {
    if (policy.empty()) zone.add_txt("_mta-sts.dest.test", "v=STSv1; id=1");
    policy = text;
  }
  void publish_tlsa(const std::string& rdata) {
    zone.sign_below("dest.test");
    zone.add_raw("_25._tcp.mx.dest.test", net::DnsType::kTlsa, rdata);
  }
  // "sts starttls-not-supported" of each.
  std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& each : facts.all) out.push_back(each.policy.type + " " + (each.shown.result_type.empty() ? "ok" : each.shown.result_type));
    return out;
  }

  boost::asio::io_context io;
  core::ManualClock clock;
  net::ZoneResolver zone;
  SilentSigner signer;
  DeliveryOptions options;
  test::ScriptedHosts hosts;
  pipeline::OutboundMessage message;
  std::string policy;
  std::optional<core::Error> policy_error;
  std::vector<std::string> problems;  // of the next handshakes
  Facts facts;
  bool is_observed = true;
};

const std::string kEnforced = "version: STSv1\nmode: enforce\nmx: mx.dest.test\nmax_age: 86400\n";
const std::string kTesting = "version: STSv1\nmode: testing\nmx: mx.dest.test\nmax_age: 86400\n";

TEST_F(TlsFactsTest, Z32_ASessionWithTlsIsASuccessOfItsPolicy) {
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  ASSERT_EQ(facts.all.size(), 1U);
  EXPECT_EQ(facts.all[0].domain, "dest.test");
  EXPECT_EQ(facts.all[0].policy, (pipeline::AppliedTlsPolicy{"no-policy-found", "dest.test", {}, {}}));
  EXPECT_EQ(facts.all[0].shown.result_type, "");
  announce(kEnforced);
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  ASSERT_EQ(facts.all.size(), 2U);
  EXPECT_EQ(facts.all[1].policy, (pipeline::AppliedTlsPolicy{"sts", "dest.test", {"version: STSv1", "mode: enforce", "mx: mx.dest.test", "max_age: 86400"},
                                                             {"mx.dest.test"}}));
}

TEST_F(TlsFactsTest, Z32_AHostWithoutStartTlsAndWhoItIs) {
  hosts.add("192.0.2.1", kWithout);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered) << "nobody asks for TLS";
  hosts.add("192.0.2.1", kHello + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\n" + kOver);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  ASSERT_THAT(told(), ElementsAre("no-policy-found starttls-not-supported", "no-policy-found starttls-not-supported"));
  const pipeline::TlsFailure expected{"starttls-not-supported", "192.0.2.1", "mx.dest.test", "mx.dest.test", "192.0.2.25", 0, ""};
  EXPECT_EQ(facts.all[0].shown, expected);
  EXPECT_EQ(facts.all[1].shown.reason_code, "STARTTLS was answered with 454");
}

TEST_F(TlsFactsTest, Z32_NothingOfPeopleOrMessagesIsTold) {
  hosts.add("192.0.2.1", kHello + "S: 250 bob@dest.test says \"hi\"\n" + kOver);
  deliver();
  ASSERT_EQ(facts.all.size(), 1U);
  EXPECT_EQ(facts.all[0].shown.receiving_helo, "") << "no host's name";
  EXPECT_EQ(tls_result::reason_text("a\r\nb\xC3\xBC" + std::string(500, 'x')).substr(0, 6), "a??b??");
  EXPECT_EQ(tls_result::reason_text(std::string(500, 'x')).size(), tls_result::kTlsReasonMax);
}

TEST_F(TlsFactsTest, Z32_WordsOfOpenSslAsResultTypes) {
  const std::pair<const char*, std::string_view> kCases[] = {
      {"certificate: hostname mismatch", tls_result::kHostMismatch}, {"certificate: Hostname mismatch", tls_result::kHostMismatch},
      {"certificate: IP address mismatch", tls_result::kHostMismatch}, {"certificate: certificate has expired", tls_result::kExpired},
      {"certificate: self-signed certificate", tls_result::kNotTrusted}, {"certificate: unable to get local issuer certificate", tls_result::kNotTrusted},
      {"certificate: certificate is not yet valid", tls_result::kNotTrusted}, {"certificate: no matching DANE TLSA records", tls_result::kTlsaInvalid},
      {"handshake: wrong version number", tls_result::kFailed}, {"timed out", tls_result::kFailed}};
  for (const auto& [words, result] : kCases) EXPECT_EQ(tls_result::of_handshake(words), result) << words;
}

TEST_F(TlsFactsTest, Z32_AFailedHandshakeCountsOnceWhateverFollows) {
  problems = {"handshake: no shared cipher"};
  hosts.add("192.0.2.1", kGivesUp);
  hosts.add("192.0.2.1", kWithout);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered) << "opportunistic: in plain then";
  ASSERT_THAT(told(), ElementsAre("no-policy-found validation-failure"));
  EXPECT_EQ(facts.all[0].shown.reason_code, "handshake: no shared cipher");
}

TEST_F(TlsFactsTest, Z32_EnforcedMtaSts) {
  announce(kEnforced);
  problems = {"certificate: certificate has expired"};
  hosts.add("192.0.2.1", kGivesUp);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  announce("version: STSv1\nmode: enforce\nmx: other.dest.test\nmax_age: 86400\n");
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  ASSERT_THAT(told(), ElementsAre("sts certificate-expired", "sts validation-failure"));
  EXPECT_EQ(facts.all[1].shown.reason_code, "the policy does not name this host");
  EXPECT_EQ(facts.all[1].shown.receiving_host, "mx.dest.test");
}

// RFC 8461 section 5: a policy in testing is reported on and holds up nothing.
TEST_F(TlsFactsTest, Z32_APolicyInTestingIsTriedAndTheMessageGoesAnyway) {
  announce(kTesting);
  problems = {"certificate: hostname mismatch"};
  hosts.add("192.0.2.1", kGivesUp);
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  EXPECT_EQ(hosts.connections(), 2U) << "encrypted without belief, not in plain";
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  announce("version: STSv1\nmode: testing\nmx: other.dest.test\nmax_age: 86400\n");
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  ASSERT_THAT(told(), ElementsAre("sts certificate-host-mismatch", "sts ok", "sts validation-failure"));
}

TEST_F(TlsFactsTest, Z32_WithoutAnObserverTestingCostsNothing) {
  is_observed = false;
  announce(kTesting);
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  EXPECT_EQ(hosts.connections(), 1U);
  EXPECT_TRUE(facts.all.empty());
}

TEST_F(TlsFactsTest, Z32_PoliciesThatCannotBeHad) {
  const std::pair<core::Error, const char*> kCases[] = {
      {core::fail(net::Errc::kTls, "certificate: self-signed certificate"), "sts sts-webpki-invalid"},
      {core::fail(core::Errc::kInvalid, "status 404"), "sts sts-policy-fetch-error"},
      {core::fail_transient(core::Errc::kTimedOut, "read"), "sts sts-policy-fetch-error"}};
  announce("nonsense");
  for (const auto& [error, expected] : kCases) {
    facts.all.clear();
    policy_error = error;
    hosts.add("192.0.2.1", kWith);
    EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
    ASSERT_THAT(told(), ElementsAre(expected, "no-policy-found ok"));
  }
  facts.all.clear();
  policy_error.reset();
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  ASSERT_THAT(told(), ElementsAre("sts sts-policy-invalid", "no-policy-found ok"));
}

TEST_F(TlsFactsTest, Z32_Dane) {
  publish_tlsa(std::string("\3\1\1", 3) + std::string(32, 'x'));
  problems = {"certificate: no matching DANE TLSA records"};
  hosts.add("192.0.2.1", kGivesUp);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  hosts.add("192.0.2.1", kHello + "S: 250 mx\nC: QUIT\n");
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  ASSERT_THAT(told(), ElementsAre("tlsa tlsa-invalid", "tlsa starttls-not-supported", "tlsa ok"));
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "78";
  EXPECT_EQ(facts.all[0].policy, (pipeline::AppliedTlsPolicy{"tlsa", "mx.dest.test", {"3 1 1 " + hex}, {}}));
  EXPECT_EQ(facts.all[0].domain, "dest.test") << "who is told";
}

TEST_F(TlsFactsTest, Z32_RecordsThatCannotBeUsedOrLookedUp) {
  publish_tlsa(std::string("\1\1\1", 3) + std::string(32, 'x'));
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  zone.fail_name("_25._tcp.mx.dest.test", net::DnsStatus::kBogus);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  ASSERT_THAT(told(), ElementsAre("tlsa tlsa-invalid", "tlsa dnssec-invalid"));
  EXPECT_EQ(facts.all[1].shown.reason_code, "TLSA look-up: bogus");
}

TEST_F(TlsFactsTest, Z32_HostsThatAreAwayAndRelaysAreNotCounted) {
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  hosts.add("192.0.2.1", "S: 554 no mail here\nC: QUIT\n");
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred);
  options.relay = "192.0.2.1:25";
  hosts.add("192.0.2.1", kWith);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  EXPECT_TRUE(facts.all.empty());
}

// RFC 8460 section 3: reports arrive whatever is wrong with TLS, which is what they are about, and are in none themselves.
TEST_F(TlsFactsTest, Z32_OwnReportsPassPoliciesAndAreNotCounted) {
  publish_tlsa(std::string("\3\1\1", 3) + std::string(32, 'x'));
  announce("version: STSv1\nmode: enforce\nmx: other.dest.test\nmax_age: 86400\n");
  message.message = "Subject: Report Domain: dest.test\r\nTLS-Report-Domain: dest.test\r\nTLS-Required: No\r\n\r\nreport\r\n";
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred) << "of a ticket: whatever fields it has";
  EXPECT_EQ(hosts.connections(), 1U);
  facts.all.clear();
  message.ticket.value = 0;
  hosts.add("192.0.2.1", kWithout);
  EXPECT_EQ(deliver(), DeliveryOutcome::kDelivered);
  EXPECT_TRUE(facts.all.empty());
  options.require_tls_domains = {"dest.test"};
  hosts.add("192.0.2.1", kHello + "S: 250 mx\nC: QUIT\n");
  EXPECT_EQ(deliver(), DeliveryOutcome::kDeferred) << "the operator's own demand holds";
  options.require_tls_domains.clear();
  message.message = "Subject: x\r\n\r\nTLS-Report-Domain: dest.test\r\n";
  EXPECT_FALSE(is_own_tls_report(message)) << "only the header says it";
}

}  // namespace
}  // namespace postern::smtp
