#include "pipeline/reports/aggregate_read.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "pipeline/reports/errc.h"
#include "pipeline/reports/unpack.h"
#include "tests/conformance/suite_files.h"

namespace postern::pipeline {
namespace {

using testing::ElementsAre;

// A whole report around rows.
std::string report_of(const std::string& rows, const std::string& range = "<begin>1700000000</begin><end>1700086399</end>") {
  return "<?xml version=\"1.0\"?><feedback><report_metadata><org_name>Reporter</org_name><email>r@reporter.example</email>"
         "<report_id>r-1</report_id><date_range>" + range + "</date_range></report_metadata>"
         "<policy_published><domain>Example.COM.</domain><p>reject</p><adkim>s</adkim></policy_published>" + rows + "</feedback>";
}
std::string row_of(const std::string& address, const std::string& count) {
  return "<record><row><source_ip>" + address + "</source_ip><count>" + count +
         "</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>"
         "<identifiers><header_from>example.com</header_from></identifiers></record>";
}

TEST(AggregateRead, TakesEveryFieldOfARow) {
  const auto report = read_aggregate_report(report_of(
      "<record><row><source_ip>2001:DB8::1</source_ip><count>7</count><policy_evaluated><disposition>Quarantine</disposition>"
      "<dkim>FAIL</dkim><spf> pass </spf><reason><type>local_policy</type><comment>arc=pass &amp; known</comment></reason></policy_evaluated></row>"
      "<identifiers><envelope_to>there.example</envelope_to><envelope_from></envelope_from><header_from>News.Example.com</header_from></identifiers>"
      "<auth_results><dkim><domain>other.example</domain><selector>S1</selector><result>hardfail</result><human_result>no</human_result></dkim>"
      "<spf><domain>bounce.example.com</domain><scope>mfrom</scope><result>SoftFail</result></spf></auth_results></record>"));
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->metadata.org_name, "Reporter");
  EXPECT_EQ(report->metadata.email, "r@reporter.example");
  EXPECT_EQ(report->metadata.report_id, "r-1");
  EXPECT_EQ(report->metadata.begin_unix, 1'700'000'000);
  EXPECT_EQ(report->metadata.end_unix, 1'700'086'399);
  EXPECT_EQ(report->policy.domain, "example.com");
  EXPECT_EQ(report->policy.p, "reject");
  EXPECT_EQ(report->policy.adkim, "s");
  ReportRow row;
  row.source_ip = "2001:db8::1";
  row.count = 7;
  row.disposition = ReportDisposition::kQuarantine;
  row.is_spf_aligned = true;
  row.reasons = {{"local_policy", "arc=pass & known"}};
  row.header_from = "news.example.com";
  row.envelope_from = "";
  row.envelope_to = "there.example";
  row.dkim = {{"other.example", "S1", AuthResult::kFail}};
  row.spf = {{"bounce.example.com", "mfrom", AuthResult::kSoftFail}};
  EXPECT_THAT(report->rows, ElementsAre(row));
}

TEST(AggregateRead, OrderNamespacesAndBlanksDoNotMatter) {
  const auto report = read_aggregate_report(
      "\r\n <?xml version='1.0' encoding='windows-1252'?><!-- made by hand --><x:feedback xmlns:x='urn:ietf:params:xml:ns:dmarc-2.0'>"
      "<x:record><x:identities><x:header_from>example.com</x:header_from></x:identities><x:row><x:count> 3\n</x:count>"
      "<x:source_ip>\t192.0.2.1 </x:source_ip></x:row></x:record>"
      "<x:report_metadata><x:date_range><x:end>5.0</x:end><x:begin>4.0</x:begin></x:date_range><x:org_name>Caf\xe9</x:org_name></x:report_metadata>"
      "</x:feedback> trailing <rubbish");
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->policy.domain, "example.com");
  EXPECT_EQ(report->metadata.begin_unix, 4);
  EXPECT_EQ(report->metadata.org_name, "Caf");
  ASSERT_EQ(report->rows.size(), 1U);
  EXPECT_EQ(report->rows[0].source_ip, "192.0.2.1");
  EXPECT_EQ(report->rows[0].count, 3U);
}

TEST(AggregateRead, TextThatWasDecodedBeforeIsUtf8WhateverItDeclares) {
  const std::string xml = "<?xml version='1.0' encoding='UTF-16'?>" + report_of(row_of("192.0.2.1", "1")).substr(21);
  EXPECT_FALSE(read_aggregate_report(xml));
  EXPECT_TRUE(read_aggregate_report(xml, XmlEncoding::kUtf8));
}

TEST(AggregateRead, WhatExtensionsHoldIsNotTakenForTheReport) {
  const auto report = read_aggregate_report(report_of(
      "<record><extensions><extension name='x'><count>99</count><source_ip>nowhere</source_ip></extension></extensions>" +
      row_of("192.0.2.1", "2").substr(8)));
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->rows[0].count, 2U);
}

TEST(AggregateRead, ValuesThatWouldPoisonSumsAreErrors) {
  for (const char* count : {"", "-1", "1.5", "+1", "0x10", "4294967297", "99999999999999999999", "1 2", "many"}) {
    EXPECT_EQ(read_aggregate_report(report_of(row_of("192.0.2.1", count))).error(), ReportErrc::kInvalid) << count;
  }
  for (const char* count : {"0", "1", "4294967296"}) EXPECT_TRUE(read_aggregate_report(report_of(row_of("192.0.2.1", count)))) << count;
  for (const char* address : {"", "192.0.2", "192.0.2.1/24", "localhost", "fe80::1%eth0", "1.2.3.4.5"}) {
    EXPECT_EQ(read_aggregate_report(report_of(row_of(address, "1"))).error(), ReportErrc::kInvalid) << address;
  }
  EXPECT_EQ(read_aggregate_report(report_of(row_of("192.0.2.1</source_ip><source_ip>192.0.2.2", "1"))).error(), ReportErrc::kInvalid);
  EXPECT_EQ(read_aggregate_report(report_of(row_of("192.0.2.1", "1</count><count>1"))).error(), ReportErrc::kInvalid);
  for (const char* range : {"", "<begin>-1</begin>", "<begin>soon</begin>", "<begin>999999999999999</begin>", "<end>1</end>"}) {
    EXPECT_EQ(read_aggregate_report(report_of(row_of("192.0.2.1", "1"), range)).error(), ReportErrc::kInvalid) << range;
  }
}

TEST(AggregateRead, ErrorsNameTheRowAndNoContent) {
  const auto report = read_aggregate_report(report_of(row_of("192.0.2.1", "1") + row_of("192.0.2.2", "secret")));
  EXPECT_EQ(report.error().context(), "row 2: count");
}

TEST(AggregateRead, DocumentTypesAndEntitiesAreRefused) {
  const std::string laughs =
      "<!DOCTYPE feedback [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><feedback><report_metadata><org_name>&b;</org_name>"
      "</report_metadata></feedback>";
  EXPECT_EQ(read_aggregate_report(laughs).error().context(), "document type");
  EXPECT_EQ(read_aggregate_report("<!DOCTYPE feedback SYSTEM 'file:///etc/passwd'><feedback/>").error(), ReportErrc::kMalformed);
  EXPECT_EQ(read_aggregate_report("<feedback>&undefined;</feedback>").error(), ReportErrc::kMalformed);
}

TEST(AggregateRead, EverythingIsBounded) {
  ReportReadLimits limits;
  limits.rows_max = 2;
  limits.results_max = 3;
  limits.text_bytes_max = 10;
  limits.xml_depth_max = 6;
  const auto read = [&](const std::string& rows) { return read_aggregate_report(report_of(rows), XmlEncoding::kDeclared, limits); };
  EXPECT_TRUE(read(row_of("192.0.2.1", "1") + row_of("192.0.2.2", "1")));
  EXPECT_EQ(read(row_of("192.0.2.1", "1") + row_of("192.0.2.2", "1") + row_of("192.0.2.3", "1")).error(), ReportErrc::kTooLarge);
  const auto results = [&](int n) {
    std::string all;
    for (int i = 0; i < n; ++i) all += "<dkim><result>pass</result></dkim>";
    return "<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row><auth_results>" + all + "</auth_results></record>";
  };
  EXPECT_EQ(read(results(3))->rows[0].dkim.size(), 3U);
  EXPECT_EQ(read(results(4)).error(), ReportErrc::kTooLarge);
  EXPECT_TRUE(read("<a><b><c><d><e></e></d></c></b></a>"));
  EXPECT_EQ(read("<a><b><c><d><e><f></f></e></d></c></b></a>").error(), ReportErrc::kTooLarge);
  EXPECT_EQ(read("<policy_published><domain>abcdefghijklm.example</domain></policy_published>")->policy.domain, "abcdefghij");
  std::string deep = "<feedback>";
  for (int i = 0; i < 200'000; ++i) deep += "<a>";
  EXPECT_EQ(read_aggregate_report(deep).error(), ReportErrc::kTooLarge);
}

TEST(AggregateRead, TextIsPrintableAndHoldsNoCardNumbers) {
  const auto report = read_aggregate_report(
      "<feedback><report_metadata><org_name>a&#x202e;b&#10;&#x7f;c 4111111111111111</org_name><email>4111 1111 1111 1111</email>"
      "<date_range><begin>1</begin></date_range></report_metadata><policy_published><domain>4111111111111111.example</domain></policy_published></feedback>");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->metadata.org_name, "ab c 411111xxxxxx1111");
  EXPECT_EQ(report->metadata.email, "4111 11xx xxxx 1111");
  EXPECT_EQ(report->policy.domain, "411111xxxxxx1111.example");
}

TEST(AggregateRead, OtherXmlIsNotAReport) {
  for (const char* xml : {"", "  ", "<html><body/></html>", "<svg xmlns='http://www.w3.org/2000/svg'/>", "no xml", "\xff\xfe<\0f\0"}) {
    EXPECT_EQ(read_aggregate_report(xml).error(), ReportErrc::kNotAReport) << xml;
  }
  EXPECT_EQ(read_aggregate_report("<feedback><record>").error(), ReportErrc::kMalformed);
}

std::uint64_t messages(const AggregateReport& report) {
  std::uint64_t sum = 0;
  for (const auto& row : report.rows) sum += row.count;
  return sum;
}

// Every plain or packed report of the shared data, by name: domain, rows, messages.
TEST(AggregateRead, ReadsTheReportsOfOtherProjects) {
  const auto shared = test::shared_data();
  if (shared.empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  struct Expected {
    std::string domain;
    std::size_t rows;
    std::uint64_t messages;
  };
  const std::map<std::string, Expected> expected{
      {"001.xml", {"example.com", 1, 123}},
      {"002.xml", {"example.org", 1, 2}},
      {"003.xml", {"stalw.art", 4, 9}},
      {"004.xml", {"example.com", 1, 123}},
      {"005.xml", {"example.com", 1, 1}},
      {"163.com!example.com!1337270400!1337356799.20120518163.xml", {"example.com", 50, 92}},
      {"good.com!example.com!1337270400!1337356799.xml", {"example.com", 754, 183'934}},
      {"yeah.net!example.com!1337270400!1337356799.20120518.xml", {"example.com", 254, 21'679}},
      {"changed-input.xml", {"example.com", 20, 3047}},
      {"rfc9990-example.net!example.com!1700000000!1700086399.xml", {"example.com", 2, 7}},
      {"ikea.com!example.de!1538690400!1538776800.xml", {"example.de", 1, 1}},
      {"estadocuenta1.infonacot.gob.mx!example.com!1536853302!1536939702!2940.xml.zip", {"example.com", 1, 1}},
      {"old_draft_from_wiki.xml", {"example.com", 1, 2}},
      {"protection.outlook.com!example.com!1711756800!1711843200.xml", {"example.com", 1, 1}},
      {"veeam.com!example.com!1530133200!1530219600.xml", {"example.com", 1, 1}},
  };
  std::size_t read = 0;
  for (const char* folder : {"mail-auth/resources/dmarc-feedback", "opendmarc/libopendmarc/tests/testfiles", "parsedmarc/samples/aggregate",
                             "parsedmarc/samples/extract_report"}) {
    for (const auto& file : std::filesystem::directory_iterator(shared / "dmarc" / folder)) {
      const std::string name = file.path().filename();
      if (!name.ends_with(".xml") && !name.ends_with(".zip")) continue;
      const auto files = unpack_files(test::read_all(file.path()));
      ASSERT_TRUE(files) << name;
      ASSERT_EQ(files->size(), 1U) << name;
      const auto report = read_aggregate_report(files->front());
      ++read;
      if (name.starts_with("bad.com!")) {  // its second row is from "108r.166.27.220", its third ends in mid-tag
        EXPECT_EQ(report.error().context(), "row 2: source_ip");
        continue;
      }
      ASSERT_TRUE(report) << name << ": " << report.error().describe();
      const auto known = expected.find(name);
      ASSERT_NE(known, expected.end()) << name << ' ' << report->policy.domain << ' ' << report->rows.size() << ' ' << messages(*report);
      EXPECT_EQ(report->policy.domain, known->second.domain) << name;
      EXPECT_EQ(report->rows.size(), known->second.rows) << name;
      EXPECT_EQ(messages(*report), known->second.messages) << name;
    }
  }
  EXPECT_EQ(read, expected.size() + 1);
}

}  // namespace
}  // namespace postern::pipeline
