// DNS that misbehaves, against the real resolver and all methods together: the verdict is temperror (or the right one
// where the fault can be survived), it comes by its deadline, and nothing is left behind.
#include <gtest/gtest.h>

#include "core/task_group.h"
#include "net/unbound_resolver.h"
#include "pipeline/sender/authenticator.h"
#include "tests/conformance/faulty_dns_server.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::DnsFault;

constexpr milliseconds kDeadline{1500};
constexpr milliseconds kSurvivalDeadline{5000};  // of faults that are got over; they take milliseconds
constexpr milliseconds kMargin{1500};  // for the machine, not for us: the whole is well below the waits of libunbound

struct FaultCase {
  std::string domain;
  DnsFault fault;
  bool is_survivable;
};

const std::vector<FaultCase> kFaults{
    {"sound.test", DnsFault::kNone, true},
    {"silent.test", DnsFault::kSilent, false},
    {"servfail.test", DnsFault::kServFail, false},
    {"refused.test", DnsFault::kRefused, false},
    {"truncated.test", DnsFault::kTruncated, true},
    {"truncated-only.test", DnsFault::kTruncatedOnly, false},
    {"drip.test", DnsFault::kDrip, false},
    {"cname-loop.test", DnsFault::kCnameLoop, false},
    {"wrong-id.test", DnsFault::kWrongId, false},
    {"wrong-question.test", DnsFault::kWrongQuestion, false},
    {"cut-short.test", DnsFault::kCutShort, false},
    {"pointer-loop.test", DnsFault::kPointerLoop, false},
    {"counts-lie.test", DnsFault::kCountsLie, false},
    {"huge.test", DnsFault::kNone, true},
};

void publish(net::ZoneResolver& zone, const std::string& domain) {
  zone.add_txt(domain, "v=spf1 a:mail." + domain + " -all");
  zone.add_a("mail." + domain, "192.0.2.1");
  zone.add_txt("_dmarc." + domain, "v=DMARC1; p=reject");
  // The key of RFC 8463 appendix A.2.
  zone.add_txt("s._domainkey." + domain, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

std::shared_ptr<const Message> message_of(const std::string& domain) {
  return Message::copy_of("DKIM-Signature: v=1; a=ed25519-sha256; d=" + domain + "; s=s; h=from;\r\n bh=" +
                          std::string(43, 'A') + "=; b=" + std::string(86, 'A') + "==\r\nFrom: ann@" + domain +
                          "\r\n\r\nhi\r\n");
}

struct Outcome {
  AuthVerdicts verdicts;
  core::Duration took{};
};

core::Task<void> judge(SenderAuthenticator* authenticator, std::string domain, core::Duration time_max, Outcome* into) {
  Envelope envelope;
  envelope.client_ip = "192.0.2.1";
  envelope.helo = "mail." + domain;
  envelope.mail_from = split_address("ann@" + domain);
  const core::Instant start = core::system_clock().now();
  std::shared_ptr<const Message> message = message_of(domain);
  const core::Deadline by = core::Deadline::after(time_max, core::system_clock());
  into->verdicts = co_await authenticator->authenticate(std::move(envelope), std::move(message), by);
  into->took = core::system_clock().now() - start;
}

// The survivable faults, or the others, all at once. They do not share a server: a resolver waits longer for one that
// has kept silent, whatever it was asked.
core::Task<void> judge_all(boost::asio::io_context& io, net::Endpoint server, bool is_survivable,
                           std::map<std::string, Outcome>* outcomes) {
  net::ResolverOptions options;
  options.servers = {server};
  auto resolver = net::UnboundResolver::start(io, options, core::system_clock()).value();
  SenderAuthenticator authenticator(*resolver, core::system_clock(), AuthOptions{});
  core::TaskGroup group("judge", core::system_clock());
  for (const FaultCase& one : kFaults) {
    if (one.is_survivable != is_survivable) continue;
    const core::Duration time_max = is_survivable ? kSurvivalDeadline : kDeadline;
    group.spawn(io.get_executor(), judge(&authenticator, one.domain, time_max, &(*outcomes)[one.domain]));
  }
  co_await group.drain(core::Deadline::after(seconds(8), core::system_clock()));
  EXPECT_EQ(group.size(), 0U) << "a task is left";
  resolver->stop();
}

TEST(DnsFaults, EndAsTemporaryErrorsByTheDeadline) {
  net::ZoneResolver zone;
  std::map<std::string, DnsFault> faults;
  for (const FaultCase& one : kFaults) {
    publish(zone, one.domain);
    if (one.fault != DnsFault::kNone) faults.emplace(one.domain, one.fault);
  }
  // 60 kB of other texts beside the record; DNS holds no more in one answer.
  for (int i = 0; i < 220; ++i) zone.add_txt("huge.test", std::to_string(i) + "=" + std::string(250, 'x'));
  std::map<std::string, Outcome> outcomes;
  for (const bool is_survivable : {true, false}) {
    const test::FaultyDnsServer server(zone, faults);
    boost::asio::io_context io;
    test::run_task(io, judge_all(io, server.local(), is_survivable, &outcomes));
  }
  for (const FaultCase& one : kFaults) {
    const auto& [verdicts, took] = outcomes.at(one.domain);
    EXPECT_LT(took, (one.is_survivable ? kSurvivalDeadline : kDeadline) + kMargin) << one.domain;
    ASSERT_EQ(verdicts.dkim.size(), 1U) << one.domain;
    const AuthResult wanted = one.is_survivable ? AuthResult::kPass : AuthResult::kTempError;
    EXPECT_EQ(to_string(verdicts.spf.result), to_string(wanted)) << one.domain << ": " << verdicts.spf.reason;
    EXPECT_EQ(to_string(verdicts.dmarc.result), to_string(wanted)) << one.domain << ": " << verdicts.dmarc.reason;
    // The signature is not one of this key, which shows that the key came.
    const AuthResult key = one.is_survivable ? AuthResult::kFail : AuthResult::kTempError;
    EXPECT_EQ(to_string(verdicts.dkim[0].result), to_string(key)) << one.domain << ": " << verdicts.dkim[0].reason;
    EXPECT_EQ(verdicts.dmarc.disposition, DmarcPolicy::kNone) << one.domain;
  }
}

core::Task<void> judge_within(boost::asio::io_context& io, net::Endpoint server, core::Duration time_max, Outcome* into) {
  net::ResolverOptions options;
  options.servers = {server};
  auto resolver = net::UnboundResolver::start(io, options, core::system_clock()).value();
  SenderAuthenticator authenticator(*resolver, core::system_clock(), AuthOptions{});
  co_await judge(&authenticator, "drip.test", time_max, into);
  resolver->stop();
}

TEST(DnsFaults, AShortDeadlineIsKeptThoughAnAnswerDrips) {
  net::ZoneResolver zone;
  publish(zone, "drip.test");
  const test::FaultyDnsServer server(zone, {{"drip.test", DnsFault::kDrip}});
  boost::asio::io_context io;
  Outcome outcome;
  test::run_task(io, judge_within(io, server.local(), milliseconds(100), &outcome));
  EXPECT_EQ(outcome.verdicts.spf.result, AuthResult::kTempError);
  EXPECT_LT(outcome.took, milliseconds(100) + kMargin);
}

}  // namespace
}  // namespace postern::pipeline
