// `postern dns` against a DNS server on the loopback: the table, the JSON rows, the exit code.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <map>
#include <sstream>

#include "app/domain_report.h"
#include "app/verb.h"
#include "tests/net/dns_server.h"

namespace postern::app {
namespace {

class DnsVerbTest : public testing::Test {
 protected:
  struct Done {
    int code = 0;
    std::string out;
    std::vector<std::string> lines() const {
      std::vector<std::string> all;
      std::istringstream in(out);
      for (std::string line; std::getline(in, line);) all.push_back(line);
      return all;
    }
    // The rows of --json by purpose.
    std::map<std::string, JsonObject> rows() const {
      std::map<std::string, JsonObject> all;
      for (const std::string& line : lines()) {
        JsonObject row = boost::json::parse(line).as_object();
        all.emplace(std::string(row.at("purpose").as_string()), std::move(row));
      }
      return all;
    }
  };
  Done run(std::vector<std::string> words) {
    test::DnsServer server(zone);
    words.insert(words.begin(), {"postern", "dns", "example.org", "--resolver", server.local().to_string()});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStdout();
    Done done;
    done.code = run_command_line(static_cast<int>(arguments.size()), arguments.data());
    done.out = testing::internal::GetCapturedStdout();
    return done;
  }
  net::ZoneResolver zone;
};

TEST_F(DnsVerbTest, EveryRecordThatLacksIsAnExitOf1WithTheTextToPaste) {
  const Done done = run({"--address", "192.0.2.1"});
  EXPECT_EQ(done.code, kExitProblem);
  const std::string first = done.lines().empty() ? std::string() : done.lines().front();
  EXPECT_EQ(first, "missing    mx            example.org MX: example.org does not exist in DNS");
  EXPECT_NE(done.out.find("  zone file:      example.org. 3600 IN TXT \"v=spf1 ip4:192.0.2.1 ~all\"\n"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("  or in a form:   host _dmarc   type TXT   value v=DMARC1; p=none; rua=mailto:postmaster@example.org\n"),
            std::string::npos);
  EXPECT_NE(done.out.find("\ndifferent  reply         a reply from support@example.org fails DMARC"), std::string::npos);
}

TEST_F(DnsVerbTest, RowsOfJson) {
  zone.add_mx("example.org", 10, "mail.example.org");
  zone.add_a("mail.example.org", "192.0.2.1");
  zone.add_txt("example.org", "v=spf1 a:mail.example.org mx -all");
  auto rows = run({"--json"}).rows();
  EXPECT_EQ(rows["mx"].at("result").as_string(), "ok");
  EXPECT_EQ(rows["spf"].at("result").as_string(), "ok");
  EXPECT_EQ(rows["spf"].at("budget").at("lookups").to_number<int>(), 2);
  EXPECT_EQ(rows["spf"].at("found").as_array().size(), 1U);
  EXPECT_EQ(rows["dmarc"].at("result").as_string(), "missing");
  EXPECT_EQ(rows["dmarc"].at("publish").as_string(), "v=DMARC1; p=none; rua=mailto:postmaster@example.org");
  EXPECT_EQ(rows["tls_rpt"].at("required").as_bool(), false);
  EXPECT_EQ(rows["reply"].at("spf").at("passes").as_bool(), true);
  EXPECT_EQ(rows["reply"].at("result").as_string(), "warning");
  for (const auto& [purpose, row] : rows) {
    for (const char* key : {"owner", "type", "publish", "required", "result", "found", "explanation"}) {
      EXPECT_TRUE(row.contains(key)) << purpose << " " << key;
    }
  }
}

TEST_F(DnsVerbTest, WhatIsPublishedAlreadyIsNotToBePasted) {
  zone.add_txt("example.org", "v=spf1 ip4:192.0.2.1 ptr -all");
  const Done done = run({"--address", "192.0.2.1"});
  EXPECT_NE(done.out.find("warning    spf"), std::string::npos) << done.out;
  EXPECT_EQ(done.out.find("zone file:      example.org. 3600 IN TXT"), std::string::npos) << done.out;
}

TEST_F(DnsVerbTest, WhatIsNoAddressIsRefused) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run({"--address", "mail.example.org"}).code, kExitProblem);
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
}

TEST(DomainReport, WhatDnsSaysCannotDriveTheTerminal) {
  pipeline::DomainAdvice advice;
  pipeline::RecordAdvice record;
  record.purpose = "spf";
  record.state = pipeline::AdviceState::kDifferent;
  record.publish.value = "v=spf1 \x1b[31m";
  record.explanation = "\x1b]0;x\a";
  record.found = {"\x9b\x1b"};
  record.notes = {"\r\n"};
  advice.records.push_back(record);
  for (const std::string& line : domain_report(advice)) {
    for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
  }
}

TEST(DomainReport, TheAdvisorIsSetUpFromTheConfiguration) {
  conf::GatewayOptions options;
  options.process.hostname = "mail.example.org";
  options.process.data = "/var/lib/postern";
  options.web.public_origin = "https://help.example.org:8443";
  options.web.mta_sts.mode = "enforce";
  ticketing::InboxOptions all, reports;
  all.addresses = {"@example.org"};
  all.senders.takes_reports = true;
  reports.addresses = {"reports@example.org"};
  reports.senders.takes_reports = true;
  options.ticketing.inboxes = {all, reports};
  const pipeline::AdvisorOptions made = advisor_options(options);
  EXPECT_EQ(made.hostname, "mail.example.org");
  EXPECT_EQ(made.web_host, "help.example.org");
  EXPECT_EQ(made.report_address, "reports@example.org");
  EXPECT_EQ(made.dkim_folder, "/var/lib/postern/dkim");
  EXPECT_EQ(made.mta_sts.mode, "enforce");
  EXPECT_FALSE(made.validates_dnssec);
}

}  // namespace
}  // namespace postern::app
