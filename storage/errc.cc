#include "storage/errc.h"

#include "core/result.h"

namespace postern::storage {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kNotFound: return "not found";
    case Errc::kConflict: return "changed by somebody else meanwhile";
    case Errc::kIo: return "the store cannot read or write";
    case Errc::kCorrupt: return "damaged, or sealed under another key";
    case Errc::kClosed: return "the store is closed";
    case Errc::kTooLarge: return "too large";
    case Errc::kSchema: return "written by a version that this one cannot read";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const core::EnumCategory<Errc> category("storage", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::storage
