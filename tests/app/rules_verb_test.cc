// `postern rules` and `postern redact` over files: no store, no server.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdio>
#include <filesystem>

#include "app/mail_files.h"
#include "app/replay_tally.h"
#include "app/verb.h"
#include "core/file.h"

namespace postern::app {
namespace {

const char* const kGoodRules = R"([[rule]]
id = "house_number"
description = "Numbers of our own."
pattern = 'HN-(?P<value>[0-9]{6})'
mode = "enforce"
inboxes = ["billing@desk.example"]
elsewhere = "shadow"
tags = ["house"]
matches = ["my HN-123456"]
ignores = ["HN-12345"]
)";

class RulesVerbTest : public testing::Test {
 protected:
  struct Done {
    int code = 0;
    std::string out, errors;
    bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
    JsonObject json() const { return boost::json::parse(out).as_object(); }
  };
  RulesVerbTest() {
    char name[] = "/tmp/postern-rules-XXXXXX";
    folder = ::mkdtemp(name);
    write("good.toml", kGoodRules);
  }
  ~RulesVerbTest() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string& name) const { return folder / name; }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((folder / name).parent_path());
    ASSERT_TRUE(core::write_file(folder / name, content));
  }
  Done run(std::vector<std::string> words, const std::string& input = "") const {
    words.insert(words.begin(), "postern");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    write("input", input);
    EXPECT_NE(std::freopen(path("input").c_str(), "r", stdin), nullptr);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Done done;
    done.code = run_command_line(static_cast<int>(arguments.size()), arguments.data());
    done.out = testing::internal::GetCapturedStdout();
    done.errors = testing::internal::GetCapturedStderr();
    return done;
  }
  std::filesystem::path folder;
};

TEST_F(RulesVerbTest, RunsTheInlineTestsOfAFile) {
  const Done done = run({"rules", "test", path("good.toml")});
  EXPECT_EQ(done.code, kExitOk) << done.out << done.errors;
  EXPECT_TRUE(done.says("house_number"));
  EXPECT_TRUE(done.says("enforce in 1 inbox, else shadow  2      2"));
  EXPECT_TRUE(done.says("good.toml: good, ")) << done.out;
  const JsonObject answer = run({"rules", "test", path("good.toml"), "--json"}).json();
  EXPECT_TRUE(answer.at("ok").as_bool());
  const JsonObject& own = answer.at("rules").as_array().back().as_object();
  EXPECT_EQ(own.at("rule").as_string(), "house_number");
  EXPECT_EQ(own.at("tests").to_number<int>(), 2);
  EXPECT_EQ(answer.at("tests_run").to_number<int>(), 2);
}

TEST_F(RulesVerbTest, TellsEveryProblemWithFileAndLine) {
  write("bad.toml", "[[rule]]\nid = \"one\"\npattern = '[0-9]{4}'\nmatches = [\"no number\"]\n\n[[rule]]\nid = \"two\"\nmode = \"loud\"\n"
                    "pattern = 'x{3}y{3}'\nmatches = [\"xxxyyy\"]\n");
  const Done done = run({"rules", "test", path("good.toml"), path("bad.toml")});
  EXPECT_EQ(done.code, kExitProblem);
  EXPECT_TRUE(done.says("good.toml: good"));
  EXPECT_TRUE(done.says("bad.toml:8: rule two: mode")) << done.out;
  EXPECT_EQ(run({"rules", "test", path("none.toml")}).code, kExitProblem);
}

// Every action says what it is for, when it exits 1, and how it is typed.
TEST_F(RulesVerbTest, EachActionExplainsItselfWithAnExample) {
  const auto& table = verbs();
  const auto row = std::ranges::find_if(table, [](const VerbRow& each) { return each.name == "rules"; });
  ASSERT_NE(row->actions, nullptr);
  const std::string overview = run({"rules", "--help"}).out;
  for (const ActionHelp& action : row->actions()) {
    const Done done = run({"rules", action.name, "--help"});
    EXPECT_EQ(done.code, kExitOk) << action.name;
    EXPECT_TRUE(done.says("Usage: postern rules " + action.name)) << done.out;
    EXPECT_TRUE(done.says("Example: postern rules " + action.name)) << done.out;
    EXPECT_TRUE(done.says("Exits 0 when done")) << done.out;
    EXPECT_GT(action.text.size(), 60U) << action.name;
    EXPECT_NE(overview.find(action.name), std::string::npos) << action.name;
    EXPECT_NE(run({"rules", action.name, "--no-such-option"}).code, kExitOk) << action.name;
  }
  // And each action that there is has its page.
  const std::string refused = run({"rules", "dance"}).errors;
  const std::string list = refused.substr(refused.find("the action is ") + 14);
  std::size_t named = 0;
  for (const ActionHelp& action : row->actions()) named += list.find(action.name) != std::string::npos ? 1 : 0;
  EXPECT_EQ(named, row->actions().size()) << refused;
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(list, ',')) + 2, named) << refused;
}

