// What operators do with redaction rules, over a real store.
#include "app/rule_commands.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/operator_commands.h"
#include "conf/load.h"
#include "core/errc.h"
#include "core/file.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

const char* const kRules = "[[rule]]\nid = \"house_number\"\npattern = 'HN-[0-9]{6}'\nmode = \"shadow\"\nmatches = [\"my HN-123456\"]\n";

class RuleCommandsTest : public testing::Test {
 protected:
  RuleCommandsTest() {
    char name[] = "/tmp/postern-rules-XXXXXX";
    folder = ::mkdtemp(name);
    std::filesystem::create_directories(folder / "keys");
    EXPECT_TRUE(core::write_file(folder / "keys/master.key", std::string(32, 'k'), 0600));
    const std::string text = "[server]\ndata = \"" + folder.string() + "\"\n[smtp]\nlisten = [\"127.0.0.1:2525\"]\n[[inbox]]\nworkspace = "
                             "\"main\"\naddresses = [\"support@example.com\"]\n";
    conf::Loaded loaded = conf::load_text(folder / "postern.toml", text, false);
    EXPECT_TRUE(loaded.ok());
    auto opened = test::run_task(io, Services::open(loaded.options, clock));
    EXPECT_TRUE(opened) << opened.error().describe();
    services = std::move(*opened);
  }
  ~RuleCommandsTest() override {
    services.reset();
    std::filesystem::remove_all(folder);
  }

  core::Result<Json> command(std::string action, JsonObject request = {}) {
    request["command"] = "rules." + action;
    return test::run_task(io, run_operator_command(Json(std::move(request)), *services));
  }
  std::string mode_of(std::string_view rule) {
    const Json answer = command("list", {{"rule", rule}}).value();
    const JsonArray& rules = answer.at("rules").as_array();
    return rules.empty() ? "" : std::string(rules.front().at("mode").as_string());
  }

  std::filesystem::path folder;
  boost::asio::io_context io;
  core::ManualClock clock;
  std::unique_ptr<Services> services;
};

TEST_F(RuleCommandsTest, PublishesRollsOutAndBackInOneStep) {
  EXPECT_EQ(command("history")->at("active").to_number<int>(), 0);
  EXPECT_EQ(command("document")->at("document").as_string(), "# on top of version 0\n");
  const Json published = command("publish", {{"document", kRules}, {"note", "first"}}).value();
  EXPECT_TRUE(published.at("problems").as_array().empty());
  EXPECT_EQ(published.at("version").to_number<int>(), 1);
  EXPECT_EQ(mode_of("house_number"), "shadow");
  EXPECT_EQ(command("document")->at("document").as_string(), "# on top of version 1\n" + std::string(kRules));
  const Json rolled = command("rollout", {{"rule", "house_number"}, {"mode", "enforce"}, {"inboxes", JsonArray{"support@example.com"}}}).value();
  EXPECT_EQ(rolled.at("version").to_number<int>(), 2);
  EXPECT_EQ(mode_of("house_number"), "enforce");
  const Json changes = command("difference", {{"versions", JsonArray{1, 2}}}).value();
  bool has_mode = false;
  for (const Json& one : changes.at("differences").as_array()) {
    has_mode = has_mode || (one.at("field").as_string() == "mode" && one.at("before").as_string() == "shadow" && one.at("after").as_string() == "enforce");
  }
  EXPECT_TRUE(has_mode);
  EXPECT_EQ(command("rollback")->at("version").to_number<int>(), 1);
  EXPECT_EQ(mode_of("house_number"), "shadow");
  EXPECT_EQ(command("activate", {{"versions", JsonArray{2}}})->at("version").to_number<int>(), 2);
  const Json history = command("history").value();
  EXPECT_EQ(history.at("versions").as_array().size(), 2U);
  EXPECT_EQ(history.at("versions").as_array().back().at("note").as_string(), "first");
}

