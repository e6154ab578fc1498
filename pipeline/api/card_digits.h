#pragma once
// pipeline/api/card_digits.h: card numbers in envelope text (HELO names, addresses), which the redactor never sees but
// which Received fields, traces and contacts keep.
// Thread-safety: pure. Time: linear.
#include <string>
#include <string_view>

namespace postern::pipeline {

// Every run of 12 to 19 digits that passes the Luhn check keeps its first 6 and last 4 digits; the others become 'x'. So
// do 13 to 19 digits in groups with a blank or a hyphen between them, and groups as on a card (4-4-4-4, 4-6-5, 4-6-4) with one of
// "._+=/" between them.
std::string mask_card_digits(std::string_view text);

}  // namespace postern::pipeline
