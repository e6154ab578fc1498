// Greylisting (RFC 6647), gentle with pools of senders (issue 5 part 1).
#include "smtp/server/grey_list.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "core/manual_clock.h"
#include "tests/smtp/server/edge_fixture.h"

namespace postern::smtp {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

GreyListOptions turned_on() {
  GreyListOptions out;
  out.is_on = true;
  return out;
}

net::IpAddress ip(const char* text) { return net::IpAddress::parse(text).value(); }

struct GreyListTest : testing::Test {
  std::optional<seconds> ask(const char* client, const char* from = "ann@x.example", const char* rcpt = "support@desk.example") {
    return list.check(ip(client), from, rcpt);
  }
  core::ManualClock clock;
  GreyList list{turned_on(), clock};
};

TEST_F(GreyListTest, IsOffUnlessToldOtherwise) {
  GreyList off(GreyListOptions{}, clock);
  EXPECT_FALSE(off.check(ip("192.0.2.1"), "ann@x.example", "support@desk.example"));
}

TEST_F(GreyListTest, TheSecondTryAfterTheDelayIsLetIn) {
  EXPECT_EQ(ask("192.0.2.1"), seconds(120));
  clock.advance(seconds(119));
  EXPECT_EQ(ask("192.0.2.1"), seconds(1)) << "asking often does not begin it anew";
  clock.advance(seconds(1));
  EXPECT_FALSE(ask("192.0.2.1"));
  EXPECT_FALSE(ask("192.0.2.77", "bob@y.example", "sales@desk.example")) << "its network is known now";
  EXPECT_TRUE(ask("192.0.3.1", "bob@y.example"));
}

TEST_F(GreyListTest, APoolMayTryAgainFromAnotherAddress) {
  EXPECT_TRUE(ask("192.0.2.1"));
  EXPECT_TRUE(ask("198.51.100.1"));
  clock.advance(seconds(120));
  EXPECT_FALSE(ask("203.0.113.1"));
  for (const char* each : {"192.0.2.5", "198.51.100.5", "203.0.113.5"}) EXPECT_FALSE(ask(each, "new@z.example")) << each;
}

TEST_F(GreyListTest, AnotherSenderOrRecipientIsAnotherTry) {
  EXPECT_TRUE(ask("192.0.2.1"));
  clock.advance(seconds(120));
  EXPECT_TRUE(ask("192.0.2.1", "bob@x.example"));
  EXPECT_TRUE(ask("192.0.2.1", "ann@x.example", "sales@desk.example"));
}

TEST_F(GreyListTest, BouncesOfDifferentNetworksAreDifferent) {
  EXPECT_TRUE(ask("192.0.2.1", ""));
  clock.advance(seconds(120));
  EXPECT_TRUE(ask("198.51.100.1", "")) << "the null sender is nobody's";
  EXPECT_FALSE(ask("192.0.2.1", ""));
}

TEST_F(GreyListTest, ForgetsWhoDoesNotComeBackAndWhoWasNotSeenForLong) {
  EXPECT_TRUE(ask("192.0.2.1"));
  clock.advance(hours(25));
  EXPECT_EQ(ask("192.0.2.1"), seconds(120)) << "too late: it begins anew";
  clock.advance(seconds(120));
  EXPECT_FALSE(ask("192.0.2.1"));
  clock.advance(hours(35 * 24));
  EXPECT_FALSE(ask("192.0.2.1")) << "and is seen";
  clock.advance(hours(35 * 24));
  EXPECT_FALSE(ask("192.0.2.1"));
  clock.advance(hours(37 * 24));
  EXPECT_TRUE(ask("192.0.2.1"));
}

TEST_F(GreyListTest, IPv6NetworksAreOf64Bits) {
  EXPECT_TRUE(ask("2001:db8::1"));
  clock.advance(seconds(120));
  EXPECT_FALSE(ask("2001:db8::ffff"));
  EXPECT_TRUE(ask("2001:db8:0:1::1", "new@z.example"));
}

TEST_F(GreyListTest, OutlivesARestartAndHoldsNoAddress) {
  ask("192.0.2.1");
  clock.advance(seconds(120));
  ask("192.0.2.1");
  const std::string text = list.write();
  for (const char* part : {"192.0.2", "ann", "x.example", "support"}) EXPECT_EQ(text.find(part), std::string::npos) << part;
  GreyList next(turned_on(), clock);
  ASSERT_TRUE(next.read(text));
  EXPECT_EQ(next.known(), 1U);
  EXPECT_FALSE(next.check(ip("192.0.2.9"), "new@z.example", "support@desk.example"));
  for (std::string wrong : {std::string(), std::string("x"), text.substr(0, text.size() - 1), text + "x\n", std::string("postern greylist 1 abcd\n")}) {
    EXPECT_EQ(next.read(wrong).error(), core::Errc::kInvalid) << wrong;
    EXPECT_EQ(next.known(), 1U) << "nothing changes by a wrong file";
  }
}

TEST_F(GreyListTest, WhenAllPlacesAreTakenNobodyIsLost) {
  GreyListOptions small = turned_on();
  small.tried_max = 2;
  small.known_max = 1;
  GreyList full(small, clock);
  EXPECT_TRUE(full.check(ip("192.0.2.1"), "a@x.example", "r"));
  EXPECT_TRUE(full.check(ip("192.0.2.1"), "b@x.example", "r"));
  EXPECT_FALSE(full.check(ip("192.0.2.1"), "c@x.example", "r"));
  clock.advance(seconds(120));
  EXPECT_FALSE(full.check(ip("192.0.2.1"), "a@x.example", "r"));
  EXPECT_FALSE(full.check(ip("198.51.100.1"), "b@x.example", "r"));
  EXPECT_EQ(full.known(), 1U);
}

TEST(GreyListing, ASessionIsAskedToComeAgainAtEachRecipient) {
  test::EdgeFixture edge;
  core::ManualClock clock;
  const auto list = std::make_shared<GreyList>(turned_on(), clock);
  edge.server().share_grey_list(list);
  edge.read();
  edge.exchange("EHLO client.test\r\n");
  edge.exchange("MAIL FROM:<ann@sender.example>\r\n");
  EXPECT_TRUE(edge.exchange("RCPT TO:<nobody@example.test>\r\n").starts_with("550 5.1.1")) << "who is not there is told so at once";
  EXPECT_TRUE(edge.exchange("RCPT TO:<support@example.test>\r\n").starts_with("450 4.7.1 "));
  EXPECT_TRUE(edge.exchange("DATA\r\n").starts_with("5")) << "no recipient was taken";
  clock.advance(seconds(120));
  EXPECT_TRUE(edge.exchange("RCPT TO:<SUPPORT@example.test>\r\n").starts_with("250"));
}

}  // namespace
}  // namespace postern::smtp
