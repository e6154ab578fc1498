#include <gtest/gtest.h>

#include "pipeline/mime/html.h"

namespace postern::pipeline {
namespace {

std::string text(std::string_view html) { return html_to_text(html).text; }

TEST(HtmlText, ShowsWhatABrowserShows) {
  EXPECT_EQ(text("<p>Hello <b>you</b></p><p>Bye</p>"), "Hello you\n\nBye\n\n");
  EXPECT_EQ(text("a\n  b\t c"), "a b c");
  EXPECT_EQ(text("one<br>two<br/>three"), "one\ntwo\nthree");
  EXPECT_EQ(text("<pre>a\n  b</pre>"), "a\n  b\n");
  EXPECT_EQ(text("<table><tr><td>1</td><td>2</td></tr></table>"), "1 2\n");
}

TEST(HtmlText, HidesScriptStyleTitleAndComments) {
  EXPECT_EQ(text("<head><title>t</title><style>p{a:b}</style></head>x<script>if (a</b) 1;</script>y<!-- c -->z"), "xyz");
  EXPECT_EQ(text("a<!-->b<!--->c<!-- - -- --!>d"), "abcd");
  EXPECT_EQ(text("a<!-- never closed b"), "a");
  EXPECT_EQ(text("a<script>never closed b"), "a");
}

TEST(HtmlText, DecodesCharacterReferences) {
  EXPECT_EQ(text("&lt;&amp;&gt; &#52;&#x31;1 &auml;&eacute &nbsp;x &bogus; &"), "<&> 411 \xc3\xa4\xc3\xa9 \xc2\xa0x &bogus; &");
  EXPECT_EQ(text("4111&shy;1111&ZeroWidthSpace;1"), "4111\xc2\xad" "1111\xe2\x80\x8b" "1");
  EXPECT_EQ(text("&#0;&#x110000;&#99999999999;&#150;"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xe2\x80\x93");
}

TEST(HtmlText, TagsAreReadAsTags) {
  EXPECT_EQ(text("a<img alt='x>y' title=\"b>c\">d"), "ad");
  EXPECT_EQ(text("1 < 2 <3> <"), "1 < 2 <3> <");
  EXPECT_EQ(text("a<b"), "a");
  EXPECT_EQ(text("a<?php echo ?>b<!doctype html>c</ x>d"), "abcd");
}

TEST(HtmlText, DigitsSplitByMarkupMapToTheirPieces) {
  const std::string html = "<p>41<b>11</b>&#49;1</p>";
  const auto shown = html_to_text(html);
  ASSERT_EQ(shown.text.substr(0, 6), "411111");
  std::string joined;
  for (const auto& piece : shown.map.pieces({0, 6})) joined += html.substr(piece.begin, piece.size()) + "|";
  EXPECT_EQ(joined, "41|11|&#49;1|");
}

TEST(HtmlText, MapCoversTheText) {
  for (std::string_view html : {"<p>a &amp; b</p>", "x <br> y", "<td>1</td><td>2", "<li>a<li>b", "&nbsp; &nbsp;", "<pre> a\r\n</pre>"}) {
    const auto shown = html_to_text(html);
    ASSERT_EQ(shown.map.out_size(), shown.text.size()) << html;
    for (std::size_t i = 0; i < shown.text.size(); ++i) EXPECT_LE(shown.map.at(i).end, html.size());
  }
}

TEST(HtmlText, HostileInputIsLinear) {
  for (std::string_view unit : {"<", "<a", "<a b='", "<!--", "</", "<script>", "&", "&#", "<div>", "--"}) {
    std::string html;
    while (html.size() < 2'000'000) html += unit;
    EXPECT_LE(text(html).size(), html.size()) << unit;
  }
}

std::string read_as(HtmlReading reading, std::string_view html) { return html_to_text(html, reading).text; }

TEST(HtmlText, VisibleLeavesOutWhatStyleHides) {
  for (const std::string hidden :
       {"<i style='display:none'>x</i>", "<i style=\"Display : None\">x<b>y</b></i>", "<i hidden>x<i>y</i></i>", "<template>x</template>",
        "<b style='font-size:0'> x </b>", "<b style='opacity: 0.0;'>x</b>", "<div style=visibility:hidden>x</div>"}) {
    EXPECT_EQ(read_as(HtmlReading::kVisible, "1" + hidden + "2"), "12") << hidden;
    EXPECT_NE(read_as(HtmlReading::kRendered, "1" + hidden + "2"), "12") << hidden;
  }
  for (const std::string shown : {"<b style='font-size:0.8em'>x</b>", "<b style='opacity:0.5'>x</b>", "<b style='display:block'>x</b>"})
    EXPECT_EQ(read_as(HtmlReading::kVisible, "1" + shown + "2"), "1x2") << shown;
  EXPECT_EQ(read_as(HtmlReading::kVisible, "<style>.a, #b { display:none } @media x { u { visibility:hidden } }</style>"
                                           "1<i class='c a'>x</i>2<i id=b>x</i>3<u>x</u>4<i class=ab>x</i>"),
            "1234x");
}

TEST(HtmlText, VisibleMarksWhatIsTurnedRound) {
  EXPECT_EQ(read_as(HtmlReading::kVisible, "a<bdo dir=rtl>1<b>2</b>3</bdo>b"), "a\u202E123\u202Cb");
  EXPECT_EQ(read_as(HtmlReading::kVisible, "a<p style='unicode-bidi: bidi-override; direction: rtl'>12</p>").find("\u202E"), 1U);
}

TEST(HtmlText, EverythingShowsSections) {
  EXPECT_EQ(read_as(HtmlReading::kEverything, "1<![CDATA[2]]>3<!--[if mso]>4<b>5</b><![endif]-->6<noscript>7<i>8</i></noscript>"), "12345678");
  EXPECT_EQ(read_as(HtmlReading::kRendered, "1<!--[if mso]>4<![endif]-->6"), "16");
}

}  // namespace
}  // namespace postern::pipeline
