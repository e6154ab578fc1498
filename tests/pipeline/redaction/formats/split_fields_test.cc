// Issue 4, coverage: card numbers over the fields of lists (CSV), of forms, and over two parts of a message.
#include <gtest/gtest.h>

#include "pipeline/redaction/redactor.h"
#include "tests/pipeline/redaction/mail_text.h"

namespace postern::pipeline {
namespace {

std::string stored(const std::string& message) {
  static const Redactor redactor;
  const auto out = redactor.redact(Message::copy_of(message), Envelope{}, AuthVerdicts{});
  EXPECT_TRUE(out);
  return out->raw();
}
std::string stored_text(const std::string& body) { return stored(test::text_mail("text/plain; charset=utf-8", "8bit", body)); }

bool is_kept(const std::string& body) { return stored_text(body).find(body) != std::string::npos; }

TEST(SplitFields, RowsOfAListAreReadFieldByField) {
  const std::string tail = ";12/29\r\n";
  for (const std::string mark : {";", "\t", "|", ",", "\";\"", "\",\""}) {
    const std::string quote = mark.size() > 1 ? "\"" : "";
    const auto row = [&](const std::string& name, const std::string& a, const std::string& b, const std::string& c, const std::string& d) {
      return quote + name + mark + a + mark + b + mark + c + mark + d + mark + "x" + quote + "\r\n";
    };
    const std::string raw = stored_text(row("Ann", "4111", "1111", "1111", "1111") + row("Bob", "5555", "5555", "5555", "4444"));
    EXPECT_NE(raw.find(row("Bob", "5555", "55\u2587\u2587", "\u2587\u2587\u2587\u2587", "4444")), std::string::npos) << raw;
    EXPECT_NE(raw.find(row("Ann", "4111", "11\u2587\u2587", "\u2587\u2587\u2587\u2587", "1111")), std::string::npos) << raw;
  }
  EXPECT_EQ(stored_text("\"Ann\";\"4111\";\"1111\";\"1111\";\"1111\";\"12/29\"\r\n").find("\"1111\";\"1111\";\"1111\""), std::string::npos);
  EXPECT_EQ(stored_text("name;card;;;\r\nAnn;=\"4111\";=\"1111\";=\"1111\";=\"1111\"\r\n").find("=\"1111\";=\"1111\";=\"1111\""), std::string::npos);
}

TEST(SplitFields, ListsOfOtherNumbersStay) {
  EXPECT_TRUE(is_kept("Ann;4111;1111;1111;1111;x\r\nBob;5555;5555;5555;4445;x\r\n")) << "one of two, which is chance";
  EXPECT_TRUE(is_kept("2019;2020;2021;2022\r\n4111;1111;1111;1112\r\n"));
  EXPECT_TRUE(is_kept("port1=4111&port2=1111&port3=1111&port4=1111\r\n"));
  EXPECT_TRUE(is_kept("card1: 4111\r\ncard2: 1111\r\ncard3: 1111\r\ncard4: 1112\r\n"));
}

TEST(SplitFields, FieldsOfAFormThatCountUpAreOneNumber) {
  const std::string form = stored_text("name=Ann&card1=4111&card2=1111&card3=1111&card4=1111&exp=1229\r\n");
  EXPECT_NE(form.find("card1=4111&card2=11\u2587\u2587&card3=\u2587\u2587\u2587\u2587&card4=1111&exp"), std::string::npos) << form;
  const std::string lines = stored_text("Name: Ann\r\ncc_number[1]: 4111\r\ncc_number[2]: 1111\r\ncc_number[3]: 1111\r\ncc_number[4]: 1111\r\n");
  EXPECT_NE(lines.find("cc_number[3]: \u2587\u2587\u2587\u2587\r\n"), std::string::npos) << lines;
}

std::string two_parts(const std::string& kind, const std::string& above, const std::string& below) {
  return test::mail("Subject: hello\r\nContent-Type: multipart/" + kind + "; boundary=\"b1\"\r\n", "--b1\r\n" + above + "\r\n--b1\r\n" + below + "\r\n--b1--\r\n");
}

TEST(PartSeams, ANumberOverTwoPartsIsHiddenInBoth) {
  const std::string plain = "Content-Type: text/plain\r\n\r\n";
  const std::string page = "Content-Type: text/html\r\n\r\n";
  const std::string packed = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  const std::string text = stored(two_parts("mixed", plain + "my card is 4111 1111", plain + "1111 1111, thanks\r\n"));
  EXPECT_NE(text.find("my card is 4111 11**\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("**** 1111, thanks"), std::string::npos) << text;
  EXPECT_NE(stored(two_parts("mixed", page + "<p>my card is 4111 1111</p>", page + "<p><b>1111</b> 1111</p>")).find("<p><b>****</b> 1111</p>"), std::string::npos);
  const std::string coded = stored(two_parts("mixed", packed + test::base64_lines("my card is 4111 1111\n"), plain + "1111 1111\r\n"));
  EXPECT_NE(coded.find("**** 1111"), std::string::npos) << coded;
  EXPECT_EQ(coded.find(test::base64_lines("my card is 4111 1111\n")), std::string::npos);
}

TEST(PartSeams, PartsThatAreNotShownTogetherStay) {
  const std::string above = "Content-Type: text/plain\r\n\r\nmy card is 4111 1111";
  for (const std::string below : {"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n1111 1111",
                                  "Content-Type: text/plain\r\n\r\nof 1111 1111", "Content-Type: text/plain\r\n\r\n1111 1112"}) {
    const std::string raw = stored(two_parts("mixed", above, below));
    EXPECT_NE(raw.find(above), std::string::npos) << raw;
    EXPECT_NE(raw.find(below), std::string::npos) << raw;
  }
  EXPECT_NE(stored(two_parts("alternative", above, "Content-Type: text/plain\r\n\r\n1111 1111")).find(above), std::string::npos);
}

}  // namespace
}  // namespace postern::pipeline
