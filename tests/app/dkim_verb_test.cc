// `postern dkim` from the command line to the files, without a running server.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <sstream>

#include "app/verb.h"
#include "conf/load.h"
#include "core/clock.h"
#include "core/encoding.h"
#include "core/file.h"
#include "core/random.h"
#include "pipeline/sender/dkim_keys.h"

namespace postern::app {
namespace {

using pipeline::DkimAlgorithm;
using pipeline::DkimKeyState;

class DkimVerbTest : public testing::Test {
 protected:
  struct Ran {
    int code = 0;
    std::string out;
    std::string err;
    std::vector<JsonObject> rows() const {
      std::vector<JsonObject> all;
      std::istringstream lines(out);
      for (std::string line; std::getline(lines, line);) all.push_back(boost::json::parse(line).as_object());
      return all;
    }
  };

  DkimVerbTest() : dir_(std::filesystem::temp_directory_path() / ("postern-verb-" + core::to_hex(core::random_bytes(8)))) {
    std::filesystem::create_directories(dir_ / "dkim");
    conf::GatewayOptions options;
    options.process.data = dir_;
    options.smtp_listen.listen = {net::Endpoint::parse("127.0.0.1:2525").value()};
    for (const char* file : {"tls/cert.pem", "tls/key.pem", "keys/master.key"}) {
      std::filesystem::create_directories((dir_ / file).parent_path());
      EXPECT_TRUE(core::write_file(dir_ / file, std::string(32, 'x'), 0600));
    }
    ticketing::InboxOptions inbox;
    inbox.workspace = "main";
    inbox.addresses = {"support@desk.example"};
    options.ticketing.inboxes = {inbox};
    EXPECT_TRUE(core::write_file(dir_ / "postern.toml", conf::render(options)));
  }
  ~DkimVerbTest() override { std::filesystem::remove_all(dir_); }

  Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), {"postern", "dkim"});
    words.insert(words.end(), {"--config", (dir_ / "postern.toml").string()});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ran ran;
    ran.code = run_command_line(static_cast<int>(words.size()), arguments.data());
    std::fflush(stdout);
    ran.out = testing::internal::GetCapturedStdout();
    ran.err = testing::internal::GetCapturedStderr();
    return ran;
  }
  std::string states() {
    std::string out;
    for (const auto& row : run({"list", "desk.example", "--json"}).rows()) out += std::string(row.at("state").as_string()) + " ";
    return out;
  }

  std::filesystem::path dir_;
};

TEST_F(DkimVerbTest, RotatesByWaitingAndRetiresWithCare) {
  EXPECT_NE(run({"list", "desk.example"}).out.find("has no keys"), std::string::npos);
  const Ran made = run({"new", "desk.example"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(states(), "active active ");  // nothing to lose: the first keys sign at once
  EXPECT_EQ(run({"rotate", "desk.example"}).code, 0);
  const auto rows = run({"list", "desk.example", "--json"}).rows();
  ASSERT_EQ(rows.size(), 4U);
  std::string waiting;
  std::string active;
  for (const auto& row : rows) (row.at("state").as_string() == "waiting" ? waiting : active) = row.at("selector").as_string();
  EXPECT_NE(run({"rotate", "desk.example"}).err.find("made already"), std::string::npos);
  EXPECT_EQ(run({"list", "desk.example", "--json"}).rows().size(), 4U);
  for (const auto& row : rows) {
    const bool is_waiting = row.at("state").as_string() == "waiting";
    EXPECT_EQ(row.at("next").as_string(), is_waiting ? "publish" : "hand_over");
    EXPECT_EQ(row.at("in_dns").as_string(), "unknown");
    EXPECT_TRUE(row.at("txt").as_string().starts_with("v=DKIM1; k="));
  }
  const std::string text = run({"list", "desk.example"}).out;
  EXPECT_NE(text.find("0 hours old; in DNS: unknown\n  waits: publish its record"), std::string::npos) << text;
  EXPECT_NE(text.find(waiting + "._domainkey.desk.example. TXT \"v=DKIM1"), std::string::npos);

  EXPECT_EQ(run({"retire", "desk.example"}).code, 2);
  EXPECT_NE(run({"retire", "desk.example", "nothing"}).err.find("no such signing key"), std::string::npos);
  EXPECT_EQ(run({"retire", "desk.example", waiting}).code, 0);
  EXPECT_EQ(run({"retire", "desk.example", active}).code, 0);
  const auto early = run({"retire", "desk.example", active});
  EXPECT_EQ(early.code, 1);
  EXPECT_NE(early.err.find("signs no more; its record must stay until"), std::string::npos) << early.err;
  EXPECT_EQ(run({"retire", "desk.example", active, "--force"}).code, 0);
  for (const auto& row : run({"list", "desk.example", "--json"}).rows()) {
    if (row.at("state").as_string() == "active") active = row.at("selector").as_string();
  }
  const auto last = run({"retire", "desk.example", active});
  EXPECT_EQ(last.code, 1);
  EXPECT_NE(last.err.find("is the only key that signs for desk.example"), std::string::npos);
  EXPECT_EQ(run({"retire", "desk.example", active, "--force"}).code, 0);
}

TEST_F(DkimVerbTest, AStolenKeyIsReplacedAtOnce) {
  pipeline::DkimKeyFolder folder(dir_ / "dkim");
  const std::vector<DkimAlgorithm> quick{DkimAlgorithm::kEd25519Sha256};
  ASSERT_TRUE(folder.create("desk.example", core::system_clock(), DkimKeyState::kActive, quick));
  ASSERT_TRUE(folder.create("desk.example", core::system_clock(), DkimKeyState::kWaiting, quick));
  EXPECT_EQ(run({"rotate", "desk.example", "--now"}).code, 0);
  std::vector<std::string> all;
  for (const auto& row : run({"list", "desk.example", "--json"}).rows()) {
    all.push_back(std::string(row.at("algorithm").as_string()) + " " + std::string(row.at("state").as_string()));
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<std::string>{"ed25519-sha256 active", "ed25519-sha256 retiring", "rsa-sha256 active"}));
}

TEST_F(DkimVerbTest, SaysWhatIsWrong) {
  EXPECT_EQ(run({"burn", "desk.example"}).code, 2);
  EXPECT_NE(run({"list", "other.example"}).err.find("no inbox of"), std::string::npos);
  EXPECT_EQ(run({"list", "desk.example", "--live", "--resolver", "nonsense"}).code, 1);
  const std::string help = run({"--help"}).out;
  for (const char* word : {"--live", "--now", "--force", "--json", "rotate makes the next keys"})
    EXPECT_NE(help.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace postern::app
