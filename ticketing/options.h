#pragma once
// ticketing/options.h: workspaces, inboxes and limits, filled by conf.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace postern::ticketing {

struct InboxOptions {
  std::string workspace;               // its name
  std::vector<std::string> addresses;  // "support@example.com"; a bare "@example.com" takes every local part
  std::string display_name;            // of replies: "Example Support"
  bool reject_dmarc_fail = true;       // refuse in session what a p=reject domain disowns
};

struct Options {
  std::vector<InboxOptions> inboxes;
  std::string hostname;                     // right side of our Message-IDs
  std::size_t comment_bytes_max = 1U << 20U;
  std::size_t files_max = 32;               // of one comment by an agent
  std::size_t file_bytes_max = 20U << 20U;  // all of them together
  std::size_t subject_bytes_max = 998;
  std::size_t page_size_max = 1000;         // of tickets, comments or events in one answer; callers have limits of their own
  std::size_t list_scan_max = 10'000;       // tickets that one filtered list call reads; then it answers what it has
  std::size_t participants_max = 48;        // CCs of a ticket
  std::size_t commit_attempts_max = 5;      // on kConflict
  std::size_t report_attempts_max = 60;     // the same of a delivery report: those of one reply all write its comment
  std::size_t claim_scan_max = 10'000;      // due entries of a workspace that one claim looks at
  std::size_t inline_text_bytes_max = 8192; // of a body inside its record; a larger one is a blob
  std::size_t thread_ids_max = 20;          // Message-IDs kept for References
  std::size_t claimed_ids_max = 50;         // Message-IDs of one message that threading looks at, newest first
  std::chrono::hours dedupe_life{240};      // how long a repeated delivery is recognised
  std::chrono::minutes dedupe_life_without_id{15};  // of messages without a Message-ID, from the same client and sender
  std::chrono::minutes retry_first{5};
  std::chrono::minutes retry_max{240};
  std::chrono::hours retry_life{120};
};

}  // namespace postern::ticketing
