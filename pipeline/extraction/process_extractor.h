#pragma once
// pipeline/extraction/process_extractor.h: TextExtractor by worker processes without rights. They are started when they are
// first needed, replaced after an error and after a number of documents, killed when a document takes too long.
// Thread-safety: extract() from many threads at once; callers are served in the order in which they came.
// Ownership: owns its processes; the destructor ends them. Callers must be gone by then. Borrows the clock.
// Errors: ExtractOutcome. Limits: ExtractorOptions, and kDocumentsPerWorkerMax; waiting for a worker counts as time.
#include <memory>

#include "core/clock.h"
#include "pipeline/extraction/frames.h"
#include "pipeline/extraction/worker_process.h"
#include "pipeline/options.h"
#include "pipeline/redaction/formats/text_extractor.h"

namespace postern::pipeline {

inline constexpr std::uint32_t kDocumentsPerWorkerMax = 25;

class ProcessExtractor final : public TextExtractor {
 public:
  // `program` gets kWorkerVerb as its first argument and must hand what follows to run_worker().
  ProcessExtractor(const ExtractorOptions& options, const FileLimits& files, const core::Clock& clock = core::system_clock(),
                   WorkerProgram program = own_program());
  ~ProcessExtractor() override;

  ExtractedText extract(DocumentKind kind, std::string_view bytes) const override;
  bool reads(DocumentKind kind) const override;

  // Process ids of the workers that run now and wait for work.
  std::vector<pid_t> idle_workers() const;

 private:
  class Workers;
  class Lease;
  struct Reading;
  Reading read_pdf_in_worker(std::string_view bytes, core::Deadline by) const;
  Reading read_picture(std::string_view bytes, core::Deadline by) const;
  ExtractReason reason_of(const core::Error& error, WorkerProcess& process) const;

  ExtractorOptions options_;
  std::size_t text_bytes_max_;
  const core::Clock& clock_;
  std::unique_ptr<Workers> workers_;
};

}  // namespace postern::pipeline
