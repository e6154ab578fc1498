#include "auth/errc.h"

#include "core/result.h"

namespace postern::auth {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kBadCredentials: return "the login or password is wrong";
    case Errc::kLocked: return "too many failures, try again later";
    case Errc::kExpired: return "expired or used before";
    case Errc::kForbidden: return "not permitted";
    case Errc::kWeakPassword: return "the password is not accepted";
    case Errc::kExists: return "the login is taken";
    case Errc::kNotFound: return "not found";
    case Errc::kNotSent: return "the text message was not sent";
    case Errc::kChanged: return "changed meanwhile";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const core::EnumCategory<Errc> category("auth", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::auth
