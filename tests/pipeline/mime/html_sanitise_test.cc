#include <gtest/gtest.h>
#include <gumbo.h>

#include <fstream>
#include <set>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "tests/pipeline/mime/shared_data.h"

namespace postern::pipeline {
namespace {

// What is wrong with the tree of sanitised HTML; empty when it keeps the rules. Written without the sanitiser's lists.
std::string judge_attribute(const std::string& element, const GumboAttribute& attribute) {
  const std::string name = core::to_lower_ascii(attribute.name);
  const std::string value = core::to_lower_ascii(attribute.value);
  const auto begins = [&](std::string_view prefix) { return value.starts_with(prefix); };
  if (name.starts_with("on")) return "handler " + name;
  if (name == "href" && !begins("http://") && !begins("https://") && !begins("mailto:") && !begins("tel:")) return "href " + value;
  if (name == "src" && (element != "img" || !begins("cid:"))) return "src " + value;
  if (name == "data-remote-src" && !begins("http://") && !begins("https://")) return "remote " + value;
  if (name == "style") {
    for (std::string_view word : {"url", "expression", "javascript", "import", "behavior", "\\", "position", "/*", "@"}) {
      if (value.find(word) != std::string::npos) return "style " + value;
    }
  }
  static const std::set<std::string> kForbidden{"srcdoc", "action", "formaction", "background", "poster", "id", "class", "name", "xlink:href",
                                                "srcset", "ping", "http-equiv", "content", "data", "code", "usemap", "lowsrc", "dynsrc"};
  return kForbidden.contains(name) ? "attribute " + name : "";
}

std::string judge(const GumboNode* node) {
  if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE) return node->type == GUMBO_NODE_COMMENT ? "comment" : "";
  const auto& element = node->v.element;
  const std::string name = gumbo_normalized_tagname(element.tag);
  static const std::set<std::string> kForbidden{"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "meta", "link",
                                                "base", "template", "noscript", "textarea", "select", "button", "frame", "frameset", "video",
                                                "audio", "source", "isindex", "applet", "xmp", "plaintext", "title", "marquee", ""};
  if (kForbidden.contains(name) || element.tag_namespace != GUMBO_NAMESPACE_HTML) return "element <" + name + ">";
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    auto wrong = judge_attribute(name, *static_cast<const GumboAttribute*>(element.attributes.data[i]));
    if (!wrong.empty()) return wrong;
  }
  for (unsigned i = 0; i < element.children.length; ++i) {
    auto wrong = judge(static_cast<const GumboNode*>(element.children.data[i]));
    if (!wrong.empty()) return wrong;
  }
  return {};
}

void expect_safe(std::string_view html) {
  const auto safe = sanitise_html(html);
  GumboOutput* tree = gumbo_parse_with_options(&kGumboDefaultOptions, safe.data(), safe.size());
  for (unsigned i = 0; i < tree->root->v.element.children.length; ++i) {
    const auto* child = static_cast<const GumboNode*>(tree->root->v.element.children.data[i]);
    if (child->v.element.tag == GUMBO_TAG_HEAD) EXPECT_EQ(child->v.element.children.length, 0U) << safe;
    else EXPECT_EQ(judge(child), "") << "in: " << html.substr(0, 500) << "\nout: " << safe.substr(0, 500);
  }
  gumbo_destroy_output(&kGumboDefaultOptions, tree);
  EXPECT_EQ(sanitise_html(safe), safe) << "in: " << html.substr(0, 500);
}

TEST(SanitiseHtml, KeepsLetters) {
  const std::string html = "<p style=\"color: red; font-family: Arial, 'X Y'\">Hi <b>you</b><br><a href=\"https://x.test/?a=1&amp;b\" "
                           "target=\"_blank\" rel=\"noopener noreferrer nofollow\">link</a></p><table border=\"1\"><tbody><tr><td "
                           "align=\"left\">1</td></tr></tbody></table><img src=\"cid:a@b\" alt=\"x\">";
  EXPECT_EQ(sanitise_html(html), html);
}

