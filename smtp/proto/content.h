#pragma once
// smtp/proto/content.h: message content off the wire: the end of DATA with its dot-stuffing (RFC 5321 section 4.5.2),
// and the check that DATA and BDAT share: CR and LF occur only as CRLF (section 2.3.8). Content that breaks it is
// refused whole, because two servers may disagree on where it ends. Pure and incremental; holds no content.
// Thread-safety: one user at a time.
#include <cstddef>
#include <string_view>

#include "pipeline/api/message.h"

namespace postern::smtp {

// CR and LF over one message's content, in whatever pieces it comes, and the longest line in it.
class LineEndCheck {
 public:
  void feed(std::string_view piece);
  // Call at the end of the content: a final CR without LF is bare too.
  void finish() { has_bare_ |= last_was_cr_; }
  bool has_bare() const { return has_bare_; }
  std::size_t line_bytes_seen() const { return longest_ > line_ ? longest_ : line_; }

 private:
  bool has_bare_ = false;
  bool last_was_cr_ = false;
  std::size_t line_ = 0;     // bytes of the line that is not ended yet
  std::size_t longest_ = 0;  // of those that are, CRLF included
};

// Only CRLF "." CRLF ends the content, and the CRLF of the DATA command counts as the first of the two.
class DataDecoder {
 public:
  struct Step {
    pipeline::ByteRange content;  // of the given input: append these bytes to the message
    std::size_t consumed = 0;     // of the given input: always > 0
    bool is_end = false;
  };
  // One run of content out of `input` (not empty). Ask again with what was not consumed until is_end.
  // Once has_bare() is true the content is of no use; the decoder still finds the true end.
  Step next(std::string_view input);
  bool has_bare() const { return has_bare_; }
  std::size_t line_bytes_seen() const { return longest_ > line_ ? longest_ : line_; }

 private:
  enum class State {
    kLineStart,
    kDot,    // "." at the start of a line, not yet known to be stuffing
    kDotCr,  // "." CR at the start of a line
    kText,
    kCr,
  };
  std::size_t take_text(std::string_view input, std::size_t at);
  void end_line();
  State state_ = State::kLineStart;
  bool has_bare_ = false;
  std::size_t line_ = 0;
  std::size_t longest_ = 0;
};

// How many Received fields the header of `message` has: the hops it made (RFC 5321 section 6.3).
std::size_t count_hops(std::string_view message);

}  // namespace postern::smtp
