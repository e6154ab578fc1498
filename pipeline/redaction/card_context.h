#pragma once
// pipeline/redaction/card_context.h: what stands around a number decides whether a look-alike stays readable: phone
// numbers, URLs, identifiers, IBANs, labelled tracking and device numbers.
// Thread-safety: pure functions. Time: bounded by kContextBytes a call.
#include <cstddef>
#include <string_view>

namespace postern::pipeline {

constexpr std::size_t kContextBytes = 256;  // looked at on each side

struct NumberPlace {
  std::size_t begin = 0;  // first digit in the scan text
  std::size_t end = 0;    // behind the last one
  bool is_bare = false;   // no separators inside
};

// True when the surroundings say that the number is something else.
bool is_other_number(std::string_view scan_text, NumberPlace place);
// True when a word about cards or payment is near, or the number stands alone on its line.
bool has_card_context(std::string_view scan_text, NumberPlace place);
// True for "rooms: 4101 4502 …": the name of a list stands directly before, and no word that means a card is near.
bool is_called_list(std::string_view scan_text, NumberPlace place);
// True when nothing but blanks stands beside it on its line, or on its first and last one.
bool stands_alone(std::string_view scan_text, NumberPlace place);
// True for a row of a table: two of the three rows above and below it have groups of the same sizes and no card where the
// number stands; for a bare number one such row, of another long number, is enough.
bool is_in_table(std::string_view scan_text, NumberPlace place);
// True when a word that means a card and nothing else is near: card, visa, amex, cvv …
bool is_called_card(std::string_view scan_text, NumberPlace place);
// False when such a word is surely not near, told from the text itself, not brought to scan text.
bool may_be_called_card(std::string_view source, NumberPlace place);

}  // namespace postern::pipeline
