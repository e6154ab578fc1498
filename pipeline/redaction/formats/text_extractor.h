#pragma once
// pipeline/redaction/formats/text_extractor.h: port: the text of documents that only large libraries can read (PDF,
// pictures). Implemented by a process of its own without rights, pipeline/extraction.
// Thread-safety: any thread. Blocks up to ExtractorOptions::document_time_max: never call it on an event loop.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"

namespace postern::pipeline {

enum class DocumentKind { kPdf, kPicture };

enum class ExtractOutcome {
  kText,        // `text` is all that the document shows, in reading order
  kEncrypted,   // needs a password
  kUnreadable,  // damaged, or past a limit of time, memory or size
  kOff,         // this kind is not read here
};

// A file that stands inside a document, as it came.
struct EmbeddedFile {
  std::string name;  // UTF-8, may be empty
  core::SecretBuffer bytes;
};

struct ExtractedText {
  ExtractOutcome outcome = ExtractOutcome::kOff;
  core::SecretBuffer text;          // UTF-8
  std::vector<EmbeddedFile> files;  // kText: what the document carries; text alone does not tell what is in them
  std::string reason;               // a stable word for logs and reports: "time", "memory", "damaged", …; never content
};

class TextExtractor {
 public:
  virtual ~TextExtractor() = default;
  // Errors: none as a Result: whatever happens to the document or its reader is an outcome.
  virtual ExtractedText extract(DocumentKind kind, std::string_view bytes) const = 0;
  virtual bool reads(DocumentKind kind) const = 0;
};

}  // namespace postern::pipeline
