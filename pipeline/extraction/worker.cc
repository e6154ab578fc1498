#include "pipeline/extraction/worker.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "pipeline/extraction/confinement.h"
#include "pipeline/extraction/frames.h"
#include "pipeline/extraction/pdf_text.h"

namespace postern::pipeline {
namespace {

constexpr int kSocket = 0;
constexpr int kExitDone = 0;
constexpr int kExitBroken = 1;
constexpr int kExitUsage = 2;
constexpr std::size_t kNumbers = 5;

bool read_all(std::span<char> into) {
  while (!into.empty()) {
    const ssize_t got = ::read(kSocket, into.data(), into.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool write_all(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(kSocket, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

bool answer(const PdfText& found) {
  const AnswerHead head{found.outcome, found.reason, found.text.size(), static_cast<std::uint32_t>(found.files.size())};
  if (!write_all(write_answer_head(head)) || !write_all(found.text)) return false;
  for (const EmbeddedFile& file : found.files) {
    const FileHead file_head{static_cast<std::uint32_t>(file.name.size()), file.bytes.size()};
    if (!write_all(write_file_head(file_head)) || !write_all(file.name) || !write_all(file.bytes)) return false;
  }
  return true;
}

std::optional<core::SecretBuffer> read_request(const WorkerSettings& settings) {
  std::array<char, kRequestHeadBytes> head{};
  if (!read_all(head)) return std::nullopt;
  const auto bytes = read_request_head(head);
  if (!bytes || *bytes > settings.document_bytes_max) return std::nullopt;
  core::SecretBuffer document(*bytes);
  if (!read_all(document)) return std::nullopt;
  return document;
}

// False: the worker is to end.
bool read_one(const WorkerSettings& settings) {
  const auto document = read_request(settings);
  if (!document || !limit_cpu_from_now(settings.cpu_seconds_max)) return false;
  const PdfText found = read_pdf(core::view(*document), settings.text_bytes_max);
  // What a document that broke something left behind is not for the next one to see.
  return answer(found) && (found.outcome != ExtractOutcome::kUnreadable || found.reason == ExtractReason::kNoDocument);
}

// The document is taken, for the server to hear the answer, but not looked at.
int refuse(const WorkerSettings& settings) {
  if (!read_request(settings)) return kExitBroken;
  PdfText nothing;
  nothing.reason = ExtractReason::kConfinement;
  static_cast<void>(answer(nothing));
  return kExitBroken;
}

int become_program(const WorkerSettings& settings) {
  std::vector<char*> arguments{const_cast<char*>(settings.program.c_str())};
  for (const std::string& argument : settings.program_arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  if (::dup2(kSocket, 1) != 1) return kExitBroken;  // what it prints is the answer
  if (!confine_program(settings.program)) return kExitBroken;
  ::execve(settings.program.c_str(), arguments.data(), environ);
  return kExitBroken;
}

template <class T>
bool to_number(const std::string& text, T& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::vector<std::string> to_arguments(const WorkerSettings& settings) {
  std::vector<std::string> out{std::to_string(settings.memory_bytes_max), std::to_string(settings.cpu_seconds_max),
                               std::to_string(settings.documents_max), std::to_string(settings.document_bytes_max),
                               std::to_string(settings.text_bytes_max)};
  if (settings.program.empty()) return out;
  out.push_back(settings.program);
  out.insert(out.end(), settings.program_arguments.begin(), settings.program_arguments.end());
  return out;
}

std::optional<WorkerSettings> parse_arguments(std::span<const std::string> arguments) {
  WorkerSettings out;
  if (arguments.size() < kNumbers) return std::nullopt;
  const bool good = to_number(arguments[0], out.memory_bytes_max) && to_number(arguments[1], out.cpu_seconds_max) &&
                    to_number(arguments[2], out.documents_max) && to_number(arguments[3], out.document_bytes_max) &&
                    to_number(arguments[4], out.text_bytes_max);
  if (!good) return std::nullopt;
  if (arguments.size() > kNumbers) {
    out.program = arguments[kNumbers];
    out.program_arguments.assign(arguments.begin() + kNumbers + 1, arguments.end());
  }
  return out;
}

int run_worker(std::span<const std::string> arguments) {
  const auto settings = parse_arguments(arguments);
  if (!settings) return kExitUsage;
  const std::uint32_t cpu_of_life = (settings->cpu_seconds_max + 1) * settings->documents_max + 1;
  const bool becomes_program = !settings->program.empty();
  if (!give_up_resources({settings->memory_bytes_max, cpu_of_life})) return becomes_program ? kExitBroken : refuse(*settings);
  if (becomes_program) return become_program(*settings);
  warm_up_pdf_libraries();
  if (!confine_reader()) return refuse(*settings);
  for (std::uint32_t i = 0; i < settings->documents_max && read_one(*settings); ++i) {
  }
  ::_exit(kExitDone);  // destructors of libraries would only ask for what is forbidden by now
}

}  // namespace postern::pipeline
