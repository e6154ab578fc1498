#pragma once
// pipeline/redaction/formats/xml_cells.h: the tables and sheets of an office document's part (WordprocessingML,
// SpreadsheetML, DrawingML, OpenDocument) as cells, for numbers that were typed over several of them.
// Thread-safety: pure functions over a const detector. Time: linear. Copies are wiped. Limits: kSharedTextsMax;
// card_cells.h.
#include <string_view>

#include "core/secret.h"
#include "pipeline/redaction/formats/card_cells.h"

namespace postern::pipeline {

constexpr std::size_t kSharedTextsMax = 1U << 20U;

// The short texts of xl/sharedStrings.xml, which cells name by their index.
class SharedTexts {
 public:
  static SharedTexts read(std::string_view utf8);
  void add(std::string_view text);
  // Empty for what is too long to be a part of a number, or is not there.
  std::string_view at(std::size_t index) const;
  std::size_t size() const { return ends_.size(); }

 private:
  core::SecretBuffer all_;
  std::vector<std::uint32_t> ends_;
};

// Findings in offsets of `utf8`. `shared` may be null.
BodyScan scan_xml_cells(const Detector& detector, std::string_view utf8, TextKind kind, const SharedTexts* shared);

}  // namespace postern::pipeline
