#pragma once
// pipeline/redaction/byte_masks.h: sixty-four bytes at a time, as bit masks (bit 0: the first byte): what looks over whole
// texts for digits and letters stands on this. SSE2, which every x86-64 has; plain code elsewhere.
// Thread-safety: pure functions.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
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
  // Any of a few.
  template <std::size_t N>
  std::uint64_t one_of(const char (&set)[N]) const {
    return mask([&set](__m128i part) {
      __m128i found = _mm_setzero_si128();
      for (std::size_t i = 0; i + 1 < N; ++i) found = _mm_or_si128(found, _mm_cmpeq_epi8(part, _mm_set1_epi8(set[i])));
      return found;
    });
  }
  // Bytes that are those of `other` at the same place.
  std::uint64_t equal_to(const Bytes64& other) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < kParts; ++i) out |= std::uint64_t{bits_of(_mm_cmpeq_epi8(parts_[i], other.parts_[i]))} << (i * sizeof(__m128i));
    return out;
  }

 private:
  static std::uint32_t bits_of(__m128i part) { return static_cast<std::uint32_t>(_mm_movemask_epi8(part)); }
  static constexpr std::size_t kParts = kMaskBytes / sizeof(__m128i);
  static __m128i is_in(__m128i part, std::uint8_t from, std::uint8_t to) {
    const __m128i off = _mm_sub_epi8(part, _mm_set1_epi8(static_cast<char>(from)));
    return _mm_cmpeq_epi8(_mm_min_epu8(off, _mm_set1_epi8(static_cast<char>(to - from))), off);
  }
  template <class Test>
  std::uint64_t mask(Test test) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < kParts; ++i) {
      out |= std::uint64_t{bits_of(test(parts_[i]))} << (i * sizeof(__m128i));
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
  template <std::size_t N>
  std::uint64_t one_of(const char (&set)[N]) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i + 1 < N; ++i) out |= equal_to(set[i]);
    return out;
  }
  std::uint64_t equal_to(const Bytes64& other) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < kMaskBytes; ++i) out |= std::uint64_t{at_[i] == other.at_[i]} << i;
    return out;
  }

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

// Calls `use` with each block of the text and what `look` says of it: the place of the block, and a mask of its bytes. The
// last bytes are looked at together with those before them; of a text shorter than a block a copy with zeros behind it.
template <class Look, class Use>
void for_each_block(std::string_view text, Look look, Use use) {
  std::size_t at = 0;
  for (; at + kMaskBytes <= text.size(); at += kMaskBytes) {
    if (!use(at, look(text.data() + at))) return;
  }
  if (at == text.size()) return;
  if (text.size() >= kMaskBytes) {
    use(at, look(text.data() + text.size() - kMaskBytes) >> (at + kMaskBytes - text.size()));
    return;
  }
  std::array<char, kMaskBytes> copy{};
  std::copy(text.begin(), text.end(), copy.begin());
  use(at, look(copy.data()) & ((std::uint64_t{1} << text.size()) - 1));
}

}  // namespace postern::pipeline
