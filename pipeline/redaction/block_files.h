#pragma once
// pipeline/redaction/block_files.h: port: files that stand encoded in a text (base64, uuencode, data: URLs), and what the
// bodies of one message share while they are looked at. Implemented over FileCleaner by cleaner_files.h, so that views
// know nothing of formats.
// Thread-safety: one thread. Ownership: borrows. Errors: as the detector.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/redaction/detector.h"

namespace postern::pipeline {

struct BlockFile {
  FindingCounts findings;
  FindingCounts shadows;
  std::string rewritten;      // the same file without the values; empty: nothing was found
  bool must_go = false;       // it cannot be written again, or a limit was passed
  bool is_unread = false;     // nobody could look into it
  bool must_go_unread = false;  // … and the operator wants no such file
};

class BlockFiles {
 public:
  virtual ~BlockFiles() = default;
  // nullopt when the bytes do not begin like a file that holds text in a form of its own.
  virtual std::optional<BlockFile> look(std::string_view bytes) = 0;
};

// Of all bodies of one message.
struct SharedReadings {
  BlockFiles* files = nullptr;         // none: what is no text is scanned as bytes
  std::size_t speculative_bytes = 0;   // taken of RedactionLimits::speculative_bytes_max
};

}  // namespace postern::pipeline
