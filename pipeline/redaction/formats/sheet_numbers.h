#pragma once
// pipeline/redaction/formats/sheet_numbers.h: the cells of binary spreadsheets, which hold IEEE doubles, packed numbers and
// texts by number: BIFF up to 8 (MS-XLS, a stream of .xls or a file of its own) and BIFF12 (MS-XLSB, parts of .xlsb). A
// card number typed into a cell, or over several, is no text there.
// Thread-safety: pure functions. Time: linear. Limits: card_cells.h. Any bytes are read; records that do not fit end it.
#include <string_view>

#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/formats/xml_cells.h"

namespace postern::pipeline {

// True for the first record of such a sheet, which may be a file without a container around it.
bool is_bare_sheet(std::string_view bytes);
// What is hidden in these is never empty where something was found, and cannot be masked in place.
BodyScan scan_sheet_numbers(const Detector& detector, std::string_view stream);
BodyScan scan_binary_sheet(const Detector& detector, std::string_view part, const SharedTexts* shared);

// xl/sharedStrings.bin.
SharedTexts read_binary_shared_texts(std::string_view part);

}  // namespace postern::pipeline
