#pragma once
// pipeline/redaction/clean_leaves.h: the leaves in which a pass over a message found nothing. The next pass, over the message
// with its values hidden, passes over those that are the same to the byte and are read in the same way: the scan of them
// would say the same. Private to message_scan.cc and rewrite.cc.
// Thread-safety: none, one rewriting is one thread's. Ownership: keeps the message of the last pass alive. Time: one
// comparison of the bytes.
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/api/message.h"
#include "pipeline/mime/part.h"

namespace postern::pipeline {

class CleanLeaves {
 public:
  // What looking at the leaf said beside that there is nothing to hide.
  struct Outcome {
    bool has_unread_file = false;
    std::size_t scanned_bytes = 0;  // of the budget of the message
  };

  // What was noted is of the pass before from now on.
  void begin_pass(std::shared_ptr<const Message> message);
  // Nothing: the leaf was not clean, or is another one now.
  std::optional<Outcome> find(const Part& part, bool allows_8bit) const;
  void note(const Part& part, bool allows_8bit, Outcome outcome);

 private:
  // All of a leaf but its bytes that decides how it is read.
  struct Labels {
    std::string media_type;
    std::string media_subtype;
    std::string charset;
    std::string filename;
    TransferEncoding encoding;
    bool is_attachment;
    bool allows_8bit;
    friend bool operator==(const Labels&, const Labels&) = default;
  };
  struct Leaf {
    Labels labels;
    ByteRange body;
    Outcome outcome;
  };
  using Leaves = std::map<std::string, Leaf>;  // by path
  static Labels labels_of(const Part& part, bool allows_8bit);

  std::shared_ptr<const Message> message_;
  std::shared_ptr<const Message> message_before_;
  Leaves leaves_;
  Leaves leaves_before_;
};

}  // namespace postern::pipeline
