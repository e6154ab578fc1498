#pragma once
// ticketing/detail/header_text.h: text made safe for a header or body of mail that we compose (RFC 5322, RFC 2045,
// RFC 2047, RFC 2231). Nothing that a person typed can end a line or a field (mail.md trap 48). Results are ASCII,
// CRLF lines of at most 76 characters, except addresses, which are written as they are.
// Thread-safety: pure. Errors: none; the is_safe_ predicates say what must not be written at all.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/address.h"

namespace postern::ticketing {

// One line: controls become spaces, outer blanks go.
std::string clean_line(std::string_view text);
bool is_ascii(std::string_view text);
// At most that many bytes, in whole UTF-8 characters.
std::string cut_utf8(std::string_view text, std::size_t bytes_max);

// A field of free text, with its name and CRLF: "Subject: =?UTF-8?B?…?=\r\n".
std::string text_field(std::string_view name, std::string_view text);
// A field of mailboxes, each on a line of its own: "To: \"A B\" <a@b.example>\r\n". Empty when the list is.
std::string mailbox_field(std::string_view name, const std::vector<pipeline::NamedAddress>& mailboxes);
// A field of Message-IDs. Ids that are not safe are left out; empty when none is left.
std::string id_field(std::string_view name, const std::vector<std::string>& ids);

// Both parts present, at most 254 bytes, no control, blank, angle bracket or quote.
bool is_safe_address(const pipeline::EmailAddress& address);
// Something was hidden in it before it was stored: nobody has this mailbox, or somebody else does.
bool has_hidden_part(const pipeline::EmailAddress& address);
bool is_safe_message_id(std::string_view id);

std::string quoted_printable(std::string_view text);
std::string base64_lines(std::string_view bytes);
// ";\r\n filename=…" with what a file name needs.
std::string filename_parameter(std::string_view name);
// The type when it may stand on a base64 part of ours, else "application/octet-stream".
std::string safe_media_type(std::string_view type);
// What is kept of a type that somebody gave to a file: "type/subtype" without parameters, which nobody needs and anything can stand in;
// application/octet-stream for what is none, or has as many digits as a card number.
std::string stored_media_type(std::string_view given);

}  // namespace postern::ticketing
