#include "web/errc.h"

#include "core/result.h"

namespace postern::web {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kMalformed: return "malformed request";
    case Errc::kBadJson: return "the body is not the JSON that is expected here";
    case Errc::kUnauthenticated: return "authentication is required";
    case Errc::kForbidden: return "not permitted";
    case Errc::kCrossSite: return "the request did not come from this site's own pages";
    case Errc::kStaleFactor: return "prove again that it is you: with a second factor, or with your password if you have none";
    case Errc::kMustEnrol: return "a second factor is required: set one up first";
    case Errc::kNotFound: return "not found";
    case Errc::kNotAllowed: return "method not allowed";
    case Errc::kTimeout: return "the request took too long to arrive";
    case Errc::kInFlight: return "a request with this key is still being worked on";
    case Errc::kCursorGone: return "one cannot go on from here";
    case Errc::kPrecondition: return "it has changed since the version given";
    case Errc::kBodyTooLarge: return "the body is larger than this route takes";
    case Errc::kTargetTooLong: return "the request target is too long";
    case Errc::kUnsupportedType: return "the body has a type that is not taken here";
    case Errc::kExpectation: return "unknown expectation";
    case Errc::kInvalid: return "a field is not of its form";
    case Errc::kRateLimited: return "too many requests";
    case Errc::kHeaderTooLarge: return "the request header is too large";
    case Errc::kInternal: return "internal error";
    case Errc::kUnknownCoding: return "unknown transfer coding";
    case Errc::kUnavailable: return "temporarily unavailable";
    case Errc::kVersion: return "only HTTP/1.1 and HTTP/1.0 are spoken here";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const core::EnumCategory<Errc> category("web", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::web
