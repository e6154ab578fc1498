#pragma once
// pipeline/redaction/card_spread.h: card numbers whose digits stand further apart than in one run of digits: groups as
// printed on cards with one and the same mark or word between them ("4111; 1111; …", "4111 then 1111 …"), one digit a
// line or a list item, numbers in E-notation, with zeros before them or their expiry date behind. What could be something
// else counts only where the text near it says that it is a card.
// Thread-safety: pure functions. Errors: none. Time: linear; one look at the digits of each 64 bytes, a closer one
// where twelve stand within 256 bytes. Memory: eight bytes for each group of digits of such a place.
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/dense_digits.h"

namespace postern::pipeline {

// In order, disjoint. `text` is UTF-8; other bytes are read as Latin-1. `planes`, `places`: its own, and its dense_digits().
std::vector<CardMatch> find_spread_cards(std::string_view text, const TextPlanes& planes, std::span<const DensePlace> places);

}  // namespace postern::pipeline
