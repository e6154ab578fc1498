#pragma once
// web/server/request_parser.h: bytes to a Request, without I/O. Beast parses the head; a strict check of our own runs
// before it, and the body is framed here: Beast 1.81 accepts obs-fold, takes trailers for fields, and asserts on a
// last chunk that arrives byte by byte.
// Refused as ambiguous (RFC 9112 sections 2.2, 3.2, 5.1, 5.2, 6.1, 6.3): Content-Length beside Transfer-Encoding, two
// of Content-Length, Transfer-Encoding, Host, Authorization or Content-Type, a folded line, white space before a
// colon, a bare CR or LF, NUL, chunk extensions and trailers.
// Thread-safety: none. Errors: web::Errc, permanent; the connection cannot be used for another request afterwards.
#include <string>

#include "core/result.h"
#include "web/options.h"
#include "web/server/message.h"

namespace postern::web {

class RequestParser {
 public:
  explicit RequestParser(const WebOptions& options) : options_(options) {}

  // Looks for a whole head at the front of `buffer`. True: it was taken out of the buffer and request() is valid but
  // for its body. False: more bytes are needed.
  core::Result<bool> parse_head(std::string& buffer);
  // Takes body bytes out of `buffer`; true when the body is complete. `bytes_max` is the route's.
  core::Result<bool> parse_body(std::string& buffer, std::size_t bytes_max);
  Request& request() { return request_; }
  bool is_http_1_0() const { return request_.is_http_1_0; }

 private:
  core::Result<void> check_head(std::string_view head) const;
  core::Result<void> read_fields(std::string_view head);
  core::Result<void> read_framing();
  core::Result<void> read_target(std::string_view target);
  core::Result<bool> parse_chunks(std::string& buffer, std::size_t bytes_max);

  const WebOptions& options_;
  Request request_;
  std::size_t scanned_ = 0;         // bytes of the head that were checked before
  bool skipped_ = false;            // the one empty line before this request was looked for
  std::uint64_t chunk_left_ = 0;    // of the chunk being read
  enum class Chunk { kHead, kContent, kContentEnd, kTrailer } chunk_ = Chunk::kHead;
};

}  // namespace postern::web
