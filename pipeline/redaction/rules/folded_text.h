#pragma once
// pipeline/redaction/rules/folded_text.h: a text as patterns see it. Digits, letters and punctuation in disguise (other
// scripts' digits, full-width, mathematical and circled forms) become ASCII, dashes '-', blanks ' '; what nobody sees
// (soft hyphen, zero-width characters, NUL) vanishes; bytes that are not UTF-8 are read as Latin-1. Line ends and all
// other characters stay, so text() is valid UTF-8. Any range of it leads back to the source.
// Thread-safety: const methods from any thread. Ownership: what stays as it is is not copied: the source must outlive the value;
// copies are wiped. Time: linear. Memory: the copy, with a byte more for each one outside ASCII; twelve bytes for each change
// between folded and other text.
// Errors: throws std::length_error above 4 GB.
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "pipeline/api/message.h"

namespace postern::pipeline {

class FoldedText {
 public:
  explicit FoldedText(std::string_view source);
  std::string_view text() const { return pieces_.empty() ? source_ : core::view(folded_); }
  // Of whole characters of text(): the source bytes from the first to the last one.
  ByteRange source_of(ByteRange range) const;

 private:
  // A row of characters of equal width, up to the next piece.
  struct Piece {
    std::uint32_t begin;    // in text()
    std::uint32_t source;   // in the source
    std::uint8_t width;     // bytes of one character in text(); 1 where both are the same bytes
    std::uint8_t source_width;
  };
  void fold();
  void begin_copy(std::size_t source);
  void put(std::string_view character, std::size_t source, std::size_t source_width);
  void put_same(std::size_t source, std::size_t size);
  void append(std::string_view bytes);
  void add_piece(std::size_t source, std::size_t width, std::size_t source_width);
  std::size_t source_at(std::size_t at, bool is_end) const;

  std::string_view source_;
  core::SecretBuffer folded_;
  std::size_t size_ = 0;       // of what is there while it is made
  std::vector<Piece> pieces_;  // empty: text() is the source
};

}  // namespace postern::pipeline
