#pragma once
// smtp/proto/reply.h: replies (RFC 5321 section 4.2, RFC 2034) as they go on the wire: printable ASCII, bounded. Pure.
#include <string>
#include <string_view>

namespace postern::smtp {

// Appends "CODE[-| ][ENHANCED ]text CRLF", one line for each line ('\n') of `text`. Bytes that are not printable
// ASCII become '?', a line is cut at 512 bytes and a reply at 32 lines. `enhanced` may be empty (EHLO, banner, 354).
void append_reply(std::string& out, int code, std::string_view enhanced, std::string_view text);

}  // namespace postern::smtp
