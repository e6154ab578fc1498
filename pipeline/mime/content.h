#pragma once
// pipeline/mime/content.h: what people and tickets use of a message. It is meant for redacted bytes: the redactor
// rewrites the message, parses the result again and builds the content from that.
// Thread-safety: pure functions. Errors: none; a message that makes no sense has empty fields and its text.
#include "pipeline/api/message.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/mime/limits.h"
#include "pipeline/mime/part.h"

namespace postern::pipeline {

// Of a field that stands more than once the first one counts, as displays do (RFC 5322 section 3.6 forbids it; the
// parser reports duplicate_field). `text`: the text parts outside attachments, joined; of alternatives the plain one.
// `html`: sanitised; cid: references stay. Attachments: every other leaf, message/rfc822 as "<subject>.eml".
MessageContent build_content(const Message& message, const MimeTree& tree, const MimeLimits& limits = {});

// RFC 3834, RFC 2919, RFC 3464 and the header fields that mail systems use in their place. A null envelope sender is
// not seen here; the caller adds it.
MachineMail find_machine_mail(const Message& message, const MimeTree& tree);

}  // namespace postern::pipeline
