#pragma once
// smtp/proto/errc.h: why a command could not be parsed. The reply for each stands in smtp/server/replies.cc.
#include <boost/system/error_code.hpp>

namespace postern::smtp {

enum class ProtoErrc {
  kSyntax = 1,        // not of its form
  kPath,              // the address is not of its form
  kParameterUnknown,  // an extension that was not offered
  kParameterValue,    // a known parameter with a value that is not of its form
  kParameterTwice,    // one parameter more than once
  kUtf8NotAsked,      // UTF-8 in an address without SMTPUTF8
};

boost::system::error_code make_error_code(ProtoErrc value);

}  // namespace postern::smtp

template <>
struct boost::system::is_error_code_enum<postern::smtp::ProtoErrc> : std::true_type {};
