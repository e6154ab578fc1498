#include "pipeline/redaction/rules/detectors.h"

#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/cvv_detector.h"
#include "pipeline/redaction/track_detector.h"

namespace postern::pipeline {
namespace {

class Cards final : public ValueDetector {
 public:
  void find(std::string_view text, std::vector<RawMatch>& out) const override {
    for (CardMatch& match : cards_.find(text)) out.push_back({match.brand, match.span(), std::move(match.digits)});
  }

 private:
  CardDetector cards_;
};

}  // namespace

const ValueDetector* detector_called(std::string_view name) {
  if (name == "card") {
    static const Cards cards;
    return &cards;
  }
  if (name == "track") {
    static const TrackDetector tracks;
    return &tracks;
  }
  if (name == "cvv") {
    static const CvvDetector codes(*detector_called("card"));
    return &codes;
  }
  return nullptr;
}

}  // namespace postern::pipeline
