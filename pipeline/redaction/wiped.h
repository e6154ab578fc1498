#pragma once
// pipeline/redaction/wiped.h: a scope guard that wipes a decoded copy of unredacted text.
// Ownership: borrows the string, which must outlive the guard.
#include <string>

#include "core/secret.h"

namespace postern::pipeline {

class WipedAtExit {
 public:
  explicit WipedAtExit(std::string& text) : text_(text) {}
  ~WipedAtExit() { core::wipe(text_.data(), text_.size()); }
  WipedAtExit(const WipedAtExit&) = delete;

 private:
  std::string& text_;
};

}  // namespace postern::pipeline
