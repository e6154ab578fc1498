#include "net/zone_resolver.h"

#include <gtest/gtest.h>

#include "tests/support/run_task.h"

namespace postern::net {
namespace {

DnsStatus status_of(const ZoneResolver& zone, const char* name, DnsType type) {
  return zone.answer({name, type}).status;
}

TEST(ZoneResolver, TellsNoDataFromNxDomain) {
  ZoneResolver zone;
  zone.add_a("mail.example.org", "192.0.2.1");
  EXPECT_EQ(status_of(zone, "MAIL.example.org.", DnsType::kA), DnsStatus::kOk);
  EXPECT_EQ(status_of(zone, "mail.example.org", DnsType::kMx), DnsStatus::kNoData);
  EXPECT_EQ(status_of(zone, "example.org", DnsType::kMx), DnsStatus::kNoData) << "an empty non-terminal exists";
  EXPECT_EQ(status_of(zone, "other.example.org", DnsType::kA), DnsStatus::kNxDomain);
}

TEST(ZoneResolver, FollowsCnamesAndStopsAtLoops) {
  ZoneResolver zone;
  zone.add_cname("www.test", "host.test");
  zone.add_a("host.test", "192.0.2.1");
  zone.add_cname("a.test", "b.test");
  zone.add_cname("b.test", "a.test");
  zone.add_cname("dangling.test", "nowhere.test");
  const DnsAnswer answer = zone.answer({"www.test", DnsType::kA});
  EXPECT_TRUE(answer.is_ok());
  EXPECT_EQ(answer.canonical_name, "host.test");
  EXPECT_EQ(status_of(zone, "a.test", DnsType::kA), DnsStatus::kServFail);
  EXPECT_EQ(status_of(zone, "dangling.test", DnsType::kA), DnsStatus::kNxDomain);
}

TEST(ZoneResolver, SplitsLongTextAndJoinsItAgain) {
  ZoneResolver zone;
  const std::string text(700, 'k');
  zone.add_txt("key.test", text);
  zone.add_txt("empty.test", "");
  EXPECT_EQ(zone.answer({"key.test", DnsType::kTxt}).txt(), std::vector<std::string>{text});
  EXPECT_EQ(zone.answer({"empty.test", DnsType::kTxt}).txt(), std::vector<std::string>{""});
}

TEST(ZoneResolver, FailsWhatItIsToldToFail) {
  ZoneResolver zone;
  zone.add_a("x.test", "2001:db8::1");
  zone.fail_name("dead.test", DnsStatus::kTimeout);
  zone.fail_type("x.test", DnsType::kTxt, DnsStatus::kServFail);
  EXPECT_EQ(status_of(zone, "dead.test", DnsType::kA), DnsStatus::kTimeout);
  EXPECT_EQ(status_of(zone, "x.test", DnsType::kTxt), DnsStatus::kServFail);
  EXPECT_EQ(status_of(zone, "x.test", DnsType::kAaaa), DnsStatus::kOk);
}

CO_TEST(ZoneResolver, CountsQueries) {
  ZoneResolver zone;
  zone.add_mx("x.test", 10, "MX.x.test.");
  zone.add_mx("null.test", 0, ".");
  DnsQuestion question("x.test", DnsType::kMx);
  const DnsAnswer answer = co_await zone.query(question, core::Deadline::never());
  EXPECT_EQ(answer.mx().at(0).exchange, "mx.x.test");
  EXPECT_EQ(zone.answer({"null.test", DnsType::kMx}).mx().at(0).exchange, "");
  EXPECT_EQ(zone.query_count(), 1U);
}

}  // namespace
}  // namespace postern::net
