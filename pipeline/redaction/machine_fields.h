#pragma once
// pipeline/redaction/machine_fields.h: card numbers in what programs write for programs: message ids and content ids,
// trace and signature fields, boundaries. They are looked for as in any text, but nothing else is (other rules see
// values in every counter), and hidden in a way of its own: six digits stay in front and four at the end, whatever the
// rules say, and every other one becomes one character. So an id becomes the same id wherever and whenever it is met:
// threads and `cid:` links hold. What is found counts as kMachineRule, on which no rule acts. Thread-safety: pure
// functions. Time: linear. Limits: those of the header.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/mime/header.h"
#include "pipeline/redaction/header_scan.h"
#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {

inline constexpr std::string_view kMachineRule = "identifier";

// Of a field that is_scanned_field() leaves out. Ids in angle brackets are read as content.h gives them, without folds
// and blanks.
FieldScan scan_machine_field(std::string_view message, const HeaderField& field);

// Boundaries of multiparts that hold a card number, and what stands for them: as long, and never the same for two.
class BoundaryMasks {
 public:
  // Notes the boundary of this Content-Type field and adds the edits of its value. True: it has one that holds a
  // number.
  bool add(std::string_view message, const HeaderField& content_type, std::vector<Edit>& edits);
  // The delimiter lines (RFC 2046 section 5.1.1) in this range.
  void mask_lines(std::string_view message, ByteRange range, std::vector<Edit>& edits) const;

 private:
  struct Mask {
    std::string boundary;
    std::string masked;
  };
  std::vector<Mask> masks_;
};

// `html` with its `cid:` links to these content ids as the ids are: masks that became block characters are stars again.
std::string with_ids_as_they_are(std::string html, const std::vector<std::string>& content_ids);

}  // namespace postern::pipeline
