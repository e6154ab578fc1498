#pragma once
// pipeline/mime/encode.h: transfer encoders, used when a decoded body was rewritten.
// Thread-safety: pure functions. Errors: none.
#include <string>
#include <string_view>

#include "pipeline/mime/part.h"

namespace postern::pipeline {

// RFC 2045 section 6.8: lines of 76 characters, `eol` between them, none at the end.
std::string encode_base64_lines(std::string_view bytes, std::string_view eol = "\r\n");
// RFC 2045 section 6.7: lines of at most 76 characters, soft breaks with `eol`. Line ends of text (CRLF, and LF where that is `eol`) stay
// line ends; any other CR or LF is encoded, as it was. No line begins with "--".
std::string encode_quoted_printable(std::string_view text, std::string_view eol = "\r\n");
// Lines of 45 bytes between `begin_line` ("begin 644 name") and "end" (POSIX uuencode).
std::string encode_uuencode(std::string_view bytes, std::string_view begin_line, std::string_view eol = "\r\n");
// By encoding; identity and unknown return the bytes themselves.
std::string encode_transfer(std::string_view bytes, TransferEncoding encoding, std::string_view eol = "\r\n");
// RFC 2047 words of at most 75 characters (UTF-8, base64), folded with CRLF SP; plain ASCII is returned as it is.
std::string encode_header_text(std::string_view utf8);
// The line end that a body uses mostly: "\r\n", "\n" or "\r"; "\r\n" when it has none.
std::string_view line_end_of(std::string_view body);

}  // namespace postern::pipeline
