#pragma once
// auth/second_factors/recovery_codes.h: secrets for the day when the phone is gone. 65 random bits each, so that a plain
// SHA-256 is enough to store them (ASVS 6.5.2 asks for a password hash below 112 bits of a *user's* choice; guesses here are
// bounded by attempts as well, and the record is sealed). Thread-safety: pure.
#include <string>
#include <string_view>
#include <vector>

namespace postern::auth {

// "k7mq-2xw9p-d4hrt": thirteen characters that are hard to confuse.
std::string make_recovery_code();
// Of a code as somebody typed it: case, blanks and hyphens do not matter.
std::string recovery_hash(std::string_view typed);

}  // namespace postern::auth
