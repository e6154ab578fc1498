#pragma once
// pipeline/redaction/byte_masks.h: sixty-four bytes at a time, as bit masks (bit 0: the first byte): what looks over whole
// texts for digits and letters stands on this. SSE2, which every x86-64 has; plain code elsewhere.
// Thread-safety: pure functions.
#include <cstddef>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace postern::pipeline {

inline constexpr std::size_t kMaskBytes = 64;

#ifdef __SSE2__

class Bytes64 {
 public:
  explicit Bytes64(const char* at) {
    for (std::size_t i = 0; i < kParts; ++i) parts_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i * sizeof(__m128i)));
  }
  // Bytes from `from` to `to`.
  std::uint64_t in_range(std::uint8_t from, std::uint8_t to) const {
    return mask([=](__m128i part) { return is_in(part, from, to); });
  }
  // 'a' to 'z' and 'A' to 'Z'.
  std::uint64_t letters() const {
    return mask([](__m128i part) { return is_in(_mm_or_si128(part, _mm_set1_epi8(0x20)), 'a', 'z'); });
  }
  std::uint64_t digits() const { return in_range('0', '9'); }
  std::uint64_t wide() const {  // 0x80 and above
    return mask([](__m128i part) { return part; });
  }
  std::uint64_t equal_to(char c) const {
    return mask([=](__m128i part) { return _mm_cmpeq_epi8(part, _mm_set1_epi8(c)); });
  }

 private:
  static constexpr std::size_t kParts = kMaskBytes / sizeof(__m128i);
  static __m128i is_in(__m128i part, std::uint8_t from, std::uint8_t to) {
    const __m128i off = _mm_sub_epi8(part, _mm_set1_epi8(static_cast<char>(from)));
    return _mm_cmpeq_epi8(_mm_min_epu8(off, _mm_set1_epi8(static_cast<char>(to - from))), off);
  }
  template <class Test>
  std::uint64_t mask(Test test) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < kParts; ++i) {
      out |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(test(parts_[i])))} << (i * sizeof(__m128i));
    }
    return out;
  }
  __m128i parts_[kParts];
};

#else

class Bytes64 {
 public:
  explicit Bytes64(const char* at) : at_(reinterpret_cast<const std::uint8_t*>(at)) {}
  std::uint64_t in_range(std::uint8_t from, std::uint8_t to) const {
    return mask([=](std::uint8_t c) { return static_cast<std::uint8_t>(c - from) <= to - from; });
  }
  std::uint64_t letters() const {
    return mask([](std::uint8_t c) { return static_cast<std::uint8_t>((c | 0x20U) - 'a') <= 'z' - 'a'; });
  }
  std::uint64_t digits() const { return in_range('0', '9'); }
  std::uint64_t wide() const { return in_range(0x80, 0xFF); }
  std::uint64_t equal_to(char c) const { return in_range(static_cast<std::uint8_t>(c), static_cast<std::uint8_t>(c)); }

 private:
  template <class Test>
  std::uint64_t mask(Test test) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < kMaskBytes; ++i) out |= std::uint64_t{test(at_[i])} << i;
    return out;
  }
  const std::uint8_t* at_;
};

#endif

}  // namespace postern::pipeline