TEST(SanitiseHtml, RemovesWhatRuns) {
  EXPECT_EQ(sanitise_html("a<script>alert(1)</script>b"), "ab");
  EXPECT_EQ(sanitise_html("<a href=\"javascript:alert(1)\" onclick=x>t</a>"), "<a>t</a>");
  EXPECT_EQ(sanitise_html("<a href=\" java\tscript:alert(1)\">t</a>"), "<a>t</a>");
  EXPECT_EQ(sanitise_html("<svg><script>1</script><p>x"), "<p>x</p>");
  EXPECT_EQ(sanitise_html("<form action=x>in <input name=y>side</form>"), "in side");
  EXPECT_EQ(sanitise_html("<p style=\"color:red;background:url(http://x/);position:fixed;width:expression(1)\">x</p>"), "<p style=\"color: red\">x</p>");
}

TEST(SanitiseHtml, RemoteImagesWaitForConsent) {
  EXPECT_EQ(sanitise_html("<img src=\"http://x.test/p.gif\" width=1>"), "<img data-remote-src=\"http://x.test/p.gif\" width=\"1\">");
  EXPECT_EQ(sanitise_html("<img src=//x.test/p.gif>"), "<img data-remote-src=\"https://x.test/p.gif\">");
  EXPECT_EQ(sanitise_html("<img src=data:image/svg+xml,x>"), "<img>");
}

