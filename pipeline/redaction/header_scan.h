#pragma once
// pipeline/redaction/header_scan.h: values in header fields: Subject, display names, file names, every other field
// whose value people write or read, and names that are numbers themselves. Fields that only machines make (trace, ids,
// signatures) are looked through for card numbers alone, and those hidden so that ids stay ids (machine_fields.h).
// Thread-safety: pure functions over a const detector. Time: linear in the field.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/mime/header.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {

struct FieldScan {
  std::vector<Edit> edits;          // of the message
  std::vector<FindingKey> found;    // one entry a value
  std::vector<FindingKey> shadows;  // of rules that only count
};

// In-place edits where the digits stand plainly in the field, else the field written anew from its decoded value.
FieldScan scan_field(const Detector& detector, std::string_view message, const HeaderField& field);
// False for a field of machines.
bool is_scanned_field(std::string_view name_lower);
// What replaces a field that stays suspicious after rewriting: its name stays unless it may be part of a number.
Edit remove_field(std::string_view message, const HeaderField& field);

}  // namespace postern::pipeline
