#include "pipeline/mime/ambiguity.h"

#include <algorithm>

namespace postern::pipeline {
namespace {

constexpr std::uint32_t kAmbiguityMax = 100;

// Half of the scale is "one reader shows text that another does not"; what old software does every day weighs little.
constexpr DefectWeight kWeights[] = {
    {"duplicate_mime_field", 50},       // Content-Type twice: the first, the last, or an error
    {"duplicate_parameter", 50},        // two boundaries
    {"conflicting_parameter", 25},      // filename and filename*
    {"boundary_limit", 40},
    {"part_after_close", 40},           // some go on, some stop
    {"too_many_readings", 40},          // of one text: encodings in each other without end
    {"parsers_disagree", 30},           // mimetic sees another number of parts
    {"boundary_not_found", 30},
    {"hidden_encoding", 30},            // a value stood in base64, uuencode … without a label
    {"charset_conflict", 30},           // a value stands there in one of several charsets
    {"encoding_conflict", 30},          // labelled base64, and it is not
    {"encoded_multipart", 30},
    {"depth_limit", 30},
    {"part_limit", 30},
    {"message_partial", 30},
    {"nul_byte", 30},                   // C programs end there
    {"encoded_message", 20},
    {"header_without_colon", 20},       // the header ends there for some
    {"blank_folded_line", 20},          // the same
    {"multipart_without_boundary", 20},
    {"header_line_limit", 20},
    {"header_block_limit", 20},
    {"garbage_in_base64", 20},
    {"odd_transfer_encoding", 20},      // quotes, comments, blanks: "base64 (x)"
    {"unknown_transfer_encoding", 15},
    {"bad_content_type", 15},
    {"bare_cr", 15},                    // a line end for some
    {"message_external-body", 15},
    {"no_header", 10},
    {"duplicate_field", 10},
    {"leading_blank_line", 10},
    {"unclosed_multipart", 5},          // cut off on the way
};

}  // namespace

std::span<const DefectWeight> defect_weights() { return kWeights; }

std::uint32_t ambiguity_of(const ParseReport& report) {
  std::uint32_t sum = 0;
  for (const DefectWeight& one : kWeights) {
    if (std::find(report.defects.begin(), report.defects.end(), one.word) != report.defects.end()) sum += one.weight;
  }
  return std::min(sum, kAmbiguityMax);
}

}  // namespace postern::pipeline
