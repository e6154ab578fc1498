#pragma once
// pipeline/redaction/rules/detectors.h: detectors written in C++, by the name that a rule gives as its `detector`: values
// that a regular expression cannot tell from others ("card", "track", "cvv").
// Thread-safety: find() from any thread; scratch memory is one per thread. Ownership: detectors live as long as the
// program. Errors: find() throws std::exception when scanning itself failed. Time: linear; text without a value should
// cost one look over its bytes.
#include <optional>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/rules/folded_text.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

// One value in a source text.
struct RawMatch {
  std::string_view label;              // brand or kind, of a literal; may be empty
  ByteRange span;                      // first to last character
  // Source bytes of the characters that an action hides or keeps, ascending: letters and digits, no separators.
  std::vector<ByteRange> characters;
};

// One text, and what several detectors want to know of it: found out once, when the first of them asks.
// Thread-safety: none, one look is one thread's. Ownership: borrows the text.
class TextLook {
 public:
  explicit TextLook(std::string_view text) : text_(text) {}
  std::string_view text() const { return text_; }
  const TextPlanes& planes();                    // text_planes.h
  const std::vector<ByteRange>& card_windows();  // digit_windows.h
  const std::vector<RawMatch>& cards();          // what the detector "card" finds
  const FoldedText& folded();
  const TextPlanes& folded_planes();             // of folded().text()

 private:
  std::string_view text_;  // of a look that no one keeps
  std::optional<TextPlanes> planes_;
  std::optional<std::vector<ByteRange>> windows_;
  std::optional<std::vector<RawMatch>> cards_;
  std::optional<FoldedText> folded_;
  std::optional<TextPlanes> folded_planes_;  // where they are not planes_
};

class ValueDetector {
 public:
  virtual ~ValueDetector() = default;
  // Appends matches in order, disjoint. The text is UTF-8; other bytes are read as Latin-1. A value that shows a mask
  // character where a character of it would stand is not found.
  virtual void find(TextLook& look, std::vector<RawMatch>& out) const = 0;
  void find(std::string_view text, std::vector<RawMatch>& out) const {
    TextLook look(text);
    find(look, out);
  }
};

std::vector<std::string_view> detector_names();  // sorted; "pattern" is none of them
// nullptr: no such detector. The first call of a name makes the detector.
const ValueDetector* detector_called(std::string_view name);

}  // namespace postern::pipeline