// I4_07: what a colleague rolled out is not undone by a file from before.
TEST_F(RuleCommandsTest, AFileIsPublishedOnTopOfWhatItWasMadeFrom) {
  const std::string exported(command("document")->at("document").as_string());
  ASSERT_EQ(command("publish", {{"document", exported + kRules}})->at("version").to_number<int>(), 1);
  ASSERT_TRUE(command("rollout", {{"rule", "house_number"}, {"mode", "enforce"}}));
  const std::string newer = std::string(kRules) + "description = \"Ours\"\n";
  for (const std::string& document : {newer, "# on top of version 1\n" + newer}) {
    const Json refused = command("publish", {{"document", document}}).value();
    EXPECT_EQ(refused.at("in_the_way").to_number<int>(), 2);
    EXPECT_TRUE(refused.at("version").is_null());
    ASSERT_EQ(refused.at("differences").as_array().size(), 2U);
    EXPECT_EQ(refused.at("differences").as_array().back().at("before").as_string(), "enforce");
  }
  const Json asked = command("publish", {{"document", newer}, {"on_top_of", 2}, {"dry_run", true}}).value();
  EXPECT_EQ(asked.at("differences").as_array().size(), 2U);
  EXPECT_TRUE(asked.at("version").is_null() && asked.at("in_the_way").is_null());
  EXPECT_EQ(mode_of("house_number"), "enforce");
  EXPECT_EQ(command("publish", {{"document", newer}, {"on_top_of", 2}})->at("version").to_number<int>(), 3);
  const Json same = command("publish", {{"document", newer}, {"on_top_of", 3}}).value();
  EXPECT_TRUE(same.at("is_unchanged").as_bool());
  EXPECT_EQ(same.at("version").to_number<int>(), 3);
  EXPECT_EQ(command("document", {{"versions", JsonArray{1}}})->at("document").as_string(), "# on top of version 1\n" + std::string(kRules));
  EXPECT_FALSE(command("document", {{"versions", JsonArray{9}}}));
  EXPECT_TRUE(command("history")->at("versions").as_array().front().at("author_name").is_null()) << "the operator";
  EXPECT_TRUE(command("feedback")->at("feedback").as_array().empty());
}

TEST_F(RuleCommandsTest, ADocumentWithProblemsChangesNothing) {
  const Json answer = command("publish", {{"document", std::string(kRules) + "colour = 1\n"}}).value();
  EXPECT_TRUE(answer.at("version").is_null());
  ASSERT_EQ(answer.at("problems").as_array().size(), 1U);
  EXPECT_EQ(answer.at("problems").as_array().front().at("line").to_number<int>(), 6);
  EXPECT_EQ(answer.at("problems").as_array().front().at("rule").as_string(), "house_number");
  EXPECT_EQ(mode_of("house_number"), "");
  EXPECT_EQ(mode_of("card"), "enforce");
}

TEST_F(RuleCommandsTest, CountsAndReplaysOfAnEmptyStore) {
  EXPECT_EQ(command("stats", {{"days", 7}})->at("messages").to_number<int>(), 0);
  const Json replay = command("replay", {{"document", kRules}, {"days", 7}, {"max", 10}, {"is_alone", true}}).value();
  EXPECT_EQ(replay.at("state").as_string(), "done");
  EXPECT_EQ(replay.at("messages").to_number<int>(), 0);
  EXPECT_FALSE(command("replay", {{"document", "colour = 1"}})->at("problems").as_array().empty());
}

TEST_F(RuleCommandsTest, SaysWhatIsWrongWithARequest) {
  for (const auto& [action, request] : std::vector<std::pair<std::string, JsonObject>>{{"dance", {}},
                                                                                       {"activate", {}},
                                                                                       {"activate", {{"versions", JsonArray{"x"}}}},
                                                                                       {"difference", {{"versions", JsonArray{1}}}},
                                                                                       {"rollout", {{"rule", "card"}, {"mode", "loud"}}},
                                                                                       {"stats", {{"days", 0}}},
                                                                                       {"stats", {{"days", 401}}},
                                                                                       {"rollout", {{"rule", "iban"}, {"mode", "enforce"}, {"elsewhere", "off"}}},
                                                                                       {"list", {{"workspace", "nowhere"}}}}) {
    const auto answer = command(action, request);
    ASSERT_FALSE(answer) << action;
    EXPECT_EQ(answer.error(), core::Errc::kInvalid) << action;
  }
}

}  // namespace
}  // namespace postern::app
