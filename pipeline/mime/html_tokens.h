#pragma once
// pipeline/mime/html_tokens.h: HTML cut into text, tags and what is neither, as HTML 5 section 13.2.5 cuts it. Private to
// the readers of HTML here. No tree and no copy: everything is an offset into the text.
// Thread-safety: pure functions. Errors: none: any bytes are HTML. Time: linear over a whole text.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/api/message.h"

namespace postern::pipeline {

struct HtmlTag {
  std::string name;            // lower case, at most 32 bytes of it
  bool closes = false;         // an end tag
  bool closes_itself = false;  // "<x/>": means something in foreign content only
  std::size_t attributes = 0;  // where they begin
};

enum class HtmlToken {
  kText,     // '<' is a character here
  kIgnored,  // comment, doctype, processing instruction, a tag that the text's end cuts off
  kTag,
};
// html[pos] == '<'. Behind markup, `pos` is what follows it.
HtmlToken take_markup(std::string_view html, std::size_t& pos, HtmlTag& tag);

struct HtmlAttribute {
  ByteRange name;
  ByteRange value;  // empty when there is none; character references not decoded
};
// The next attribute of a tag that is whole, from tag.attributes on; nullopt at its end.
std::optional<HtmlAttribute> next_attribute(std::string_view html, std::size_t& pos);

// True for elements that hold characters and no tags (script, style, title …).
bool is_raw_text_element(std::string_view name);
// From behind the start tag of such an element to behind its end tag, or the end of the text.
std::size_t skip_raw_text(std::string_view html, std::size_t pos, std::string_view name);

}  // namespace postern::pipeline
