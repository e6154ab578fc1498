#pragma once
// pipeline/mime/html_names.h: what the name of an element means to those who read HTML as text, told with one look-up.
// Thread-safety: pure function. Errors: none; a name that is not known means nothing.
#include <cstdint>
#include <string_view>

namespace postern::pipeline {

enum HtmlNameMeaning : std::uint16_t {
  kHtmlBlock = 1U << 0U,          // begins a line
  kHtmlCell = 1U << 1U,           // a gap stands behind it
  kHtmlInvisible = 1U << 2U,      // its content is no visible text, and has no tags inside
  kHtmlVoid = 1U << 3U,           // has no content and no end tag
  kHtmlAside = 1U << 4U,          // shown struck out, or in small type beside the text
  kHtmlEndsParagraph = 1U << 5U,  // its start ends an open paragraph (HTML 5 section 13.2.6.4.7)
  kHtmlImpliesEnds = 1U << 6U,    // its start ends open elements of its kind
  kHtmlForeign = 1U << 7U,        // svg and math: an element that closes itself has no content
};

// `name`: lower case. The meanings, as bits.
std::uint16_t html_meanings(std::string_view name);

}  // namespace postern::pipeline
