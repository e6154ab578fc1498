#pragma once
// pipeline/api/message.h: a received message: one contiguous buffer of exact bytes, wiped on release, never written
// anywhere. Headers, parts and matches are ByteRanges of it.
// Ownership: shared_ptr<const Message>. Thread-safety: immutable.
#include <cstddef>
#include <memory>
#include <string_view>

#include "core/secret.h"

namespace postern::pipeline {

struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;  // one past the last byte
  std::size_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  friend bool operator==(ByteRange, ByteRange) = default;
};

class Message {
 public:
  explicit Message(core::SecretBuffer bytes) : bytes_(std::move(bytes)) {}
  static std::shared_ptr<const Message> copy_of(std::string_view bytes) {
    return std::make_shared<const Message>(core::to_secret(bytes));
  }
  std::string_view bytes() const { return core::view(bytes_); }
  std::string_view view(ByteRange range) const { return bytes().substr(range.begin, range.size()); }
  std::size_t size() const { return bytes_.size(); }

 private:
  core::SecretBuffer bytes_;
};

}  // namespace postern::pipeline
