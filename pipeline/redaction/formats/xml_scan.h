#pragma once
// pipeline/redaction/formats/xml_scan.h: XML as its readers show it, and masks in it that keep it well-formed and keep
// the cells of spreadsheets valid.
// Thread-safety: pure functions over a const detector. Time: linear. Copies are wiped.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/formats/xml_cells.h"

namespace postern::pipeline {

struct XmlScan {
  BodyScan found;
  std::string charset;  // the one that the document says, lower case
};
// The bytes by charset, the document's text (runs joined, blocks apart), attribute values and comments. The encoding
// declaration and the label may disagree: both are read.
// `shared`: the texts that cells of a sheet name by number; may be null.
XmlScan scan_xml(const Detector& detector, std::string_view bytes, const BodyLabels& labels,
                 const SharedTexts* shared = nullptr);

// xl/sharedStrings.xml as it came, in any charset.
SharedTexts read_shared_texts(std::string_view bytes);

// Both looks as one, each value counted once a look.
BodyScan join_scans(BodyScan one, BodyScan other);

// A number cell that loses digits becomes a text cell (SpreadsheetML `t`, OpenDocument `office:value-type`).
std::string hide_in_xml(std::string_view bytes, const BodyLabels& labels, const BodyScan& found, const XmlScan& scan);

}  // namespace postern::pipeline
