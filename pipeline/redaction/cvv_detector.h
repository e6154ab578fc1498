#pragma once
// pipeline/redaction/cvv_detector.h: finds card security codes (CVV2, CVC2, CID …: three or four digits) beside a card
// number, readable or already masked: behind or before a word for the code within kNearCharacters of the number, or
// directly behind the number's expiry date.
// Thread-safety: find() from any thread. Ownership: a value without state.
// Errors: as the card detector. Time: linear; text without a card number costs the search for one and for mask characters.
#include <vector>

#include "pipeline/redaction/rules/detectors.h"

namespace postern::pipeline {

constexpr std::size_t kNearCharacters = 200;

class CvvDetector final : public ValueDetector {
 public:
  using ValueDetector::find;
  void find(TextLook& look, std::vector<RawMatch>& out) const override;
};

}  // namespace postern::pipeline
