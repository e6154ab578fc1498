#pragma once
// pipeline/redaction/validators/validators.h: says whether a value that a rule's pattern found can be what the rule
// looks for: check digits, dates, lengths, randomness. A rule names one validator. Values are ASCII as a person wrote
// them: blanks, '-', '.', '/' between characters are skipped where people write them; letters count in either case
// unless the norm of a key or token says otherwise. Thread-safety: pure functions. Time: linear. Limits: a value over
// kValueBytesMax is not valid. Ownership: names are in static storage; copies of a value are wiped.
#include <cstddef>
#include <string_view>
#include <vector>

namespace postern::pipeline {

constexpr std::size_t kValueBytesMax = 4096;  // the longest value is a signed token (JWT)

bool is_known_validator(std::string_view name);
std::vector<std::string_view> validator_names();  // sorted
// False for an unknown name: what cannot be checked is not confirmed (rule sets with one do not compile).
bool is_valid(std::string_view name, std::string_view value);

}  // namespace postern::pipeline
