#pragma once
// ticketing/compose.h: a reply as an RFC 5322 message: typed fields in, bytes out, so that no text can become a header
// (mail.md trap 48). CRLF lines, none above 998 bytes, ASCII but for addresses that need SMTPUTF8 (RFC 6531), and
// nothing of automatic origin in the header: a person wrote it.
// Thread-safety: pure. Errors: Errc::kInvalid when an address that the message cannot do without is not one.
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "pipeline/api/address.h"
#include "ticketing/errc.h"

namespace postern::ticketing {

struct OutgoingFile {
  std::string name;
  std::string media_type;
  std::string content;
  std::string text = {};  // what the file shows, for the search; it is not sent
};

struct OutgoingMail {
  pipeline::NamedAddress from;
  std::vector<pipeline::NamedAddress> to;
  std::vector<pipeline::NamedAddress> cc;
  pipeline::NamedAddress reply_to;  // left out when its address is empty
  std::string subject;
  core::WallTime date;
  std::string message_id;  // without angle brackets, as in the next two
  std::string in_reply_to;
  std::vector<std::string> references;
  std::string text;
  std::vector<OutgoingFile> files;
  std::string html = {};      // the same as the text, formatted: both go out, as alternatives (RFC 2046 section 5.1.4); empty: plain
  std::string boundary = {};  // between parts, "=_" and more; empty: drawn. Given where the same has to give the same bytes
};

struct ComposedMail {
  std::string bytes;
  bool needs_smtputf8 = false;
};

core::Result<ComposedMail> compose(const OutgoingMail& mail);
// "Re: " in front, unless one stands there.
std::string reply_subject(std::string_view subject);

}  // namespace postern::ticketing
