#pragma once
// pipeline/mime/html_hiding.h: which elements of HTML a browser does not show, or shows from right to left: by their own
// style, the hidden attribute, or a rule of a <style> sheet with a plain selector. An estimate: no cascade, no layout.
// Thread-safety: one thread. Ownership: copies what it keeps. Errors: none. Limits: rules_max.
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {

struct HtmlStyleEffect {
  bool hides = false;
  bool turns = false;  // digits too: <bdo dir=rtl>, unicode-bidi: bidi-override
};

class HtmlHiding {
 public:
  static constexpr std::size_t kRulesMax = 1000;

  // Remembers which selectors hide, of all <style> elements of the page.
  void read_sheets(std::string_view html);
  // `tag` is a start tag of `html`.
  HtmlStyleEffect effect_of(std::string_view html, const HtmlTag& tag) const;

 private:
  void read_sheet(std::string_view sheet);
  void read_selectors(std::string_view selectors);
  std::set<std::string> hiding_;  // "p", ".x", "#y", lower case
};

}  // namespace postern::pipeline
