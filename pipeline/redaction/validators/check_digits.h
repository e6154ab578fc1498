#pragma once
// pipeline/redaction/validators/check_digits.h: the arithmetic that check digits of many norms share.
// Thread-safety: pure functions. Arguments are ASCII digits unless said otherwise.
#include <initializer_list>
#include <string_view>

namespace postern::pipeline::validators {

// The digits' products with the weights; the shorter of both decides.
int weighted_sum(std::string_view digits, std::initializer_list<int> weights);
// The digits as one number, modulo `modulus`.
int remainder_of(std::string_view digits, int modulus);
// ISO/IEC 7064 MOD 97-10 over digits and letters (A is 10 … Z is 35).
int remainder_97(std::string_view text, int start = 0);
// ISO/IEC 7064 MOD 11,10: the last digit is the check.
bool passes_mod_11_10(std::string_view digits);
// Verhoeff 1969, dihedral group D5: the last digit is the check.
bool passes_verhoeff(std::string_view digits);
// A day of the Gregorian calendar; year 0 to 9999.
bool is_date(int year, int month, int day);
// A day and month whose century is unknown: right for `year` in the 1800s, 1900s or 2000s.
bool is_short_date(int year_of_century, int month, int day);

}  // namespace postern::pipeline::validators
