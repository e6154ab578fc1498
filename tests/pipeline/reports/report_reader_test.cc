#include "pipeline/reports/report_reader.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "pipeline/redaction/redactor.h"
#include "tests/conformance/suite_files.h"
#include "tests/pipeline/reports/packed.h"

namespace postern::pipeline {
namespace {

using test::gzipped;
using test::zipped;

constexpr const char* kAggregate =
    "<feedback><report_metadata><org_name>R</org_name><report_id>1</report_id><date_range><begin>1795219200</begin></date_range></report_metadata>"
    "<policy_published><domain>example.com</domain></policy_published></feedback>";
constexpr const char* kTls =
    R"({"organization-name":"R","report-id":"1","date-range":{"start-datetime":"2026-11-21T00:00:00Z"},"policies":[]})";

MessageContent with(std::vector<std::string> contents, const std::string& type = "application/octet-stream") {
  MessageContent content;
  content.subject = "Report Domain: example.com";
  content.text = "This is a report.";
  for (auto& one : contents) {
    RedactedAttachment attachment;
    attachment.name = "r.bin";
    attachment.media_type = type;
    attachment.content = std::move(one);
    content.attachments.push_back(std::move(attachment));
  }
  return content;
}

MessageContent content_of(const std::string& mail) {
  static const Redactor redactor;
  return redactor.redact(Message::copy_of(mail), Envelope{}, AuthVerdicts{})->content();
}

TEST(ReportReader, FindsReportsHoweverTheyArePacked) {
  for (const std::string& packed : {std::string(kAggregate), gzipped(kAggregate), zipped({{"r.xml", kAggregate}})}) {
    const auto reports = read_reports(with({packed}));
    EXPECT_EQ(reports.aggregate.size(), 1U) << reports.problem;
    EXPECT_TRUE(reports.tls.empty());
  }
  for (const std::string& packed : {std::string(kTls), gzipped(kTls), zipped({{"r.json", kTls}})}) {
    EXPECT_EQ(read_reports(with({packed})).tls.size(), 1U);
  }
  const auto both = read_reports(with({gzipped(kAggregate), zipped({{"a", kTls}, {"b", kAggregate}})}));
  EXPECT_EQ(both.aggregate.size(), 2U);
  EXPECT_EQ(both.tls.size(), 1U);
}

TEST(ReportReader, ABodyThatIsTheReportCounts) {
  MessageContent content;
  content.text = std::string("<?xml version='1.0' encoding='ISO-8859-1'?>\n") + kAggregate;
  EXPECT_EQ(read_reports(content).aggregate.size(), 1U);
  content.text = kTls;
  EXPECT_EQ(read_reports(content).tls.size(), 1U);
}

TEST(ReportReader, OtherMailHoldsNone) {
  for (const auto& content : {with({}), with({"%PDF-1.7"}), with({"<html><body>no</body></html>"}), with({R"({"a":1})"}),
                              with({"<!DOCTYPE html><p>your"}), with({gzipped("notes")}), with({zipped({{"a.txt", "notes"}})})}) {
    const auto reports = read_reports(content);
    EXPECT_FALSE(reports.has_any());
    EXPECT_EQ(reports.problem, "");
    EXPECT_FALSE(reports.is_failure_report);
  }
}

TEST(ReportReader, OneUnreadableReportKeepsAllFromBeingCounted) {
  for (const std::string& broken : {std::string(kAggregate).substr(0, 150), gzipped(kAggregate).substr(0, 60), gzipped(gzipped(kAggregate)),
                                    std::string(R"({"policies":1,)"), gzipped(std::string(5U << 20U, ' '))}) {
    const auto reports = read_reports(with({gzipped(kTls), broken}));
    EXPECT_FALSE(reports.has_any());
    EXPECT_NE(reports.problem.find("r.bin"), std::string::npos) << reports.problem;
  }
  ReportReadLimits limits;
  limits.reports_max = 2;
  EXPECT_TRUE(read_reports(with({kTls, kAggregate}), limits).has_any());
  EXPECT_FALSE(read_reports(with({kTls, kAggregate, kTls}), limits).has_any());
}

std::string report_of(std::size_t rows, std::size_t results) {
  std::string out =
      "<feedback><report_metadata><report_id>1</report_id><date_range><begin>1795219200</begin></date_range></report_metadata>"
      "<policy_published><domain>example.com</domain></policy_published>";
  for (std::size_t row = 0; row < rows; ++row) {
    out += "<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row><auth_results>";
    for (std::size_t i = 0; i < results; ++i) out += "<dkim/>";
    out += "</auth_results></record>";
  }
  return out + "</feedback>";
}

TEST(ReportReader, LimitsAreOfTheMessageAndNotOfEachAttachment) {
  ReportReadLimits limits;
  limits.rows_max = 5;
  EXPECT_TRUE(read_reports(with({report_of(3, 0), report_of(2, 0)}), limits).has_any());
  EXPECT_NE(read_reports(with({report_of(3, 0), report_of(3, 0)}), limits).problem.find("rows"), std::string::npos);
  limits = {};
  limits.results_total_max = 10;
  EXPECT_TRUE(read_reports(with({report_of(2, 3), report_of(2, 2)}), limits).has_any());
  EXPECT_NE(read_reports(with({report_of(2, 3), report_of(2, 3)}), limits).problem.find("results"), std::string::npos);
  limits = {};
  const std::string packed = gzipped(report_of(100, 0));
  limits.unpacked_bytes_max = report_of(100, 0).size() * 3 / 2;
  EXPECT_TRUE(read_reports(with({packed}), limits).has_any());
  EXPECT_FALSE(read_reports(with({packed, packed}), limits).has_any());
}

TEST(ReportReader, NothingIsReadBehindTheFirstProblem) {
  ReportReadLimits limits;
  limits.unpacked_bytes_max = 1000;
  const auto reports = read_reports(with({"<feedback>", gzipped(std::string(5000, ' '))}), limits);
  EXPECT_EQ(reports.problem.find("too large"), std::string::npos) << reports.problem;
  EXPECT_FALSE(reports.has_any());
}

TEST(ReportReader, AnAnswerIsNeverAReport) {
  auto content = with({gzipped(kAggregate)});
  content.in_reply_to = {"a@example.com"};
  EXPECT_FALSE(read_reports(content).has_any());
  content.in_reply_to.clear();
  content.references = {"a@example.com"};
  EXPECT_FALSE(read_reports(content).has_any());
}

TEST(ReportReader, WhatTheRedactorReplacedIsNotLookedAt) {
  auto content = with({kAggregate});
  content.attachments.front().was_replaced = true;
  EXPECT_FALSE(read_reports(content).has_any());
}

TEST(ReportReader, IsAskedOnlyWhenAnInboxTakesReports) {
  static const Redactor redactor;
  const std::string mail = "Content-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + core::to_base64(gzipped(kAggregate));
  Envelope envelope;
  envelope.rcpts.emplace_back();
  auto message = redactor.redact(Message::copy_of(mail), envelope, AuthVerdicts{}).value();
  attach_reports(message, envelope);
  EXPECT_EQ(message.reports(), nullptr);
  envelope.rcpts.front().policy = std::make_shared<const InboxPolicy>();
  attach_reports(message, envelope);
  EXPECT_EQ(message.reports(), nullptr);
  InboxPolicy policy;
  policy.takes_reports = true;
  envelope.rcpts.emplace_back().policy = std::make_shared<const InboxPolicy>(policy);
  attach_reports(message, envelope);
  ASSERT_NE(message.reports(), nullptr);
  EXPECT_EQ(message.reports()->aggregate.size(), 1U);
}

// RFC 8460 section 5.3.
TEST(ReportReader, FindsATlsReportInItsMultipart) {
  const auto content = content_of(
      "From: a@r.example\r\nSubject: Report Domain: example.com Submitter: r.example Report-ID: <1>\r\nTLS-Report-Domain: example.com\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=\"tlsrpt\"; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
      "Here it is.\r\n--b\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=\"r.example!example.com!1!2.json.gz\"\r\n\r\n" + core::to_base64(gzipped(kTls)) + "\r\n--b--\r\n");
  EXPECT_EQ(read_reports(content).tls.size(), 1U);
}

TEST(ReportReader, ReadsTheMessagesOfOtherProjects) {
  const auto shared = test::shared_data();
  if (shared.empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const std::map<std::string, std::string> aggregates{
      {"100.eml", "stalw.art"},
      {"101.eml", "stalw.art"},
      {"102.eml", "stalw.art"},
      {"103.eml", "stalw.art"},
      {"104.eml", "stalw.art"},
      {"mimecast-weird-gzip.eml", "ab.id.au"},
      {"Report domain- borschow.com Submitter- google.com Report-ID- 949348866075514174.eml", "borschow.com"},
  };
  std::size_t found = 0;
  std::size_t failures = 0;
  for (const char* folder : {"mail-auth/resources/dmarc-feedback", "parsedmarc/samples/aggregate", "mail-auth/resources/arf", "parsedmarc/samples/failure"}) {
    for (const auto& file : std::filesystem::directory_iterator(shared / "dmarc" / folder)) {
      const std::string name = file.path().filename();
      if (!name.ends_with(".eml")) continue;
      const auto reports = read_reports(content_of(test::read_all(file.path())));
      EXPECT_EQ(reports.problem, "") << name;
      failures += reports.is_failure_report ? 1 : 0;
      if (!aggregates.contains(name)) {
        EXPECT_TRUE(reports.is_failure_report) << name;
        continue;
      }
      ++found;
      ASSERT_EQ(reports.aggregate.size(), 1U) << name;
      EXPECT_EQ(reports.aggregate.front().policy.domain, aggregates.at(name)) << name;
      EXPECT_FALSE(reports.aggregate.front().rows.empty()) << name;
    }
  }
  EXPECT_EQ(found, aggregates.size());
  EXPECT_EQ(failures, 8U);
}

}  // namespace
}  // namespace postern::pipeline
