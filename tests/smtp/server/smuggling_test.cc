// Traps 1 to 5 and 11: every known false end of data, as the end of a first message, followed by a whole second
// transaction; by DATA and BDAT, behind a pipelined DATA, and cut at every byte. The second is never accepted.
#include <gtest/gtest.h>

#include "tests/smtp/server/edge_fixture.h"

namespace postern::test {
namespace {

struct FalseEnd {
  const char* name;
  std::string bytes;
  bool is_bare;  // holds a CR or LF that is not of a CRLF: the message is refused; otherwise it is plain content
};

const std::vector<FalseEnd>& false_ends() {
  static const std::vector<FalseEnd> all{
      {"LF . LF", "\n.\n", true},
      {"LF . CR", "\n.\r", true},
      {"CR . LF", "\r.\n", true},
      {"CR . CR", "\r.\r", true},
      {"LF . CRLF", "\n.\r\n", true},
      {"CR . CRLF", "\r.\r\n", true},
      {"CRLF . LF", "\r\n.\n", true},
      {"CRLF . CR", "\r\n.\r", true},
      {"CRLF . CR CRLF", "\r\n.\r\r\n", true},
      {"CR CRLF . CR CRLF", "\r\r\n.\r\r\n", true},
      {"CRLF NUL . CRLF", std::string("\r\n\0.\r\n", 6), false},
      {"CRLF . NUL CRLF", std::string("\r\n.\0\r\n", 6), false},
      {"CRLF . SP CRLF", "\r\n. \r\n", false},
  };
  return all;
}

const std::string kFirst = "Subject: first\r\n\r\nbody";
const std::string kSecond =
    "MAIL FROM:<smuggler@sender.example>\r\nRCPT TO:<sales@example.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";

std::string content_of(const FalseEnd& end) { return kFirst + end.bytes + kSecond; }

EdgeSetup with_split(Split split) {
  EdgeSetup setup;
  setup.sim.split = split;
  return setup;
}

void expect_not_smuggled(EdgeFixture& edge, const FalseEnd& end, const std::string& where) {
  for (const auto& taken : edge.taken()) {
    EXPECT_NE(taken.envelope.mail_from.local, "smuggler") << end.name << where;
    EXPECT_NE(taken.content.find("Subject: smuggled"), std::string::npos) << end.name << where << ": ended early";
  }
  EXPECT_EQ(edge.taken().size(), end.is_bare ? 0U : 1U) << end.name << where;
  EXPECT_EQ(edge.is_closed(), end.is_bare) << end.name << where;
}

TEST(Smuggling, Trap02_DataCutAtEveryByte) {
  for (const FalseEnd& end : false_ends()) {
    const std::string content = content_of(end);
    for (std::size_t cut = 0; cut <= content.size(); ++cut) {
      EdgeFixture edge;
      edge.greet();
      edge.begin();
      ASSERT_TRUE(edge.exchange("DATA\r\n").starts_with("354"));
      edge.exchange(std::string_view(content).substr(0, cut));
      edge.exchange(std::string_view(content).substr(cut));
      expect_not_smuggled(edge, end, " cut at " + std::to_string(cut));
    }
  }
}

TEST(Smuggling, Trap02_DataByteByByteAndInRandomPieces) {
  for (const FalseEnd& end : false_ends()) {
    for (const Split split : {Split::kEveryByte, Split::kRandom}) {
      EdgeFixture edge(with_split(split));
      edge.greet();
      edge.begin();
      edge.exchange("DATA\r\n");
      edge.exchange(content_of(end));
      expect_not_smuggled(edge, end, " split " + std::to_string(static_cast<int>(split)));
    }
  }
}

TEST(Smuggling, Trap13_BehindPipelinedData) {
  for (const FalseEnd& end : false_ends()) {
    for (const Split split : {Split::kNone, Split::kEveryByte}) {
      EdgeFixture edge(with_split(split));
      edge.greet();
      edge.exchange("MAIL FROM:<ann@sender.example>\r\nRCPT TO:<support@example.test>\r\nDATA\r\n" + content_of(end));
      EXPECT_TRUE(edge.taken().empty()) << end.name;
      EXPECT_TRUE(edge.is_closed()) << end.name;
    }
  }
}

TEST(Smuggling, Trap11_BdatCutAtEveryByte) {
  for (const FalseEnd& end : false_ends()) {
    const std::string content = content_of(end);
    for (std::size_t cut = 0; cut <= content.size(); ++cut) {
      EdgeFixture edge;
      edge.greet();
      edge.begin();
      edge.exchange("BDAT " + std::to_string(cut) + "\r\n" + content.substr(0, cut));
      edge.exchange("BDAT " + std::to_string(content.size() - cut) + " LAST\r\n" + content.substr(cut));
      expect_not_smuggled(edge, end, " cut at " + std::to_string(cut));
    }
  }
}

// The chunk ends with the false end and the second transaction follows as commands: refused content ends the session.
TEST(Smuggling, Trap11_CommandsBehindARefusedChunk) {
  for (const FalseEnd& end : false_ends()) {
    if (!end.is_bare) continue;
    EdgeFixture edge;
    edge.greet();
    edge.begin();
    const std::string chunk = kFirst + end.bytes;
    edge.exchange("BDAT " + std::to_string(chunk.size()) + " LAST\r\n" + chunk + kSecond);
    EXPECT_TRUE(edge.taken().empty()) << end.name;
    EXPECT_TRUE(edge.is_closed()) << end.name;
  }
}

// Trusted peers are no exception (Postfix exempts mynetworks: mail.md trap 2).
TEST(Smuggling, Trap02_TrustedPeersAreNotExempt) {
  for (const FalseEnd& end : false_ends()) {
    EdgeSetup setup;
    setup.sim.remote = net::Endpoint::parse("127.0.0.1:4000").value();
    setup.options.xclient_peers.push_back(net::IpNetwork::parse("127.0.0.0/8").value());
    EdgeFixture edge(setup);
    edge.greet();
    edge.begin();
    edge.exchange("DATA\r\n");
    edge.exchange(content_of(end));
    expect_not_smuggled(edge, end, " trusted");
  }
}

}  // namespace
}  // namespace postern::test
