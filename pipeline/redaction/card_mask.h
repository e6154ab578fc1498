#pragma once
// pipeline/redaction/card_mask.h: what stands where a card number stood: its first six and last four digits, as card
// networks and Zendesk show them, separators and layout kept (requirement Z-35).
// Thread-safety: pure functions.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/card_detector.h"

namespace postern::pipeline {

constexpr std::string_view kBlockMask = "\u2587";  // where the charset can carry it
constexpr std::string_view kAsciiMask = "*";       // everywhere else, in place

// The source ranges of the digits that must go.
std::vector<ByteRange> hidden_digits(const CardMatch& match);
std::string mask_cards(std::string_view text, const std::vector<CardMatch>& matches, std::string_view mask);
// Shows "411111******1111" (our in-place form) with block characters.
std::string with_block_masks(std::string_view utf8);

}  // namespace postern::pipeline
