#include "pipeline/reports/tls_report_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/reports/errc.h"

namespace postern::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string with_policies(const std::string& policies, const std::string& range = R"({"start-datetime":"2026-11-21T00:00:00Z"})") {
  return R"({"organization-name":"Co","report-id":"1","date-range":)" + range + R"(,"policies":)" + policies + "}";
}
std::string failing(const std::string& detail) {
  return with_policies(R"([{"policy":{"policy-domain":"a.example"},"failure-details":[)" + detail + "]}]");
}

// The shape of the example in RFC 8460 appendix B.
TEST(TlsReportRead, TakesEveryField) {
  const auto report = read_tls_report(R"({
    "organization-name": "Company-X", "contact-info": "sts@company-x.example", "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
    "date-range": {"start-datetime": "2026-11-21T00:00:00Z", "end-datetime": "2026-11-21T23:59:59Z"},
    "policies": [{
      "policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: testing"], "policy-domain": "Company-Y.example",
                 "mx-host": ["*.mail.company-y.example"]},
      "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
      "failure-details": [
        {"result-type": "certificate-expired", "sending-mta-ip": "2001:DB8:abcd:12::1", "receiving-mx-hostname": "mx1.mail.company-y.example.",
         "failed-session-count": 100},
        {"result-type": "validation-failure", "sending-mta-ip": "198.51.100.62", "receiving-ip": "203.0.113.58",
         "receiving-mx-hostname": "mx-backup.mail.company-y.example", "receiving-mx-helo": "mx-backup", "failed-session-count": 3,
         "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"}]}]})");
  ASSERT_TRUE(report) << report.error().describe();
  TlsReport expected;
  expected.organization = "Company-X";
  expected.contact = "sts@company-x.example";
  expected.report_id = "5065427c-23d3-47ca-b6e0-946ea0e8c4be";
  expected.begin_unix = 1'795'219'200;
  expected.end_unix = 1'795'305'599;
  TlsPolicyReport policy{"sts", "company-y.example", {"*.mail.company-y.example"}, 5326, 303, {}};
  policy.details = {{"certificate-expired", "2001:db8:abcd:12::1", "mx1.mail.company-y.example", "", "", 100, ""},
                    {"validation-failure", "198.51.100.62", "mx-backup.mail.company-y.example", "mx-backup", "203.0.113.58", 3,
                     "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"}};
  expected.policies = {policy};
  EXPECT_EQ(*report, expected);
}

TEST(TlsReportRead, ToleratesWhatReportersLeaveOut) {
  const auto report = read_tls_report("\xef\xbb\xbf" + with_policies(
      R"([{"policy":{"policy-type":"no-policy-found","policy-domain":"a.example","mx-host":"mx.a.example"},
           "summary":{"total-successful-session-count":"12"},"failure-details":null},
          {"policy":{"policy-domain":"b.example","mx-host":[1,"x"]}}])"));
  ASSERT_TRUE(report) << report.error().describe();
  ASSERT_EQ(report->policies.size(), 2U);
  EXPECT_EQ(report->policies[0].successes, 12U);
  EXPECT_THAT(report->policies[0].mx_hosts, ElementsAre("mx.a.example"));
  EXPECT_THAT(report->policies[1].mx_hosts, ElementsAre("x"));
  EXPECT_EQ(report->end_unix, report->begin_unix);
  EXPECT_THAT(read_tls_report(with_policies("[]"))->policies, IsEmpty());
}

TEST(TlsReportRead, TimesAreThoseOfRfc3339) {
  const auto begin = [](const std::string& time) {
    const auto report = read_tls_report(with_policies("[]", R"({"start-datetime":")" + time + "\"}"));
    return report ? report->begin_unix : -1;
  };
  EXPECT_EQ(begin("2026-11-21T01:00:00+01:00"), 1'795'219'200);
  EXPECT_EQ(begin("2026-11-20T21:30:00.123-0230"), 1'795'219'200);
  EXPECT_EQ(begin("2026-11-21"), 1'795'219'200);
  EXPECT_EQ(begin("2026-11-21 00:00:00"), 1'795'219'200);
  for (const char* wrong : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T00:00Z",
                            "1969-12-31T00:00:00Z", "1970-01-01T00:00:00+01:00", "2026-11-21T00:00:00X", "yesterday at noon"}) {
    EXPECT_EQ(begin(wrong), -1) << wrong;
  }
}

TEST(TlsReportRead, ValuesThatWouldPoisonSumsAreErrors) {
  for (const char* count : {"-1", "1.5", "4294967297", "99999999999999999999", "\"-1\"", "\"many\"", "true", "[1]", "{}"}) {
    EXPECT_EQ(read_tls_report(failing(R"({"failed-session-count":)" + std::string(count) + "}")).error(), ReportErrc::kInvalid) << count;
  }
  EXPECT_TRUE(read_tls_report(failing(R"({"failed-session-count":4294967296})")));
  for (const char* field : {"sending-mta-ip", "receiving-ip"}) {
    EXPECT_EQ(read_tls_report(failing(R"({")" + std::string(field) + R"(":"mx.example"})")).error(), ReportErrc::kInvalid) << field;
  }
  for (const char* policies : {"{}", "[1]", R"([{}])", R"([{"policy":{"policy-domain":""}}])", R"([{"policy":{"policy-domain":"a"},"failure-details":1}])"}) {
    EXPECT_EQ(read_tls_report(with_policies(policies)).error(), ReportErrc::kInvalid) << policies;
  }
}

TEST(TlsReportRead, EverythingIsBounded) {
  ReportReadLimits limits;
  limits.policies_max = 2;
  limits.failures_max = 3;
  limits.json_depth_max = 8;
  const std::string policy = R"({"policy":{"policy-domain":"a"},"failure-details":[{},{}]})";
  EXPECT_EQ(read_tls_report(with_policies("[" + policy + "," + policy + "]"), limits).error(), ReportErrc::kTooLarge);
  EXPECT_TRUE(read_tls_report(with_policies("[" + policy + "]"), limits));
  EXPECT_EQ(read_tls_report(with_policies(R"([{"policy":{"policy-domain":"a"}},{"policy":{"policy-domain":"a"}},{}])"), limits).error(),
            ReportErrc::kTooLarge);
  EXPECT_EQ(read_tls_report(with_policies("[[[[[[[[[]]]]]]]]]"), limits).error(), ReportErrc::kMalformed);
  limits.json_bytes_max = 20;
  EXPECT_EQ(read_tls_report(with_policies("[]"), limits).error(), ReportErrc::kTooLarge);
}

TEST(TlsReportRead, OtherJsonIsNotAReport) {
  for (const char* json : {"{}", "[]", "1", R"({"policy":[]})"}) EXPECT_EQ(read_tls_report(json).error(), ReportErrc::kNotAReport) << json;
  for (const char* json : {"", "{", R"({"policies":[)", "nothing"}) EXPECT_EQ(read_tls_report(json).error(), ReportErrc::kMalformed) << json;
}

}  // namespace
}  // namespace postern::pipeline
