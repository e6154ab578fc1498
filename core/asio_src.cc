// The compiled halves of Asio (BOOST_ASIO_SEPARATE_COMPILATION): once for the whole product.
#include <boost/asio/impl/src.hpp>
#include <boost/assert.hpp>

#include "core/assert.h"

// Boost's own assertions (for instance dereferencing a failed Result) stay on in release builds.
namespace boost {
void assertion_failed(char const* expression, char const*, char const* file, long line) {
  postern::core::assertion_failed(expression, file, static_cast<int>(line));
}
void assertion_failed_msg(char const* expression, char const*, char const*, char const* file, long line) {
  postern::core::assertion_failed(expression, file, static_cast<int>(line));
}
}  // namespace boost
