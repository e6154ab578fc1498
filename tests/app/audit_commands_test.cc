// Operators' use of the audit log over a real store, and that every use of the command line is in it.
#include "app/audit_commands.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "app/operator_commands.h"
#include "auth/audit_trail/export.h"
#include "auth/audit_trail/search.h"
#include "conf/load.h"
#include "core/file.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

class AuditCommandsTest : public testing::Test {
 protected:
  AuditCommandsTest() {
    char name[] = "/tmp/postern-audit-XXXXXX";
    folder = ::mkdtemp(name);
    std::filesystem::create_directories(folder / "keys");
    EXPECT_TRUE(core::write_file(folder / "keys/master.key", std::string(32, 'k'), 0600));
    const std::string text = "[server]\ndata = \"" + folder.string() +
                             "\"\n[smtp]\nlisten = [\"127.0.0.1:2525\"]\n[[inbox]]\nworkspace = \"main\"\naddresses = [\"support@example.com\"]\n";
    conf::Loaded loaded = conf::load_text(folder / "postern.toml", text, false);
    EXPECT_TRUE(loaded.ok());
    auto opened = test::run_task(io, Services::open(loaded.options, clock));
    EXPECT_TRUE(opened) << opened.error().describe();
    services = std::move(*opened);
  }
  ~AuditCommandsTest() override {
    services.reset();
    std::filesystem::remove_all(folder);
  }
  core::Result<Json> command(JsonObject request) {
    clock.advance(std::chrono::milliseconds(5));
    return test::run_task(io, run_operator_command(Json(std::move(request)), *services));
  }
  std::vector<auth::AuditEntry> entries(const std::string& action) {
    auth::AuditFilter filter;
    filter.action = action;
    return auth::search_audit(*services->store().snapshot(), services->vault(), services->directory()->workspaces().front(), filter, auth::AuditOrder())
        ->entries;
  }

  std::filesystem::path folder;
  boost::asio::io_context io;
  core::ManualClock clock;
  std::unique_ptr<Services> services;
};

TEST_F(AuditCommandsTest, I0_11_EveryCommandThatChangesSomethingLeavesItsEntry) {
  const std::pair<JsonObject, const char*> uses[] = {
      {{{"command", "user.invite"}, {"email", "ann@example.com"}, {"role", "owner"}}, "user.invited"},
      {{{"command", "user.invite"}, {"email", "bob@example.com"}}, "user.invited"},
      {{{"command", "user.reset"}, {"email", "bob@example.com"}}, "user.enrolment"},
      {{{"command", "user.disable"}, {"email", "bob@example.com"}}, "user.disabled"},
      {{{"command", "user.enable"}, {"email", "bob@example.com"}}, "user.enabled"},
      {{{"command", "token.create"}, {"email", "bob@example.com"}}, "token.created"}};
  for (const auto& [request, action] : uses) {
    const std::size_t before = entries(action).size();
    const auto answer = command(request);
    ASSERT_TRUE(answer) << action << ": " << answer.error().describe();
    const std::vector<auth::AuditEntry> after = entries(action);
    ASSERT_EQ(after.size(), before + 1) << action;
    EXPECT_EQ(after.front().method, "operator");
    EXPECT_EQ(after.front().role, "owner");
  }
}

TEST_F(AuditCommandsTest, I0_11_LookingAndFailingLeaveEntriesToo) {
  for (const char* name : {"user.list", "queue.list", "suspended.list", "audit.list"}) {
    ASSERT_TRUE(command({{"command", name}})) << name;
    EXPECT_EQ(entries(std::string("console.") + name).size(), 1U) << name;
  }
  EXPECT_FALSE(command({{"command", "user.disable"}, {"email", "nobody@example.com"}}));
  ASSERT_EQ(entries("console.user.disable").size(), 1U);
  EXPECT_EQ(entries("console.user.disable").front().outcome, auth::Outcome::kFailed);
  ASSERT_TRUE(command({{"command", "audit.state"}}));  // polled
  EXPECT_EQ(entries("console.audit.state").size(), 0U);
  EXPECT_FALSE(command({{"command", std::string(100, 'x')}}));
}

TEST_F(AuditCommandsTest, ExportsTheWholeChainInPagesThatProveThemselves) {
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(command({{"command", "user.invite"}, {"email", "p" + std::to_string(i) + "@example.com"}}));
  ASSERT_TRUE(test::run_task(io, services->audit().link_all()));
  auth::ExportVerifier verifier;
  std::uint64_t after = 0;
  for (bool has_more = true; has_more;) {
    const auto page = command({{"command", "audit.chain"}, {"after", after}});
    ASSERT_TRUE(page);
    for (const Json& row : page->at("entries").as_array()) ASSERT_TRUE(verifier.add_line(boost::json::serialize(row))) << verifier.fault()->what;
    after = page->at("after").to_number<std::uint64_t>();
    has_more = page->at("has_more").as_bool();
  }
  EXPECT_TRUE(verifier.finish());
  EXPECT_GE(verifier.workspaces().begin()->second.entries, 30U);
  EXPECT_EQ(verifier.workspaces().begin()->second.gaps, 0U);
}

