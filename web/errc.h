#pragma once
// web/errc.h: why an HTTP request was refused before or beside its handler. Each has one status: see problem.h.
#include <boost/system/error_code.hpp>

namespace postern::web {

enum class Errc {
  kMalformed = 1,      // 400: not HTTP/1.1 as RFC 9112 wants it, or ambiguous framing
  kBadJson,            // 400
  kUnauthenticated,    // 401
  kForbidden,          // 403
  kCrossSite,          // 403: Origin, Sec-Fetch-Site or the CSRF token
  kStaleFactor,        // 403: prove a factor again: POST session/proof
  kMustEnrol,          // 403: a second factor is demanded and its time is over
  kNotFound,           // 404
  kNotAllowed,         // 405
  kTimeout,            // 408
  kInFlight,           // 409: the same Idempotency-Key is being worked on
  kCursorGone,         // 410: a place in the feed from which one cannot go on
  kPrecondition,       // 412
  kBodyTooLarge,       // 413
  kTargetTooLong,      // 414
  kUnsupportedType,    // 415
  kExpectation,        // 417
  kInvalid,            // 422
  kRateLimited,        // 429
  kHeaderTooLarge,     // 431
  kInternal,           // 500
  kUnknownCoding,      // 501: a Transfer-Encoding other than chunked
  kUnavailable,        // 503
  kVersion,            // 505
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::web

template <>
struct boost::system::is_error_code_enum<postern::web::Errc> : std::true_type {};
