// RFC 9990 section 4: a stranger's address gets reports only with its consent.
#include "pipeline/reports/destinations.h"

#include <gtest/gtest.h>

#include "net/zone_resolver.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

class DestinationsTest : public testing::Test {
 protected:
  ReportDestinations find(const std::string& domain, std::size_t most = 5) {
    return test::run_task(find_destinations(zone, domain, most, {}, core::Deadline::never()));
  }
  static std::vector<std::string> accepted(const ReportDestinations& found) {
    std::vector<std::string> out;
    for (const ReportUri& uri : found.accepted) out.push_back(uri.address.to_string());
    return out;
  }
  using Texts = std::vector<std::string>;
  net::ZoneResolver zone;
};

TEST_F(DestinationsTest, TheSameOrganizationNeedsNoConsent) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@example.com, mailto:b@mail.example.com!1m");
  const auto found = find("example.com");
  EXPECT_EQ(accepted(found), (Texts{"a@example.com", "b@mail.example.com"}));
  EXPECT_EQ(found.accepted.at(1).bytes_max, 1U << 20U);
  EXPECT_TRUE(found.refused.empty());
  EXPECT_FALSE(found.has_failed);
}

// The policy domain is below the organisation that takes its reports.
TEST_F(DestinationsTest, ASubdomainsRecordMayNameItsParent) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none");
  zone.add_txt("_dmarc.shop.example.com", "v=DMARC1; p=reject; rua=mailto:a@example.com");
  EXPECT_EQ(accepted(find("shop.example.com")), Texts{"a@example.com"});
}

TEST_F(DestinationsTest, AStrangerIsLeftAlone) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:victim@example.net,mailto:a@example.com");
  zone.add_txt("example.com._report._dmarc.example.net", "v=spf1 -all");
  const auto found = find("example.com");
  EXPECT_EQ(accepted(found), Texts{"a@example.com"});
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].address, "victim@example.net");
  EXPECT_NE(found.refused[0].reason.find("example.com._report._dmarc.example.net"), std::string::npos);
}

TEST_F(DestinationsTest, AStrangerMayAgree) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@reports.example.net");
  zone.add_txt("example.com._report._dmarc.reports.example.net", "v=DMARC1;");
  EXPECT_EQ(accepted(find("example.com")), Texts{"a@reports.example.net"});
}

TEST_F(DestinationsTest, AStrangerMayNameAnotherMailboxOfItsHost) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@example.net");
  zone.add_txt("example.com._report._dmarc.example.net", "v=DMARC1; rua=mailto:agg@example.net!5k");
  const auto found = find("example.com");
  EXPECT_EQ(accepted(found), Texts{"agg@example.net"});
  EXPECT_EQ(found.accepted.at(0).bytes_max, 5U << 10U);
}

TEST_F(DestinationsTest, ReportsAreNotSentOnToAThirdHost) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@example.net");
  for (const char* rua : {"mailto:victim@example.org", "mailto:a@example.net,mailto:victim@example.org", "mailto:a@sub.example.net", "ftp://x"}) {
    net::ZoneResolver other;
    other.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@example.net");
    other.add_txt("example.com._report._dmarc.example.net", std::string("v=DMARC1; rua=") + rua);
    const auto found = test::run_task(find_destinations(other, "example.com", 5, {}, core::Deadline::never()));
    EXPECT_TRUE(found.accepted.empty()) << rua;
    EXPECT_EQ(found.refused.size(), 1U) << rua;
  }
}

TEST_F(DestinationsTest, SilenceOfDnsIsNoRefusal) {
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@example.net,mailto:b@example.com");
  zone.fail_name("example.com._report._dmarc.example.net", net::DnsStatus::kServFail);
  const auto found = find("example.com");
  EXPECT_TRUE(found.has_failed);
  EXPECT_TRUE(found.refused.empty());
  EXPECT_EQ(accepted(found), Texts{"b@example.com"});
  zone.fail_name("_dmarc.example.com", net::DnsStatus::kTimeout);
  EXPECT_TRUE(find("example.com").has_failed);
  EXPECT_FALSE(find("example.com").has_record);
}

TEST_F(DestinationsTest, WithoutARecordOrAnAddressThereIsNobody) {
  const auto gone = find("example.com");
  EXPECT_FALSE(gone.has_record);
  EXPECT_FALSE(gone.has_failed);
  zone.add_txt("_dmarc.example.com", "v=DMARC1; p=none");
  EXPECT_TRUE(find("example.com").has_record);
  EXPECT_TRUE(find("example.com").accepted.empty());
  zone.add_txt("_dmarc.two.example", "v=DMARC1; p=none; rua=mailto:a@two.example");
  zone.add_txt("_dmarc.two.example", "v=DMARC1; p=none; rua=mailto:b@two.example");
  EXPECT_FALSE(find("two.example").has_record);  // two records are none
}

TEST_F(DestinationsTest, QuestionsAreBounded) {
  std::string rua = "v=DMARC1; p=none; rua=mailto:a@x0.example";
  for (int i = 1; i < 100; ++i) rua += ",mailto:a@x" + std::to_string(i) + ".example";
  zone.add_txt("_dmarc.example.com", rua);
  EXPECT_EQ(find("example.com", 3).refused.size(), 3U);
  EXPECT_LE(zone.query_count(), 1U + 2U + 3U * 3U);
  const std::string label(63, 'a');
  const std::string deep = label + "." + label + "." + label;
  zone.add_txt("_dmarc." + deep, "v=DMARC1; p=none; rua=mailto:a@" + std::string(40, 'b') + ".example");
  const auto found = find(deep);
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_NE(found.refused[0].reason.find("longer than DNS allows"), std::string::npos);
}

}  // namespace
}  // namespace postern::pipeline
