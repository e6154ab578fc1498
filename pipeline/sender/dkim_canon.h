#pragma once
// pipeline/sender/dkim_canon.h: canonicalisation (RFC 6376 section 3.4) and the data that a signature covers
// (section 3.7), for signer and verifier alike.
// Thread-safety: free functions.  Messages have CRLF lines (header_fields.h).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/sender/header_fields.h"

namespace postern::pipeline {

enum class DkimCanon { kSimple, kRelaxed };
enum class DkimHash { kSha256, kSha1 };  // SHA-1 only where DkimLimits::accepts_rsa_sha1

struct DkimBodyHash {
  std::string digest;            // of the canonical body, or of its first length_max bytes
  std::uint64_t body_bytes = 0;  // size of the whole canonical body
};
// Streams: no copy of the body is made.
DkimBodyHash hash_body(std::string_view body, DkimCanon canon, std::optional<std::uint64_t> length_max,
                       DkimHash hash = DkimHash::kSha256);
// The canonical body as text; for tests and small bodies.
std::string canonical_body(std::string_view body, DkimCanon canon);

// One field ("Name: value" without its final CRLF) in canonical form, ended by CRLF.
std::string canonical_header(std::string_view field, DkimCanon canon);

// For each name of h= (lower case) the index of the field that it covers: the lowest one not yet taken
// (section 5.4.2). Names beyond the fields present cover nothing and have no entry. `own` is the field of the signature
// itself, which no name covers: "dkim-signature" means those that were there before (section 5.4).
std::vector<std::size_t> select_fields(std::string_view message, const HeaderLayout& layout,
                                       const std::vector<std::string>& names,
                                       std::optional<std::size_t> own = std::nullopt);

// What is hashed and signed: the selected fields, then the signature field itself with an empty b=, without its CRLF.
std::string signed_header_data(std::string_view message, const HeaderLayout& layout,
                               const std::vector<std::string>& names, std::string_view signature_field_without_b,
                               DkimCanon canon, std::optional<std::size_t> own = std::nullopt);

}  // namespace postern::pipeline
