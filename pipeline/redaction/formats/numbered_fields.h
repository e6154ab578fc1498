#pragma once
// pipeline/redaction/formats/numbered_fields.h: fields of a form that cut one number ("card1: 4111", "card2: 1111", …; "&cc1=4111&
// cc2=…"): pairs of a name and a value, one behind the other, whose names count up and say card, for card_cells.h.
// Thread-safety: pure function over a const detector. Time: linear in what stands near dense digits. Copies are wiped.
#include <string_view>

#include "pipeline/redaction/body_scan.h"

namespace postern::pipeline {

// Findings in offsets of `text` (UTF-8).
BodyScan scan_numbered_fields(const Detector& detector, std::string_view text, TextKind kind);

}  // namespace postern::pipeline
