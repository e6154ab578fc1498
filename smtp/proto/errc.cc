#include "smtp/proto/errc.h"

#include "core/result.h"

namespace postern::smtp {
namespace {

std::string_view words(ProtoErrc value) {
  switch (value) {
    case ProtoErrc::kSyntax: return "the command is not of its form";
    case ProtoErrc::kPath: return "the address is not of its form";
    case ProtoErrc::kParameterUnknown: return "unknown parameter";
    case ProtoErrc::kParameterValue: return "a parameter's value is not of its form";
    case ProtoErrc::kParameterTwice: return "a parameter is repeated";
    case ProtoErrc::kUtf8NotAsked: return "UTF-8 address without SMTPUTF8";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(ProtoErrc value) {
  static const core::EnumCategory<ProtoErrc> category("smtp.proto", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::smtp
