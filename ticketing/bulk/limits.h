#pragma once
// ticketing/bulk/limits.h: how much at once, and how long it can be taken back.
// Thread-safety: values.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace postern::ticketing {

struct BulkLimits {
  std::size_t items_max = 100;              // of one job, as in Zendesk
  std::size_t change_bytes_max = 1U << 20U; // of all changes of one job, as stored
  std::size_t open_per_user_max = 30;       // jobs that have not ended
  std::size_t open_max = 1000;              // the same of a workspace
  std::size_t at_once_max = 10;             // items of a new job that its request does itself; the rest is done behind it
  std::size_t round_items_max = 200;        // of all jobs of a workspace in one round of the chore
  std::size_t ended_erased_max = 50;        // old jobs that one round erases; the same of what can no longer be undone
  std::chrono::hours job_life{7 * 24};      // how long an ended job is shown
  std::chrono::hours undo_life{7 * 24};     // how long something can be undone
  std::chrono::hours deleted_life{30 * 24}; // how long a deleted ticket can be restored
  std::size_t erased_per_round_max = 20;    // tickets
  std::size_t erase_batch_max = 100;        // comments or events that one transaction of an erasure takes
  std::size_t sources_max = 50;             // of one merge
  std::size_t moved_max = 100;              // comments of one split
  std::size_t listed_max = 10'000;          // deleted tickets that one list reads for somebody who is limited to inboxes
};

}  // namespace postern::ticketing
