#include "core/result.h"

#include <boost/system/system_error.hpp>

namespace postern::core {

std::string Error::describe() const {
  std::string out = code_.category().name();
  out += ": ";
  out += code_.message();
  if (!context_.empty()) {
    out += " (";
    out += context_;
    out += ')';
  }
  return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw boost::system::system_error(error.code(), error.context());
}

}  // namespace postern::core
