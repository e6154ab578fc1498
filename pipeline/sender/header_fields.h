#pragma once
// pipeline/sender/header_fields.h: a message cut into header fields and body the way DKIM sees it: lines end in CRLF,
// the first empty line ends the header, a line without a colon is a field without a name. Signer and verifier share
// it, so that neither sees a field that the other does not (mail.md trap 25).
// Thread-safety: free functions.  Limits: fields_max of the caller.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "pipeline/api/message.h"

namespace postern::pipeline {

struct SignedField {
  ByteRange name;   // without trailing blanks; empty for a line that is not a field
  ByteRange value;  // behind the colon, without the final CRLF, still folded
  ByteRange whole;  // name to value
};

struct HeaderLayout {
  std::vector<SignedField> fields;  // from the top
  std::size_t body_begin = 0;       // size of the message when it has no body
  bool is_truncated = false;        // the header had more than fields_max fields
};

// `message` has CRLF lines only; see with_crlf_lines().
HeaderLayout split_header(std::string_view message, std::size_t fields_max);

// The header alone, normalised, split as the whole message would be; the body is not touched. Fields beyond a limit are
// left out (is_truncated).
struct HeaderPart {
  core::SecretBuffer bytes;
  HeaderLayout layout;  // of `bytes`; body_begin is their size
};
HeaderPart read_header(std::string_view message, std::size_t bytes_max, std::size_t fields_max);

// True when every LF follows a CR and the last line is ended.
bool has_crlf_lines(std::string_view message);
// A copy in which bare LFs are CRLFs and the last line is ended (messages from files, and BDAT without a final CRLF).
core::SecretBuffer with_crlf_lines(std::string_view message);
// The message itself when its lines are so, else `copy`, which then holds with_crlf_lines().
std::string_view as_crlf_lines(std::string_view message, core::SecretBuffer& copy);

}  // namespace postern::pipeline
