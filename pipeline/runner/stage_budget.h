#pragma once
// pipeline/runner/stage_budget.h: what the stages of the pipeline may spend, by name. What exceeds it is delayed, then answered
// 451 4.3.x with the name of the stage, and counted (runner/stage_gate.h).
// Thread-safety: plain values.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace postern::pipeline {

struct StageBudget {
  std::chrono::seconds time_max;  // of one message in the stage
  std::size_t memory_max;         // bytes of the messages that are in the stage at a time; one that is larger goes in alone
};

struct StageBudgets {
  StageBudget sender_checks{std::chrono::seconds(30), 256U << 20U};  // SPF, DKIM, DMARC, ARC, lists: all DNS of one message
  StageBudget redaction{std::chrono::seconds(30), 256U << 20U};
  StageBudget extraction{std::chrono::seconds(90), 128U << 20U};     // redaction of messages with documents and pictures to be read
  StageBudget intake{std::chrono::seconds(30), 256U << 20U};         // the store
  std::chrono::seconds spam_time_max{5};                            // part of redaction's memory: it follows at once
  std::chrono::seconds wait_max{30};                                 // for room in a stage; then 451 4.3.2
  std::uint32_t waiting_max = 1000;                                  // messages that wait for room in one stage; more are 451 4.3.2 at once
};

}  // namespace postern::pipeline
