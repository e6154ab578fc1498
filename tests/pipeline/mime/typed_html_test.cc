// HTML that people type (issue 8): what the sanitiser leaves of it, judged by another parser, and the text that it says.
#include <gtest/gtest.h>
#include <gumbo.h>

#include <set>

#include "pipeline/mime/html.h"
#include "tests/pipeline/mime/shared_data.h"

namespace postern::pipeline {
namespace {

// Written without the sanitiser's lists; empty when the tree keeps the rules.
std::string typed_fault(const GumboNode* node) {
  if (node->type != GUMBO_NODE_ELEMENT) return node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_TEMPLATE ? "no text" : "";
  const auto& element = node->v.element;
  const std::string name = gumbo_normalized_tagname(element.tag);
  static const std::set<std::string> kAllowed{"body", "a",  "b",  "blockquote", "br", "caption", "code",  "div", "em", "h1", "h2", "h3", "h4", "hr",    "i",     "li",
                                              "ol",   "p",  "pre", "s",         "strong", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "colgroup"};
  if (!kAllowed.contains(name) || element.tag_namespace != GUMBO_NAMESPACE_HTML) return "<" + name + ">";
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    const auto& attribute = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
    const std::string key = attribute.name;
    const std::string_view value = attribute.value;
    const bool is_link = key == "href" && name == "a" && (value.substr(0, 4) == "http" || value.substr(0, 4) == "HTTP" || value.find(':') == 6);
    const bool is_fixed = name == "a" && (key == "target" || key == "rel");
    const bool is_number = (key == "colspan" || key == "rowspan" || key == "start") && value.size() <= 4;
    if (!is_link && !is_fixed && !is_number) return name + " " + key + "=" + std::string(value);
  }
  for (unsigned i = 0; i < element.children.length; ++i) {
    auto fault = typed_fault(static_cast<const GumboNode*>(element.children.data[i]));
    if (!fault.empty()) return fault;
  }
  return {};
}

void expect_typed(std::string_view html) {
  const std::string safe = sanitise_typed_html(html);
  GumboOutput* tree = gumbo_parse_with_options(&kGumboDefaultOptions, safe.data(), safe.size());
  for (unsigned i = 0; i < tree->root->v.element.children.length; ++i) {
    const auto* child = static_cast<const GumboNode*>(tree->root->v.element.children.data[i]);
    if (child->v.element.tag == GUMBO_TAG_HEAD) EXPECT_EQ(child->v.element.children.length, 0U) << safe;
    else EXPECT_EQ(typed_fault(child), "") << "in: " << html.substr(0, 500) << "\nout: " << safe.substr(0, 500);
  }
  gumbo_destroy_output(&kGumboDefaultOptions, tree);
  EXPECT_EQ(sanitise_typed_html(safe), safe) << "in: " << html.substr(0, 500);
  EXPECT_EQ(sanitise_html(safe), safe) << "that of mail leaves it as it is: " << html.substr(0, 500);
  (void)typed_html_text(safe);
}

TEST(TypedHtml, Issue8KeepsWhatAnEditorWrites) {
  const std::string html =
      "<h1>A</h1><p>One <strong>two</strong> <em>three</em> <u>four</u> <s>five</s><br>six</p><ul><li>a</li></ul><ol start=\"3\"><li>b</li></ol>"
      "<blockquote><p>q</p></blockquote><pre><code>x &lt; y</code></pre><hr><table><tbody><tr><td colspan=\"2\">c</td></tr></tbody></table>";
  EXPECT_EQ(sanitise_typed_html(html), html);
  EXPECT_EQ(sanitise_typed_html("<a href=\"https://a.example/?b=1&amp;c=2\">x</a>"),
            "<a href=\"https://a.example/?b=1&amp;c=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>");
}

TEST(TypedHtml, Issue8DropsStylePicturesAndWhatRuns) {
  EXPECT_EQ(sanitise_typed_html("<p style=\"color:red\" class=\"a\" id=\"b\" onclick=\"x()\" title=\"t\">a<img src=\"cid:x\"><script>y()</script></p>"), "<p>a</p>");
  EXPECT_EQ(sanitise_typed_html("<a href=\"javascript:alert(1)\">x</a><a href=\" java&#10;script:alert(1)\">y</a><a href=\"tel:+1\">z</a>"), "<a>x</a><a>y</a><a>z</a>");
  EXPECT_EQ(sanitise_typed_html("<a href=\"mailto:a@b.example\">x</a>").find("<a href=\"mailto:a@b.example\""), 0U);
  EXPECT_EQ(sanitise_typed_html("<ol start=\"41111\"><li>x</li></ol>"), "<ol><li>x</li></ol>");
  for (std::string_view html :
       {"<svg><style><img src=x onerror=alert(1)></style></svg>", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<section>a</section><form><input><button>b</button></form>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<p><table><p>", "<menu><li>x</menu>"}) {
    expect_typed(html);
  }
}

TEST(TypedHtml, BlocksOfOtherNamesStayApart) {
  EXPECT_EQ(sanitise_typed_html("<section>one</section><h6>two</h6><strike>3</strike>"), "<div>one</div><h4>two</h4><s>3</s>");
}

TEST(TypedHtml, SharedVectorsNeverRun) {
  POSTERN_SHARED_OR_SKIP(data);
  for (const auto& path : test::files_below(data / "html", {})) {
    const auto content = test::read_file(path);
    if (content.size() <= 2'000'000) expect_typed(content);
    if (HasFailure()) return;
  }
}

TEST(TypedHtmlText, IsWhatSomebodyWouldType) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<p>One\n two</p><p>three</p>", "One two\n\nthree"},
      {"<p>a<br>b</p>", "a\nb"},
      {"<div>a</div><div>b</div>", "a\nb"},
      {"<p>List:</p><ul><li><p>a</p></li><li>b<ul><li>c</li></ul></li></ul><p>end</p>", "List:\n\n- a\n- b\n  - c\n\nend"},
      {"<ol start=\"3\"><li>a</li><li>b</li></ol>", "3. a\n4. b"},
      {"<p>x</p><blockquote><p>a<br>b</p><p>c</p></blockquote><p>y</p>", "x\n\n> a\n> b\n>\n> c\n\ny"},
      {"<pre><code>if (a &lt; b)\n  c;\n</code></pre><p>x</p>", "if (a < b)\n  c;\n\nx"},
      {"<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"},
      {"<table><tbody><tr><td><p>a</p></td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>", "a | b\nc | d"},
      {"<p>See <a href=\"https://a.example/x\">here</a>.</p>", "See here <https://a.example/x>."},
      {"<a href=\"https://a.example/\">a.example</a> <a href=\"mailto:a@b.example\">a@b.example</a> <a>none</a>", "a.example a@b.example none"},
      {"a &amp; b &lt;c&gt; &#x2603;", "a & b <c> \u2603"},
      {"<p> </p><p></p>", ""}};
  for (const auto& [html, text] : cases) EXPECT_EQ(typed_html_text(sanitise_typed_html(html)), text) << html;
}

TEST(TypedHtmlText, GrowsByLittle) {  // marks before a line are bounded, however deep it stands
  std::string html;
  for (int i = 0; i < 200; ++i) html += "<blockquote>";
  for (int i = 0; i < 1000; ++i) html += "x<br>";
  EXPECT_LT(typed_html_text(sanitise_typed_html(html)).size(), 1000U * 12);
}

}  // namespace
}  // namespace postern::pipeline
