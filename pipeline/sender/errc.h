#pragma once
// pipeline/sender/errc.h: why a key folder or a signer could not do what was asked. Verdicts on mail are values,
// never errors.
#include <boost/system/error_code.hpp>

namespace postern::pipeline {

enum class SenderErrc {
  kInvalidDomain = 1,  // not a domain name in A-labels
  kNoSuchKey,          // the domain has no key of that selector
  kBadKeyFile,         // a key or its state file cannot be read as what it should be
  kKeyMaking,          // the cryptographic library refused to make or use a key
  kKeyChanged,         // another process changed the key meanwhile
};

boost::system::error_code make_error_code(SenderErrc value);

}  // namespace postern::pipeline

template <>
struct boost::system::is_error_code_enum<postern::pipeline::SenderErrc> : std::true_type {};
