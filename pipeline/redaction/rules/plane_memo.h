#pragma once
// pipeline/redaction/rules/plane_memo.h: what slow tables (ICU's) say of a character, asked once for each of the basic plane.
// Thread-safety: any; two threads may both ask, and keep the same answer.  Ownership: one per question, static (64 KB).
#include <array>
#include <atomic>
#include <cstdint>

namespace postern::pipeline {

// Ask: char(std::uint32_t), the same answer each time; an answer of 0 is not kept.
template <auto Ask>
char remembered(std::uint32_t c) {
  constexpr std::size_t kKnownMax = 0x10000;
  static std::array<std::atomic<char>, kKnownMax> known{};
  if (c >= kKnownMax) return Ask(c);
  const char seen = known[c].load(std::memory_order_relaxed);
  if (seen != 0) return seen;
  const char answer = Ask(c);
  known[c].store(answer, std::memory_order_relaxed);
  return answer;
}

}  // namespace postern::pipeline
