// The DNS records that a verdict was made of are kept with it, bounded and without card numbers.
#include "pipeline/sender/dns_trail.h"

#include <gtest/gtest.h>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/authenticator.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

net::DnsAnswer ask(DnsTrail& trail, const std::string& name, net::DnsType type) {
  return test::run_task(trail.query(net::DnsQuestion(name, type), core::Deadline::never()));
}

TEST(DnsTrail, RemembersQuestionsAnswersAndFailures) {
  net::ZoneResolver zone;
  zone.add_txt("example.org", "v=spf1 mx -all");
  zone.add_mx("example.org", 10, "mx.example.org");
  zone.add_a("mx.example.org", "192.0.2.1");
  zone.fail_name("broken.example.org", net::DnsStatus::kServFail);
  DnsTrail trail(zone, "spf", {});
  EXPECT_TRUE(ask(trail, "Example.ORG.", net::DnsType::kTxt).is_ok());
  EXPECT_TRUE(ask(trail, "example.org", net::DnsType::kMx).is_ok());
  EXPECT_TRUE(ask(trail, "mx.example.org", net::DnsType::kA).is_ok());
  EXPECT_TRUE(ask(trail, "gone.example.org", net::DnsType::kA).is_absent());
  EXPECT_TRUE(ask(trail, "broken.example.org", net::DnsType::kA).is_transient_failure());
  EXPECT_TRUE(ask(trail, "example.org", net::DnsType::kTxt).is_ok());  // the second time: one step
  const std::vector<DnsStep> steps = trail.take();
  ASSERT_EQ(steps.size(), 5U);
  EXPECT_EQ(steps[0].method, "spf");
  EXPECT_EQ(steps[0].name, "example.org");
  EXPECT_EQ(steps[0].type, "TXT");
  EXPECT_EQ(steps[0].records, std::vector<std::string>{"v=spf1 mx -all"});
  EXPECT_EQ(steps[1].records, std::vector<std::string>{"10 mx.example.org"});
  EXPECT_EQ(steps[2].records, std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(steps[3].status, "nxdomain");
  EXPECT_EQ(steps[4].status, "servfail");
}

TEST(DnsTrail, KeepsNoMoreThanItsLimitsAndStillAnswers) {
  net::ZoneResolver zone;
  for (int i = 0; i < 5; ++i) zone.add_txt("many.test", "record " + std::to_string(i));
  zone.add_txt("long.test", std::string(200, 'x'));
  TrailLimits limits;
  limits.steps_max = 2;
  limits.records_max = 3;
  limits.record_bytes_max = 50;
  DnsTrail trail(zone, "dkim", limits);
  EXPECT_EQ(ask(trail, "many.test", net::DnsType::kTxt).txt().size(), 5U);
  EXPECT_EQ(ask(trail, "long.test", net::DnsType::kTxt).txt()[0].size(), 200U);
  EXPECT_TRUE(ask(trail, "third.test", net::DnsType::kTxt).is_absent());
  const std::vector<DnsStep> steps = trail.take();
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].records.size(), 3U);
  EXPECT_EQ(steps[1].records[0], std::string(50, 'x') + "…");
}

TEST(DnsTrail, PeersCannotPutCardNumbersOrControlsIntoIt) {  // invariant 2
  net::ZoneResolver zone;
  zone.add_txt("4111111111111111.evil.test", "call 4111111111111111\x1b[2J");
  DnsTrail trail(zone, "spf", {});
  EXPECT_TRUE(ask(trail, "4111111111111111.evil.test", net::DnsType::kTxt).is_ok());
  const std::vector<DnsStep> steps = trail.take();
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].name, "411111xxxxxx1111.evil.test");
  EXPECT_EQ(steps[0].records[0], "call 411111xxxxxx1111?[2J");
}

struct Judged {
  AuthVerdicts with(AuthOptions options, const std::string& client_ip = "198.51.100.9") {
    zone.add_txt("bank.test", "v=spf1 ip4:192.0.2.1 -all");
    zone.add_txt("_dmarc.bank.test", "v=DMARC1; p=reject");
    Envelope envelope;
    envelope.client_ip = client_ip;
    envelope.helo = "mail.bank.test";
    envelope.mail_from = split_address("ann@bank.test");
    SenderAuthenticator authenticator(zone, clock, std::move(options));
    return test::run_task(authenticator.authenticate(std::move(envelope), Message::copy_of("From: ann@bank.test\r\n\r\nhi\r\n"), core::Deadline::never()));
  }
  net::ZoneResolver zone;
  core::ManualClock clock;
};

