#pragma once
// tests/pipeline/redaction/shown_text.h: numbers that stand whole only on the screen: style puts them together, or they
// stand in a page inside an attribute. Written from the specifications of CSS and HTML.
#include <string>
#include <vector>

#include "tests/pipeline/redaction/hidden_text.h"
#include "tests/pipeline/redaction/mail_text.h"

namespace postern::test {

struct Shown {
  std::string name;
  std::string page;
  std::string trace;  // stands in the page, and must not stand in what is stored
};

// Groups of digits with a decoy between them that `attributes` hide.
inline std::string with_decoys(const std::string& card, const std::string& attributes) { return between(card, "<i " + attributes + ">97</i>", 4); }

inline std::vector<Shown> hidden_by_style(const std::string& card) {
  std::vector<Shown> all;
  const auto own = [&](const char* name, const std::string& style) { all.push_back({name, with_decoys(card, "style=\"" + style + "\""), card.substr(4, 4) + "<i"}); };
  own("escape in a value", "display:n\\6fne");
  own("escape in a property", "d\\69splay:none");
  own("reference", "display&#58;none");
  own("comment", "display/**/:/**/none");
  own("no height", "max-height:0;overflow:hidden");
  own("no width", "display:inline-block;width:0;overflow:hidden");
  own("beside the window", "position:absolute;left:-9999px");
  own("indented away", "display:block;text-indent:-9999px");
  own("clipped", "position:absolute;clip:rect(0,0,0,0)");
  own("one pixel", "font-size:1px");
  own("font", "font:0/0 a");
  own("transparent", "opacity:0");
  const auto sheet = [&](const char* name, const std::string& rules, const std::string& attributes) {
    all.push_back({name, "<style>" + rules + "</style><p>" + with_decoys(card, attributes), card.substr(4, 4) + "<i"});
  };
  sheet("rule for a class", ".h{display:none}", "class=\"a h\"");
  sheet("rule for an id", "#h{display:none}", "id=h");
  sheet("rule for an attribute", "[x]{display:none}", "x");
  sheet("rule for an attribute's value", "i[x^=\"ab\"]{display:none}", "x=abc");
  sheet("rule for descendants", "p > .h{display:none}", "class=h");
  sheet("rule for every child", "p :nth-child(n){display:none}", "x");
  sheet("escape in a sheet", ".h{d\\69splay:none}", "class=h");
  sheet("medium", "@media screen{.h{display:none}}", "class=h");
  all.push_back({"rule behind the text", with_decoys(card, "class=h") + "<style>.h{display:none}</style>", card.substr(4, 4) + "<i"});
  all.push_back({"shown inside what is hidden", "<p style='font-size:0'>9<b style='font-size:14px'>" + between(card, "</b>7<b style='font-size:14px'>", 4) + "</b>8",
                 card.substr(4, 4) + "</b>7"});
  all.push_back({"rule that does not apply", "<style>.h{display:none} div .v, .w:hover, .v{display:none} p .v{display:inline}</style><p><b class=v>" +
                                                 between(card, "</b><i class=h>97</i><b class=v>", 4) + "</b>", card.substr(4, 4) + "</b><i"});
  all.push_back({"struck out", between(card, "<del>97</del>", 4), card.substr(4, 4) + "<del"});
  all.push_back({"notes of ruby", "<ruby>" + between(card, "<rp>(</rp><rt>97</rt><rp>)</rp>", 4) + "</ruby>", card.substr(4, 4) + "<rp"});
  return all;
}

inline std::vector<Shown> laid_out_by_style(const std::string& card) {
  std::vector<Shown> all;
  const std::string reversed(card.rbegin(), card.rend());
  const auto add = [&](const char* name, const std::string& page, const std::string& trace) { all.push_back({name, page, trace}); };
  const auto each = [](const std::string& digits, const std::string& attributes) {
    return "<div " + attributes + ">" + between(digits, "</div><div " + attributes + ">", 1) + "</div>";
  };
  for (const std::string style : {"display:inline", "display:inline-block", "float:left"})
    all.push_back({style, each(card, "style='" + style + "'"), each(card, "style='" + style + "'")});
  add("class that is inline", "<style>div{display:inline}</style>" + each(card, ""), each(card, ""));
  add("row", "<section style='display:flex'>" + each(card, "") + "</section>", each(card, ""));
  add("row the other way", "<section style='display:flex;flex-direction:row-reverse'>" + each(reversed, "") + "</section>", each(reversed, ""));
  const std::string groups = card.substr(12) + "</b><b>" + card.substr(8, 4) + "</b><b>" + card.substr(4, 4) + "</b><b>" + card.substr(0, 4);
  add("row of groups the other way", "<section style='display:flex;flex-flow:row-reverse'><b>" + groups + "</b></section>", groups);
  add("floating right", each(reversed, "style='float:right'"), each(reversed, "style='float:right'"));
  add("class that overrides the direction", "<style>.r{unicode-bidi:bidi-override;direction:rtl}</style><span class=r>" + reversed + "</span>", reversed);
  add("direction of the parent", "<p dir=rtl><span style='unicode-bidi:bidi-override'>" + reversed + "</span>", reversed);
  add("content", "<style>p:before{content:'" + card.substr(0, 8) + "'}</style><p>" + card.substr(8) + "</p>", card.substr(0, 8));
  add("content in escapes", "<style>p::before{content:\"" + digits_as(card, "\\%x ") + "\"}</style><p></p>", digits_as(card, "\\%x "));
  add("content of an attribute", "<style>p:after{content:attr(x)}</style><p x=" + card.substr(8) + ">" + card.substr(0, 8) + "</p>", card.substr(0, 8) + "</p>");
  add("pictures' texts", "<img alt='" + between(card, "'><img alt='", 4) + "'>", between(card, "'><img alt='", 4));
  add("fields", "<input value='" + between(card, "'><input value='", 4) + "'>", between(card, "'><input value='", 4));
  return all;
}

inline std::vector<Shown> embedded_pages(const std::string& card) {
  std::vector<Shown> all;
  const auto add = [&](const char* name, const std::string& page, const std::string& trace) { all.push_back({name, page, trace}); };
  const std::string tagged = between(card, "<b></b>", 4);
  add("srcdoc", "<iframe srcdoc='" + tagged + "'></iframe>", tagged);
  const std::string references_inside = between(card, "&lt;b&gt;&amp;nbsp;&lt;/b&gt;", 4);
  add("srcdoc in references", "<IFRAME SRCDOC = \"" + references_inside + "\"></IFRAME>", references_inside);
  add("srcdoc in srcdoc", "<iframe srcdoc=\"<iframe srcdoc='" + tagged + "'></iframe>\"></iframe>", tagged);
  const std::string percent = between(card, "%3Cb%3E%3C/b%3E", 4);
  add("data: page in percent escapes", "<iframe src=\"data:text/html," + percent + "\"></iframe>", percent);
  const std::string base64 = core::to_base64("<p>my card is " + tagged);
  add("data: page in base64", "<iframe src='DATA:text/html;base64," + base64 + "'></iframe>", base64);
  const std::string escaped = between(base64, "%0A", 8);
  add("data: page in broken base64", "<iframe src='data:text/html;base64," + escaped + "'></iframe>", escaped);
  add("data: sheet", "<style>@import url(data:text/css,p:after%7Bcontent:'" + each_as(card, "%%%02X") + "'%7D)</style><p>x</p>", each_as(card, "%%%02X"));
  const std::string svg = core::to_base64("<svg xmlns='x'><text><tspan>" + between(card, "</tspan><tspan>", 4) + "</tspan></text></svg>");
  add("data: picture of text", "<img src=\"data:image/svg+xml;base64," + svg + "\">", svg);
  return all;
}

}  // namespace postern::test
