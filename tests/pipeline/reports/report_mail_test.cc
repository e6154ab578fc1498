// The mail that carries a report: its fields, the attachment, and that the same report gives the same bytes.
#include "pipeline/reports/report_mail.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "core/errc.h"
#include "core/encoding.h"
#include "pipeline/reports/aggregate_xml.h"
#include "pipeline/reports/errc.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kRoom = 1U << 20U;

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string in = packed;
  std::string out(1U << 22U, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

AggregateReport report_of(std::string domain) {
  AggregateReport out;
  out.policy.domain = std::move(domain);
  out.metadata.report_id = "2026-11-21_example.com@desk.example";
  out.metadata.begin_unix = 1795219200;
  out.metadata.end_unix = 1795305599;
  ReportRow row;
  row.source_ip = "192.0.2.1";
  row.count = 3;
  out.rows = {row, row};
  return out;
}

ReportMail mail_to(std::vector<EmailAddress> to) {
  ReportMail out;
  out.from = {"noreply-dmarc", "desk.example"};
  out.from_name = "Desk \"Example\"";
  out.to = std::move(to);
  out.submitter = "desk.example";
  out.date = core::from_unix_ms(1795305600000);
  return out;
}

TEST(ReportMail, HasTheFormThatReceiversLookFor) {
  const AggregateReport report = report_of("example.com");
  const std::string packed = gzip(write_aggregate_xml(report));
  const auto message = compose_report_mail(mail_to({{"rua", "example.com"}, {"agg", "reports.example.net"}}), report, packed, kRoom);
  ASSERT_TRUE(message) << message.error().describe();
  const auto has = [&](std::string_view text) { return message->find(text) != std::string::npos; };
  // RFC 9990 section 3.5.2 dmarc-subject, folded.
  EXPECT_TRUE(has("\r\nSubject: Report Domain: example.com\r\n Submitter: desk.example\r\n Report-ID: <2026-11-21_example.com@desk.example>\r\n"));
  EXPECT_TRUE(has("\r\nFrom: \"Desk \\\"Example\\\"\"\r\n <noreply-dmarc@desk.example>\r\n"));
  EXPECT_TRUE(has("\r\nTo: rua@example.com,\r\n agg@reports.example.net\r\n"));
  EXPECT_TRUE(has("\r\nAuto-Submitted: auto-generated\r\n"));
  EXPECT_TRUE(has("\r\nMessage-ID: <2026-11-21_example.com@desk.example>\r\n"));
  EXPECT_TRUE(message->starts_with("Date: Sun, 22 Nov 2026 00:00:00 +0000\r\n"));
  EXPECT_TRUE(has("Messages: 6 in 2 rows\r\n"));
  EXPECT_TRUE(has("Content-Type: application/gzip;\r\n"));
  EXPECT_TRUE(has(" filename=\"desk.example!example.com!1795219200!1795305599.xml.gz\"\r\n"));
  // Every line is CRLF and short; nothing is beyond ASCII.
  for (std::size_t at = 0; at < message->size();) {
    const std::size_t end = message->find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 100U) << message->substr(at, end - at);
    EXPECT_EQ(message->substr(at, end - at).find('\n'), std::string::npos);
    at = end + 2;
  }
}

TEST(ReportMail, TheAttachmentIsTheReport) {
  const AggregateReport report = report_of("example.com");
  const std::string xml = write_aggregate_xml(report);
  const auto message = compose_report_mail(mail_to({{"rua", "example.com"}}), report, gzip(xml), kRoom).value();
  const std::size_t begin = message.rfind("base64\r\n\r\n") + 10;
  std::string text = message.substr(begin, message.rfind("\r\n--") - begin);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  EXPECT_EQ(gunzip(core::from_base64(text).value()), xml);
}

TEST(ReportMail, TheSameReportIsTheSameBytes) {
  const AggregateReport report = report_of("example.com");
  const std::string xml = write_aggregate_xml(report);
  EXPECT_EQ(gzip(xml), gzip(xml));
  EXPECT_EQ(gzip(xml).substr(4, 4), std::string(4, '\0'));  // RFC 1952 MTIME: none
  EXPECT_EQ(gunzip(gzip("")), "");
  const std::string large(1U << 21U, 'x');
  EXPECT_EQ(gunzip(gzip(large)), large);
  EXPECT_EQ(compose_report_mail(mail_to({{"rua", "example.com"}}), report, gzip(xml), kRoom).value(),
            compose_report_mail(mail_to({{"rua", "example.com"}}), report, gzip(xml), kRoom).value());
}

TEST(ReportMail, NothingCanEndAField) {
  const AggregateReport good = report_of("example.com");
  const auto refused = [&](const ReportMail& mail, const AggregateReport& report) {
    const auto message = compose_report_mail(mail, report, "x", kRoom);
    return !message && message.error() == core::Errc::kInvalid;
  };
  EXPECT_TRUE(refused(mail_to({}), good));
  EXPECT_TRUE(refused(mail_to({{"rua\r\nBcc: all", "example.com"}}), good));
  EXPECT_TRUE(refused(mail_to({{"rua", "example.com>\r\nX: y"}}), good));
  EXPECT_TRUE(refused(mail_to({{"rua", "example.com"}}), report_of("example.com\r\nX: y")));
  EXPECT_TRUE(refused(mail_to({{"rua", "example.com"}}), report_of("ex!ample.com")));
  AggregateReport with_id = good;
  with_id.metadata.report_id = "a>\r\nX: y";
  EXPECT_TRUE(refused(mail_to({{"rua", "example.com"}}), with_id));
  ReportMail named = mail_to({{"rua", "example.com"}});
  named.from_name = "Désk\r\nX: y";
  const auto message = compose_report_mail(named, good, "x", kRoom).value();
  EXPECT_EQ(message.find("\nX:"), std::string::npos);
  EXPECT_NE(message.find("From: =?"), std::string::npos);
}

TEST(ReportMail, ALargeOneIsNotMade) {
  const auto message = compose_report_mail(mail_to({{"rua", "example.com"}}), report_of("example.com"), std::string(5000, 'x'), 5000);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error(), ReportErrc::kTooLarge);
}

}  // namespace
}  // namespace postern::pipeline
