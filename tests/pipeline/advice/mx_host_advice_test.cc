// MX, addresses of the host and PTR: every state.
#include <gtest/gtest.h>

#include "tests/pipeline/advice/advice_zone.h"

namespace postern::test {
namespace {

using pipeline::AdviceState;

TEST(MxAdvice, AGoodZoneIsGoodEverywhere) {
  net::ZoneResolver zone;
  fill_zone(zone);
  const auto advice = advice_on(zone);
  for (const auto& record : advice.records) EXPECT_EQ(record.state, AdviceState::kOk) << record.purpose << ": " << record.explanation;
  EXPECT_TRUE(advice.is_good());
  EXPECT_EQ(advice.state(), AdviceState::kOk);
  EXPECT_EQ(advice.zone, "example.org");
}

TEST(MxAdvice, NothingPublished) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kMx});
  const auto advice = advice_on(zone);
  EXPECT_EQ(verdict_of(advice, "mx"), "missing: no MX record is published at example.org");
  EXPECT_EQ(record_of(advice, "mx").publish.zone_text, "example.org. 3600 IN MX 10 mail.example.org.");
  EXPECT_FALSE(advice.is_good());
  net::ZoneResolver empty;
  EXPECT_EQ(verdict_of(advice_on(empty), "mx"), "missing: example.org does not exist in DNS");
}

TEST(MxAdvice, MailGoesElsewhere) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kMx});
  zone.add_mx("example.org", 5, "mx.other.example");
  const auto advice = advice_on(zone);
  EXPECT_EQ(verdict_of(advice, "mx"),
            "different: mail for the domain goes to mx.other.example (5), and none of it comes to mail.example.org");
  EXPECT_TRUE(has_note(record_of(advice, "mx"), "forwarded here"));
}

TEST(MxAdvice, OthersBesideUs) {
  net::ZoneResolver zone;
  fill_zone(zone);
  zone.add_mx("example.org", 20, "backup.example.net");
  EXPECT_EQ(verdict_of(advice_on(zone), "mx"),
            "warning: mail comes here, but backup.example.net (20) takes it too and must pass on to this server whatever it accepts");
  zone.add_mx("example.org", 5, "filter.example.net");
  EXPECT_EQ(verdict_of(advice_on(zone), "mx"),
            "warning: senders try filter.example.net (5) first and come here only when that does not answer");
}

TEST(MxAdvice, TheNullMx) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kMx});
  zone.add_mx("example.org", 0, "");
  EXPECT_EQ(verdict_of(advice_on(zone), "mx"), "different: the domain declares that it takes no mail (null MX, RFC 7505)");
}

TEST(MxAdvice, DnsTroubleIsUnknownAndNotGood) {
  net::ZoneResolver zone;
  fill_zone(zone);
  zone.fail_type("example.org", net::DnsType::kMx, net::DnsStatus::kTimeout);
  auto advice = advice_on(zone);
  EXPECT_EQ(verdict_of(advice, "mx"), "unknown: DNS did not answer for example.org (timeout); try again");
  EXPECT_EQ(advice.state(), AdviceState::kUnknown);
  EXPECT_FALSE(advice.is_good());
  zone.fail_type("example.org", net::DnsType::kMx, net::DnsStatus::kBogus);
  EXPECT_EQ(verdict_of(advice_on(zone), "mx"),
            "unknown: the DNSSEC signatures of example.org are wrong, so servers that validate get no answer");
}

TEST(HostAdvice, NoAddressAtAll) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kHost});
  auto subject = advice_subject();
  EXPECT_EQ(verdict_of(advice_on(zone, subject), "host"), "missing: no A record is published at mail.example.org");
  EXPECT_EQ(record_of(advice_on(zone, subject), "host").publish.zone_text, "mail.example.org. 3600 IN A 192.0.2.1");
  subject.addresses.clear();
  const auto advice = advice_on(zone, subject);
  EXPECT_EQ(verdict_of(advice, "host"),
            "missing: mail.example.org has no address; publish one record with this server's public address");
  EXPECT_EQ(record_of(advice, "host").publish.zone_text, "");
  EXPECT_EQ(verdict_of(advice, "ptr"), "none");
  zone.fail_name("mail.example.org", net::DnsStatus::kServFail);
  EXPECT_EQ(verdict_of(advice_on(zone, subject), "host"), "unknown: DNS did not answer for mail.example.org; try again");
}

