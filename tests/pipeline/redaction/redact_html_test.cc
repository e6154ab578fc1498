// Formatted text that people type (Z-35, issue 8): no value that a rule hides is left in the HTML or in the text that it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/mime/html.h"
#include "pipeline/redaction/phrase_hider.h"
#include "pipeline/redaction/redactor.h"

namespace postern::pipeline {
namespace {

using testing::HasSubstr;
using testing::Not;

RedactedHtml redacted_html(std::string_view html) {
  static const Redactor one;
  return one.redact_html(html, {"comment", {}, {}});
}

std::string html_digits(std::string_view html) {
  std::string out;
  for (const char c : html_to_text(html).text) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out;
}

TEST(RedactHtml, Z35HidesANumberThatTagsDivide) {
  const RedactedHtml out = redacted_html("<p>Card <b>4111</b> 1111 <i>1111 1<u>1</u></i>11, thanks</p>");
  EXPECT_EQ(html_digits(out.html()), "4111111111") << out.html();
  EXPECT_THAT(out.html(), HasSubstr("<b>4111</b> 11"));
  EXPECT_EQ(out.text(), "Card 4111 11\u2587\u2587 \u2587\u2587\u2587\u2587 1111, thanks");
  ASSERT_EQ(out.redactions().size(), 1U);
  EXPECT_EQ(out.redactions()[0].rule, "card");
  EXPECT_EQ(out.redactions()[0].where, "comment");
}

TEST(RedactHtml, Z35EveryViewOfTheHtmlIsLookedAt) {
  for (std::string_view html :
       {"<p>4111&#x31;&#49;11&shy;11111111</p>", "<p>41<!-- x -->1111<span>1111</span>111111</p>", "<table><tr><td>4111</td><td>1111</td><td>1111</td><td>1111</td></tr></table>",
        "<a href=\"https://a.example/?card=4111111111111111\">pay</a>", "<p style=\"4111111111111111\" title=\"4111111111111111\">41111111<script>x</script>11111111</p>",
        "<section>4111 1111</section><section>1111 1111</section>", "<ol><li>4111 1111 1111 1111</li></ol>", "<p>4111<img src=\"data:x\">111111111111</p>"}) {
    const RedactedHtml out = redacted_html(html);
    EXPECT_THAT(out.html(), Not(HasSubstr("4111111111111111"))) << html;
    EXPECT_LE(html_digits(out.html()).size(), 10U) << html << "\n" << out.html();
    EXPECT_FALSE(out.redactions().empty()) << html;
    const RedactedHtml again = redacted_html(out.html());
    EXPECT_EQ(again.html(), out.html()) << html;
    EXPECT_TRUE(again.redactions().empty()) << html << again.html();
  }
}

TEST(RedactHtml, WhatIsTypedWithoutAValueStays) {
  const RedactedHtml out = redacted_html("<p>Hello <strong>Ann</strong>,</p><ul><li>first</li></ul>");
  EXPECT_EQ(out.html(), "<p>Hello <strong>Ann</strong>,</p><ul><li>first</li></ul>");
  EXPECT_EQ(out.text(), "Hello Ann,\n\n- first");
  EXPECT_TRUE(out.redactions().empty());
}

TEST(RedactHtml, HostileHtmlIsSmallAndSafe) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<div>";
  EXPECT_EQ(redacted_html(deep + "x").html(), "<pre>x</pre>");
  EXPECT_EQ(redacted_html("<script>alert(1)</script>").html(), "");
  EXPECT_EQ(redacted_html("<script>alert(1)</script>").text(), "");
}

TEST(PhraseHider, TakesAPhraseOutOfTypedHtmlAndItsText) {
  const PhraseHider hider;
  const Rewritten out = hider.hide_in_html("<p>Ask <b>Violet</b> <i>Example</i></p><a href=\"https://a.example/\">x</a>", {"Violet Example"});
  EXPECT_EQ(out.count, 1U);
  EXPECT_EQ(out.bytes, sanitise_typed_html(out.bytes));
  EXPECT_EQ(hider.text_of_typed(out.bytes), "Ask \u2587\u2587\u2587\u2587\u2587\u2587 \u2587\u2587\u2587\u2587\u2587\u2587\u2587\n\nx <https://a.example/>");
}

}  // namespace
}  // namespace postern::pipeline
