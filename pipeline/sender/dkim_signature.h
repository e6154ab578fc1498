#pragma once
// pipeline/sender/dkim_signature.h: one DKIM-Signature field, read and judged by RFC 6376 sections 3.5 and 6.1.1
// before any key is fetched or any hash is made.
// Thread-safety: values and free functions.  Limits: DkimLimits.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct DkimSignature {
  std::string algorithm;  // a=, lower case: "rsa-sha256", "ed25519-sha256", "rsa-sha1"
  DkimCanon header_canon = DkimCanon::kSimple;
  DkimCanon body_canon = DkimCanon::kSimple;
  std::string domain;                   // d=, A-labels
  std::string selector;                 // s=, A-labels
  std::string identity;                 // i= as written, "@" + domain when absent
  std::string identity_domain;          // A-labels
  std::vector<std::string> names;       // h=, lower case, in order
  std::optional<std::uint64_t> length;  // l=
  std::string body_hash;                // bh=, decoded
  std::string signature;                // b=, decoded
  std::string field_without_b;          // the whole field with the value of b= removed
  std::string key_name() const { return selector + "._domainkey." + domain; }
};

// What reading a field gave: a signature worth a key, or the final verdict on it (result other than kNone).
struct DkimReading {
  DkimSignature signature;
  DkimVerdict verdict;
  bool is_usable() const { return verdict.result == AuthResult::kNone; }
};

// `field` is "DKIM-Signature: …" without its final CRLF.
DkimReading read_dkim_signature(std::string_view field, const DkimLimits& limits, core::WallTime now);

}  // namespace postern::pipeline
