#include "pipeline/redaction/rules/detectors.h"

#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/cvv_detector.h"
#include "pipeline/redaction/digit_windows.h"
#include "pipeline/redaction/track_detector.h"

namespace postern::pipeline {
namespace {

class Cards final : public ValueDetector {
 public:
  using ValueDetector::find;
  void find(TextLook& look, std::vector<RawMatch>& out) const override {
    const std::vector<RawMatch>& found = look.cards();
    out.insert(out.end(), found.begin(), found.end());
  }
};

}  // namespace

const TextPlanes& TextLook::planes() {
  if (!planes_) planes_.emplace(text_);
  return *planes_;
}

const std::vector<ByteRange>& TextLook::card_windows() {
  if (!windows_) windows_ = pipeline::card_windows(text_, planes());
  return *windows_;
}

const FoldedText& TextLook::folded() {
  if (!folded_) folded_.emplace(text_, planes());
  return *folded_;
}

const TextPlanes& TextLook::folded_planes() {
  const std::string_view text = folded().text();
  if (text.data() == text_.data() && text.size() == text_.size()) return planes();
  if (!folded_planes_) folded_planes_.emplace(text);
  return *folded_planes_;
}

const std::vector<RawMatch>& TextLook::cards() {
  if (!cards_) {
    static const CardDetector detector;
    cards_.emplace();
    for (CardMatch& match : detector.find_in(text_, planes(), card_windows())) cards_->push_back({match.brand, match.span(), std::move(match.digits)});
  }
  return *cards_;
}

std::vector<std::string_view> detector_names() { return {"card", "cvv", "track"}; }

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
    static const CvvDetector codes;
    return &codes;
  }
  return nullptr;
}

}  // namespace postern::pipeline
