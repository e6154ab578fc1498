#include "app/error_words.h"

#include "core/errc.h"
#include "ticketing/errc.h"

namespace postern::app {

std::string in_words(const core::Error& error) {
  const std::string& context = error.context();
  if (context.empty()) return error.code().message();
  // What is invalid, or in the way, says so itself.
  const bool names_reason = error == core::Errc::kIo && context.find(": ") != std::string::npos;  // "/a/b: No such file or directory"
  const bool speaks_for_itself =
      names_reason || error == core::Errc::kInvalid || error == ticketing::Errc::kInvalid || error == ticketing::Errc::kConflict;
  return speaks_for_itself ? context : error.code().message() + ": " + context;
}

}  // namespace postern::app
