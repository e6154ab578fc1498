// Whether a reply will pass: all that DKIM and SPF can be.
#include <gtest/gtest.h>

#include "tests/pipeline/advice/advice_zone.h"

namespace postern::test {
namespace {

using pipeline::AdviceState;

pipeline::AlignmentForecast forecast_without(const std::vector<Part>& without) {
  net::ZoneResolver zone;
  fill_zone(zone, without);
  return advice_on(zone).reply;
}

TEST(Forecast, BothWays) {
  const auto reply = forecast_without({});
  EXPECT_EQ(reply.state, AdviceState::kOk);
  EXPECT_EQ(reply.summary, "a reply from support@example.org passes DMARC by DKIM and by SPF");
  EXPECT_EQ(reply.dkim.reason, "signed with d=example.org by s1, whose key is live");
  EXPECT_EQ(reply.spf.domain, "example.org");
}

TEST(Forecast, ByDkimAlone) {
  const auto reply = forecast_without({Part::kSpf});
  EXPECT_EQ(reply.state, AdviceState::kOk);
  EXPECT_TRUE(reply.dkim.passes);
  EXPECT_FALSE(reply.spf.passes);
  EXPECT_EQ(reply.summary,
            "a reply from support@example.org passes DMARC by DKIM; SPF would fail: no SPF record is published at example.org");
}

TEST(Forecast, BySpfAloneIsAWarning) {
  const auto reply = forecast_without({Part::kDkim});
  EXPECT_EQ(reply.state, AdviceState::kWarning);
  EXPECT_EQ(reply.summary, "a reply from support@example.org passes DMARC by SPF alone, which is lost when it is forwarded; DKIM would "
                           "fail: of s1 no key is live");
}

TEST(Forecast, NeitherWay) {
  const auto reply = forecast_without({Part::kDkim, Part::kSpf});
  EXPECT_EQ(reply.state, AdviceState::kDifferent);
  EXPECT_EQ(reply.summary, "a reply from support@example.org fails DMARC; SPF: no SPF record is published at example.org; DKIM: of s1 no "
                           "key is live; the published policy is reject");
}

TEST(Forecast, AKeyThatDoesNotSignYetDoesNotCount) {
  net::ZoneResolver zone;
  fill_zone(zone);
  auto subject = advice_subject();
  subject.dkim[0].key.state = pipeline::DkimKeyState::kRetiring;
  const auto reply = advice_on(zone, subject).reply;
  EXPECT_FALSE(reply.dkim.passes);
  EXPECT_EQ(reply.dkim.reason, "no key signs for the domain");
}

TEST(Forecast, SilenceIsNotATruth) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kSpf});
  zone.fail_name("s1._domainkey.example.org", net::DnsStatus::kTimeout);
  const auto reply = advice_on(zone).reply;
  EXPECT_EQ(reply.state, AdviceState::kUnknown);
  EXPECT_FALSE(reply.dkim.is_certain);
}

}  // namespace
}  // namespace postern::test