TEST(SanitiseHtml, DeepNestingBecomesText) {
  std::string html;
  for (int i = 0; i < 100'000; ++i) html += "<div>";
  EXPECT_EQ(sanitise_html(html + "deep"), "<pre>deep</pre>");
}

TEST(SanitiseHtml, StrayEndTagsDoNotHideDepth) {
  std::string html;
  for (int i = 0; i < 50'000; ++i) html += "<div></span>";
  EXPECT_EQ(sanitise_html(html + "deep"), "<pre>deep</pre>");
}

std::string repeated(std::string_view what, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += what;
  return out;
}

// Each of these took a tree-building parser minutes, or its stack.
TEST(SanitiseHtml, HostileHtmlIsReadInOnePass) {
  std::string attributes = "<p";
  for (int i = 0; i < 200'000; ++i) attributes += " a" + std::to_string(i);
  EXPECT_EQ(sanitise_html(attributes + ">x"), "<p>x</p>");
  EXPECT_EQ(sanitise_html("<svg>" + repeated("<td>", 300'000) + "<p>x"), "<p>x</p>");
  EXPECT_EQ(sanitise_html(repeated("<optgroup>", 300'000) + "x"), "x");
  EXPECT_EQ(sanitise_html(repeated("<p>x", 300'000)), repeated("<p>x</p>", 300'000));
  EXPECT_EQ(sanitise_html(repeated("<a b=\"", 300'000)), "");
  EXPECT_EQ(sanitise_html(repeated("<!--", 300'000)), "");
  EXPECT_EQ(sanitise_html("a<svg/>b<svg><path/><svg/></svg>c"), "abc");
}

// A browser would open all 400 again in each paragraph.
TEST(SanitiseHtml, FormattingIsNotReopenedForEver) {
  std::string html = "<p>";
  for (int i = 0; i < 400; ++i) html += "<font color=" + std::to_string(i) + ">";
  html += "</p>";
  for (int i = 0; i < 20'000; ++i) html += "<p>x";
  const auto safe = sanitise_html(html);
  EXPECT_LT(safe.size(), 400'000U);
  EXPECT_TRUE(safe.ends_with("<p>x</p><p>x</p>"));
}

TEST(SanitiseHtml, ClosesWhatABrowserCloses) {
  EXPECT_EQ(sanitise_html("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e"), "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>e");
  EXPECT_EQ(sanitise_html("<table><tr><td>a<td>b<tr><td>c</table>d"),
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d");
  EXPECT_EQ(sanitise_html("<p>a<p>b<div>c</div>"), "<p>a</p><p>b</p><div>c</div>");
  EXPECT_EQ(sanitise_html("<table><tr><td><p>a</table><p>b"), "<table><tr><td><p>a</p></td></tr></table><p>b</p>");
  EXPECT_EQ(sanitise_html("<dl><dt>a<dd>b<dt>c</dl>"), "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>");
  EXPECT_EQ(sanitise_html("<b>a<table><tr><td>x</b>y</table>"), "<b>a<table><tr><td>xy</td></tr></table></b>");
  EXPECT_EQ(sanitise_html("</div>a</p></b>b<br/>c</br>"), "ab<br>c<br>");
}

TEST(SanitiseHtml, KeepsTheFirstLineOfPre) {
  EXPECT_EQ(sanitise_html("<pre>\nx</pre>"), "<pre>x</pre>");
  EXPECT_EQ(sanitise_html("<pre>\r\n\r\nx</pre>"), "<pre>\n\r\nx</pre>");
  EXPECT_EQ(sanitise_html("<pre><!-- -->\nx</pre>"), "<pre>\n\nx</pre>");
  for (std::string_view html : {"<pre>\n&#10;x", "<pre>&#13;&#10;x", "<pre><b>\n\nx", "<pre><script></script>\n\r", "<pre></b>\nx"}) expect_safe(html);
}

TEST(SanitiseHtml, ReadsTagsAsBrowsersDo) {
  EXPECT_EQ(sanitise_html("<p title='a>b' title=c>x"), "<p title=\"a&gt;b\">x</p>");
  EXPECT_EQ(sanitise_html("<p =\"x>y"), "<p>y</p>");
  EXPECT_EQ(sanitise_html("1 < 2 <3 </ p>&lt;b&gt; &amp &copy2 <!-- a -- b > c --!>d<!DOCTYPE x>e<?php f ?>"),
            "1 &lt; 2 &lt;3 &lt;b&gt; &amp; \u00A92 de");
  EXPECT_EQ(sanitise_html("<a href='https://x.test/?a=1&copy=2&amp;b&lt'>t</a>"),
            "<a href=\"https://x.test/?a=1&amp;copy=2&amp;b&lt;\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">t</a>");
  EXPECT_EQ(sanitise_html("a<p"), "a");
  EXPECT_EQ(sanitise_html("<STYLE>p{}</style x><TITLE><b>t</TITLE>y<select><option>1</select>z"), "yz");
}

TEST(SanitiseHtml, LargeHtmlBecomesText) {
  const std::string html = "<p>" + std::string(5'000'000, 'x');
  const auto safe = sanitise_html(html);
  EXPECT_TRUE(safe.starts_with("<pre>xxx"));
  EXPECT_LE(safe.size(), MimeLimits{}.html_bytes_max + 16);
}

TEST(SanitiseHtml, IsIdempotentOnRiddles) {
  for (std::string_view html :
       {"<pre>\n\nx</pre>", "<p><table><p>", "<a><a>", "<b><p></b>x", "<table><a>1<tr><td>2", "<ul><p><li></p>", "&amp;lt;script&amp;gt;",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<p>\0x", "\r\n<pre>\r\n",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img id=x src onerror=alert(1)>\">"}) {
    expect_safe(html);
  }
}

// data/html: every vector file whole, and each of its lines alone.
TEST(SanitiseHtml, SharedVectorsNeverRun) {
  POSTERN_SHARED_OR_SKIP(data);
  std::size_t vectors = 0;
  for (const auto& path : test::files_below(data / "html", {})) {
    const auto content = test::read_file(path);
    if (content.size() > 2'000'000) continue;
    expect_safe(content);
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      if (line.find('<') == std::string::npos) continue;
      ++vectors;
      expect_safe(line);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(vectors, 500U);
  RecordProperty("vectors", static_cast<int>(vectors));
}

}  // namespace
}  // namespace postern::pipeline
