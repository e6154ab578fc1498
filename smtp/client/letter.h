#pragma once
// smtp/client/letter.h: a message in the form that goes over the wire, and its envelope checked for what could break
// out of a command line. Pure.
#include <string>
#include <string_view>

#include "core/result.h"
#include "pipeline/api/outbox.h"

namespace postern::smtp {

struct Letter {
  std::string mail_from;  // without angle brackets; empty for <>
  std::string rcpt;
  std::string bytes;  // CRLF lines, the last one ended; signed; not yet dot-stuffed
  bool needs_smtputf8 = false;
  bool is_8bit = false;
  bool requires_tls = false;  // RFC 8689
};

// Every line end becomes CRLF and the last line gets one: a bare CR or LF never leaves us (mail.md trap 6).
std::string with_crlf_lines(std::string_view message);
// Ready for DATA: lines that begin with a dot get another (RFC 5321 section 4.5.2), and the final dot.
std::string to_data(std::string_view bytes);
// `signatures` are header fields put before `bytes`. Errors: core::Errc::kInvalid when an address holds control
// characters or angle brackets outside quotes, or no domain.
core::Result<Letter> make_letter(const pipeline::OutboundMessage& message, std::string signatures, std::string bytes);

}  // namespace postern::smtp
