#pragma once
// pipeline/mime/message_id.h: the msg-id lists of Message-ID, In-Reply-To and References (RFC 5322 section 3.6.4).
// Thread-safety: pure functions. Errors: none. Limits: MimeLimits::message_ids_max; of more, the first and the newest stay.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/mime/limits.h"

namespace postern::pipeline {

// Ids without angle brackets, in order, each once. A value without brackets yields its words that hold an '@'.
std::vector<std::string> parse_message_ids(std::string_view raw, const MimeLimits& limits = {});

}  // namespace postern::pipeline
