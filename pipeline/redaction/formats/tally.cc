#include <algorithm>

#include "core/encoding.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {
namespace {

void add_counts(FindingCounts& into, const FindingCounts& more) {
  for (const auto& [key, count] : more) into[key] += count;
}

}  // namespace

void Tally::add(const FileOutcome& part) {
  add_counts(findings_, part.findings);
  add_counts(shadows_, part.shadows);
  switch (part.result) {
    case FileResult::kClean: break;
    case FileResult::kRewritten: has_found_ = true; break;
    case FileResult::kUnsafe: add_unsafe(part.reason); break;
    case FileResult::kUnread: add_unread(part.reason); break;
  }
}

void Tally::add(const BodyScan& scan) {
  add_counts(findings_, scan.findings);
  add_counts(shadows_, scan.shadows);
  has_found_ = has_found_ || !scan.empty();
}

void Tally::add_unread(std::string_view reason) {
  if (unread_.empty()) unread_ = reason;
}

void Tally::add_unsafe(std::string_view reason) {
  if (unsafe_.empty()) unsafe_ = reason;
}

FileOutcome Tally::outcome(bool is_rewritable) const {
  FileOutcome out;
  out.findings = findings_;
  out.shadows = shadows_;
  if (!unsafe_.empty()) {
    out.result = FileResult::kUnsafe;
    out.reason = unsafe_;
  } else if (has_found_ && (!is_rewritable || !unread_.empty())) {
    out.result = FileResult::kUnsafe;
    out.reason = "found";
  } else if (has_found_) {
    out.result = FileResult::kRewritten;
  } else if (!unread_.empty()) {
    out.result = FileResult::kUnread;
    out.reason = unread_;
  }
  return out;
}

UnpackAllowance::UnpackAllowance(FileCleaner& cleaner, std::size_t packed_bytes) : cleaner_(cleaner) {
  const FileLimits& limits = cleaner.options().files;
  const std::size_t most = limits.unpacked_bytes_max;
  const std::size_t by_ratio = packed_bytes > most / limits.ratio_max ? most : packed_bytes * limits.ratio_max;
  by_ratio_left_ = std::max(by_ratio, limits.ratio_floor_bytes);
}

std::size_t UnpackAllowance::left() const { return std::min(by_ratio_left_, cleaner_.unpacked_bytes_left()); }

bool UnpackAllowance::take(std::size_t bytes) {
  if (bytes > by_ratio_left_ || !cleaner_.take_unpacked(bytes)) return false;
  by_ratio_left_ -= bytes;
  return true;
}

FileLabels labels_inside(const FileLabels& outer, std::string_view inner_name) {
  std::string name(inner_name);
  if (name.empty()) {
    name = outer.name.substr(0, std::min(outer.name.rfind('.'), outer.name.size()));
    const std::string lower = core::to_lower_ascii(outer.name);
    if (lower.ends_with(".svgz")) name += ".svg";
  }
  return labels_for_name(name);
}

BodyScan scan_name(const FileCleaner& cleaner, std::string_view name) {
  return scan_binary(cleaner.detector(), name, TextKind::kFilename);
}

std::string hide_in_name(std::string_view name, const BodyScan& scan, bool utf8) {
  std::string out(name);
  if (utf8) {
    std::vector<Edit> edits;
    for (ByteRange range : merge_overlapping(scan.hidden)) edits.push_back({range, std::string(kBlockMask)});
    return std::string(core::view(apply_edits(name, std::move(edits))));
  }
  // '*' may not stand in a file name everywhere.
  for (ByteRange range : scan.hidden) {
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(range.begin),
              out.begin() + static_cast<std::ptrdiff_t>(range.end), 'x');
  }
  return out;
}

}  // namespace postern::pipeline
