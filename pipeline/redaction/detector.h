#pragma once
// pipeline/redaction/detector.h: what finds values in text, and what it says of them. Everything that scans (bodies,
// headers, files, typed text) asks a Detector; whoever implements it decides which rules apply.
// Thread-safety: find() from any thread. Errors: find() throws std::exception when scanning itself failed; the caller
// answers 4xx (fail closed).
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/api/redaction_rules.h"

namespace postern::pipeline {

struct Finding {
  std::string_view rule;   // id; as long-lived as the detector
  std::string_view label;  // brand or kind; may be empty; as long-lived as the detector
  bool is_shadow = false;  // counted only: nothing is hidden
  ByteRange span;          // the value in the source text, first to last character
  // Source ranges of single characters, ascending: each is replaced by one mask character …
  std::vector<ByteRange> hidden;
  // … and these vanish (kDrop). Both empty for a shadow finding.
  std::vector<ByteRange> dropped;
};

// How often which rule found what, values left out.
struct FindingKey {
  std::string rule;
  std::string label;
  friend auto operator<=>(const FindingKey&, const FindingKey&) = default;
};
using FindingCounts = std::map<FindingKey, std::uint32_t>;

class Detector {
 public:
  virtual ~Detector() = default;
  // `text` is UTF-8; other bytes are read as Latin-1. Findings in order of their spans; those of different rules may
  // overlap. A value whose characters are all hidden already (only mask characters where something would be hidden) is
  // not found again.
  virtual std::vector<Finding> find(std::string_view text, TextKind kind) const = 0;
};

}  // namespace postern::pipeline
