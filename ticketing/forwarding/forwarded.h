#pragma once
// ticketing/forwarding/forwarded.h: whom a message that somebody forwards is really from: an attached message
// (message/rfc822), or else the topmost block of header lines that a mail program put above the text that it forwards,
// in any language of ticketing/quoting/mail_words.h. It says what is written there, which anybody can write: whether to
// believe it is up to whoever knows the forwarder (filing.h: only an agent whose mail is proven). Thread-safety: pure.
// Limits: kLinesMax lines of the text, kHeaderBytesMax of an attached message.
#include <optional>
#include <string_view>

#include "pipeline/api/redacted_message.h"

namespace postern::ticketing {

struct Forwarded {
  pipeline::NamedAddress from;
  bool is_attached = false;  // rather than in the text
};

// nullopt: it forwards nothing, or does not tell of whom. A block in the text counts when a line of the mail program
// stands right above it, or when the subject says that the message is forwarded; without either it may be an answer
// that quotes.
std::optional<Forwarded> find_forwarded(const pipeline::MessageContent& content);

// "Ada <ada@a.example>", "ada@a.example", "Ada [mailto:ada@a.example]" …; an empty address when there is none.
pipeline::NamedAddress read_written_address(std::string_view value);

}  // namespace postern::ticketing
