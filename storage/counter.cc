#include "storage/counter.h"

#include <algorithm>
#include <bit>

namespace postern::storage {
namespace {

constexpr std::size_t kEncodedBytes = 9;

std::string encode(CounterKind kind, std::uint64_t bits) {
  std::string out(kEncodedBytes, static_cast<char>(kind));
  for (std::size_t i = 8; i > 0; --i, bits >>= 8U) out[i] = static_cast<char>(bits & 0xffU);
  return out;
}

std::optional<std::uint64_t> decode(CounterKind kind, std::string_view value) {
  if (value.size() != kEncodedBytes || static_cast<unsigned char>(value[0]) != static_cast<unsigned char>(kind)) {
    return std::nullopt;
  }
  std::uint64_t bits = 0;
  for (char c : value.substr(1)) bits = bits << 8U | static_cast<unsigned char>(c);
  return bits;
}

}  // namespace

std::string encode_sum(std::int64_t value) { return encode(CounterKind::kSum, std::bit_cast<std::uint64_t>(value)); }
std::string encode_maximum(std::uint64_t value) { return encode(CounterKind::kMaximum, value); }

std::optional<std::int64_t> decode_sum(std::string_view value) {
  const auto bits = decode(CounterKind::kSum, value);
  if (!bits) return std::nullopt;
  return std::bit_cast<std::int64_t>(*bits);
}

std::optional<std::uint64_t> decode_maximum(std::string_view value) { return decode(CounterKind::kMaximum, value); }

std::optional<std::string> merge_counter(std::optional<std::string_view> existing, std::string_view operand) {
  if (const auto delta = decode(CounterKind::kSum, operand)) {
    const auto before = existing ? decode(CounterKind::kSum, *existing) : std::uint64_t{0};
    if (!before) return std::nullopt;
    return encode(CounterKind::kSum, *before + *delta);  // modulo 2^64: two's complement, defined on overflow
  }
  if (const auto at_least = decode(CounterKind::kMaximum, operand)) {
    const auto before = existing ? decode(CounterKind::kMaximum, *existing) : std::uint64_t{0};
    if (!before) return std::nullopt;
    return encode(CounterKind::kMaximum, std::max(*before, *at_least));
  }
  return std::nullopt;
}

}  // namespace postern::storage
