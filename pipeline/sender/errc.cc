#include "pipeline/sender/errc.h"

#include "core/result.h"

namespace postern::pipeline {
namespace {

std::string_view words(SenderErrc value) {
  switch (value) {
    case SenderErrc::kInvalidDomain: return "not a domain name";
    case SenderErrc::kNoSuchKey: return "no such signing key";
    case SenderErrc::kBadKeyFile: return "key file is damaged";
    case SenderErrc::kKeyMaking: return "key could not be made or used";
    case SenderErrc::kKeyChanged: return "the key was changed by another process meanwhile";
  }
  return "unknown";
}

const core::EnumCategory<SenderErrc> kCategory("pipeline.sender", words);

}  // namespace

boost::system::error_code make_error_code(SenderErrc value) { return {static_cast<int>(value), kCategory}; }

}  // namespace postern::pipeline
