#include "pipeline/redaction/rules/folded_text.h"

#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <stdexcept>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/characters.h"
#include "pipeline/redaction/rules/plane_memo.h"

namespace postern::pipeline {
namespace {

constexpr std::uint32_t kLongS = 0x17F;  // the letters that match "s" and "k" without case (Unicode CaseFolding.txt)
constexpr std::uint32_t kKelvin = 0x212A;

// ASCII without NUL. A plain loop without exits, which the compiler turns into vector code.
bool is_plain(std::string_view text) {
  constexpr std::size_t kBlock = 4096;
  for (std::size_t at = 0; at < text.size(); at += kBlock) {
    const std::string_view block = text.substr(at, kBlock);
    std::uint8_t worst = 0;
    for (char c : block) worst = std::max(worst, static_cast<std::uint8_t>(static_cast<std::uint8_t>(c) - 1U));
    if (worst >= 0x7F) return false;
  }
  return true;
}

// The bytes of a block that are not plain.
std::uint64_t special_in(const char* at) {
  const Bytes64 bytes(at);
  return bytes.wide() | bytes.equal_to('\0');
}

// Lead bytes of two-byte and three-byte characters none of which folds: Latin with marks, Greek, Cyrillic, Armenian,
// Hebrew, Syriac, Han, Hangul.
constexpr std::array<bool, 256> make_steady() {
  std::array<bool, 256> steady{};
  for (unsigned c : {0xC3U, 0xC4U, 0xC6U, 0xC8U, 0xC9U, 0xCEU, 0xD0U, 0xD1U, 0xD2U, 0xD3U, 0xD4U, 0xD5U, 0xD7U}) steady[c] = true;
  for (unsigned c = 0xE4; c <= 0xE9; ++c) steady[c] = true;
  for (unsigned c = 0xEB; c <= 0xEC; ++c) steady[c] = true;
  return steady;
}
constexpr auto kSteady = make_steady();

// The ASCII character that is the whole compatibility form of this one (UAX 15, NFKC), or 0.
char compatibility_form(std::uint32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  static const UNormalizer2* const normalizer = unorm2_getNFKCInstance(&status);
  if (normalizer == nullptr) return 0;
  std::array<UChar, 4> form{};
  const std::int32_t length = unorm2_getDecomposition(normalizer, static_cast<UChar32>(c), form.data(),
                                                      static_cast<std::int32_t>(form.size()), &status);
  return U_SUCCESS(status) && length == 1 && form[0] > ' ' && form[0] < 0x7F ? static_cast<char>(form[0]) : '\0';
}

char folded_form(std::uint32_t c) {
  if (c == kLongS) return 's';
  if (c == kKelvin) return 'K';
  const char form = ascii_form_of(c);
  return form != 0 ? form : compatibility_form(c);
}

// What becomes of a character: an ASCII character, or one of these.
constexpr char kStays = '\x01';
constexpr char kVanishes = '\x02';

char fate_by_tables(std::uint32_t c) {
  if (is_invisible(c)) return kVanishes;
  const char form = folded_form(c);
  return form != 0 ? form : kStays;
}

char fate_of(std::uint32_t c) { return remembered<fate_by_tables>(c); }

bool is_continuation(std::uint8_t byte) { return (byte & 0xC0U) == 0x80; }

// Bytes of a character that surely stays as it is; 0 when it may not, or is not whole.
std::size_t steady_size(const std::uint8_t* at, std::size_t left) {
  if (!kSteady[*at]) return 0;
  const std::size_t size = *at < 0xE0 ? 2 : 3;
  if (left < size || !is_continuation(at[1]) || (size == 3 && !is_continuation(at[2]))) return 0;
  return size;
}

// One character of a source and what becomes of it.
struct Fold {
  std::size_t source_width = 1;
  std::size_t width = 1;
  bool is_same = true;  // the same bytes; else these
  std::array<char, 2> form{};
};

// `at` is inside the bytes.
Fold fold_at(const std::uint8_t* bytes, std::size_t at, std::size_t size) {
  const std::uint8_t byte = bytes[at];
  if (byte - 1U < 0x7FU) return {};
  if (byte == 0) return {1, 0, false, {}};
  if (const std::size_t steady = steady_size(bytes + at, size - at); steady > 0) return {steady, steady, true, {}};
  UChar32 code_point = -1;
  std::size_t width = 1;
  const bool may_be_utf8 = byte >= 0xC2 && byte <= 0xF4 && at + 1 < size && is_continuation(bytes[at + 1]);
  if (may_be_utf8) {
    auto next = static_cast<std::int64_t>(at);
    U8_NEXT(bytes, next, static_cast<std::int64_t>(size), code_point);
    if (code_point >= 0) width = static_cast<std::size_t>(next) - at;
  }
  const bool is_latin1 = code_point < 0;
  if (is_latin1) code_point = byte;
  const char fate = fate_of(static_cast<std::uint32_t>(code_point));
  if (fate == kVanishes) return {width, 0, false, {}};
  if (fate != kStays) return {width, 1, false, {fate, 0}};
  if (!is_latin1) return {width, width, true, {}};
  return {1, 2, false, {static_cast<char>(0xC0 | (code_point >> 6)), static_cast<char>(0x80 | (code_point & 0x3F))}};
}

// What becomes of each byte that stands alone: ASCII, or no UTF-8. Without branches: in data that is no text nobody can foretell
// which byte comes next.
struct LoneByte {
  std::array<char, 2> form{};
  std::uint8_t width = 0;
  bool may_lead = false;  // begins a longer character where one of the others follows
  bool may_follow = false;
};
const std::array<LoneByte, 256>& lone_bytes() {
  static const std::array<LoneByte, 256> known = [] {
    std::array<LoneByte, 256> out{};
    for (std::size_t c = 0; c < out.size(); ++c) {
      const auto byte = static_cast<std::uint8_t>(c);
      const Fold one = fold_at(&byte, 0, 1);
      out[c].form = one.is_same ? std::array<char, 2>{static_cast<char>(byte), 0} : one.form;
      out[c].width = static_cast<std::uint8_t>(one.width);
      out[c].may_lead = byte >= 0xC2 && byte <= 0xF4;
      out[c].may_follow = is_continuation(byte);
    }
    return out;
  }();
  return known;
}

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

}  // namespace

FoldedText::FoldedText(std::string_view source) : source_(source) {
  check_size();
  if (!is_plain(source)) fold();
}

FoldedText::FoldedText(std::string_view source, const TextPlanes& planes) : source_(source) {
  check_size();
  if (!planes.is_plain()) fold();
}

void FoldedText::check_size() const {
  if (source_.size() > std::numeric_limits<std::uint32_t>::max() / 2) throw std::length_error("folded text");
}

void FoldedText::fold() {
  if (const std::size_t change = first_change(); change < source_.size()) fold_from(change);
}

// The size of the source: nothing changes.
std::size_t FoldedText::first_change() const {
  const std::uint8_t* const bytes = bytes_of(source_);
  std::size_t at = 0;
  while (at < source_.size()) {
    if (bytes[at] - 1U < 0x7FU) {
      const bool is_block = source_.size() - at >= kMaskBytes;
      at += is_block ? static_cast<std::size_t>(std::countr_zero(special_in(source_.data() + at))) : 1;  // 64 where there is none
      continue;
    }
    const Fold one = fold_at(bytes, at, source_.size());
    if (!one.is_same) return at;
    at += one.source_width;
  }
  return at;
}

void FoldedText::fold_from(std::size_t source) {
  // Only a byte that is not UTF-8 becomes longer, by one.
  std::size_t longer = 0;
  for_each_block(source_.substr(source), [](const char* at) { return Bytes64(at).wide(); }, [&longer](std::size_t, std::uint64_t wide) {
    longer += static_cast<std::size_t>(std::popcount(wide));
    return true;
  });
  is_copy_ = true;
  folded_.resize(source_.size() + longer + 1);  // one more for the second byte of a form that has none
  char* const out = folded_.data();
  std::copy_n(source_.data(), source, out);
  const std::array<LoneByte, 256>& lone = lone_bytes();
  const std::uint8_t* const bytes = bytes_of(source_);
  const std::size_t size = source_.size();
  std::size_t folded = source;
  std::size_t next_step = folded;
  for (std::size_t at = source; at < size;) {
    if (folded >= next_step) {
      steps_.push_back({static_cast<std::uint32_t>(folded), static_cast<std::uint32_t>(at)});
      next_step = folded + kStepBytes;
    }
    if (size - at >= kMaskBytes && special_in(source_.data() + at) == 0) {
      std::copy_n(source_.data() + at, kMaskBytes, out + folded);
      at += kMaskBytes;
      folded += kMaskBytes;
      continue;
    }
    for (const std::size_t end = std::min(size, at + kMaskBytes); at < end;) {
      const LoneByte& one = lone[bytes[at]];
      const bool is_longer = at + 1 < size && static_cast<unsigned>(one.may_lead) & static_cast<unsigned>(lone[bytes[at + 1]].may_follow);
      if (is_longer) {
        fold_longer(at, folded);
        continue;
      }
      out[folded] = one.form[0];
      out[folded + 1] = one.form[1];
      folded += one.width;
      ++at;
    }
  }
  folded_.resize(folded);
}

void FoldedText::fold_longer(std::size_t& at, std::size_t& folded) {
  const Fold one = fold_at(bytes_of(source_), at, source_.size());
  const char* const form = one.is_same ? source_.data() + at : one.form.data();
  for (std::size_t i = 0; i < one.width; ++i) folded_[folded + i] = form[i];
  folded += one.width;
  at += one.source_width;
}

std::size_t FoldedText::source_at(std::size_t at, bool is_end) const {
  // An end belongs to the character before it: what vanished behind that one is not part of a range.
  const std::size_t inside = is_end ? at - 1 : at;
  const auto next = std::upper_bound(steps_.begin(), steps_.end(), inside, [](std::size_t offset, const Step& step) { return offset < step.begin; });
  if (next == steps_.begin()) return at;
  std::size_t folded = std::prev(next)->begin;
  std::size_t source = std::prev(next)->source;
  while (source < source_.size()) {
    const Fold one = fold_at(bytes_of(source_), source, source_.size());
    if (folded + one.width > inside) {
      if (one.is_same) return source + (at - folded);
      return is_end ? source + one.source_width : source;
    }
    folded += one.width;
    source += one.source_width;
  }
  return source_.size();
}

ByteRange FoldedText::source_of(ByteRange range) const {
  if (!is_copy_) return range;
  if (range.empty()) {
    const std::size_t at = range.begin < folded_.size() ? source_at(range.begin, false) : source_.size();
    return {at, at};
  }
  return {source_at(range.begin, false), source_at(range.end, true)};
}

}  // namespace postern::pipeline
