#pragma once
// ticketing/errc.h: failures of tickets and routing.
#include <boost/system/error_code.hpp>

namespace postern::ticketing {

enum class Errc {
  kUnknownRecipient = 1,  // no inbox has this address
  kNotFound,              // no such ticket, comment or attachment in this workspace
  kInvalid,               // a field is not of its form; the context names it
  kConflict,              // changed by somebody else since the version given; read again
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::ticketing

template <>
struct boost::system::is_error_code_enum<postern::ticketing::Errc> : std::true_type {};
