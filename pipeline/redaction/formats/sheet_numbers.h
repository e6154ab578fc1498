#pragma once
// pipeline/redaction/formats/sheet_numbers.h: number cells of old spreadsheets (MS-XLS, BIFF8 record NUMBER), which
// hold IEEE doubles: a card number typed into a cell is no text there. Thread-safety: pure function. Time: linear.
#include <string_view>

#include "pipeline/redaction/body_scan.h"

namespace postern::pipeline {

// Findings in numbers of 12 to 19 digits; `hidden` are whole numbers, which cannot be masked in place.
BodyScan scan_sheet_numbers(const Detector& detector, std::string_view stream);

}  // namespace postern::pipeline
