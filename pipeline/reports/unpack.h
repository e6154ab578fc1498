#pragma once
// pipeline/reports/unpack.h: an attachment as the files in it: gzip (RFC 1952), zip with deflate, or the bytes
// themselves. The bytes decide, never a label. Everything stays in memory; nothing is unpacked twice.
// Thread-safety: pure. Errors: ReportErrc::kUnpackable, kTooLarge. Limits: ReportReadLimits; memory is what was unpacked,
// time is bounded by it.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "pipeline/reports/limits.h"

namespace postern::pipeline {

bool is_gzip(std::string_view bytes);
bool is_zip(std::string_view bytes);

// The contents of the files, without folders. One file when `bytes` are not packed; an empty one never.
core::Result<std::vector<std::string>> unpack_files(std::string_view bytes, const ReportReadLimits& limits = {});

}  // namespace postern::pipeline
