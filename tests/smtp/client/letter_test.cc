#include "smtp/client/letter.h"

#include <gtest/gtest.h>

namespace postern::smtp {
namespace {

using std::string_literals::operator""s;

TEST(WithCrlfLines, NeverLeavesABareCrOrLf) {
  EXPECT_EQ(with_crlf_lines("a\nb\rc\r\nd"), "a\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(with_crlf_lines("a\r\r\n\n"), "a\r\n\r\n\r\n");
  EXPECT_EQ(with_crlf_lines(""), "\r\n");
  const std::string whole = "a\r\n.\r\nb\r\n";
  EXPECT_EQ(with_crlf_lines(whole), whole);
}

TEST(ToData, StuffsDotsAndEndsTheMessage) {
  EXPECT_EQ(to_data("a\r\n.\r\n..b\r\nc.\r\n"), "a\r\n..\r\n...b\r\nc.\r\n.\r\n");
  EXPECT_EQ(to_data(with_crlf_lines("x\n.\nMAIL FROM:<evil>\n")), "x\r\n..\r\nMAIL FROM:<evil>\r\n.\r\n");
}

pipeline::OutboundMessage message_to(std::string local, std::string domain) {
  pipeline::OutboundMessage message;
  message.rcpt = {std::move(local), std::move(domain)};
  return message;
}

TEST(MakeLetter, RefusesAddressesThatBreakOutOfACommand) {
  EXPECT_FALSE(make_letter(message_to("a\r\nRCPT TO:<b@c>", "d.test"), "", "x\r\n"));
  EXPECT_FALSE(make_letter(message_to("a", "d.test>\r\nDATA"), "", "x\r\n"));
  EXPECT_FALSE(make_letter(message_to("a", "d.test> SIZE=1"), "", "x\r\n"));
  EXPECT_FALSE(make_letter(message_to("a\0b"s, "d.test"), "", "x\r\n"));
  EXPECT_FALSE(make_letter(message_to("a", ""), "", "x\r\n"));
  auto bad_sender = message_to("a", "d.test");
  bad_sender.mail_from = {"x\n", "y.test"};
  EXPECT_FALSE(make_letter(bad_sender, "", "x\r\n"));
  EXPECT_EQ(make_letter(message_to("a>b", "d.test"), "", "x\r\n")->rcpt, "\"a>b\"@d.test");
}

TEST(MakeLetter, PutsSignaturesFirstAndSeesWhatTheMessageNeeds) {
  const auto plain = make_letter(message_to("a", "d.test"), "DKIM-Signature: s\r\n", "Subject: x\r\n");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->bytes, "DKIM-Signature: s\r\nSubject: x\r\n");
  EXPECT_EQ(plain->mail_from, "");
  EXPECT_FALSE(plain->is_8bit || plain->needs_smtputf8);
  EXPECT_TRUE(make_letter(message_to("a", "d.test"), "", "\xc3\xa4\r\n")->is_8bit);
  EXPECT_TRUE(make_letter(message_to("\xc3\xa4", "d.test"), "", "x\r\n")->needs_smtputf8);
}

}  // namespace
}  // namespace postern::smtp
