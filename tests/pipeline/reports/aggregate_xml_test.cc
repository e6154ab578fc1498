// The XML that we send, read back by expat: form, order, escaping, and a sample of RFC 9990 made anew.
#include "pipeline/reports/aggregate_xml.h"

#include <expat.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "core/encoding.h"
#include "pipeline/reports/aggregate_read.h"
#include "tests/conformance/suite_files.h"

namespace postern::pipeline {
namespace {

// "feedback/record/row/source_ip=192.0.2.1" for each leaf, in the order of the document; empty when expat refuses it.
struct XmlLeaves {
  std::vector<std::string> path;
  std::string text;
  bool has_children = false;
  std::vector<std::string> leaves;
  std::vector<std::string> namespaces;
};

void on_start(void* user, const char* name, const char**) {
  auto& out = *static_cast<XmlLeaves*>(user);
  const std::string full(name);
  const std::size_t space = full.find(' ');
  out.namespaces.push_back(space == std::string::npos ? "" : full.substr(0, space));
  out.path.push_back(space == std::string::npos ? full : full.substr(space + 1));
  out.text.clear();
  out.has_children = false;
}

void on_end(void* user, const char*) {
  auto& out = *static_cast<XmlLeaves*>(user);
  std::string leaf;
  for (const std::string& name : out.path) leaf += (leaf.empty() ? "" : "/") + name;
  if (!out.has_children) out.leaves.push_back(leaf + "=" + (core::trim_ascii(out.text).empty() ? "" : out.text));
  out.path.pop_back();
  out.has_children = true;
}

void on_text(void* user, const char* text, int size) { static_cast<XmlLeaves*>(user)->text.append(text, static_cast<std::size_t>(size)); }

std::optional<XmlLeaves> read_xml(const std::string& xml) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreateNS(nullptr, ' '), XML_ParserFree);
  XmlLeaves out;
  XML_SetUserData(parser.get(), &out);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE) != XML_STATUS_OK) return std::nullopt;
  return out;
}

AggregateReport sample() {
  AggregateReport out;
  out.metadata.org_name = "example.net";
  out.metadata.email = "postmaster@example.net";
  out.metadata.report_id = "dmarcbis-test-report-001";
  out.metadata.begin_unix = 1700000000;
  out.metadata.end_unix = 1700086399;
  out.policy = {"example.com", "s", "s", "reject", "quarantine", "reject", "y", "treewalk", "1"};
  ReportRow good;
  good.source_ip = "198.51.100.1";
  good.count = 5;
  good.is_dkim_aligned = good.is_spf_aligned = true;
  good.header_from = "example.com";
  good.envelope_from = "example.com";
  good.dkim = {{"example.com", "selector1", AuthResult::kPass}};
  good.spf = {{"example.com", "mfrom", AuthResult::kPass}};
  ReportRow bad;
  bad.source_ip = "203.0.113.10";
  bad.count = 2;
  bad.disposition = ReportDisposition::kReject;
  bad.reasons = {{"other", "sender not authorized"}};
  bad.header_from = "example.com";
  bad.envelope_from = "spoofed.example.com";
  bad.spf = {{"spoofed.example.com", "mfrom", AuthResult::kFail}};
  out.rows = {good, bad};
  return out;
}

TEST(AggregateXml, HasTheElementsOfTheRfcInItsOrder) {
  const auto read = read_xml(write_aggregate_xml(sample()));
  ASSERT_TRUE(read);
  const std::vector<std::string> expected{
      "feedback/version=1.0",
      "feedback/report_metadata/org_name=example.net",
      "feedback/report_metadata/email=postmaster@example.net",
      "feedback/report_metadata/report_id=dmarcbis-test-report-001",
      "feedback/report_metadata/date_range/begin=1700000000",
      "feedback/report_metadata/date_range/end=1700086399",
      "feedback/policy_published/domain=example.com",
      "feedback/policy_published/adkim=s",
      "feedback/policy_published/aspf=s",
      "feedback/policy_published/p=reject",
      "feedback/policy_published/sp=quarantine",
      "feedback/policy_published/np=reject",
      "feedback/policy_published/fo=1",
      "feedback/policy_published/testing=y",
      "feedback/policy_published/discovery_method=treewalk",
      "feedback/record/row/source_ip=198.51.100.1",
      "feedback/record/row/count=5",
      "feedback/record/row/policy_evaluated/disposition=none",
      "feedback/record/row/policy_evaluated/dkim=pass",
      "feedback/record/row/policy_evaluated/spf=pass",
      "feedback/record/identifiers/header_from=example.com",
      "feedback/record/identifiers/envelope_from=example.com",
      "feedback/record/auth_results/dkim/domain=example.com",
      "feedback/record/auth_results/dkim/selector=selector1",
      "feedback/record/auth_results/dkim/result=pass",
      "feedback/record/auth_results/spf/domain=example.com",
      "feedback/record/auth_results/spf/scope=mfrom",
      "feedback/record/auth_results/spf/result=pass",
      "feedback/record/row/source_ip=203.0.113.10",
      "feedback/record/row/count=2",
      "feedback/record/row/policy_evaluated/disposition=reject",
      "feedback/record/row/policy_evaluated/dkim=fail",
      "feedback/record/row/policy_evaluated/spf=fail",
      "feedback/record/row/policy_evaluated/reason/type=other",
      "feedback/record/row/policy_evaluated/reason/comment=sender not authorized",
      "feedback/record/identifiers/header_from=example.com",
      "feedback/record/identifiers/envelope_from=spoofed.example.com",
      "feedback/record/auth_results/spf/domain=spoofed.example.com",
      "feedback/record/auth_results/spf/scope=mfrom",
      "feedback/record/auth_results/spf/result=fail",
  };
  EXPECT_EQ(read->leaves, expected);
  for (const std::string& name : read->namespaces) EXPECT_EQ(name, kAggregateNamespace);
}

