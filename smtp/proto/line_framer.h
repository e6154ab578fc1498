#pragma once
// smtp/proto/line_framer.h: command lines out of a buffer. Only CRLF ends a line; a line with a bare CR or LF, a NUL,
// or too many bytes is never executed. Pure: holds offsets only, so the caller may move its buffer between calls.
// Thread-safety: one user at a time.
#include <cstddef>
#include <string_view>

namespace postern::smtp {

class LineFramer {
 public:
  enum class Kind {
    kNeedMore,  // no whole line yet; consumed may be > 0 while an over-long line is being drained
    kLine,      // a line of line_bytes, without its CRLF
    kTooLong,   // a line over the limit has been drained
    kBareEnd,   // a CR or LF that is not of a CRLF: what follows cannot be trusted to be a command
    kNul,       // a line with a NUL byte
    kFlood,     // an over-long line without end
  };
  struct Step {
    Kind kind = Kind::kNeedMore;
    std::size_t line_bytes = 0;
    std::size_t consumed = 0;
    bool resembles_bdat = false;  // of kTooLong and kNul: what follows may be content, and must not be read as commands
  };
  // `buffered`: all unconsumed bytes. The caller consumes what the step says before it asks again.
  Step next(std::string_view buffered);

 private:
  Step drain(std::string_view buffered);
  std::size_t scanned_ = 0;  // bytes of the current line known to hold no LF
  std::size_t drained_ = 0;  // bytes of an over-long line thrown away
  bool last_was_cr_ = false;
  bool is_bdat_ = false;  // the line that is thrown away resembles BDAT
};

}  // namespace postern::smtp
