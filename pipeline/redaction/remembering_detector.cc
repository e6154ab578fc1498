#include "pipeline/redaction/remembering_detector.h"

#include <algorithm>
#include <functional>

#include "core/secret.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kKeyBytes = 64;       // at either end of a text
constexpr std::size_t kKeyTextsMax = 8;     // of one key: whoever makes many of them gains nothing by it

std::uint64_t key_of(std::string_view text, TextKind kind) {
  const std::hash<std::string_view> hash;
  const std::string_view end = text.substr(text.size() - std::min(text.size(), kKeyBytes));
  return (hash(text.substr(0, kKeyBytes)) * 31 + hash(end)) * 31 + text.size() * 8 + static_cast<std::size_t>(kind);
}

}  // namespace

RememberingDetector::~RememberingDetector() {
  for (auto& [key, one] : texts_) core::wipe(one.bytes.data(), one.bytes.size());
}

std::vector<Finding> RememberingDetector::find(std::string_view text, TextKind kind) const {
  if (text.empty()) return {};
  const std::uint64_t key = key_of(text, kind);
  if (is_known(key, text, kind)) return {};
  ++looks_;
  std::vector<Finding> findings = detector_.find(text, kind);
  if (findings.empty()) remember(key, text, kind);
  return findings;
}

bool RememberingDetector::is_known(std::uint64_t key, std::string_view text, TextKind kind) const {
  const auto [first, last] = texts_.equal_range(key);
  return std::any_of(first, last, [&](const auto& one) {
    return one.second.kind == kind && one.second.bytes == text;
  });
}

void RememberingDetector::remember(std::uint64_t key, std::string_view text, TextKind kind) const {
  if (text.size() > kRememberedBytesMax - bytes_ || texts_.count(key) >= kKeyTextsMax) return;
  texts_.emplace(key, Text{kind, {}})->second.bytes = text;  // in a node of its own, which never moves: nothing is left behind unwiped
  bytes_ += text.size();
}

}  // namespace postern::pipeline
