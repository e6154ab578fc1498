#pragma once
// auth/detail/password_hash.h: argon2id (RFC 9106) as PHC strings, and the hashes of other systems that are verified until
// their owner's next sign-in; the only place that knows libargon2 and libcrypt. Slow on purpose: call it on the cpu pool.
// Errors: nullopt when there is no memory for it; a hash that is not understood verifies nothing.
// Limits: an imported hash costs at most 1 GiB and a few seconds, or is not taken (hash_objection).
#include <optional>
#include <string>
#include <string_view>

#include "auth/options.h"

namespace postern::auth {

std::optional<std::string> hash_password(std::string_view password, const Options& options);
// argon2id, bcrypt ($2a$, $2b$, $2y$), scrypt ("$scrypt$ln=…,r=…,p=…$salt$hash").
bool verify_hash(const std::string& hash, std::string_view password);
// Whether the hash is of another kind, or weaker, than hash_password() makes.
bool needs_rehash(std::string_view hash, const Options& options);
// Empty when verify_hash() understands it and its cost is bounded; otherwise why not.
std::string hash_objection(std::string_view hash);
// A well-formed hash of nothing anybody knows, with the same cost: what an unknown login is checked against.
std::string decoy_hash(const Options& options);

}  // namespace postern::auth
