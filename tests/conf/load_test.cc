// Configuration: unknown keys, all errors at once with their lines, defaults that come from one table.
#include "conf/load.h"

#include <gtest/gtest.h>

#include <set>

#include "conf/schema.h"

namespace postern::conf {
namespace {

constexpr std::string_view kSmall = R"([server]
data = "/tmp/postern-data"
[smtp]
listen = ["127.0.0.1:2525"]
[[inbox]]
workspace = "main"
addresses = ["support@example.com", "@help.example.com"]
)";

Loaded load(std::string_view text) { return load_text("/etc/postern.toml", text, false); }

TEST(Configuration, SmallFileIsGood) {
  const Loaded loaded = load(kSmall);
  ASSERT_TRUE(loaded.ok()) << loaded.problems.front().to_string();
  EXPECT_EQ(loaded.options.smtp_listen.listen.front().to_string(), "127.0.0.1:2525");
  EXPECT_EQ(loaded.options.ticketing.inboxes.front().addresses.size(), 2U);
  EXPECT_EQ(loaded.options.resolve("tls/cert.pem"), "/tmp/postern-data/tls/cert.pem");
}

TEST(Configuration, AllErrorsAtOnceWithTheirLines) {
  const Loaded loaded = load(R"([server]
data = 5
hostnam = "x"
[smtp]
listen = ["nowhere"]
rcpts_max = -1
[surprise]
x = 1
[[inbox]]
workspace = "main"
addresses = ["no-at-sign"]
)");
  std::vector<std::size_t> lines;
  for (const auto& problem : loaded.problems) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<std::size_t>{2, 3, 5, 6, 7, 9}));
  EXPECT_NE(loaded.problems[1].text.find("did you mean hostname?"), std::string::npos) << loaded.problems[1].text;
}

TEST(Configuration, SyntaxErrorHasItsLine) {
  const Loaded loaded = load("[server]\ndata = \n");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems.front().line, 2U);
}

TEST(Configuration, ContradictionsAreFound) {
  std::string text(kSmall);
  text.insert(text.find("[[inbox]]"), "message_bytes_max = 1000\nmemory_in_flight_max = 999\n");
  const Loaded loaded = load(text);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_NE(loaded.problems.front().text.find("memory_in_flight_max"), std::string::npos);
}

TEST(Configuration, AnAddressInTwoInboxesIsAnError) {
  EXPECT_FALSE(load(std::string(kSmall) + "[[inbox]]\nworkspace=\"b\"\naddresses=[\"support@example.com\"]\n").ok());
}

TEST(Configuration, RenderedFileLoadsToTheSameOptions) {
  const Loaded loaded = load(kSmall);
  const std::string text = render(loaded.options);
  const Loaded again = load(text);
  ASSERT_TRUE(again.ok()) << again.problems.front().to_string() << "\n" << text;
  for (const auto& field : fields()) EXPECT_EQ(field.show(again.options), field.show(loaded.options)) << field.key;
  EXPECT_EQ(again.options.ticketing.inboxes.front().addresses, loaded.options.ticketing.inboxes.front().addresses);
}

// Every option that the default file shows as a comment can be uncommented as it stands.
TEST(Configuration, EveryShownDefaultIsAccepted) {
  std::string text = render(load(kSmall).options);
  std::string active;
  std::size_t options = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    if (line.starts_with("# ") && line.find(" = ") != std::string::npos && line.find(' ', 2) == line.find(" = ")) {
      line.erase(0, 2);
      ++options;
    }
    active += line + '\n';
    at = end + 1;
  }
  const Loaded loaded = load(active);
  EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.problems.front().to_string());
  EXPECT_GT(options, 20U);
}

TEST(Configuration, EveryOptionIsDocumentedAndNamedOnce) {
  std::set<std::string> seen;
  for (const auto& field : fields()) {
    EXPECT_FALSE(field.comment.empty()) << field.key;
    EXPECT_TRUE(seen.insert(std::string(field.table) + "." + std::string(field.key)).second) << field.key;
  }
}

}  // namespace
}  // namespace postern::conf
