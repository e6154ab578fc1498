#pragma once
// pipeline/sender/dkim_key_record.h: a DKIM key record (RFC 6376 section 3.6.1, RFC 8463 section 4) read into a key of
// known type and size that the signature at hand may use.
// Thread-safety: values and free functions.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/verdict.h"
#include "pipeline/sender/dkim_signature.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct DkimPublicKey;  // dkim_public_key.h

struct DkimKeyRecord {
  std::string type;  // "rsa" or "ed25519"
  std::shared_ptr<const DkimPublicKey> key;
  std::uint32_t bits = 0;
  bool is_testing = false;       // t=y
  bool is_exact_domain = false;  // t=s: i= may not be in a subdomain
};

struct DkimKeyReading {
  std::optional<DkimKeyRecord> record;
  AuthResult result = AuthResult::kNone;  // why there is no usable key
  std::string reason;
};

// The key among the TXT records at a signature's key name. What is no key record of this version is passed over; two
// that differ are an error: their order is the resolver's, and the verdict must not be (RFC 6376 section 3.6.2.2).
DkimKeyReading read_dkim_key(const std::vector<std::string>& txt, const DkimSignature& signature,
                             const DkimLimits& limits);

}  // namespace postern::pipeline
