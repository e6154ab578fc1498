#pragma once
// pipeline/redaction/digit_windows.h: the places of a text where a card number could stand, with what stands around
// them, so that only these are brought to scan text: most mail has none, and looking is one pass over the bytes.
// A window holds every byte that the rules for a number inside it can look at: a scan of the windows finds what a scan
// of the whole finds. Tied to scan_text.cc, which decides what a byte becomes; tests compare the two for all code points.
// Thread-safety: pure functions. Time: linear. Memory: one range for each window.
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

// Ascending, disjoint. `source` is UTF-8; other bytes are read as Latin-1.
std::vector<ByteRange> digit_windows(std::string_view source);
// Those of them where some groups of digits, one behind the other, have the length, the issuer and the check digit of a
// card number. Of digits outside ASCII nothing is said: their windows stay.
std::vector<ByteRange> card_windows(std::string_view source);
std::vector<ByteRange> card_windows(std::string_view source, const TextPlanes& planes);  // of the same text
// Rows with at least twelve digits that control sequences of terminals (ECMA-48) go through: their letters are no break to a
// reader, and so none here. Those with such a sequence that begins in `place`; ascending, disjoint.
std::vector<ByteRange> escaped_rows(std::string_view source, ByteRange place);

// Places of a text, and around them all that the rules about a number in one of them can look at. What else stands in the
// window may be cut: only what begins in a place counts.
struct ContextWindow {
  ByteRange window;
  std::vector<ByteRange> places;  // ascending, disjoint
  bool holds(std::size_t at) const;  // in one of the places
};
// `places`: ascending, disjoint. Places whose surroundings meet share a window, so that no byte is in two of them.
std::vector<ContextWindow> context_windows(std::string_view source, std::span<const ByteRange> places);

}  // namespace postern::pipeline
