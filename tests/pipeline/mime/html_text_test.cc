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
  EXPECT_EQ(text("4&af;1&it;1&ic;1&tdot;1&ThickSpace;1&UnderBar;1"), "4\u2061" "1\u2062" "1\u2063" "1\u20db" "1\u205f" "1_1");
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
  EXPECT_EQ(read_as(HtmlReading::kVisible, "a<p style='unicode-bidi: bidi-override; direction: rtl'>12</p>").find("\u202E"), 2U);
}

std::string visible(const std::string& html) { return read_as(HtmlReading::kVisible, html); }

TEST(HtmlText, VisibleKnowsEveryWayToHideWithStyle) {
  for (const std::string style :
       {"d\\69splay:none", "display:n\\6fne", "display:&#110;one", "display/*x*/: /*y*/none", "DISPLAY:NONE!important", "max-height:0;overflow:hidden",
        "width:0;height:1px;overflow:hidden", "position:absolute;left:-9999px", "position:fixed;top:-100%", "text-indent:-999em", "margin-left:-5000px",
        "position:absolute;clip:rect(0 0 0 0)", "clip-path:inset(50%)", "font-size:1px", "font:0/0 a", "opacity:.01", "transform:scale(0)", "mso-hide:all"})
    EXPECT_EQ(visible("1<i style='" + style + "'>9</i>2"), "12") << style;
  for (const std::string style : {"position:absolute;left:-9px", "left:-9999px", "height:0", "text-indent:-2em", "font:bold 12px a", "display:\"none\"", "overflow:hidden"})
    EXPECT_EQ(visible("1<i style='" + style + "'>9</i>2"), "192") << style;
}

TEST(HtmlText, VisibleAppliesRulesOfSheets) {
  const auto with = [](const std::string& sheet, const std::string& attributes) {
    const std::string text = visible("<style>" + sheet + "</style><p class=z>1<i " + attributes + ">9</i>2</p>");
    return text.substr(0, text.find('\n'));
  };
  for (const std::string sheet : {"[x]{display:none}", "i[x=y]{display:none}", "[x^='y']{display:none}", "[class*=h]{display:none}", "#d{display:none}", "p i.h{display:none}",
                                  ".z > .h{display:none}", "i:first-child{display:none}", "i:nth-child(odd){display:none}", "a,.h,b{color:red;display:none}", ".h{d\\69splay:none}",
                                  "<!-- .h{display:none} -->", "@media screen{.h{display:none}}", "/* } */ .h{content:'}';display:none}", "@import 'x'; .h{display:none}", "*{display:none}p{display:block}"})
    EXPECT_EQ(with(sheet, "x=y class='a h' id=d"), "12") << sheet;
  for (const std::string sheet : {"div .h{display:none}", ".h.q{display:none}", "i:nth-child(2){display:none}", ".h{display:none}.h{display:inline}", ".h{display:none}i.h{display:inline}",
                                  ".h{display:inline!important}#d{display:none}", "@media print{.h{display:none}}", "@media (max-width:600px){.h{display:none}}", ".h:hover{display:none}", "i::before{display:none}"})
    EXPECT_EQ(with(sheet, "class=h id=d"), "192") << sheet;
  EXPECT_EQ(with(".h{display:none}", "class=h style='display:inline'"), "192");
  EXPECT_EQ(visible("<div style='font-size:0'>9<b style='font-size:14px'>1</b>9</div>2"), "12");
  EXPECT_EQ(visible("<div style='visibility:hidden'>9<b style='visibility:visible'>1</b>9</div>2").substr(0, 1), "1");
  EXPECT_EQ(visible("<p hidden>9<p>1").substr(0, 1), "1");
}

