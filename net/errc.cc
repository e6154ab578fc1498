#include "net/errc.h"

#include "core/result.h"

namespace postern::net {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kClosed: return "the peer closed the connection";
    case Errc::kConnect: return "no connection could be made";
    case Errc::kTls: return "TLS failed";
    case Errc::kCertificate: return "certificate or key not usable";
    case Errc::kAddress: return "not a valid address";
    case Errc::kListen: return "the address cannot be bound";
    case Errc::kTooMany: return "too many entries";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const core::EnumCategory<Errc> category("net", words);
  return {static_cast<int>(value), category};
}

}  // namespace postern::net