TEST_F(RulesVerbTest, ListsWhatARuleMayName) {
  const Done done = run({"rules", "validators"});
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.says("luhn") && done.says("iban") && done.says("track")) << done.out;
}

TEST_F(RulesVerbTest, ACardNumberIsNoSample) {
  write("card.toml", std::string(kGoodRules) + "# seen: 4539 5787 " + "6362 1486\n");
  const Done done = run({"rules", "test", path("card.toml")});
  EXPECT_EQ(done.code, 1);
  EXPECT_TRUE(done.says("card.toml:11: rule house_number: a card number")) << done.out;
  EXPECT_FALSE(done.says("1486"));
}

TEST_F(RulesVerbTest, ShowsWhatWouldBeFoundInATextAndLeft) {
  const Done done = run({"rules", "test", path("good.toml"), "--text", "card 4111 1111 1111 1111, HN-123456"});
  EXPECT_EQ(done.code, kExitOk) << done.errors;
  EXPECT_TRUE(done.says("card (visa)   enforce  bytes 5 to 24   4111 1111 1111 1111")) << done.out;
  EXPECT_TRUE(done.says("house_number"));
  EXPECT_FALSE(done.says("stored:\ncard 4111 1111 1111 1111")) << done.out;
  const Done piped = run({"rules", "test", "--text", "-", "--kind", "typed", "--json"}, "my 5555555555554444");
  const JsonObject answer = piped.json();
  ASSERT_EQ(answer.at("findings").as_array().size(), 1U) << piped.out;
  EXPECT_EQ(answer.at("findings").as_array()[0].at("value").as_string(), "5555555555554444");
  EXPECT_EQ(std::string(answer.at("after").as_string()).find("5555555555554444"), std::string::npos);
  EXPECT_EQ(run({"rules", "test", "--text", "x", "--kind", "smell"}).code, kExitUsage);
}

TEST_F(RulesVerbTest, ListsAndShowsRules) {
  const Done shipped = run({"rules", "list"});
  EXPECT_EQ(shipped.code, kExitOk);
  EXPECT_TRUE(shipped.says("\ncard ")) << shipped.out;
  EXPECT_FALSE(shipped.says("house_number"));
  EXPECT_TRUE(run({"rules", "list", "--file", path("good.toml")}).says("billing@desk.example"));
  const Done one = run({"rules", "show", "house_number", "--file", path("good.toml")});
  for (const char* part : {"Numbers of our own.", "mask, tag house", "HN-12345", "[[rule]]"}) EXPECT_TRUE(one.says(part)) << part << "\n" << one.out;
  EXPECT_TRUE(run({"rules", "show", "card"}).says("shipped, cannot be turned off"));
  EXPECT_EQ(run({"rules", "show", "nonsense"}).code, kExitProblem);
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"rules", "dance"}, {"rules", "show"}, {"rules", "replay"}, {"rules", "replay", path("good.toml")},
        {"rules", "activate", "x", "--config", "c"}, {"rules", "history"}, {"rules", "rollout", "card", "--config", "c"},
        {"rules", "replay", path("good.toml"), "mail", "--shipped", "--active"}}) {
    EXPECT_EQ(run(wrong).code, kExitUsage) << wrong[1];
  }
}

