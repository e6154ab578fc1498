#include "pipeline/extraction/process_extractor.h"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>

#include "core/errc.h"
#include "core/log.h"
#include "core/metrics.h"
#include "pipeline/extraction/frames.h"
#include "pipeline/extraction/picture_reader.h"
#include "pipeline/extraction/worker.h"

namespace postern::pipeline {
namespace {

constexpr auto kEndMax = std::chrono::seconds(1);  // for a worker that closed its socket to be gone

std::string_view name_of(ExtractOutcome outcome) {
  constexpr std::string_view kNames[] = {"text", "encrypted", "unreadable", "off"};
  return kNames[static_cast<std::size_t>(outcome)];
}

WorkerSettings settings_of(const ExtractorOptions& options, std::size_t text_bytes_max) {
  WorkerSettings out;
  out.memory_bytes_max = options.worker_memory_bytes_max;
  out.cpu_seconds_max = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(options.document_time_max).count());
  out.documents_max = kDocumentsPerWorkerMax;
  out.document_bytes_max = options.document_bytes_max;
  out.text_bytes_max = text_bytes_max;
  return out;
}

}  // namespace

struct ProcessExtractor::Reading {
  ExtractOutcome outcome = ExtractOutcome::kUnreadable;
  ExtractReason reason = ExtractReason::kNone;
  core::SecretBuffer text;
  std::vector<EmbeddedFile> files;
};

// The places of workers. A place may be empty: its worker is started by whoever takes it.
class ProcessExtractor::Workers {
 public:
  Workers(WorkerProgram program, const WorkerSettings& settings, std::uint32_t places, const core::Clock& clock)
      : program_(std::move(program)), arguments_(to_arguments(settings)), clock_(clock), free_(places) {
    program_.arguments.emplace_back(kWorkerVerb);
  }

  struct Place {
    std::unique_ptr<WorkerProcess> process;
    std::uint32_t documents = 0;
  };

  std::optional<Place> take(core::Deadline by) {
    std::unique_lock lock(mutex_);
    const std::uint64_t turn = next_turn_++;
    waiting_.push_back(turn);
    const auto is_my_turn = [&] { return waiting_.front() == turn && !free_.empty(); };
    const bool got = changed_.wait_for(lock, by.left(clock_), is_my_turn);
    std::erase(waiting_, turn);
    std::optional<Place> out;
    if (got) {
      out.emplace(std::move(free_.back()));  // the one that worked last: the others may stay unstarted
      free_.pop_back();
    }
    lock.unlock();
    changed_.notify_all();
    return out;
  }

  void give_back(Place place) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(place));
    }
    changed_.notify_all();
  }

  core::Result<void> start(Place& place) {
    place = Place{};
    POSTERN_TRY(place.process, WorkerProcess::start(program_, arguments_, clock_));
    core::metrics().counter("postern_extractor_workers_started_total", "processes started to read documents").add();
    return {};
  }

  const WorkerProgram& program() const { return program_; }

  std::vector<pid_t> idle() {
    const std::lock_guard lock(mutex_);
    std::vector<pid_t> out;
    for (const Place& place : free_) {
      if (place.process) out.push_back(place.process->id());
    }
    return out;
  }

 private:
  WorkerProgram program_;
  const std::vector<std::string> arguments_;
  const core::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Place> free_;
  std::deque<std::uint64_t> waiting_;  // in the order of coming
  std::uint64_t next_turn_ = 0;
};

// A place for one document; back at the end of the scope, with its worker only when keep() was called.
class ProcessExtractor::Lease {
 public:
  Lease(Workers& workers, core::Deadline by) : workers_(workers), place_(workers.take(by)) {}
  ~Lease() {
    if (!place_) return;
    if (!is_kept_ || place_->documents >= kDocumentsPerWorkerMax) *place_ = Workers::Place{};
    workers_.give_back(std::move(*place_));
  }
  Lease(const Lease&) = delete;
  explicit operator bool() const { return place_.has_value(); }
  Workers::Place& place() { return *place_; }
  void keep() { is_kept_ = true; }

 private:
  Workers& workers_;
  std::optional<Workers::Place> place_;
  bool is_kept_ = false;
};

ProcessExtractor::ProcessExtractor(const ExtractorOptions& options, const FileLimits& files, const core::Clock& clock, WorkerProgram program)
    : options_(options), text_bytes_max_(files.extracted_text_bytes_max), clock_(clock),
      workers_(std::make_unique<Workers>(std::move(program), settings_of(options, text_bytes_max_), std::max(1U, options.workers), clock)) {}

ProcessExtractor::~ProcessExtractor() = default;

bool ProcessExtractor::reads(DocumentKind kind) const {
  return kind == DocumentKind::kPdf ? options_.reads_pdf : !options_.ocr_program.empty();
}

std::vector<pid_t> ProcessExtractor::idle_workers() const { return workers_->idle(); }

