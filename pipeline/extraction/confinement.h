#pragma once
// pipeline/extraction/confinement.h: a process gives up its rights, for good, before it reads its first document: no files
// (landlock), no system calls but those that computing needs (seccomp), bounded memory and CPU, no core dump, no
// new rights, and an end with its parent.
// Thread-safety: once, from the only thread of a worker process.
// Errors: kInvalid with the step that failed; the worker must then read nothing.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/result.h"

namespace postern::pipeline {

struct ConfinementLimits {
  std::size_t memory_bytes_max = 0;   // of address space, above what the program has mapped at the start
  std::uint32_t cpu_seconds_max = 0;  // of the process's life
};

// Closes everything but descriptors 0 to 2 and sets what needs no list of calls. First step of both kinds of worker.
core::Result<void> give_up_resources(const ConfinementLimits& limits);

// For a worker that reads documents itself: no file but poppler's character tables, no program, no socket, no thread.
core::Result<void> confine_reader();

// For one that becomes another program (text recognition): reads system folders and the program's, writes nowhere, no
// network, no other process's memory.
core::Result<void> confine_program(const std::string& program);

// CPU seconds from now on; SIGXCPU ends the process. False when refused.
bool limit_cpu_from_now(std::uint32_t seconds);

}  // namespace postern::pipeline
