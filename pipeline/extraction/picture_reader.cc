#include "pipeline/extraction/picture_reader.h"

#include <csignal>

#include "core/errc.h"
#include "pipeline/extraction/worker.h"

namespace postern::pipeline {
namespace {

// tesseract's ideas of a page: 3 finds columns and lines by itself, 6 takes it as one block, 11 looks for scattered text.
// Digits are all that counts, and each finds some that the others miss (tesseract(1), --psm).
constexpr std::string_view kLayouts[] = {"3", "6", "11"};
constexpr std::size_t kStepBytes = 64U << 10U;
constexpr auto kEndMax = std::chrono::seconds(1);

std::vector<std::string> arguments_of(const ExtractorOptions& options, std::size_t text_bytes_max, std::string_view layout) {
  WorkerSettings settings;
  settings.memory_bytes_max = options.worker_memory_bytes_max;
  settings.cpu_seconds_max = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(options.document_time_max).count());
  settings.document_bytes_max = options.document_bytes_max;
  settings.text_bytes_max = text_bytes_max;
  settings.program = options.ocr_program;
  settings.program_arguments = {"stdin", "stdout", "-l", options.ocr_languages, "--psm", std::string(layout)};
  return to_arguments(settings);
}

core::Result<void> collect(WorkerProcess& worker, std::size_t text_bytes_max, core::Deadline by, core::SecretBuffer& text) {
  core::SecretBuffer step(kStepBytes);
  for (;;) {
    POSTERN_TRY(const std::size_t got, worker.receive_some(step, by));
    if (got == 0) return {};
    if (got > text_bytes_max - text.size()) return core::fail(core::Errc::kOverloaded, "extract.text");
    text.insert(text.end(), step.begin(), step.begin() + static_cast<std::ptrdiff_t>(got));
  }
}

ExtractReason read_once(WorkerProcess& worker, std::string_view bytes, std::size_t text_bytes_max, core::Deadline by,
                        const core::Clock& clock, core::SecretBuffer& text) {
  // It may have seen enough before the last byte: what it says counts, not that it stopped listening.
  const auto sent = worker.send(bytes, by);
  if (!sent && sent.error() == core::Errc::kTimedOut) return ExtractReason::kTime;
  if (sent) static_cast<void>(worker.end_of_input());
  const auto got = collect(worker, text_bytes_max, by, text);
  if (!got && got.error() == core::Errc::kTimedOut) return ExtractReason::kTime;
  if (!got && got.error() == core::Errc::kOverloaded) return ExtractReason::kSize;
  const WorkerProcess::End end = worker.end(core::Deadline::after(kEndMax, clock));
  if (end.signal == SIGXCPU) return ExtractReason::kTime;
  if (end.signal != 0) return ExtractReason::kCrash;
  return got && end.code == 0 ? ExtractReason::kNone : ExtractReason::kDamaged;
}

}  // namespace

PictureText read_picture_text(const WorkerProgram& program, const ExtractorOptions& options, std::size_t text_bytes_max,
                              std::string_view bytes, core::Deadline by, const core::Clock& clock) {
  PictureText out;
  bool is_read = false;
  for (const std::string_view layout : kLayouts) {
    core::SecretBuffer text;
    auto worker = WorkerProcess::start(program, arguments_of(options, text_bytes_max - out.text.size(), layout), clock);
    const std::size_t left = text_bytes_max - out.text.size();
    const ExtractReason reason = worker ? read_once(**worker, bytes, left, by, clock, text) : ExtractReason::kCrash;
    if (reason == ExtractReason::kNone) {
      is_read = true;
      out.text.insert(out.text.end(), text.begin(), text.end());
      if (out.text.size() < text_bytes_max) out.text.push_back('\f');
    } else if (!is_read) {
      out.reason = reason;  // the first look failed, so would the others
      return out;
    } else if (reason == ExtractReason::kTime) {
      break;  // the other looks are for what the first missed
    }
  }
  return out;
}

}  // namespace postern::pipeline