TEST(HtmlText, VisibleReadsStyleThatTurnsRound) {
  EXPECT_EQ(visible("<style>.r{unicode-bidi:bidi-override;direction:rtl}</style><i class=r>12</i>"), "\u202E12\u202C");
  EXPECT_EQ(visible("<div dir=rtl><i style='unicode-bidi:bidi-override'>12</i></div>"), "\u202E12\u202C\n");
  EXPECT_EQ(visible("<i style='unicode-bidi:bidi-override;direction:ltr'>12</i>"), "12");
  EXPECT_EQ(visible("<div style='display:flex;flex-direction:row-reverse'><i>1</i><div>2</div></div>"), "\u202E\u20681\u2069\u20682\u2069\u202C\n");
  EXPECT_EQ(visible("<i style='float:right'>1</i><i style='float:right'>2</i>"), "12");
  EXPECT_EQ(visible("<p><i style='float:right'>1</i><i style='float:right'>2</i>3</p>"), "\u202E\u20681\u2069\u20682\u2069\u202C3\n\n");
}

TEST(HtmlText, VisibleRunsTogetherWhatStyleDoes) {
  for (const std::string style : {"display:inline", "display:inline-block", "float:left", "display:contents"})
    EXPECT_EQ(visible("<div style='" + style + "'>1</div><div style='" + style + "'>2</div>"), "12") << style;
  EXPECT_EQ(visible("<style>p{display:inline}</style><p>1</p><p>2</p>"), "12");
  EXPECT_EQ(visible("<div style='display:flex'><div>1</div><div>2</div></div>"), "12\n");
  EXPECT_EQ(visible("<div style='display:table-cell'>1</div><div style='display:table-cell'>2</div>"), "1 2");
}

TEST(HtmlText, VisibleHasTheTextOfSheetsPicturesAndFields) {
  EXPECT_EQ(visible("<style>b:before{content:'1' attr(x) \"\\33 \"}b::after{content:'5'}</style><b x='&#50;'>4</b>"), "12345");
  EXPECT_EQ(visible("<img alt='1'><img alt=\"&#50;\"><input value=3><input type=hidden value=9><input type=checkbox value=9>"), "123");
  EXPECT_EQ(visible("1<del>9</del>2<s>9</s>3<ruby>4<rp>(</rp><rt>9</rt><rp>)</rp></ruby>"), "1234");
  // Where each character stands.
  const std::string page = "<style>b:before{content:'78'}</style><b>9</b>";
  const HtmlText shown = html_to_text(page, HtmlReading::kVisible);
  ASSERT_EQ(shown.text, "789");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(page.substr(shown.map.at(i).begin, shown.map.at(i).size()), shown.text.substr(i, 1));
}

TEST(HtmlText, VisibleSaysWhenThereIsTooMuchStyle) {
  std::string page = "<style>";
  for (int i = 0; i < 3000; ++i) page += "*{color:red;display:none}";
  page += "</style>";
  for (int i = 0; i < 3000; ++i) page += "<b>";
  EXPECT_FALSE(html_to_text(page, HtmlReading::kVisible).is_whole);
  EXPECT_TRUE(html_to_text("<style>*{display:none}</style><b>", HtmlReading::kVisible).is_whole);
}

TEST(HtmlText, HostileStyleIsLinear) {
  for (std::string_view unit : {"<style>{", "<style>a{b:(", "<b style='", "<b style=\"x:\\", "<p>", "<li>", "<td>", "<svg>", "</b>", "<i class='a b' style='display:flex;float:right'>", "<!--<style>"}) {
    std::string html = "<style>.a .b .c{display:none}[x][y]{float:left}*:before{content:'x'}";
    html += unit;
    html += "</style>";
    while (html.size() < 50'000) html += unit;
    (void)html_to_text(html, HtmlReading::kVisible);
  }
}

TEST(HtmlText, EverythingShowsSections) {
  EXPECT_EQ(read_as(HtmlReading::kEverything, "1<![CDATA[2]]>3<!--[if mso]>4<b>5</b><![endif]-->6<noscript>7<i>8</i></noscript>"), "12345678");
  EXPECT_EQ(read_as(HtmlReading::kRendered, "1<!--[if mso]>4<![endif]-->6"), "16");
}

}  // namespace
}  // namespace postern::pipeline
