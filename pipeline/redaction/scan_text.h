#pragma once
// pipeline/redaction/scan_text.h: the one form of text that detectors scan. UTF-8 (or bytes that are not quite) is
// brought to ASCII: digits of any script become '0'-'9', dashes '-', blanks ' ', invisible characters and control sequences
// of terminals vanish, letters are lower case, a line end with its quote prefix is one '\n', the
// two marks of bold text are one. Every kept byte knows the source byte it came from.
// Ownership: owns its bytes, wiped on release. Linear; at most 5 bytes of memory a source byte.
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "pipeline/api/message.h"

namespace postern::pipeline {

// Of a control sequence of terminals (ECMA-48 section 5.4) behind its ESC: "[1m". 0: there is none.
std::size_t control_sequence_size(std::string_view text);

class ScanText {
 public:
  static constexpr char kWideGap = '\x02';  // a tab or several blanks
  static constexpr char kOther = '\x01';    // any character that means nothing to a detector
  static constexpr char kLetter = '\x03';   // a letter outside ASCII

  explicit ScanText(std::string_view source);
  std::string_view text() const { return core::view(text_); }
  // The source bytes of the character at `index` of text(). For a digit: exactly its code point.
  ByteRange source_of(std::size_t index) const { return {from_[index], from_[index] + width_[index]}; }

 private:
  void put(char c, std::size_t from, std::size_t width);
  void put_blank(std::size_t from, std::size_t width, bool is_wide);
  void put_line_end(std::size_t from);
  std::size_t put_steady(std::string_view source, std::size_t from);
  std::size_t put_character(std::string_view source, std::size_t from);

  std::size_t size_ = 0;  // of what is there while it is made
  core::SecretBuffer text_;
  std::vector<std::uint32_t> from_;
  std::vector<std::uint8_t> width_;
};

}  // namespace postern::pipeline
