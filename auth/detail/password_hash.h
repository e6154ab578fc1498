#pragma once
// auth/detail/password_hash.h: argon2id (RFC 9106) as PHC strings; the only place that knows libargon2. Slow on
// purpose: call it on the cpu pool. Errors: nullopt when there is no memory for it.
#include <optional>
#include <string>
#include <string_view>

#include "auth/options.h"

namespace postern::auth {

std::optional<std::string> hash_password(std::string_view password, const Options& options);
bool verify_hash(const std::string& phc, std::string_view password);
// A well-formed hash of nothing anybody knows, with the same cost: what an unknown login is checked against.
std::string decoy_hash(const Options& options);
// Empty when the policy accepts the password; otherwise why not, in words for its owner.
std::string password_objection(std::string_view password, std::string_view email, std::string_view name,
                               const Options& options);

}  // namespace postern::auth
