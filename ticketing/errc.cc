#include "ticketing/errc.h"

#include "core/result.h"

namespace postern::ticketing {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kUnknownRecipient: return "no inbox has this address";
    case Errc::kNotFound: return "not found";
    case Errc::kInvalid: return "invalid field";
    case Errc::kConflict: return "changed since it was read";
  }
  return "unknown";
}


}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const core::EnumCategory<Errc> category("ticketing", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::ticketing
