#pragma once
// ticketing/rule_options.h: limits of the operator's bench for redaction rules.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace postern::ticketing {

struct RuleSetLimits {
  std::size_t versions_max = 100;               // of a workspace; more: the oldest goes, never the one in force or before it
  std::size_t history_max = 50;                 // steps that can be rolled back, one after the other
  std::size_t note_bytes_max = 1'000;
  std::size_t audit_detail_bytes_max = 4'000;   // of the difference in an audit record
  std::size_t differences_max = 2'000;          // fields of one answer
  std::size_t difference_bytes_max = 4'000;     // of one side of a field
  std::size_t trial_text_bytes_max = 256U << 10U;
};
static_assert(RuleSetLimits{}.versions_max >= 3, "the one in force, the one before it, and one to come");

// What redaction rules find in live traffic, and what people call wrong.
struct FindingLimits {
  std::uint32_t retention_days = 400;
  std::size_t kinds_per_message_max = 64;    // places and labels that one message counts in; further ones count as "other"
  std::uint32_t period_days_max = 400;       // of one question
  std::size_t counters_read_max = 200'000;   // by one question
  std::size_t erased_at_once_max = 1'000;
  std::chrono::minutes erase_interval{360};
  std::size_t marks_per_comment_max = 200;
};

// Replay of rules over stored mail.
struct ReplayLimits {
  std::size_t messages_default = 10'000;
  std::size_t messages_max = 100'000;             // of one replay
  std::size_t bytes_max = 2'000U << 20U;          // of stored mail that one replay reads
  std::size_t comments_read_max = 1'000'000;      // looked at to find the messages of a period
  std::chrono::minutes time_max{30};
  std::chrono::milliseconds slice{20};            // of a CPU thread at a time; mail comes between two
  std::size_t slice_messages_max = 50;
  std::chrono::milliseconds retry_delay{200};     // when the CPU pool is full
  std::size_t running_max = 2;                    // of all workspaces; one of each
  std::size_t kept_max = 20;                      // results of all workspaces; more: the oldest goes
  std::chrono::minutes keep_results{120};
  std::size_t tickets_shown_max = 20;             // of a rule
  std::size_t places_max = 200;                   // of a rule and side, by place and label; further ones are one sum
};

}  // namespace postern::ticketing