TEST(HostAdvice, TheAddressesOfTheNameCountWhenNoneAreConfigured) {
  net::ZoneResolver zone;
  fill_zone(zone);
  zone.add_a("mail.example.org", "2001:db8::1");
  auto subject = advice_subject();
  subject.addresses.clear();
  const auto advice = advice_on(zone, subject);
  std::vector<std::string> seen;
  for (const auto& record : advice.records) {
    if (record.purpose == "host" || record.purpose == "ptr") seen.push_back(record.publish.type + " " + std::string(to_string(record.state)));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"A ok", "AAAA ok", "PTR ok", "PTR missing"}));
}

TEST(HostAdvice, AnotherAddressAnAliasAPrivateOne) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kHost});
  zone.add_a("mail.example.org", "192.0.2.9");
  EXPECT_EQ(verdict_of(advice_on(zone), "host"), "different: mail.example.org leads to 192.0.2.9 and not to 192.0.2.1");
  net::ZoneResolver alias;
  fill_zone(alias, {Part::kHost});
  alias.add_cname("mail.example.org", "host.example.net");
  alias.add_a("host.example.net", "192.0.2.1");
  EXPECT_EQ(verdict_of(advice_on(alias), "host"), "warning: mail.example.org is an alias of host.example.net, which the target of an MX "
                                                  "record may not be (RFC 2181 section 10.3)");
  net::ZoneResolver inside;
  fill_zone(inside, {Part::kHost});
  inside.add_a("mail.example.org", "10.1.2.3");
  auto subject = advice_subject();
  subject.addresses.clear();
  EXPECT_EQ(verdict_of(advice_on(inside, subject), "host"), "different: 10.1.2.3 is a private address that other servers cannot reach");
  EXPECT_EQ(verdict_of(advice_on(inside, subject), "ptr"), "none");
}

TEST(PtrAdvice, EveryState) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kPtr});
  EXPECT_EQ(verdict_of(advice_on(zone), "ptr"), "missing: no PTR record is published at 192.0.2.1");
  EXPECT_TRUE(has_note(record_of(advice_on(zone), "ptr"), "ask the provider of the server"));
  EXPECT_EQ(record_of(advice_on(zone), "ptr").publish.zone_text, "1.2.0.192.in-addr.arpa. 3600 IN PTR mail.example.org.");

  net::ZoneResolver other;
  fill_zone(other, {Part::kPtr});
  other.add_ptr("1.2.0.192.in-addr.arpa", "host.isp.example");
  EXPECT_EQ(verdict_of(advice_on(other), "ptr"), "different: the address leads to host.isp.example, which does not lead back");
  other.add_a("host.isp.example", "192.0.2.1");
  EXPECT_EQ(verdict_of(advice_on(other), "ptr"),
            "warning: the address leads to host.isp.example and back, but this server greets as mail.example.org");

  net::ZoneResolver one_way;
  fill_zone(one_way, {Part::kHost});
  one_way.add_a("mail.example.org", "192.0.2.7");
  EXPECT_EQ(verdict_of(advice_on(one_way), "ptr"),
            "different: the address leads to mail.example.org, but that name does not lead back to 192.0.2.1");

  net::ZoneResolver failing;
  fill_zone(failing);
  failing.fail_name("1.2.0.192.in-addr.arpa", net::DnsStatus::kServFail);
  EXPECT_EQ(record_of(advice_on(failing), "ptr").state, AdviceState::kUnknown);
}

TEST(Zone, IsFoundAboveASubdomain) {
  net::ZoneResolver zone;
  zone.add_raw("example.org", net::DnsType::kSoa, std::string(22, '\0'));
  auto subject = advice_subject();
  subject.domain = "desk.example.org";
  const auto advice = advice_on(zone, subject);
  EXPECT_EQ(advice.zone, "example.org");
  EXPECT_EQ(record_of(advice, "mx").publish.host, "desk");
  EXPECT_EQ(record_of(advice, "dmarc").publish.host, "_dmarc.desk");
}

}  // namespace
}  // namespace postern::test
