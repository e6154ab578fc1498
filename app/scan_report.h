#pragma once
// app/scan_report.h: one scanned message as the JSON object of `postern scan` (design.md part 8) and as a line for people.
#include <string>

#include "app/json.h"
#include "pipeline/runner/runner.h"

namespace postern::app {

Json scan_report(const std::string& file, std::size_t size, const pipeline::ScanResult& result);
std::string scan_line(const std::string& file, const pipeline::ScanResult& result);

}  // namespace postern::app
