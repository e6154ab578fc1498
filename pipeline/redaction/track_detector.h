#pragma once
// pipeline/redaction/track_detector.h: finds what a card's magnetic stripe or chip holds (ISO/IEC 7813): track 1
// "%B<number>^<name>^<YYMM>…?" and track 2 ";<number>=<YYMM>…?", also with 'D' for '=' (EMV tag 57). Number and expiry
// are valid. The match's characters leave out the last four digits of the number: with keep_first = 6 the number stays
// recognisable and everything else is hidden.
// Thread-safety: find() from any thread. Ownership: a value without state. Errors: none of its own. Time: linear; text
// without twelve digits together costs one look at every twelfth byte.
#include <string_view>
#include <vector>

#include "pipeline/redaction/rules/detectors.h"

namespace postern::pipeline {

class TrackDetector final : public ValueDetector {
 public:
  using ValueDetector::find;
  void find(TextLook& look, std::vector<RawMatch>& out) const override;
};

}  // namespace postern::pipeline
