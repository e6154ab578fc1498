#pragma once
// pipeline/redaction/finding_mask.h: what stands where a value stood: mask characters, layout kept (requirement Z-35).
// Thread-safety: pure functions.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/detector.h"

namespace postern::pipeline {

constexpr std::string_view kBlockMask = "\u2587";  // where the charset can carry it
constexpr std::string_view kAsciiMask = "*";       // everywhere else, in place

std::string mask_findings(std::string_view text, std::span<const Finding> findings, std::string_view mask);
// True when one of them hides or drops something.
bool hides_any(std::span<const Finding> findings);
// Shows "411111******1111" (our in-place form) with block characters.
std::string with_block_masks(std::string_view utf8);

}  // namespace postern::pipeline
