#pragma once
// smtp/server/transaction.h: one mail transaction (RFC 5321 section 3.3). It lives in the session between MAIL and the
// end of its content; RSET destroys it, DATA and the last BDAT move it out, so no exit path can leave one behind.
#include <cstdint>
#include <optional>

#include "core/deadline.h"
#include "pipeline/api/envelope.h"
#include "smtp/proto/content.h"
#include "smtp/server/memory_budget.h"

namespace postern::smtp {

struct Transaction {
  pipeline::Envelope envelope;
  std::optional<std::uint64_t> declared_bytes;  // SIZE of MAIL (RFC 1870)
  MessageBuffer content;                        // our Received field, then what was received
  std::uint64_t received_bytes = 0;             // of content, kept or not
  bool is_too_big = false;                      // what is over a limit is read to its end, not kept
  bool has_no_memory = false;
  core::Instant content_since;                  // when the content began
  core::Duration chunk_time{0};                 // spent in reading chunks that are complete
  bool has_chunks = false;                      // BDAT was used: DATA is refused (RFC 3030 section 3)
  LineEndCheck chunk_check;
};

}  // namespace postern::smtp
