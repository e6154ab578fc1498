#pragma once
// pipeline/extraction/pdf_text.h: all text of a PDF that any reader, or whoever searches the file, might see: pages in
// reading order and in the order of the file, text that is hidden or off the page, annotations, form fields, titles,
// metadata, scripts, names; and the files that it carries. Runs in a worker without rights: the libraries are large.
// Thread-safety: one thread a process (poppler has global state). Ownership: the result owns everything.
// Errors: none: whatever the bytes are is an outcome. Limits: text and files together `bytes_max`; kPdfPagesMax pages;
// time and memory are the process's.
#include <string_view>

#include "pipeline/extraction/frames.h"
#include "pipeline/redaction/formats/text_extractor.h"

namespace postern::pipeline {

inline constexpr int kPdfPagesMax = 2000;

struct PdfText {
  ExtractOutcome outcome = ExtractOutcome::kUnreadable;
  ExtractReason reason = ExtractReason::kNone;
  core::SecretBuffer text;
  std::vector<EmbeddedFile> files;
};

PdfText read_pdf(std::string_view bytes, std::size_t bytes_max);

// Reads a small document, so that the libraries open what they need (character tables) while they still may.
void warm_up_pdf_libraries();

}  // namespace postern::pipeline
