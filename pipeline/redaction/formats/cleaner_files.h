#pragma once
// pipeline/redaction/formats/cleaner_files.h: the files that stand encoded in a text are files like any other.
// Thread-safety: as FileCleaner. Ownership: borrows the cleaner. Errors: as FileCleaner. Limits: FileLimits.
#include "pipeline/redaction/block_files.h"
#include "pipeline/redaction/formats/file_cleaner.h"

namespace postern::pipeline {

class CleanerFiles final : public BlockFiles {
 public:
  explicit CleanerFiles(FileCleaner& cleaner) : cleaner_(cleaner) {}

  std::optional<BlockFile> look(std::string_view bytes) override {
    if (!is_known_format(bytes)) return std::nullopt;
    FileOutcome outcome = cleaner_.clean_inner(bytes, FileLabels{});
    BlockFile file;
    file.findings = std::move(outcome.findings);
    file.shadows = std::move(outcome.shadows);
    if (outcome.result == FileResult::kRewritten) file.rewritten = std::move(outcome.bytes);
    file.must_go = outcome.result == FileResult::kUnsafe;
    file.is_unread = outcome.result == FileResult::kUnread;
    file.must_go_unread = file.is_unread && cleaner_.options().on_unreadable == UnreadableFile::kReplace;
    return file;
  }

 private:
  FileCleaner& cleaner_;
};

}  // namespace postern::pipeline
