#pragma once
// pipeline/redaction/remembering_detector.h: a detector that remembers the texts in which it found nothing: a message is looked
// at several times (pass by pass, then as content), and most of its fields and names are the same each time. What find() says
// depends on text and kind alone, so a text of the same bytes has nothing again; nothing is concluded from a hash.
// Thread-safety: none, one is one message's. Ownership: borrows the detector; its copies of texts are wiped with it.
// Limits: kRememberedBytesMax of text together; what does not fit is looked at again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/redaction/detector.h"

namespace postern::pipeline {

inline constexpr std::size_t kRememberedBytesMax = 1 << 20;

class RememberingDetector final : public Detector {
 public:
  explicit RememberingDetector(const Detector& detector) : detector_(detector) {}
  ~RememberingDetector() override;
  RememberingDetector(const RememberingDetector&) = delete;

  std::vector<Finding> find(std::string_view text, TextKind kind) const override;
  std::size_t looks() const { return looks_; }  // how often the detector was asked

 private:
  struct Text {
    TextKind kind;
    std::string bytes;
  };
  bool is_known(std::uint64_t key, std::string_view text, TextKind kind) const;
  void remember(std::uint64_t key, std::string_view text, TextKind kind) const;

  const Detector& detector_;
  mutable std::size_t bytes_ = 0;  // of texts_
  mutable std::unordered_multimap<std::uint64_t, Text> texts_;  // by the key of their bytes
  mutable std::size_t looks_ = 0;
};

}  // namespace postern::pipeline
