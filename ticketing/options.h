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
  std::size_t subject_bytes_max = 998;
  std::size_t page_size_max = 100;
  std::size_t participants_max = 48;        // CCs of a ticket
  std::size_t commit_attempts_max = 5;      // on kConflict
  std::chrono::minutes retry_first{5};
  std::chrono::minutes retry_max{240};
  std::chrono::hours retry_life{120};
};

}  // namespace postern::ticketing
