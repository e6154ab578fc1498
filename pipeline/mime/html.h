#pragma once
// pipeline/mime/html.h: mail HTML, which is hostile: the text that it shows, and a form of it that is safe to show.
// Thread-safety: pure functions. Errors: none. Time: linear.
#include <string>
#include <string_view>

#include "pipeline/mime/limits.h"
#include "pipeline/mime/source_map.h"

namespace postern::pipeline {

struct HtmlText {
  std::string text;  // UTF-8; block elements begin lines; white space collapsed as a browser does
  SourceMap map;     // offsets of text -> offsets of the HTML
  bool is_whole = true;  // false: kVisible, of more style than is looked at
};
// The rendered text of UTF-8 HTML: entities decoded, tags, comments, style and script left out. Soft hyphens and
// zero-width characters stay, for the scanner to normalise.
// What different readers show of the same HTML.
enum class HtmlReading {
  kRendered,    // without regard to style: all text of the page
  // What style and struck text hide is left out; what it runs together is; text of the style sheet, of pictures and of
  // fields is there. What it turns round stands between U+202E and U+202C, U+2068 and U+2069 around what stays in order
  // inside. The map goes backwards at text of the sheet: single characters only may be looked up.
  kVisible,
  kEverything,  // conditional comments, CDATA sections and the content of script, title, noscript … as markup too
};
HtmlText html_to_text(std::string_view html, HtmlReading reading = HtmlReading::kRendered, Mapping mapping = Mapping::kKeep);

// Allow-listed HTML fragment: no scripts, handlers, forms, frames, foreign content or meta; links http, https, mailto,
// tel; images only cid: (remote ones keep their address in data-remote-src); style filtered to a few properties.
// HTML beyond the limits comes back as its text in a <pre>. Idempotent.
std::string sanitise_html(std::string_view html, const MimeLimits& limits = {});
// The same of what people type in an editor: paragraphs, line breaks, headings, lists, quotations, tables, code, rules,
// bold, italic, underlined and struck text, links (http, https, mailto). No pictures, style, classes or other attributes.
// Elements that mean the same are renamed; blocks of other names are <div>. Idempotent; sanitise_html() leaves it as it is.
std::string sanitise_typed_html(std::string_view html, const MimeLimits& limits = {});
// What sanitise_typed_html() left, as people write plain text: marks of lists and quotations, a blank line between
// paragraphs, a link's address behind its words unless they are it.
std::string typed_html_text(std::string_view typed_html);
// Text as HTML character data or attribute value.
std::string escape_html(std::string_view text);

// Calls decode of one character reference at html[pos] == '&'. Returns its length, 0 when it is none; `out` is UTF-8.
std::size_t decode_entity(std::string_view html, std::size_t pos, std::string& out);

}  // namespace postern::pipeline