namespace {

// A request and its answer. Errors: kIo when the worker is gone, kTimedOut, kInvalid for an answer that is none.
core::Result<AnswerHead> ask(WorkerProcess& worker, std::string_view document, std::size_t text_bytes_max, core::Deadline by,
                             core::SecretBuffer& text, std::vector<EmbeddedFile>& files) {
  POSTERN_CHECK(worker.send(write_request_head(document.size()), by));
  POSTERN_CHECK(worker.send(document, by));
  std::array<char, kAnswerHeadBytes> bytes{};
  POSTERN_CHECK(worker.receive(bytes, by));
  const auto head = read_answer_head(bytes);
  std::size_t left = text_bytes_max;
  if (!head || head->text_bytes > left) return core::fail(core::Errc::kInvalid, "extract.answer");
  text.resize(head->text_bytes);
  left -= text.size();
  POSTERN_CHECK(worker.receive(text, by));
  for (std::uint32_t i = 0; i < head->files; ++i) {
    std::array<char, kFileHeadBytes> file_bytes{};
    POSTERN_CHECK(worker.receive(file_bytes, by));
    const auto file_head = read_file_head(file_bytes);
    if (!file_head || file_head->content_bytes > left) return core::fail(core::Errc::kInvalid, "extract.answer");
    EmbeddedFile& file = files.emplace_back();
    file.name.resize(file_head->name_bytes);
    file.bytes.resize(file_head->content_bytes);
    left -= file.bytes.size();
    POSTERN_CHECK(worker.receive(file.name, by));
    POSTERN_CHECK(worker.receive(file.bytes, by));
  }
  return *head;
}

}  // namespace

ProcessExtractor::Reading ProcessExtractor::read_pdf_in_worker(std::string_view bytes, core::Deadline by) const {
  Reading out;
  Lease lease(*workers_, by);
  if (!lease) {
    out.reason = ExtractReason::kBusy;
    return out;
  }
  Workers::Place& place = lease.place();
  for (;;) {
    const bool is_used = place.process && place.process->is_idle();
    if (!is_used && !workers_->start(place)) {
      core::log::warn("extract.start_failed");
      out.reason = ExtractReason::kCrash;
      return out;
    }
    ++place.documents;
    const auto head = ask(*place.process, bytes, text_bytes_max_, by, out.text, out.files);
    if (head) {
      out.outcome = head->outcome;
      out.reason = head->reason;
      if (head->outcome != ExtractOutcome::kUnreadable || head->reason == ExtractReason::kNoDocument) lease.keep();
      return out;
    }
    out.text.clear();
    out.files.clear();
    out.reason = reason_of(head.error(), *place.process);
    // A worker that had waited may have been ended by others meanwhile; that is not the document's fault.
    if (!is_used || head.error() != core::Errc::kIo) return out;
    place = Workers::Place{};
  }
}

ExtractReason ProcessExtractor::reason_of(const core::Error& error, WorkerProcess& process) const {
  if (error == core::Errc::kTimedOut) return ExtractReason::kTime;
  if (error != core::Errc::kIo) return ExtractReason::kCrash;
  const WorkerProcess::End end = process.end(core::Deadline::after(kEndMax, clock_));
  if (end.signal == SIGXCPU) return ExtractReason::kTime;
  if (end.signal == SIGKILL) return ExtractReason::kMemory;  // not by us: the system was out of memory
  return ExtractReason::kCrash;
}

ProcessExtractor::Reading ProcessExtractor::read_picture(std::string_view bytes, core::Deadline by) const {
  Reading out;
  Lease lease(*workers_, by);  // bounds how many run at once
  if (!lease) {
    out.reason = ExtractReason::kBusy;
    return out;
  }
  PictureText found = read_picture_text(workers_->program(), options_, text_bytes_max_, bytes, by, clock_);
  lease.keep();  // the place's worker had no part in it
  out.outcome = found.reason == ExtractReason::kNone ? ExtractOutcome::kText : ExtractOutcome::kUnreadable;
  out.reason = found.reason;
  out.text = std::move(found.text);
  return out;
}

ExtractedText ProcessExtractor::extract(DocumentKind kind, std::string_view bytes) const {
  ExtractedText out;
  if (!reads(kind)) return out;
  const core::Instant begin = clock_.now();
  const core::Deadline by = core::Deadline::after(options_.document_time_max, clock_);
  Reading found;
  if (bytes.size() > options_.document_bytes_max) {
    found.reason = ExtractReason::kSize;
  } else {
    found = kind == DocumentKind::kPdf ? read_pdf_in_worker(bytes, by) : read_picture(bytes, by);
  }
  out.outcome = found.outcome;
  out.reason = to_word(found.reason);
  out.text = std::move(found.text);
  out.files = std::move(found.files);
  const double seconds = std::chrono::duration<double>(clock_.now() - begin).count();
  core::metrics().histogram("postern_extractor_seconds", "time to read one document").observe(seconds);
  core::metrics().counter("postern_extractor_documents_total", "PDF files and pictures read", "result=\"" + std::string(name_of(out.outcome)) + "\"").add();
  if (out.outcome == ExtractOutcome::kUnreadable) core::log::info("extract.unreadable", {{"reason", out.reason}, {"bytes", bytes.size()}});
  return out;
}

}  // namespace postern::pipeline