// Another program's report of the same content: the same elements with the same values.
TEST(AggregateXml, SaysWhatTheSampleOfAnotherSenderSays) {
  const auto folder = test::shared_data() / "dmarc/parsedmarc/samples/aggregate";
  const auto path = folder / "rfc9990-example.net!example.com!1700000000!1700086399.xml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data";
  auto theirs = read_xml(test::read_all(path));
  auto ours = read_xml(write_aggregate_xml(sample()));
  ASSERT_TRUE(theirs && ours);
  const auto is_version = [](const std::string& leaf) { return leaf.starts_with("feedback/version="); };
  std::erase_if(theirs->leaves, is_version);  // RFC 9990 section 3.1.1.2: it is 1.0
  std::erase_if(ours->leaves, is_version);
  std::ranges::sort(theirs->leaves);
  std::ranges::sort(ours->leaves);
  EXPECT_EQ(ours->leaves, theirs->leaves);
}

TEST(AggregateXml, OurReaderReadsTheSameValue) {
  AggregateReport report = sample();
  report.metadata.extra_contact_info = "https://example.net/?a=1&b=<2>";
  report.metadata.errors = {"two records"};
  report.metadata.generator = "Postern 1";
  report.rows[0].envelope_from = "";
  report.rows[0].envelope_to = "example.net";
  report.rows[0].disposition = ReportDisposition::kPass;
  const auto read = read_aggregate_report(write_aggregate_xml(report));
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->metadata, report.metadata);
  EXPECT_EQ(read->policy, report.policy);
  EXPECT_EQ(read->rows, report.rows);
}

TEST(AggregateXml, NoValueCanBecomeMarkup) {
  AggregateReport report = sample();
  const std::string hostile = "</org_name>&lt;<![CDATA[\"x'>]]> \x01\x1b\x7f\xc2\x85 \xff\xc0\x80 \xed\xa0\x80 \xef\xbf\xbf \xf0\x9f\x98\x80";
  report.metadata.org_name = hostile;
  report.rows[0].dkim[0].selector = hostile;
  report.rows[1].reasons[0].comment = hostile;
  const auto read = read_xml(write_aggregate_xml(report));
  ASSERT_TRUE(read);
  const std::string fffd = "\xef\xbf\xbd";
  const std::string seen = "</org_name>&lt;<![CDATA[\"x'>]]>  " + fffd + fffd + fffd + " " + fffd + fffd + fffd + "  \xf0\x9f\x98\x80";
  for (const char* path : {"report_metadata/org_name=", "record/auth_results/dkim/selector=", "record/row/policy_evaluated/reason/comment="}) {
    EXPECT_EQ(std::ranges::count(read->leaves, "feedback/" + std::string(path) + seen), 1) << path;
  }
  EXPECT_EQ(read->leaves.size(), read_xml(write_aggregate_xml(sample()))->leaves.size());
}

TEST(AggregateXml, WhatIsUnknownIsLeftOutAndTheNullSenderIsEmpty) {
  AggregateReport report;
  report.policy.domain = "example.com";
  ReportRow row;
  row.header_from = "example.com";
  row.disposition = ReportDisposition::kPass;
  row.envelope_from = "";
  row.spf = {{"mail.example.com", "helo", AuthResult::kSoftFail}};
  report.rows = {row, row};
  report.rows[1].envelope_from.reset();
  report.rows[1].spf.clear();
  const auto read = read_xml(write_aggregate_xml(report));
  ASSERT_TRUE(read);
  const auto count = [&](const std::string& leaf) { return std::ranges::count(read->leaves, "feedback/" + leaf); };
  EXPECT_EQ(count("record/identifiers/envelope_from="), 1);
  EXPECT_EQ(count("record/row/policy_evaluated/disposition=pass"), 2);
  EXPECT_EQ(count("policy_published/p=none"), 1);  // required, and what a record with only rua= means
  EXPECT_EQ(count("record/auth_results/spf/result=softfail"), 1);
  EXPECT_EQ(count("record/auth_results="), 1);  // there, and empty
  for (const std::string& leaf : read->leaves) {
    EXPECT_FALSE(leaf.starts_with("feedback/policy_published/sp=") || leaf.find("/scope=") != std::string::npos) << leaf;
  }
}

TEST(AggregateXml, DispositionsHaveWords) {
  for (const auto word : {"none", "pass", "quarantine", "reject"}) EXPECT_EQ(to_string(parse_report_disposition(word).value()), word);
  EXPECT_EQ(parse_report_disposition("Reject"), ReportDisposition::kReject);
  EXPECT_FALSE(parse_report_disposition("delete"));
}

}  // namespace
}  // namespace postern::pipeline
