#pragma once
// pipeline/mime/html_shown.h: the open elements of HTML while it is read as a browser shows it: which of them hide their
// text, and what style adds to it. What is shown from right to left stands between U+202E and U+202C, with U+2068 and
// U+2069 around what stays in order inside. Private to html_text.cc.
// Thread-safety: one thread. Ownership: borrows html and output. Errors: none. Limits: kOpenMax, kElementsMax.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "pipeline/mime/html_hiding.h"
#include "pipeline/mime/html_output.h"
#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {

class HtmlShown {
 public:
  static constexpr std::size_t kOpenMax = 20'000;       // open elements; deeper ones count for the last of them
  static constexpr std::size_t kElementsMax = 500'000;  // of a page; the style of further ones is not looked at

  HtmlShown(std::string_view html, HtmlOutput& output);
  // A start tag that begins at `at`. `meanings`: html_meanings(tag.name).
  void open(const HtmlTag& tag, std::uint16_t meanings, std::size_t at);
  void close(const HtmlTag& tag, std::uint16_t meanings, std::size_t at);
  void close_all(std::size_t at);
  // Before text is written.
  void note_text(std::size_t at) { end_floats(at); }
  bool is_hidden() const { return !open_.empty() && open_.back().is_hidden(); }
  bool is_whole() const { return styles_.is_whole() && !was_too_much_; }

 private:
  struct Open {
    HtmlElement element;
    HtmlStyleEffect effect;
    bool is_gone = false;
    bool is_invisible = false;
    bool is_tiny = false;
    bool is_rtl = false;
    bool is_turned = false;     // its text stands between marks
    bool is_item = false;       // of what is turned round
    bool has_floats = false;    // its last children float to the right
    bool is_in_order = false;   // its children are items
    int children = 0;
    std::uint16_t meanings = 0;  // of its name
    bool is_hidden() const { return is_gone || is_invisible || is_tiny; }
  };
  std::string_view html() const { return {data_, size_}; }
  void imply_ends(const std::string& name, std::uint16_t meanings, std::size_t at);
  // Closes down to the nearest open element of that name, unless one of `stops` is nearer.
  void close_nearest(std::string_view name, std::string_view stops, std::size_t at);
  void close_last(std::size_t at);
  void end_floats(std::size_t at);
  void show_void(const HtmlTag& tag, std::uint16_t meanings, const HtmlStyleEffect& effect, std::size_t at);
  void show_attribute(const HtmlTag& tag, std::string_view name);
  void show_content(const HtmlElement& element, ByteRange value);

  const std::size_t size_;
  const char* const data_;
  HtmlOutput& output_;
  HtmlHiding styles_;
  std::deque<Open> open_;
  std::unordered_map<std::string, std::size_t> open_of_;  // by name
  int children_ = 0;                                      // of the page itself
  std::size_t elements_ = 0;
  std::size_t foreign_ = 0;  // open svg and math elements
  bool was_too_much_ = false;
};

}  // namespace postern::pipeline