TEST(DnsTrail, AVerdictNamesTheRecordsOfEachMethod) {
  const AuthVerdicts verdicts = Judged().with({});
  EXPECT_EQ(verdicts.dmarc.result, AuthResult::kFail);
  const auto has = [&verdicts](const std::string& method, const std::string& name, const std::string& record) {
    return std::ranges::any_of(verdicts.dns, [&](const DnsStep& step) {
      return step.method == method && step.name == name && step.records == std::vector<std::string>{record};
    });
  };
  EXPECT_TRUE(has("spf", "bank.test", "v=spf1 ip4:192.0.2.1 -all"));
  EXPECT_TRUE(has("dmarc", "_dmarc.bank.test", "v=DMARC1; p=reject"));
  EXPECT_EQ(std::ranges::count(verdicts.dns, "iprev", &DnsStep::method), 1);
}

TEST(DnsTrail, AllMethodsTogetherStayBelowTheLimit) {
  AuthOptions options;
  options.trail.steps_max = 2;
  const AuthVerdicts verdicts = Judged().with(options);
  ASSERT_EQ(verdicts.dns.size(), 2U);
  EXPECT_EQ(verdicts.dns[0].method, "dmarc");
}

TEST(TrustedForwarder, NoFailureOfItsNetworkIsEnforced) {
  AuthOptions options;
  options.trusted_forwarders = {net::IpNetwork::parse("198.51.100.0/24").value()};
  const AuthVerdicts forwarded = Judged().with(options);
  EXPECT_EQ(forwarded.dmarc.result, AuthResult::kFail);
  EXPECT_EQ(forwarded.dmarc.disposition, DmarcPolicy::kNone);
  EXPECT_EQ(forwarded.dmarc.overridden_by, "trusted_forwarder");
  const AuthVerdicts stranger = Judged().with(options, "203.0.113.5");
  EXPECT_EQ(stranger.dmarc.disposition, DmarcPolicy::kReject);
  EXPECT_EQ(stranger.dmarc.overridden_by, "");
}

// Answers like `zone`, but lets the time run out for names below `silent`.
class SilentBelow final : public net::DnsResolver {
 public:
  SilentBelow(net::ZoneResolver& zone, core::ManualClock& clock, std::string silent) : zone_(zone), clock_(clock), silent_(std::move(silent)) {}
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override {
    if (!question.name.ends_with(silent_) && !by.has_passed(clock_)) co_return zone_.answer(question);
    if (!by.has_passed(clock_)) clock_.advance(by.at() - clock_.now());
    net::DnsAnswer none;
    none.status = net::DnsStatus::kTimeout;
    co_return none;
  }

 private:
  net::ZoneResolver& zone_;
  core::ManualClock& clock_;
  std::string silent_;
};

TEST(SilentDns, OfTheSenderCannotHideTheAuthorsPolicy) {
  net::ZoneResolver zone;
  zone.add_txt("_dmarc.bank.test", "v=DMARC1; p=reject");
  zone.add_ptr("9.100.51.198.in-addr.arpa", "host.evil.test");
  core::ManualClock clock;
  SilentBelow resolver(zone, clock, "evil.test");
  Envelope envelope;
  envelope.client_ip = "198.51.100.9";
  envelope.helo = "mail.evil.test";
  envelope.mail_from = split_address("eve@other.test");
  SenderAuthenticator authenticator(resolver, clock, AuthOptions{});
  const core::Deadline by = core::Deadline::after(std::chrono::seconds(30), clock);
  const AuthVerdicts verdicts =
      test::run_task(authenticator.authenticate(std::move(envelope), Message::copy_of("From: ceo@bank.test\r\n\r\nhi\r\n"), by));
  EXPECT_EQ(verdicts.helo, AuthResult::kTempError);
  EXPECT_EQ(verdicts.dmarc.result, AuthResult::kFail);
  EXPECT_EQ(verdicts.dmarc.disposition, DmarcPolicy::kReject);
  EXPECT_FALSE(by.has_passed(clock));
}

}  // namespace
}  // namespace postern::pipeline
