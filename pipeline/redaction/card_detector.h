#pragma once
// pipeline/redaction/card_detector.h: finds payment card numbers in text. One generic Hyperscan pattern finds digit
// runs; layout, issuer range, length, check digit and surroundings decide in C++ (a pattern per brand costs four times
// as much). A number is taken whole or not at all: never a window of a longer digit group.
// Thread-safety: find() from any thread; scratch memory is one per thread. Ownership: a value with its database.
// Errors: the constructor throws std::runtime_error when the pattern cannot be compiled; find() cannot fail.
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

struct CardMatch {
  std::string_view brand;         // static storage
  std::vector<ByteRange> digits;  // source bytes of each digit, in order; 12 to 19
  ByteRange span() const { return {digits.front().begin, digits.back().end}; }
};

class CardDetector {
 public:
  CardDetector();
  ~CardDetector();
  CardDetector(const CardDetector&) = delete;
  // Matches in order, disjoint. `text` is UTF-8; other bytes are read as Latin-1.
  std::vector<CardMatch> find(std::string_view text) const;
  // The same, looking only at these windows of `text` (digit_windows.h).
  std::vector<CardMatch> find_in(std::string_view text, std::span<const ByteRange> windows) const;
  std::vector<CardMatch> find_in(std::string_view text, const TextPlanes& planes, std::span<const ByteRange> windows) const;

 private:
  struct Database;
  // Rows that control sequences of terminals go through.
  void find_escaped(std::string_view text, ByteRange place, std::vector<CardMatch>& matches) const;
  void find_in_window(std::string_view text, ByteRange window, std::vector<CardMatch>& matches) const;
  std::unique_ptr<Database> database_;
};

}  // namespace postern::pipeline
