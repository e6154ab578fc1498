#pragma once
// net/acknowledged.h: what a peer's TCP has not acknowledged yet: for protocols that have no answer of their own, such as syslog.
// Thread-safety: on the stream's strand.
#include <cstddef>
#include <optional>

#include "net/stream.h"

namespace postern::net {

// Bytes written to the stream that its peer has not acknowledged (Linux: SIOCOUTQ). nullopt: not a TCP stream, or closed.
std::optional<std::size_t> unacknowledged_bytes(Stream& stream);

}  // namespace postern::net
