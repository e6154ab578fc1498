#pragma once
// pipeline/mime/html_output.h: text as a browser lays it out, while it is written: runs of white space are one blank,
// none stands at the ends of lines, block elements begin lines. Private to the readers of HTML here.
// Thread-safety: one thread. Ownership: owns the text. Errors: none.
#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/mime/html.h"

namespace postern::pipeline {

class HtmlOutput {
 public:
  void append_from(std::size_t begin, std::string_view text) {
    write_pending();
    text_.text += text;
    text_.map.append_identity(begin, text.size());
  }
  // `text` stands for `length` bytes of the source.
  void append_decoded(std::size_t begin, std::size_t length, std::string_view text) {
    write_pending();
    text_.map.append(begin, length, text.size());
    text_.text += text;
  }
  // What stands nowhere in the source.
  void append_mark(std::size_t at, std::string_view mark) { append_decoded(at, 0, mark); }
  void note_space(ByteRange space) {
    if (!has_pending_) pending_ = space;
    has_pending_ = true;
  }
  // Behind the tag at `at`: a line end, a blank line, a gap between cells, or nothing, by what the element is.
  // `meanings`: html_meanings(name).
  void break_for(std::string_view name, std::uint16_t meanings, bool closes, std::size_t at);
  HtmlText& text() { return text_; }

 private:
  void write_pending();
  void break_line(std::size_t at);
  HtmlText text_;
  ByteRange pending_;
  bool has_pending_ = false;
};

}  // namespace postern::pipeline
