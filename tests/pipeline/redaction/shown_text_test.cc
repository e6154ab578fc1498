// Issue 4, items 1 and 2: what a mail program shows is more than what stands in the text: style sheets, frames, data: URLs,
// and files that stand encoded in the text. Typed text gets the same looks.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/redaction/redactor.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"
#include "tests/pipeline/redaction/shown_text.h"

namespace postern::pipeline {
namespace {

const Redactor& shown_redactor() {
  static const Redactor one;
  return one;
}

RedactedMessage kept(const std::string& message) {
  auto out = shown_redactor().redact(Message::copy_of(message), Envelope{}, AuthVerdicts{});
  EXPECT_TRUE(out);
  return std::move(*out);
}

void expect_hidden(const test::Shown& one, const std::string& message) {
  ASSERT_NE(message.find(one.trace), std::string::npos) << one.name;
  const RedactedMessage out = kept(message);
  ASSERT_EQ(out.verdicts().redactions.size(), 1U) << one.name << "\n" << message;
  EXPECT_EQ(out.verdicts().redactions[0].rule, "card") << one.name;
  EXPECT_EQ(out.raw().find(one.trace), std::string::npos) << one.name << "\n" << out.raw();
  const RedactedMessage again = kept(out.raw());
  EXPECT_TRUE(again.verdicts().redactions.empty()) << one.name << "\n" << out.raw();
  EXPECT_EQ(again.raw(), out.raw()) << one.name;
}

std::string page_mail(const std::string& page) { return test::text_mail("text/html; charset=utf-8", "7bit", "<html><body>x " + page + " y</body></html>\r\n"); }

TEST(ShownText, DecoysThatStyleHidesDoNotHideTheNumber) {
  for (const test::Shown& one : test::hidden_by_style(test::make_card("4", 16, 11))) expect_hidden(one, page_mail(one.page));
}

TEST(ShownText, WhatStylePutsTogetherIsFound) {
  for (const test::Shown& one : test::laid_out_by_style(test::make_card("5", 16, 12))) expect_hidden(one, page_mail(one.page));
}

TEST(ShownText, PagesInAttributesAreRead) {
  for (const test::Shown& one : test::embedded_pages(test::make_card("4", 16, 13))) expect_hidden(one, page_mail(one.page));
}

TEST(ShownText, OtherNumbersInTheSamePagesStay) {
  const std::string number = "4111111111111112";  // not valid by Luhn's rule
  for (const auto& all : {test::hidden_by_style(number), test::laid_out_by_style(number), test::embedded_pages(number)}) {
    for (const test::Shown& one : all) EXPECT_EQ(kept(page_mail(one.page)).raw(), page_mail(one.page)) << one.name;
  }
}

TEST(ShownText, Base64BehindStrangeLinesIsRead) {
  const std::string card = test::make_card("4", 16, 14);
  const std::string encoded = core::to_base64("Hello, my card number is " + card + " and it is valid, thank you very much");
  for (const std::string junk : {"A", "Hello", "This is a multi part message", "Content-Type: text/plain", "aVeryLongLineOfLettersThatIsNoBase64ButLooksLikeItAndIsLongerThanAllTheOtherLinesOfTheBodyThatFollowsBehindIt"}) {
    const std::string body = junk + "\r\n" + test::in_lines(encoded, 76, "");
    expect_hidden({junk, "", encoded.substr(40, 30)}, test::text_mail("text/plain", "base64", body));
    expect_hidden({junk + " in a file", "", encoded.substr(40, 30)},
                  test::mixed_mail("Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body));
  }
}

TEST(ShownText, Base64WhereOnlySomeReadersSeeTheBodyBegin) {
  const std::string encoded = core::to_base64("Hello, my card number is " + test::make_card("4", 16, 18) + " and it is valid, thank you very much");
  const std::string lines = test::in_lines(encoded, 60, "");
  expect_hidden({"behind a line of blanks", "", encoded.substr(40, 20)}, "Subject: s\r\nContent-Transfer-Encoding: base64\r\n  \r\n" + lines);
  expect_hidden({"in uuencode without a beginning", "", encoded.substr(40, 20)}, test::text_mail("text/plain", "x-uuencode", lines));
}

TEST(ShownText, RtfDestinationsThatReadersPassOver) {
  const std::string card = test::make_card("4", 16, 15);
  for (const std::string filler : {"{\\*\\foo 97}", "{\\*\\bkmkstart a7}", "{\\xe{97}}", "{\\footnote 97}", "{\\*\\unknown{\\b 4}1}"}) {
    const std::string text = "{\\rtf1\\ansi my card " + test::between(card, filler, 4) + "\\par}";
    expect_hidden({filler, "", test::between(card, filler, 4)}, test::mixed_mail("Content-Type: application/rtf\r\n\r\n" + text));
  }
  const std::string hidden = "{\\rtf1\\ansi x{\\*\\foo " + card + "}\\par}";
  expect_hidden({"all of it", "", card}, test::mixed_mail("Content-Type: application/rtf\r\n\r\n" + hidden));
}

// A zip, and a gzip, of a text.
std::string packed_card(const std::string& card, bool is_zip) {
  const std::string text = "my card is " + card + " thanks\r\n";
  if (!is_zip) return test::make_gzip(text);
  test::ZipFile file;
  file.name = "note.txt";
  file.content = text;
  return test::make_zip({file});
}

TEST(ShownText, FilesThatStandEncodedInTextAreLookedInto) {
  const std::string card = test::make_card("4", 16, 16);
  for (const bool is_zip : {true, false}) {
    const std::string file = packed_card(card, is_zip);
    const std::string base64 = core::to_base64(file);
    for (const std::string& message :
         {test::text_mail("text/plain", "7bit", "see\r\n\r\n" + test::in_lines(base64, 76, "") + "\r\nbye\r\n"), test::text_mail("text/plain", "7bit", "see\r\n" + test::uuencoded(file)),
          page_mail("<a href=\"data:application/zip;base64," + base64 + "\">x</a>"), test::text_mail("text/plain; charset=iso-8859-1", "8bit", "see\r\n" + test::yencoded(file))}) {
      const RedactedMessage out = kept(message);
      ASSERT_FALSE(out.verdicts().redactions.empty()) << message;
      EXPECT_EQ(out.verdicts().redactions[0].rule, "card");
      EXPECT_EQ(out.raw().find(base64.substr(30, 40)), std::string::npos) << out.raw();
      EXPECT_EQ(out.raw().find(test::uuencoded(file).substr(60, 40)), std::string::npos) << out.raw();
      EXPECT_TRUE(kept(out.raw()).verdicts().redactions.empty()) << out.raw();
    }
    const std::string innocent = core::to_base64(packed_card("4111111111111112", is_zip));
    const std::string message = test::text_mail("text/plain", "7bit", "see\r\n\r\n" + test::in_lines(innocent, 76, "") + "\r\nbye\r\n");
    EXPECT_EQ(kept(message).raw(), message);
  }
}

TEST(ShownText, AFileInTextThatNobodyCanReadCountsOnlyWhereTheTextSaysFile) {
  RedactionOptions options;
  options.on_unreadable = UnreadableFile::kSuspend;
  const Redactor strict(std::make_shared<const PublishedRules>(), {}, {}, options);
  std::string damaged = "\x1F\x8B\x08";  // gzip
  damaged += std::string(90, '\x55');
  const auto has_unread = [&strict](const std::string& body) {
    const auto out = strict.redact(Message::copy_of(test::text_mail("text/plain", "7bit", body)), Envelope{}, {});
    EXPECT_TRUE(out);
    const auto& defects = out->verdicts().parse.defects;
    return std::find(defects.begin(), defects.end(), "unread_file") != defects.end();
  };
  EXPECT_TRUE(has_unread("see\r\n" + test::uuencoded(damaged)));
  EXPECT_FALSE(has_unread("token " + core::to_base64(damaged) + "\r\n"));
}

TEST(ShownText, TypedTextIsReadLikeMail) {
  const std::string card = test::make_card("4", 16, 17);
  for (const std::string& typed : {test::digits_as(card, "&#%u;"), test::digits_as(card, "%%%02X"), core::to_base64("my card is " + card + " ok"), test::between(card, "<b></b>", 4),
                                   test::with_decoys(card, "hidden"), test::digits_as(card, "\\u%04x"), core::to_base64(packed_card(card, true))}) {
    const std::string text = "my card \u00e9 " + typed + " thanks";
    const RedactedText out = shown_redactor().redact_text(text, {"comment", {}, {}});
    ASSERT_FALSE(out.redactions().empty()) << text;
    EXPECT_EQ(out.redactions()[0].rule, "card");
    EXPECT_EQ(out.text().find(typed), std::string::npos) << out.text();
    EXPECT_TRUE(out.text().starts_with("my card \u00e9 ")) << out.text();
    EXPECT_TRUE(out.text().ends_with(" thanks")) << out.text();
    EXPECT_TRUE(shown_redactor().redact_text(out.text(), {"comment", {}, {}}).redactions().empty()) << out.text();
  }
  for (const std::string plain : {"&#52;1", "100%25 of 5 > 3 & 2 < 4", "<b>hello</b> \\u0041", "dGhpcyBpcyBubyBjYXJkIG51bWJlcg=="})
    EXPECT_EQ(shown_redactor().redact_text(plain, {"comment", {}, {}}).text(), plain);
}

TEST(ShownText, ReadingsOfReadingsAreBoundedForTheWholeMessage) {
  // Each part alone stays within the budget.
  std::string line;
  for (int i = 0; i < 20; ++i) line += "%41&#65;\\u0041<b>1</b>**2**3%2541\\\\u0041&amp;#65; ";
  std::string parts;
  for (int i = 0; i < 20; ++i) parts += "--b1\r\nContent-Type: text/html\r\n\r\n" + line + "\r\n";
  const std::string message = test::mail("Content-Type: multipart/mixed; boundary=b1\r\n", parts + "--b1--\r\n");
  RedactionLimits limits;
  limits.readings_per_byte_max = 1;
  limits.speculative_bytes_max = 40'000;
  const auto replaced = [&](const std::string& text) {
    const auto out = Redactor(limits).redact(Message::copy_of(text), Envelope{}, {});
    EXPECT_TRUE(out);
    const auto& defects = out->verdicts().parse.defects;
    const bool is_noted = std::find(defects.begin(), defects.end(), "too_many_readings") != defects.end();
    EXPECT_EQ(is_noted, !out->verdicts().redactions.empty());
    EXPECT_EQ(is_noted, out->verdicts().parse.ambiguity >= 40);
    return is_noted;
  };
  EXPECT_FALSE(replaced(test::text_mail("text/html", "7bit", line + "\r\n")));
  EXPECT_TRUE(replaced(message));
}

}  // namespace
}  // namespace postern::pipeline
