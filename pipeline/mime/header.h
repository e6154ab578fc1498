#pragma once
// pipeline/mime/header.h: a header block (RFC 5322 section 2.2) as ranges of the message. There is one split for every
// reader (authentication, redaction, display): the first empty line ends the header, whatever stands before it.
// Thread-safety: pure functions. Ownership: ranges refer to the Message they were made from.
// Errors: none; what is wrong becomes a defect word. Time: linear.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"
#include "pipeline/mime/limits.h"

namespace postern::pipeline {

// One field, folded lines included.
struct HeaderField {
  ByteRange name;          // without the colon and blanks before it; empty for a line without colon
  ByteRange value;         // raw and folded: from behind the colon up to the final line end, exclusive
  ByteRange whole;         // name to final line end, inclusive
  std::string name_lower;  // ASCII lower case, for comparison
};

struct HeaderBlock {
  std::vector<HeaderField> fields;
  ByteRange range;           // from where it was looked for to behind the empty line
  std::size_t body_begin = 0;
};

// How lines of a message end. A bare CR ends a line only in a message without any LF (old Macintosh files).
enum class LineEnds { kLf, kCr };
LineEnds line_ends_of(std::string_view message);

// A line: [begin, end) without its line end; `next` begins the following one.
struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t next = 0;
  bool empty() const { return begin == end; }
};
Line line_at(std::string_view message, std::size_t pos, std::size_t limit, LineEnds ends);

// Where a header is looked for, and what ends it besides an empty line.
struct HeaderScan {
  std::size_t begin = 0;
  std::size_t end = 0;   // of the entity
  bool is_top = false;   // tolerates blank lines and an mbox "From " line in front
  LineEnds ends = LineEnds::kLf;
  const std::vector<std::string>* open_boundaries = nullptr;  // a delimiter line of one of them ends the header
};

// A line without colon is the defect header_without_colon and does not end the header. A block without a single field
// is no header: the body begins at once (defect no_header).
HeaderBlock parse_header_block(std::string_view message, const HeaderScan& scan, const MimeLimits& limits,
                               ParseReport& report);
// The header of a whole message.
HeaderBlock parse_message_header(const Message& message, const MimeLimits& limits = {});

// The first field of that (lower case) name, or nullptr.
const HeaderField* find_field(const std::vector<HeaderField>& fields, std::string_view name_lower);
std::size_t count_fields(const std::vector<HeaderField>& fields, std::string_view name_lower);

// RFC 5322 section 2.2.3: line ends removed, the blank behind them kept.
std::string unfold(std::string_view raw_value);
// Removes RFC 5322 comments outside quoted strings, and blanks at both ends.
std::string without_comments(std::string_view unfolded);

// Adds a defect word once, up to the limit.
void add_defect(ParseReport& report, std::string_view word, std::size_t defects_max = MimeLimits{}.defects_max);

// RFC 2046 section 5.1.1: "--" boundary, "--" if it closes, blanks, and nothing else on the line. A boundary with
// backslashes is met as it stands and with its quoted-pairs undone.
enum class Delimiter { kNone, kOpen, kClose };
Delimiter match_delimiter(std::string_view line, std::string_view boundary);

}  // namespace postern::pipeline
