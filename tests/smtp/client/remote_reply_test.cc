#include "smtp/client/remote_reply.h"

#include <gtest/gtest.h>

#include "core/errc.h"

namespace postern::smtp {
namespace {

core::Result<RemoteReply> parse(const std::vector<std::string>& lines) {
  ReplyParser parser(5, 100);
  for (const auto& line : lines) {
    POSTERN_TRY(const bool is_complete, parser.add_line(line));
    if (is_complete) return parser.take();
  }
  return core::fail(core::Errc::kTimedOut);  // incomplete
}

TEST(RemoteReply, JoinsLinesAndFindsTheEnhancedCode) {
  const auto reply = parse({"550-5.1.1 No such", "550 user"});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code, 550);
  EXPECT_EQ(reply->enhanced, "5.1.1");
  EXPECT_EQ(reply->summary(), "550 5.1.1 No such user");
  EXPECT_TRUE(reply->is_permanent_failure());
  EXPECT_EQ(parse({"220"})->code, 220);
  EXPECT_EQ(parse({"354 "})->lines, std::vector<std::string>{""});
}

TEST(RemoteReply, TakesNoEnhancedCodeOfAnotherClassOrForm) {
  for (const char* line : {"550 4.1.1 x", "550 5.1 x", "550 5.1.1.1 x", "550 5.1.1111 x", "550 5..1 x", "550 5.1.x",
                           "250 ok", "550 5.11.", "250 2.1.5x"}) {
    EXPECT_EQ(parse({line})->enhanced, "") << line;
  }
  EXPECT_EQ(parse({"550 5.7.100"})->enhanced, "5.7.100");
}

TEST(RemoteReply, RefusesWhatIsNoReply) {
  for (const char* line : {"", "25", "abc hello", "250_x", "150 x", "650 x", "2a0 x", "HTTP/1.1 400 Bad Request"}) {
    const auto reply = parse({line});
    EXPECT_TRUE(!reply && reply.error() == core::Errc::kInvalid) << line;
  }
  EXPECT_FALSE(parse({"250-a", "251 b"})) << "one reply has one code";
}

TEST(RemoteReply, IsBounded) {
  EXPECT_TRUE(parse({"250-a", "250-a", "250-a", "250-a", "250 a"}));
  EXPECT_FALSE(parse({"250-a", "250-a", "250-a", "250-a", "250-a", "250 a"}));
  EXPECT_FALSE(parse({"250 " + std::string(100, 'x')}));
}

TEST(RemoteReply, SummaryIsPrintableAndBounded) {
  ReplyParser parser(100, 2000);
  ASSERT_TRUE(parser.add_line("550-\x1b[31m\r\xc3\xa4").value() == false);
  ASSERT_TRUE(parser.add_line("550 " + std::string(1000, 'y')).value());
  const std::string summary = parser.take().summary();
  EXPECT_EQ(summary.size(), 512U);
  EXPECT_TRUE(summary.starts_with("550 ?[31m??? y"));
}

}  // namespace
}  // namespace postern::smtp
