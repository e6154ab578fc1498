// Sessions of random commands against a small model of RFC 5321's order of commands: the model predicts the class of
// each reply and which messages arrive. Seeds are fixed; a failure names its own.
#include <gtest/gtest.h>

#include <random>

#include "tests/smtp/server/edge_fixture.h"

namespace postern::test {
namespace {

struct Model {
  bool hello = false;
  bool tx = false;
  bool chunks = false;
  int rcpts = 0;
  std::size_t messages = 0;
  std::string sender;

  void end() { tx = chunks = false; rcpts = 0; }

  // The first digits of the replies to one command, '3' standing for 354 (content follows).
  std::string expect(const std::string& command) {
    const std::string verb = command.substr(0, 4);
    if (verb == "EHLO") { end(); hello = true; return "2"; }
    if (verb == "NOOP") return "2";
    if (verb == "RSET") { end(); return "2"; }
    if (verb == "VRFY") return hello ? "2" : "5";
    if (verb == "WHAT") return "5";
    if (verb == "MAIL") return mail(command);
    if (verb == "RCPT") return rcpt(command);
    if (verb == "DATA") return hello && tx && rcpts > 0 && !chunks ? "3" : "5";
    return bdat(command);
  }
  std::string mail(const std::string& command) {
    if (!hello || tx || command.find('<') == std::string::npos) return "5";
    end();
    tx = true;
    sender = command.substr(11, command.find('@') - 11);
    return "2";
  }
  std::string rcpt(const std::string& command) {
    if (!hello || !tx || chunks) return "5";
    if (command.find("busy") != std::string::npos) return "4";
    if (command.find("nobody") != std::string::npos) return "5";
    ++rcpts;
    return "2";
  }
  std::string bdat(const std::string& command) {
    if (!tx || rcpts == 0) return "5";
    chunks = true;
    if (command.find("LAST") == std::string::npos) return "2";
    ++messages;
    end();
    return "2";
  }
};

std::string pick(std::mt19937& random) {
  static const std::vector<std::string> kPalette{
      "EHLO client.test\r\n", "NOOP\r\n", "RSET\r\n", "VRFY x\r\n", "WHAT\r\n", "MAIL FROM:<a@s.example>\r\n",
      "MAIL FROM:<b@s.example>\r\n", "MAIL FROM:a@s.example\r\n", "MAIL FROM:<c@s.example>\r\n",
      "RCPT TO:<support@example.test>\r\n", "RCPT TO:<sales@example.test>\r\n", "RCPT TO:<nobody@example.test>\r\n",
      "RCPT TO:<busy@example.test>\r\n", "RCPT TO:<u1@example.test>\r\n", "DATA\r\n", "DATA\r\n",
      "BDAT 6\r\nQUIT\r\n", "BDAT 6 LAST\r\nRSET\r\n", "BDAT 0 LAST\r\n"};
  return kPalette[random() % kPalette.size()];
}

void run_session_of(std::uint64_t seed) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  EdgeSetup setup;
  setup.sim.seed = seed;
  setup.sim.split = static_cast<Split>(seed % 3);
  setup.options.errors_soft_max = setup.options.errors_hard_max = 10'000;
  EdgeFixture edge(setup);
  Model model;
  edge.read();
  for (int step = 0; step < 40; ++step) {
    const std::string command = pick(random);
    const std::string expected = model.expect(command);
    const std::string said = edge.exchange(command);
    const auto last = said.rfind("\r\n", said.size() - 3);
    const std::string reply = last == std::string::npos ? said : said.substr(last + 2);
    ASSERT_FALSE(reply.empty()) << "seed " << seed << " step " << step << ' ' << command;
    ASSERT_EQ(reply.substr(0, 1), expected) << "seed " << seed << " step " << step << ' ' << command << said;
    if (expected == "3") {
      const std::string sender = model.sender;
      model.end();
      ++model.messages;
      ASSERT_TRUE(edge.exchange("RSET\r\nQUIT\r\n.\r\n").starts_with("250")) << "seed " << seed << " step " << step;
      ASSERT_EQ(edge.taken().back().content, "RSET\r\nQUIT\r\n");
      ASSERT_EQ(edge.taken().back().envelope.mail_from.local, sender);
    }
    ASSERT_EQ(edge.taken().size(), model.messages) << "seed " << seed << " step " << step << ' ' << command;
    if (!edge.taken().empty()) {
      ASSERT_FALSE(edge.taken().back().envelope.rcpts.empty());
    }
  }
  edge.hang_up();
  EXPECT_EQ(edge.server().memory()->in_use(), 0U) << "seed " << seed;
}

TEST(SessionModel, Trap09_RandomCommandsFollowTheModel) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    run_session_of(seed);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// Noise in every state: the server answers or closes, never accepts a message that was not sent as one.
TEST(SessionModel, NoiseIsNeverAMessage) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
    EdgeSetup setup;
    setup.sim.split = Split::kRandom;
    setup.sim.seed = seed;
    EdgeFixture edge(setup);
    edge.greet();
    std::string noise;
    constexpr std::string_view kBytes("\r\n.<>:@ \0\"\\\xc3\xbc\x80M", 15);
    for (int i = 0; i < 200; ++i) {
      const auto roll = random() % 8;
      if (roll == 0) noise += pick(random).substr(0, 4);
      else if (roll == 1) noise += "\r\n";
      else noise += kBytes[random() % kBytes.size()];
    }
    const std::string said = edge.exchange(noise);
    EXPECT_TRUE(edge.taken().empty()) << "seed " << seed;
    for (char c : said) ASSERT_TRUE(c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7f)) << "seed " << seed;
    edge.hang_up();
    EXPECT_EQ(edge.server().memory()->in_use(), 0U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace postern::test
