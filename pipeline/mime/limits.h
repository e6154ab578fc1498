#pragma once
// pipeline/mime/limits.h: every bound of the MIME module. Passing one degrades a message (part of it is then taken as
// text), it never refuses it: refusal is the edge's business (size) or the rules'.
// Thread-safety: plain values.
#include <cstddef>

namespace postern::pipeline {

struct MimeLimits {
  std::size_t header_line_bytes_max = 64 * 1024;     // one unfolded field; what follows in it is not interpreted
  std::size_t header_block_bytes_max = 256 * 1024;   // one header block; what follows belongs to the body
  std::size_t headers_max = 2'000;                   // fields of one block
  std::size_t depth_max = 50;                        // multipart and message/rfc822 together
  std::size_t parts_max = 1'000;                     // parts of any kind in a message
  std::size_t boundary_bytes_max = 2'048;            // accepted, though RFC 2046 section 5.1.1 allows 70
  std::size_t params_max = 100;                      // parameters of one field, RFC 2231 pieces counted singly
  std::size_t addresses_max = 1'000;                 // of one field
  std::size_t message_ids_max = 100;                 // of one field; the first and the newest are kept
  std::size_t defects_max = 32;                      // distinct words in a report
  std::size_t decoded_bytes_max = 64 * 1024 * 1024;  // of all parts that build_content() decodes
  std::size_t text_bytes_max = 4 * 1024 * 1024;      // of the text body that build_content() assembles
  std::size_t attachments_max = 500;                 // in build_content(); the rest are counted as a defect
  std::size_t html_bytes_max = 4 * 1024 * 1024;      // larger HTML is shown as text
  std::size_t html_open_tags_depth_max = 512;        // deeper HTML is shown as text: browsers are quadratic in it
  std::size_t html_attributes_max = 64;              // of one element; the rest are dropped
  std::size_t filename_bytes_max = 255;
  std::size_t display_name_bytes_max = 1'000;
};

static_assert(MimeLimits{}.header_line_bytes_max >= 998, "RFC 5322 section 2.1.1: a line holds 998 characters");
static_assert(MimeLimits{}.header_block_bytes_max >= MimeLimits{}.header_line_bytes_max);
static_assert(MimeLimits{}.boundary_bytes_max >= 70, "RFC 2046 section 5.1.1");
static_assert(MimeLimits{}.depth_max >= 20 && MimeLimits{}.depth_max <= 100, "recursion of the tree is bounded by it");
static_assert(MimeLimits{}.parts_max >= MimeLimits{}.depth_max);

}  // namespace postern::pipeline