TEST_F(RulesVerbTest, ReplaysTwoRuleSetsSideBySideOverFoldersAndMboxes) {
  write("mail/one.eml", "Subject: a\n\nHN-123456 and HN-654321\n");
  write("mail/deep/two.eml", "Subject: b\n\ncard 4111 1111 1111 1111\n");
  write("box.mbox", "From x\nSubject: c\n\nHN-111111\n\nFrom y\nSubject: d\n\nnothing\n");
  const Done alone = run({"rules", "replay", path("good.toml"), path("mail"), path("box.mbox"), "--json"});
  EXPECT_EQ(alone.code, kExitOk) << alone.errors;
  const JsonObject answer = alone.json();
  EXPECT_EQ(answer.at("messages").to_number<int>(), 4);
  for (const Json& rule : answer.at("rules").as_array()) {
    if (rule.at("rule").as_string() != "house_number") continue;
    EXPECT_EQ(rule.at("messages").to_number<int>(), 2);
    EXPECT_EQ(rule.at("findings").to_number<int>(), 3);
    EXPECT_EQ(rule.at("per_100000").to_number<double>(), 50'000);
  }
  EXPECT_EQ(alone.out.find("123456"), std::string::npos) << "never a value";
  const JsonObject both = run({"rules", "replay", path("good.toml"), path("mail"), "--shipped", "--json"}).json();
  bool is_there = false;
  for (const Json& rule : both.at("rules").as_array()) {
    const bool is_own = rule.at("rule").as_string() == "house_number";
    is_there = is_there || is_own;
    EXPECT_EQ(rule.at("only_left").to_number<int>(), is_own ? 1 : 0) << rule.at("rule").as_string();
    EXPECT_EQ(rule.at("only_right").to_number<int>(), 0);
  }
  EXPECT_TRUE(is_there);
  EXPECT_TRUE(run({"rules", "replay", path("good.toml"), path("mail")}).says("house_number"));
  EXPECT_EQ(run({"rules", "replay", path("good.toml"), path("nowhere")}).code, kExitProblem);
}

TEST_F(RulesVerbTest, RedactsByTheRulesOfTheRecipientsInbox) {
  const std::string mail = "Subject: x\r\n\r\nHN-123456 and 4111 1111 1111 1111\r\n";
  const Done billing = run({"redact", "--rules", path("good.toml"), "--rcpt", "Billing@desk.example"}, mail);
  EXPECT_EQ(billing.code, kExitOk);
  EXPECT_FALSE(billing.says("123456"));
  EXPECT_NE(billing.errors.find("redacted house_number in part 1 (text/plain), 1 time\n"), std::string::npos) << billing.errors;
  EXPECT_NE(billing.errors.find("rule house_number tags the ticket house\n"), std::string::npos);
  const Done other = run({"redact", "--rules", path("good.toml"), "--rcpt", "support@desk.example"}, mail);
  EXPECT_TRUE(other.says("HN-123456")) << other.out;
  EXPECT_FALSE(other.says("4111 1111 1111 1111"));
  EXPECT_NE(other.errors.find("counted only: shadow rule house_number"), std::string::npos) << other.errors;
  const JsonObject report = boost::json::parse(run({"redact", "--json"}, mail).errors).as_object();
  EXPECT_EQ(report.at("redactions").as_array().size(), 1U);
  EXPECT_EQ(report.at("size").to_number<std::size_t>(), mail.size());
}

TEST_F(RulesVerbTest, RedactsFilesIntoAFolder) {
  write("mail/one.eml", "Subject: a\n\ncard 4111 1111 1111 1111\n");
  const Done done = run({"redact", path("mail"), "--out", path("clean"), "--json"});
  EXPECT_EQ(done.code, kExitOk) << done.errors;
  const std::string to(done.json().at("to").as_string());
  EXPECT_EQ(core::read_file(to)->find("4111 1111 1111 1111"), std::string::npos);
  EXPECT_EQ(run({"redact", path("mail")}).code, kExitUsage);
  EXPECT_EQ(run({"redact", "--rules", path("nowhere")}).code, kExitProblem);
}

TEST_F(RulesVerbTest, MailFilesAreReadAsSmtpWouldBringThem) {
  write("box.mbox", "From a\nSubject: 1\n\n>From quoted\n>>From twice\n\nFrom b\r\nSubject: 2\r\n\r\nx\r\n");
  write("plain.eml", "From: a\nSubject: From\n\nx\n\nFrom here it goes on\n");
  std::vector<MailFile> mails;
  EXPECT_TRUE(for_each_mail(path("box.mbox"), [&](MailFile& mail) { mails.push_back(mail); }, [](const core::Error&) {}));
  EXPECT_TRUE(for_each_mail(path("plain.eml"), [&](MailFile& mail) { mails.push_back(mail); }, [](const core::Error&) {}));
  ASSERT_EQ(mails.size(), 3U);
  EXPECT_EQ(mails[0].name, path("box.mbox") + "#1");
  EXPECT_EQ(mails[0].bytes, "Subject: 1\r\n\r\nFrom quoted\r\n>From twice\r\n\r\n");
  EXPECT_EQ(mails[1].bytes, "Subject: 2\r\n\r\nx\r\n");
  EXPECT_EQ(mails[2].bytes, "From: a\r\nSubject: From\r\n\r\nx\r\n\r\nFrom here it goes on\r\n");
}

TEST(ReplayTally, PlacesThatAreTooManyAreCountedTogether) {
  ReplayTally tally;
  std::vector<pipeline::TrialCount> found;
  for (std::size_t i = 0; i < ReplayTally::kPlacesMax + 5; ++i) found.push_back({"card", "visa", "1", "application/x-" + std::to_string(i), 1});
  tally.add(found, nullptr);
  const JsonObject rule = tally.json().at("rules").as_array().at(0).as_object();
  EXPECT_EQ(rule.at("messages").to_number<int>(), 1);
  EXPECT_EQ(rule.at("places").as_array().size(), ReplayTally::kPlacesMax + 1);
  EXPECT_EQ(rule.at("places").as_array().front().at("where").as_string(), "other");
  EXPECT_EQ(rule.at("places").as_array().front().at("count").to_number<int>(), 5);
}

}  // namespace
}  // namespace postern::app
