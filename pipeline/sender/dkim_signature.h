#pragma once
// pipeline/sender/dkim_signature.h: one DKIM-Signature field, read and judged by RFC 6376 sections 3.5 and 6.1.1
// before any key is fetched or any hash is made; and the two fields of ARC that borrow its syntax.
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

// Which field the tags stand in, and so which of them there are (RFC 6376 section 3.5, RFC 8617 sections 4.1.2, 4.1.3).
enum class SignatureForm {
  kDkim,
  kArcMessage,  // no v=; i= is the instance
  kArcSeal,     // no v=, c=, bh=, l= and, on pain of failure, no h=; i= is the instance; has cv=
};

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
  std::uint32_t instance = 0;           // i= of ARC
  std::string chain_status;             // cv= of a seal: "none", "fail" or "pass"
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
// The same for a field of any of the forms.
DkimReading read_signature(std::string_view field, SignatureForm form, const DkimLimits& limits, core::WallTime now);

// An instance value of ARC (RFC 8617 section 4.2.1): one or two digits, not zero.
std::optional<std::uint32_t> read_arc_instance(std::string_view text);

}  // namespace postern::pipeline
