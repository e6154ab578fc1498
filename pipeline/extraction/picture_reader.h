#pragma once
// pipeline/extraction/picture_reader.h: the text of a picture, by a program for text recognition (tesseract) that runs
// without rights: it reads system folders only, writes nowhere, knows no network.
// Thread-safety: any thread; each call has processes of its own. Blocks until `by` at most.
// Errors: PictureText::reason. Limits: those of ExtractorOptions.
#include "pipeline/extraction/frames.h"
#include "pipeline/extraction/worker_process.h"
#include "pipeline/options.h"

namespace postern::pipeline {

struct PictureText {
  ExtractReason reason = ExtractReason::kNone;
  core::SecretBuffer text;
};

// `program` is started with the worker verb already among its arguments.
PictureText read_picture_text(const WorkerProgram& program, const ExtractorOptions& options, std::size_t text_bytes_max,
                              std::string_view bytes, core::Deadline by, const core::Clock& clock);

}  // namespace postern::pipeline
