#pragma once
// pipeline/reports/limits.h: bounds on reports that strangers send us.
#include <cstddef>
#include <cstdint>

namespace postern::pipeline {

struct ReportReadLimits {
  std::size_t unpacked_bytes_max = 32U << 20U;  // all attachments of one message together
  // Unpacked bytes for one packed byte. Reports of thousands of like rows reach 60; deflate itself reaches 1032.
  std::size_t ratio_max = 100;
  std::size_t ratio_free_bytes = 1U << 20U;     // so much may be unpacked whatever the ratio
  std::size_t files_max = 8;                    // in one archive
  std::size_t reports_max = 8;                  // in one message

  std::size_t xml_depth_max = 32;               // reports need 6
  std::size_t rows_max = 20'000;                // of all aggregate reports of one message
  std::size_t results_max = 50;                 // DKIM results, SPF results, reasons of one row; errors of one report
  std::size_t results_total_max = 100'000;      // all those of one message: an empty one costs 7 bytes and takes 100
  std::size_t text_bytes_max = 512;             // of one field; the rest is cut off
  std::uint64_t count_max = 1ULL << 32U;        // messages of one row, sessions of one policy

  std::size_t json_bytes_max = 4U << 20U;       // its tree takes ten times that
  std::size_t json_depth_max = 16;
  std::size_t policies_max = 100;               // of one TLS report
  std::size_t failures_max = 5'000;             // failure details of one TLS report
  std::size_t mx_hosts_max = 50;                // of one policy; further ones are left out
};
static_assert(ReportReadLimits{}.count_max <= 1ULL << 40U, "sums of counts stay far below 64 bits");

}  // namespace postern::pipeline
