// Header fields whose number only shows once quoted-pairs and comments are taken for what they are (RFC 5322 section 3.2).
#include "pipeline/redaction/header_scan.h"

#include <gtest/gtest.h>

#include "pipeline/redaction/redactor.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

std::string stored_fields(const std::string& fields) {
  static const Redactor redactor;
  const auto out = redactor.redact(Message::copy_of(fields + "\r\nTo: c@d.example\r\n\r\nhello\r\n"), Envelope{}, AuthVerdicts{});
  EXPECT_TRUE(out);
  return out->raw();
}

std::string in_pairs(const std::string& digits) {
  std::string out;
  for (char digit : digits) out += std::string("\\") + digit;
  return out;
}

TEST(HeaderScan, QuotedPairsHideNothing) {
  const std::string card = test::make_card("4", 16, 3);
  const std::string begin = in_pairs(card.substr(0, 6));
  const std::string middle = in_pairs("******");
  for (const auto& [before, behind] : std::vector<std::pair<std::string, std::string>>{{"From: \"", "\"@b.example"},
                                                                                      {"From: \"", "\" <a@b.example>"},
                                                                                      {"Comments: \"", "\""},
                                                                                      {"Content-Disposition: attachment; filename=\"", ".txt\""}}) {
    const std::string fields = stored_fields(before + in_pairs(card) + behind);
    EXPECT_EQ(fields.find(in_pairs(card)), std::string::npos) << fields;
    EXPECT_NE(fields.find(before + begin + middle + in_pairs(card.substr(12)) + behind), std::string::npos) << fields;
    EXPECT_NE(stored_fields(before + in_pairs("4111111111111112") + behind).find(in_pairs("4111111111111112")), std::string::npos);
  }
}

TEST(HeaderScan, CommentsAndQuotesBetweenGroupsHideNothing) {
  for (const std::string name : {"4111 (x) 1111 (y) 1111 1111", "4111 \"1111\" 1111 \"1111\"", "\"4111\" (a (b) c) \"1111\" \"1111\" \"1111\""}) {
    const std::string fields = stored_fields("From: " + name + " <a@b.example>");
    EXPECT_EQ(fields.find(name), std::string::npos) << fields;
    EXPECT_NE(fields.find(" <a@b.example>"), std::string::npos) << fields;
    EXPECT_NE(fields.find("4111"), std::string::npos) << fields;
  }
}

TEST(HeaderScan, CommentsInCommentsHideNothing) {
  const std::string fields = stored_fields("From: a@b.example (card 4111 (x) 1111 (y (z)) 1111 1111)");
  EXPECT_EQ(fields.find("4111 (x) 1111 (y (z)) 1111 1111"), std::string::npos) << fields;
  EXPECT_NE(fields.find("a@b.example (card 4111 (x) 11** (y (z)) **** 1111)"), std::string::npos) << fields;
}

TEST(HeaderScan, PercentEscapesHideNothing) {
  EXPECT_NE(stored_fields("X-Card: 4111%201111%201111%201111").find("X-Card: 4111%2011**%20****%201111\r\n"), std::string::npos);
  EXPECT_NE(stored_fields("X-Link: <https://b.example/?card=%34%31%31%31111111111111>").find("?card=%34%31%31%3111******1111>"), std::string::npos);
  const std::string order = "X-Link: <https://b.example/?order=%34%31%31%31111111111111>";
  EXPECT_NE(stored_fields(order).find(order), std::string::npos) << "an id of a link";
}

}  // namespace
}  // namespace postern::pipeline