TEST_F(AuditCommandsTest, VerifiesAloneAndAsksARunningServer) {
  ASSERT_TRUE(command({{"command", "user.invite"}, {"email", "ann@example.com"}}));
  ASSERT_TRUE(test::run_task(io, services->audit().link_all()));
  auto answer = command({{"command", "audit.verify"}, {"is_alone", true}});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->at("verifying").as_bool());
  EXPECT_TRUE(answer->at("verified").at("intact").as_bool());
  const std::string head(answer->at("verified").at("head").as_string());
  EXPECT_TRUE(command({{"command", "audit.verify"}, {"is_alone", true}, {"anchor", head}})->at("verified").at("intact").as_bool());
  EXPECT_FALSE(command({{"command", "audit.verify"}, {"anchor", "1:" + std::string(64, 'a')}}));
  EXPECT_FALSE(command({{"command", "audit.verify"}, {"anchor", "nonsense"}}));
  answer = command({{"command", "audit.verify"}, {"anchor", head}});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->at("verifying").as_bool());
  EXPECT_TRUE(command({{"command", "audit.state"}})->at("verifying").as_bool());
}

TEST_F(AuditCommandsTest, FiltersTakeAddressesAndRefuseNonsense) {
  ASSERT_TRUE(command({{"command", "user.invite"}, {"email", "ann@example.com"}}));
  EXPECT_TRUE(command({{"command", "audit.list"}, {"actor", "ann@example.com"}})->at("entries").as_array().empty());
  EXPECT_EQ(command({{"command", "audit.list"}, {"actor", "0"}, {"action", "user.*"}})->at("entries").as_array().size(), 1U);
  for (const char* field : {"actor", "from", "outcome"}) EXPECT_FALSE(command({{"command", "audit.list"}, {field, "nonsense"}})) << field;
  EXPECT_FALSE(command({{"command", "audit.list"}, {"actor", "nobody@example.com"}}));
}

TEST_F(AuditCommandsTest, I0_06_TheChecklistIsOfTheLiveState) {
  const auto first = command({{"command", "audit.checklist"}});
  ASSERT_TRUE(first) << first.error().describe();
  auto state_of = [](const Json& answer, std::string_view id) {
    for (const Json& each : answer.at("checks").as_array()) {
      if (each.at("id").as_string() == id) return std::string(each.at("state").as_string());
    }
    return std::string("missing");
  };
  EXPECT_EQ(state_of(*first, "two_factor_required"), "bad");
  EXPECT_EQ(state_of(*first, "security_contact"), "bad");
  EXPECT_EQ(state_of(*first, "audit_shipping"), "bad");
  EXPECT_EQ(state_of(*first, "audit_verified"), "warning");
  EXPECT_EQ(state_of(*first, "allowed_networks"), "warning");
  EXPECT_EQ(state_of(*first, "tokens_expire"), "good");
  EXPECT_EQ(state_of(*first, "redaction"), "good");
  EXPECT_EQ(state_of(*first, "encryption"), "good");
  EXPECT_EQ(state_of(*first, "mail_domain:example.com"), "unknown") << "DNS is asked by a running server only";
  ASSERT_TRUE(command({{"command", "user.invite"}, {"email", "bob@example.com"}}));
  ASSERT_TRUE(command({{"command", "token.create"}, {"email", "bob@example.com"}}));
  ASSERT_TRUE(command({{"command", "audit.verify"}, {"is_alone", true}}));
  const auto by = services->operator_principal(services->directory()->workspaces().front());
  auto require = [](auth::SecurityPolicy& policy) { policy.second_factor.required_of = auth::RequiredOf::kEverybody; };
  ASSERT_TRUE(test::run_task(io, services->ways_in().policies.change(by, require)));
  const auto second = command({{"command", "audit.checklist"}});
  ASSERT_TRUE(second);
  EXPECT_EQ(state_of(*second, "two_factor_required"), "good");
  EXPECT_EQ(state_of(*second, "audit_verified"), "good");
  EXPECT_EQ(state_of(*second, "tokens_expire"), "warning");
  EXPECT_GT(second->at("score").to_number<int>(), first->at("score").to_number<int>());
}

}  // namespace
}  // namespace postern::app
