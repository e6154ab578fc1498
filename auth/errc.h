#pragma once
// auth/errc.h: failures of identity. The web maps each to one status; none tells whether an account exists.
#include <boost/system/error_code.hpp>

namespace postern::auth {

enum class Errc {
  kBadCredentials = 1,  // wrong, unknown or locked: not distinguished on purpose
  kLocked,              // too many failures: try later; transient
  kExpired,             // a link, session or token past its time, or used before
  kForbidden,           // known, but may not do this
  kWeakPassword,        // the policy refuses it; the context says why, in words for the user
  kExists,              // the login is taken
  kNotFound,
  kNotSent,             // a text message did not leave; the context says why, in words for the user; transient
  kChanged,             // somebody changed it since the caller looked; permanent: look again
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::auth

template <>
struct boost::system::is_error_code_enum<postern::auth::Errc> : std::true_type {};
