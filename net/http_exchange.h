#pragma once
// net/http_exchange.h: one HTTP/1.1 request on a stream of its own, and as much of its answer as a program needs that sends: the
// status, Retry-After, and the first bytes of the body (decoded where they come in chunks).
// Thread-safety: one strand.  Ownership: stream and texts are the caller's and outlive the call.
// Errors: those of the stream; Errc::kClosed when the answer is not HTTP/1. What fails behind the answer's head is not an error.
// Limits: HttpAnswerLimits; the deadline for all of it.
#include <chrono>

#include "net/stream.h"

namespace postern::net {

struct HttpAnswerLimits {
  std::size_t head_bytes_max = 16384;
  std::size_t body_bytes_max = 0;                  // kept; then the rest is not awaited
  std::chrono::milliseconds body_time_max{2000};   // for it, once the head is there
};

struct HttpAnswer {
  int status = 0;
  std::chrono::seconds retry_after{0};
  std::string body;  // its first bytes
  bool is_whole = false;  // the body is all there, as its length or its last chunk says
};

core::Task<core::Result<HttpAnswer>> http_exchange(Stream& stream, core::Clock& clock, std::string_view head, std::string_view body,
                                                   HttpAnswerLimits limits, core::Deadline by);

}  // namespace postern::net
