#pragma once
// core/errc.h: failures that belong to no module in particular.
#include <boost/system/error_code.hpp>

namespace postern::core {

enum class Errc {
  kTimedOut = 1,   // a deadline passed; transient
  kCancelled,      // the owner asked the work to stop
  kOverloaded,     // a bounded queue or budget is full; transient
  kIo,             // a file could not be read or written
  kInvalid,        // an argument or a file's content is not of its form
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::core

template <>
struct boost::system::is_error_code_enum<postern::core::Errc> : std::true_type {};
