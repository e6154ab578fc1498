#pragma once
// pipeline/redaction/rules/folded_text.h: a text as patterns see it. Digits, letters and punctuation in disguise (other
// scripts' digits, full-width, mathematical and circled forms) become ASCII, dashes '-', blanks ' '; what nobody sees
// (soft hyphen, zero-width characters, NUL) vanishes; bytes that are not UTF-8 are read as Latin-1. Line ends and all
// other characters stay, so text() is valid UTF-8. Any range of it leads back to the source.
// Thread-safety: const methods from any thread. Ownership: what stays as it is is not copied: the source must outlive the value;
// copies are wiped. Time: linear; source_of() reads kStepBytes again. Memory: the copy, with a byte more for each one outside
// ASCII; eight bytes for each kStepBytes behind the first change.
// Errors: throws std::length_error above 4 GB.
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "pipeline/api/message.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

class FoldedText {
 public:
  static constexpr std::size_t kStepBytes = 256;

  explicit FoldedText(std::string_view source);
  FoldedText(std::string_view source, const TextPlanes& planes);  // its own
  std::string_view text() const { return is_copy_ ? core::view(folded_) : source_; }
  // Of whole characters of text(): the source bytes from the first to the last one.
  ByteRange source_of(ByteRange range) const;

 private:
  // A place where a character begins in both.
  struct Step {
    std::uint32_t begin;   // in text()
    std::uint32_t source;  // in the source
  };
  void check_size() const;
  void fold();
  std::size_t first_change() const;
  void fold_from(std::size_t source);
  // One character; moves both behind it.
  void fold_longer(std::size_t& at, std::size_t& folded);
  std::size_t source_at(std::size_t at, bool is_end) const;

  std::string_view source_;
  core::SecretBuffer folded_;
  bool is_copy_ = false;     // else text() is the source
  std::vector<Step> steps_;  // the first one stands at the first change
};

}  // namespace postern::pipeline
