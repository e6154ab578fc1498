#include "core/errc.h"

#include "core/result.h"

namespace postern::core {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kTimedOut: return "deadline passed";
    case Errc::kCancelled: return "cancelled";
    case Errc::kOverloaded: return "a limit is reached, try again later";
    case Errc::kIo: return "input or output failed";
    case Errc::kInvalid: return "invalid";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const EnumCategory<Errc> category("core", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::core
