#pragma once
// pipeline/sender/rotation_options.h: when signing keys follow each other.
#include <chrono>

namespace postern::pipeline {

struct DkimRotationOptions {
  // Age of a key at which the next one is made; zero: only when told.
  std::chrono::days interval{180};
  // How long a record must have been seen, each time we looked, before its key signs: all servers of the zone have it
  // by then. A longer TTL of the record counts instead, up to settle_max.
  std::chrono::minutes settle{60};
  std::chrono::minutes settle_max = std::chrono::days(1);
  // How long the record stays after the last signature: mail waits up to 5 days in others' queues (RFC 5321 section
  // 4.5.4.1), and is verified again when it is fetched or forwarded.
  std::chrono::days grace{7};
};

}  // namespace postern::pipeline
