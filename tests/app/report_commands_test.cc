// What operators see of the DMARC and TLS reports that we send, over a real store.
#include "app/report_commands.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/dmarc_reporter.h"
#include "app/operator_commands.h"
#include "conf/load.h"
#include "core/errc.h"
#include "core/file.h"
#include "core/manual_clock.h"
#include "pipeline/redaction/redactor.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

class ReportCommandsTest : public testing::Test {
 protected:
  ReportCommandsTest() {
    char name[] = "/tmp/postern-reports-XXXXXX";
    folder = ::mkdtemp(name);
    std::filesystem::create_directories(folder / "keys");
    EXPECT_TRUE(core::write_file(folder / "keys/master.key", std::string(32, 'k'), 0600));
    const std::string text = "[server]\ndata = \"" + folder.string() + "\"\n[smtp]\nlisten = [\"127.0.0.1:2525\"]\n[reports]\naddress = "
                             "\"noreply@example.com\"\ntls_address = \"noreply-tls@example.org\"\n[[inbox]]\nworkspace = \"main\"\naddresses = [\"support@example.com\"]\n";
    conf::Loaded loaded = conf::load_text(folder / "postern.toml", text, false);
    EXPECT_TRUE(loaded.ok());
    auto opened = test::run_task(io, Services::open(loaded.options, clock));
    EXPECT_TRUE(opened) << opened.error().describe();
    services = std::move(*opened);
  }
  ~ReportCommandsTest() override {
    services.reset();
    std::filesystem::remove_all(folder);
  }

  core::Result<Json> command(JsonObject request) { return test::run_task(io, run_operator_command(Json(std::move(request)), *services)); }
  void note(const std::string& domain) {
    pipeline::Envelope envelope;
    envelope.client_ip = "192.0.2.1";
    envelope.received_at = clock.wall_now();
    pipeline::AuthVerdicts verdicts;
    verdicts.dmarc.result = pipeline::AuthResult::kPass;
    verdicts.dmarc.domain = verdicts.dmarc.policy_domain = domain;
    services->ledger().note(envelope, verdicts);
  }

  std::filesystem::path folder;
  boost::asio::io_context io;
  core::ManualClock clock;
  std::unique_ptr<Services> services;
};

TEST_F(ReportCommandsTest, ListsWhatIsCountedAndWhatBecameOfIt) {
  note("b.example");
  const std::string yesterday = day_text(ticketing::utc_day(clock.wall_now()));
  clock.advance(std::chrono::hours(24));
  const std::string today = day_text(ticketing::utc_day(clock.wall_now()));
  note("a.example");  // in memory only: the answer has it all the same
  const Json all = command({{"command", "reports.list"}}).value();
  EXPECT_TRUE(all.at("enabled").as_bool());
  const JsonArray& rows = all.at("reports").as_array();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("domain").as_string(), "b.example");
  EXPECT_EQ(rows[0].at("day").as_string(), yesterday);
  EXPECT_EQ(rows[0].at("state").as_string(), "due");
  EXPECT_EQ(rows[1].at("state").as_string(), "counting");
  EXPECT_EQ(command({{"command", "reports.list"}, {"day", today}})->at("reports").as_array().size(), 1U);
  const auto day = *parse_day(yesterday);
  ASSERT_TRUE(test::run_task(io, services->ledger().finish(day, "b.example", "unwanted", "nobody asked", {})));
  const Json one = command({{"command", "reports.list"}, {"day", yesterday}}).value().at("reports").as_array().at(0);
  EXPECT_EQ(one.at("state").as_string(), "unwanted");
  EXPECT_EQ(one.at("detail").as_string(), "nobody asked");
}

TEST_F(ReportCommandsTest, ShowsTheReportAsItWouldBeSent) {
  note("a.example");
  const Json shown = command({{"command", "reports.show"}, {"domain", "A.example"}}).value();
  const std::string xml(shown.at("xml").as_string());
  EXPECT_NE(xml.find("<org_name>example.com</org_name>"), std::string::npos);
  EXPECT_NE(xml.find("<domain>a.example</domain>"), std::string::npos);
  EXPECT_NE(xml.find("<source_ip>192.0.2.1</source_ip>"), std::string::npos);
}

TEST_F(ReportCommandsTest, Z32_TlsReportsAreListedAndShown) {
  pipeline::TlsSession session;
  session.domain = session.policy.domain = "a.example";
  session.shown.result_type = "starttls-not-supported";
  session.at = clock.wall_now();
  services->tls_ledger().note(session);  // in memory only: the answer has it all the same
  const Json all = command({{"command", "reports.list"}, {"tls", true}}).value();
  EXPECT_TRUE(all.at("enabled").as_bool());
  const Json row = all.at("reports").as_array().at(0);
  EXPECT_EQ(row.at("domain").as_string(), "a.example");
  EXPECT_EQ(row.at("state").as_string(), "counting");
  EXPECT_EQ(row.at("failures").to_number<int>(), 1);
  const Json shown = command({{"command", "reports.show"}, {"tls", true}, {"domain", "A.example"}}).value();
  EXPECT_NE(shown.at("json").as_string().find("\"result-type\":\"starttls-not-supported\""), std::string::npos);
  EXPECT_NE(shown.at("json").as_string().find("\"organization-name\":\"example.org\""), std::string::npos);
  EXPECT_TRUE(command({{"command", "reports.list"}})->at("reports").as_array().empty()) << "DMARC's are others";
  for (const JsonObject& request : {JsonObject{{"command", "reports.show"}, {"tls", true}}, JsonObject{{"command", "reports.list"}, {"tls", true}, {"day", "x"}},
                                    JsonObject{{"command", "reports.show"}, {"tls", true}, {"domain", "x.example"}}}) {
    EXPECT_EQ(command(request).error(), core::Errc::kInvalid);
  }
}

TEST_F(ReportCommandsTest, SaysWhatIsWrongWithARequest) {
  for (const JsonObject& request : {JsonObject{{"command", "reports.show"}}, JsonObject{{"command", "reports.show"}, {"domain", "x.example"}},
                                    JsonObject{{"command", "reports.list"}, {"day", "yesterday"}}}) {
    const auto answer = command(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), core::Errc::kInvalid);
  }
}

}  // namespace
}  // namespace postern::app
