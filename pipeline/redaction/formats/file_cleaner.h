#pragma once
// pipeline/redaction/formats/file_cleaner.h: one file (an attachment, an upload, an entry of an archive) from its
// decoded bytes to bytes that may be stored. Looks at the bytes, not at the label, to tell the format; recurses into
// what holds other files; rewrites where the format allows and says so where it does not. Thread-safety: one
// FileCleaner a thread; a message's files share one, because its budgets are those of a message. Ownership: borrows
// detector, extractor and a shared budget. Limits: FileLimits, RedactionLimits. What is unpacked is wiped. README.md
// tells which format gets which treatment.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/options.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/formats/text_extractor.h"

namespace postern::pipeline {

class FileText;
class SharedTexts;
enum class FileKind;

struct FileLabels {
  std::string media_type;  // lower case, as labelled; may be wrong
  std::string media_subtype;
  std::string charset;                // lower case; empty: unknown
  std::string name;                   // decoded; empty: none
  bool allows_8bit = true;            // what carries the file carries any byte; else masks in text stay ASCII
  bool was_quoted_printable = false;  // its escapes are decoded
  TextKind kind = TextKind::kAttachment;
  bool is_office_part = false;  // a part of an office document: XML of a known vocabulary
  const SharedTexts* shared_texts = nullptr;  // of the workbook that it is a sheet of
};

enum class FileResult {
  kClean,      // nothing found: keep the bytes
  kRewritten,  // `bytes` replace them, same format
  kUnsafe,     // something was found that cannot be rewritten, or a limit was passed: a notice must stand for the file
  kUnread,     // cannot be looked into (encrypted, damaged): RedactionOptions::on_unreadable decides
};

struct FileOutcome {
  FileResult result = FileResult::kClean;
  std::string bytes;       // kRewritten
  FindingCounts findings;  // enforced
  FindingCounts shadows;   // of rules that only count
  std::string reason;      // kUnsafe, kUnread: "encrypted", "ratio", "depth", "entries", "size", "damaged", "found" …
};

// What the files of one message have taken of FileLimits, those inside its attached messages included.
struct FileBudget {
  std::uint32_t depth = 0;
  std::uint32_t entries = 0;
  std::uint32_t documents = 0;
  std::size_t unpacked_bytes = 0;
};

// True when the bytes begin like a format that holds text in a form of its own (archive, PDF, picture …), whatever
// their label says.
bool is_known_format(std::string_view bytes);

class FileCleaner {
 public:
  FileCleaner(const Detector& detector, const RedactionLimits& limits, const MimeLimits& mime_limits,
              const RedactionOptions& options, const TextExtractor* extractor, FileBudget* shared_budget = nullptr);
  FileCleaner(const FileCleaner&) = delete;
  // Never throws for what is in the file; only when scanning itself fails or no document reader is free.
  FileOutcome clean(std::string_view bytes, const FileLabels& labels);

  // Where what clean() reads is collected; nullptr: nowhere. What is in files that only programs look at stays out.
  FileText* collect(FileText* text) { return std::exchange(text_, text); }
  FileText* text() const { return text_; }

  // For the formats: a file inside this one. Counts depth.
  FileOutcome clean_inner(std::string_view bytes, const FileLabels& labels);
  // For the formats: takes from the message's budgets; false when that is not left.
  bool take_entry();
  bool take_unpacked(std::size_t bytes);
  bool take_document();
  void end_documents() { budget_.documents = options_.files.documents_max; }
  std::size_t entries_left() const { return options_.files.entries_max - budget_.entries; }
  std::size_t unpacked_bytes_left() const { return options_.files.unpacked_bytes_max - budget_.unpacked_bytes; }

  const Detector& detector() const { return detector_; }
  const RedactionLimits& limits() const { return limits_; }
  const MimeLimits& mime_limits() const { return mime_limits_; }
  const RedactionOptions& options() const { return options_; }
  const TextExtractor* extractor() const { return extractor_; }

 private:
  bool is_deflated(std::string_view bytes, FileKind kind, FileOutcome& out);
  FileOutcome clean_kind(FileKind kind, std::string_view bytes, const FileLabels& labels);
  FileOutcome clean_plain(std::string_view bytes, const FileLabels& labels);
  bool has_sheet_numbers(std::string_view bytes, const FileLabels& labels, FileOutcome& out) const;
  FileOutcome clean_message(std::string_view bytes);

  const Detector& detector_;
  const RedactionLimits& limits_;
  const MimeLimits& mime_limits_;
  const RedactionOptions& options_;
  const TextExtractor* extractor_;
  FileBudget own_budget_;
  FileBudget& budget_;
  FileText* text_ = nullptr;
};

}  // namespace postern::pipeline
