#pragma once
// pipeline/redaction/formats/delimited.h: lists of fields in plain text (CSV as in RFC 4180, and with semicolons, tabs or
// bars) as cells, for card numbers that stand in several columns. A text without dense digits is not looked at.
// Thread-safety: pure function over a const detector. Time: linear. Copies are wiped. Limits: those of card_cells.h.
#include <string_view>

#include "pipeline/redaction/body_scan.h"

namespace postern::pipeline {

// Findings in offsets of `text` (UTF-8).
BodyScan scan_delimited(const Detector& detector, std::string_view text, TextKind kind);

}  // namespace postern::pipeline
