#include "core/ids.h"

#include <algorithm>
#include <string_view>

namespace postern::core {
namespace {

constexpr std::int64_t kEpochMs = 1'735'689'600'000;  // 2025-01-01T00:00:00Z
constexpr unsigned kSequenceBits = 8;  // a burst of more than 256 a millisecond borrows from the future
constexpr unsigned kNodeBits = 4;
constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i l o u

}  // namespace

IdSource::IdSource(const Clock& clock, std::uint16_t node) : clock_(clock), node_(node & ((1U << kNodeBits) - 1)) {}

std::uint64_t IdSource::next() {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(1, to_unix_ms(clock_.wall_now()) - kEpochMs));
  std::uint64_t before = last_.load(std::memory_order_relaxed);
  std::uint64_t tick = 0;
  do {
    tick = std::max(ms << kSequenceBits, before + 1);  // a clock that goes back, or a burst, borrows from the future
  } while (!last_.compare_exchange_weak(before, tick, std::memory_order_relaxed));
  const std::uint64_t sequence = tick & ((1U << kSequenceBits) - 1);
  return ((tick >> kSequenceBits) << (kNodeBits + kSequenceBits)) | (node_ << kSequenceBits) | sequence;
}

void IdSource::start_after(std::uint64_t last) {
  // The end of its millisecond: within it the ids of another node may be above all of ours.
  const std::uint64_t floor = (((last >> (kNodeBits + kSequenceBits)) + 1) << kSequenceBits) - 1;
  std::uint64_t before = last_.load(std::memory_order_relaxed);
  while (before < floor && !last_.compare_exchange_weak(before, floor, std::memory_order_relaxed)) {
  }
}

std::int64_t made_unix_ms(std::uint64_t id) { return static_cast<std::int64_t>(id >> (kNodeBits + kSequenceBits)) + kEpochMs; }

std::uint64_t first_id_at(std::int64_t unix_ms) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, unix_ms - kEpochMs)) << (kNodeBits + kSequenceBits);
}

std::string to_base32(std::uint64_t value) {
  std::string out(13, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value >>= 5U) *digit = kDigits[value & 31U];
  return out;
}

std::uint64_t from_base32(std::string_view text) {
  if (text.size() != 13) return 0;
  std::uint64_t value = 0;
  for (char letter : text) {
    auto digit = kDigits.find(letter);
    if (digit == std::string_view::npos) return 0;
    value = value << 5U | digit;
  }
  return value;
}

}  // namespace postern::core
