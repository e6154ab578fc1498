// TLS reports of ours: JSON in the shape of RFC 8460 appendix B, which our own reader takes, and the mail around it.
#include "pipeline/reports/tls_report_write.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "core/encoding.h"
#include "core/errc.h"
#include "pipeline/redaction/redactor.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_reader.h"
#include "pipeline/reports/tls_report_read.h"
#include "pipeline/reports/unpack.h"

namespace postern::pipeline {
namespace {

OwnTlsReport report_of_appendix_b() {
  OwnTlsReport out;
  out.organization = "Company-X";
  out.contact = "sts-reporting@company-x.example";
  out.report_id = "tls-2026-11-21_company-y.example@company-x.example";
  out.domain = "company-y.example";
  out.begin_unix = 1'795'219'200;
  out.end_unix = 1'795'305'599;
  TlsPolicyTally sts;
  sts.policy = {"sts", "company-y.example", {"version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"}, {"*.mail.company-y.example"}};
  sts.successes = 5326;
  sts.failures = 303;
  sts.details = {{"certificate-expired", "2001:db8:abcd:12::1", "mx1.mail.company-y.example", "", "", 100, ""},
                 {"validation-failure", "198.51.100.62", "mx-backup.mail.company-y.example", "mx-backup.mail.company-y.example", "203.0.113.58", 3,
                  "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"}};
  TlsPolicyTally none;
  none.policy.domain = "company-y.example";
  none.successes = 2;
  out.policies = {sts, none};
  return out;
}

ReportMail envelope_of_report() {
  ReportMail out;
  out.from = {"noreply-tls", "company-x.example"};
  out.from_name = "Company \"X\"";
  out.to = {{"tlsrpt", "company-y.example"}, {"tls", "monitor.example"}};
  out.submitter = "company-x.example";
  out.date = core::from_unix_ms(1'795'392'000'000);
  return out;
}

std::string packed_report() { return gzip(write_tls_report(report_of_appendix_b())); }

TEST(TlsReportWrite, Z32_TheShapeOfAppendixB) {
  const boost::json::value expected = boost::json::parse(R"({
    "organization-name": "Company-X",
    "date-range": {"start-datetime": "2026-11-21T00:00:00Z", "end-datetime": "2026-11-21T23:59:59Z"},
    "contact-info": "sts-reporting@company-x.example",
    "report-id": "tls-2026-11-21_company-y.example@company-x.example",
    "policies": [
      {"policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"],
                  "policy-domain": "company-y.example", "mx-host": ["*.mail.company-y.example"]},
       "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
       "failure-details": [
         {"result-type": "certificate-expired", "sending-mta-ip": "2001:db8:abcd:12::1", "receiving-mx-hostname": "mx1.mail.company-y.example",
          "failed-session-count": 100},
         {"result-type": "validation-failure", "sending-mta-ip": "198.51.100.62", "receiving-ip": "203.0.113.58",
          "receiving-mx-hostname": "mx-backup.mail.company-y.example", "receiving-mx-helo": "mx-backup.mail.company-y.example",
          "failed-session-count": 3, "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"}]},
      {"policy": {"policy-type": "no-policy-found", "policy-domain": "company-y.example"},
       "summary": {"total-successful-session-count": 2, "total-failure-session-count": 0}}]})");
  const boost::json::value written = boost::json::parse(write_tls_report(report_of_appendix_b()));
  EXPECT_EQ(written, expected) << write_tls_report(report_of_appendix_b());
}

TEST(TlsReportWrite, Z32_OurOwnReaderTakesIt) {
  const auto files = unpack_files(packed_report());
  ASSERT_TRUE(files);
  const auto read = read_tls_report(files->at(0));
  ASSERT_TRUE(read) << read.error().describe();
  const OwnTlsReport own = report_of_appendix_b();
  EXPECT_EQ(read->organization, own.organization);
  EXPECT_EQ(read->contact, own.contact);
  EXPECT_EQ(read->report_id, own.report_id);
  EXPECT_EQ(read->begin_unix, own.begin_unix);
  EXPECT_EQ(read->end_unix, own.end_unix);
  ASSERT_EQ(read->policies.size(), own.policies.size());
  for (std::size_t i = 0; i < own.policies.size(); ++i) {
    const TlsPolicyTally& from = own.policies[i];
    EXPECT_EQ(read->policies[i], (TlsPolicyReport{from.policy.type, from.policy.domain, from.policy.mx_hosts, from.successes, from.failures, from.details}));
  }
}

