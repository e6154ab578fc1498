#pragma once
// pipeline/extraction/worker.h: what runs inside a worker process: gives up its rights, then reads documents from
// descriptor 0 and answers on it until its input ends. Started by the server through kWorkerVerb, never by a person.
// Thread-safety: the process has one thread. Errors: exit codes; what a document does is an answer, see frames.h.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

inline constexpr std::string_view kWorkerVerb = "extract-worker";

struct WorkerSettings {
  std::size_t memory_bytes_max = 0;
  std::uint32_t cpu_seconds_max = 0;   // of one document
  std::uint32_t documents_max = 1;     // then it ends, and another takes its place
  std::size_t document_bytes_max = 0;
  std::size_t text_bytes_max = 0;
  std::string program;                 // not empty: become this program, for one picture
  std::vector<std::string> program_arguments;
};

// As arguments behind the verb, and back; nullopt for what is not of that form.
std::vector<std::string> to_arguments(const WorkerSettings& settings);
std::optional<WorkerSettings> parse_arguments(std::span<const std::string> arguments);

// `arguments`: what stands behind the verb. Returns the exit code.
int run_worker(std::span<const std::string> arguments);

}  // namespace postern::pipeline
