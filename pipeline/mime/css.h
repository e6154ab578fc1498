#pragma once
// pipeline/mime/css.h: as much of style sheets (CSS Syntax 3, Selectors 4, Cascade 4) as tells what a reader of mail sees:
// declarations of a few properties, and rules with their selectors. Private to html_hiding.cc.
// Thread-safety: pure functions, values. Ownership: copies what it keeps. Errors: none; what is not understood is passed
// over as browsers do. Time: linear. Limits: kCssRulesMax, kCssCompoundsMax.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

constexpr std::size_t kCssRulesMax = 20'000;  // of a page; what is beyond is not read
constexpr std::size_t kCssCompoundsMax = 16;  // of one selector

enum class CssProperty : std::uint8_t {
  kDisplay, kVisibility, kOpacity, kFontSize, kFont, kPosition, kLeft, kRight, kTop, kBottom, kMarginLeft, kMarginTop,
  kTextIndent, kClip, kClipPath, kTransform, kOverflow, kWidth, kHeight, kMaxWidth, kMaxHeight, kFloat, kDirection,
  kUnicodeBidi, kFlexDirection, kFlexFlow, kGridAutoFlow, kMsoHide, kContent,
};

struct CssDeclaration {
  CssProperty property = CssProperty::kDisplay;
  bool is_important = false;
  std::string value;  // plain, see css_plain()
  ByteRange raw;      // the value in the source
};
// "property: value; …" without braces. Ranges begin at `origin`.
std::vector<CssDeclaration> css_declarations(std::string_view css, std::size_t origin = 0);

// Lower case, escapes decoded, comments and runs of blanks as one blank, none at the ends.
std::string css_plain(std::string_view css);
// One escape at css[at] == '\\': its length, 0 when it is none; `character` is what it stands for.
std::size_t css_escape(std::string_view css, std::size_t at, char32_t& character);
// Behind the string that begins at css[at], a quote.
std::size_t css_string_end(std::string_view css, std::size_t at);

struct CssAttributeTest {
  std::string name;
  char kind = 0;  // 0: present; '=', or the first character of "~=", "|=", "^=", "$=", "*="
  std::string value;
};
// What one element must be. Empty members ask for nothing.
struct CssCompound {
  std::string element;
  std::vector<std::string> keys;  // ".x", "#y"
  std::vector<CssAttributeTest> attributes;
  bool has_nth = false;  // among the children of its parent: step*n + offset
  int nth_step = 0;
  int nth_offset = 0;
};
enum class CssPart : std::uint8_t { kElement, kBefore, kAfter };
struct CssRule {
  std::vector<CssCompound> compounds;  // ancestors first, the element itself last
  CssPart part = CssPart::kElement;
  std::uint32_t specificity = 0;
  std::size_t declarations = 0;  // index into CssSheet::declarations
};

struct CssSheet {
  std::vector<CssRule> rules;  // in order
  std::vector<std::vector<CssDeclaration>> declarations;
  // Adds the rules of one sheet that stands at `origin` of the page. Those for paper, voices and narrow windows are left out.
  void add(std::string_view css, std::size_t origin);
};

}  // namespace postern::pipeline