TEST(TlsReportWrite, Z32_TextIsNeverMarkup) {
  OwnTlsReport report = report_of_appendix_b();
  report.organization = "\"},{\"x\":\"\n\\";
  const auto read = read_tls_report(write_tls_report(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->policies.size(), 2U);
}

// RFC 8460 sections 5.1 and 5.3.
TEST(TlsReportWrite, Z32_TheMailAroundIt) {
  const auto mail = compose_tls_report_mail(envelope_of_report(), report_of_appendix_b(), packed_report(), 1U << 20U);
  ASSERT_TRUE(mail) << mail.error().describe();
  for (const char* part : {"From: \"Company \\\"X\\\"\"\r\n <noreply-tls@company-x.example>\r\n", "To: tlsrpt@company-y.example,\r\n tls@monitor.example\r\n",
                           "Subject: Report Domain: company-y.example\r\n Submitter: company-x.example\r\n"
                           " Report-ID: <tls-2026-11-21_company-y.example@company-x.example>\r\n",
                           "\r\nTLS-Report-Domain: company-y.example\r\nTLS-Report-Submitter: company-x.example\r\n", "\r\nTLS-Required: No\r\n",
                           "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"=_pst_", "Content-Type: text/plain; charset=us-ascii\r\n",
                           "Content-Type: application/tlsrpt+gzip\r\n", "filename=\"company-x.example!company-y.example!1795219200!1795305599.json.gz\"\r\n",
                           "Sessions: 5328 with TLS as its policy wants it, 303 not\r\n"}) {
    EXPECT_NE(mail->find(part), std::string::npos) << part << "\n" << mail->substr(0, 1500);
  }
  std::size_t longest = 0;
  for (std::size_t at = 0, end = 0; (end = mail->find("\r\n", at)) != std::string::npos; at = end + 2) longest = std::max(longest, end - at);
  EXPECT_LE(longest, 200U);
  EXPECT_EQ(*mail, *compose_tls_report_mail(envelope_of_report(), report_of_appendix_b(), packed_report(), 1U << 20U)) << "made again it is the same";
}

TEST(TlsReportWrite, Z32_WhoGetsItCountsIt) {
  const auto mail = compose_tls_report_mail(envelope_of_report(), report_of_appendix_b(), packed_report(), 1U << 20U);
  ASSERT_TRUE(mail);
  const Redactor redactor;
  const auto redacted = redactor.redact(Message::copy_of(*mail), Envelope{}, AuthVerdicts{});
  ASSERT_TRUE(redacted);
  const ReceivedReports read = read_reports(redacted->content());
  ASSERT_EQ(read.tls.size(), 1U);
  EXPECT_EQ(read.tls[0].report_id, report_of_appendix_b().report_id);
  EXPECT_EQ(read.tls[0].policies.at(0).failures, 303U);
}

TEST(TlsReportWrite, Z32_NothingEndsAFieldAndNothingIsTooLarge) {
  ReportMail to_nobody = envelope_of_report();
  to_nobody.to.clear();
  ReportMail folded = envelope_of_report();
  folded.to[0].local = "a\r\nBcc: x";
  for (const ReportMail& bad : {to_nobody, folded}) {
    EXPECT_EQ(compose_tls_report_mail(bad, report_of_appendix_b(), "x", 1U << 20U).error(), core::Errc::kInvalid);
  }
  OwnTlsReport strange = report_of_appendix_b();
  strange.domain = "a b.example";
  EXPECT_EQ(compose_tls_report_mail(envelope_of_report(), strange, "x", 1U << 20U).error(), core::Errc::kInvalid);
  EXPECT_EQ(compose_tls_report_mail(envelope_of_report(), report_of_appendix_b(), packed_report(), 100).error(), ReportErrc::kTooLarge);
}

}  // namespace
}  // namespace postern::pipeline
