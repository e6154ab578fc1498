#include "pipeline/redaction/formats/sheet_numbers.h"

#include <bit>

#include "pipeline/redaction/formats/bytes.h"

namespace postern::pipeline {
namespace {

constexpr std::uint16_t kBeginOfFile = 0x0809;
constexpr std::uint16_t kNumber = 0x0203;
constexpr std::size_t kNumberBytes = 14;  // row, column, format, value
constexpr double kSmallest = 1e11;
constexpr double kLargest = 9e15;  // whole numbers are exact up to 2^53

}  // namespace

BodyScan scan_sheet_numbers(const Detector& detector, std::string_view stream) {
  BodyScan scan;
  if (u16_at(stream, 0) != kBeginOfFile) return scan;
  for (std::size_t at = 0; at + 4 <= stream.size();) {
    const std::size_t size = u16_at(stream, at + 2);
    if (u16_at(stream, at) == kNumber && size == kNumberBytes && at + 4 + size <= stream.size()) {
      const auto value = std::bit_cast<double>(u64_at(stream, at + 10));
      const bool is_whole =
          value >= kSmallest && value <= kLargest && value == static_cast<double>(static_cast<std::uint64_t>(value));
      if (is_whole) {
        const BodyScan found = scan_binary(detector, std::to_string(static_cast<std::uint64_t>(value)));
        for (const auto& [key, count] : found.findings) scan.findings[key] += count;
        for (const auto& [key, count] : found.shadows) scan.shadows[key] += count;
        if (!found.empty()) scan.hidden.push_back({at + 10, at + 18});
      }
    }
    at += 4 + size;
  }
  return scan;
}

}  // namespace postern::pipeline
