// bzip2, xz, zstd, lz4, 7z and rar: looked into; nothing here writes them.
#include "pipeline/redaction/formats/archive_read.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"

namespace postern::pipeline {

FileOutcome clean_archive(FileCleaner& cleaner, std::string_view bytes, const FileLabels& labels) {
  Tally tally;
  UnpackAllowance allowance(cleaner, bytes.size());
  const auto left = [&allowance] { return allowance.left(); };
  const auto take = [&](std::string_view name, std::string_view content) {
    if (!cleaner.take_entry()) {
      tally.add_unsafe("entries");
      return false;
    }
    if (!allowance.take(content.size())) {
      tally.add_unsafe(allowance.reason());
      return false;
    }
    tally.add(scan_name(cleaner, name));
    tally.add(cleaner.clean_inner(content, labels_inside(labels, name)));
    return !tally.is_unsafe();
  };
  switch (read_archive(bytes, left, take)) {
    case ArchiveEnd::kDamaged: tally.add_unread("damaged"); break;
    case ArchiveEnd::kEncrypted: tally.add_unread("encrypted"); break;
    case ArchiveEnd::kTooLarge: tally.add_unsafe(allowance.reason()); break;
    case ArchiveEnd::kDone:
    case ArchiveEnd::kStopped: break;
  }
  // Names, comments, and what stands behind the end.
  if (!tally.has_found() && !tally.is_unsafe()) tally.add(scan_binary(cleaner.detector(), bytes));
  return tally.outcome(false);
}

}  // namespace postern::pipeline
