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

}  // namespace

FoldedText::FoldedText(std::string_view source) : source_(source) {
  if (source.size() > std::numeric_limits<std::uint32_t>::max() / 2) throw std::length_error("folded text");
  if (!is_plain(source)) fold();
}

void FoldedText::fold() {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(source_.data());
  const auto size = static_cast<std::int64_t>(source_.size());
  std::int64_t at = 0;
  while (at < size) {
    std::int64_t same = at;
    while (same < size) {
      if (bytes[same] - 1U < 0x7FU) {
        const bool is_block = size - same >= static_cast<std::int64_t>(kMaskBytes);
        same += is_block ? std::countr_zero(special_in(source_.data() + same)) : 1;  // 64 where there is none
      } else if (const std::size_t steady = steady_size(bytes + same, static_cast<std::size_t>(size - same)); steady > 0) {
        same += static_cast<std::int64_t>(steady);
      } else {
        break;
      }
    }
    put_same(static_cast<std::size_t>(at), static_cast<std::size_t>(same - at));
    at = same;
    if (at >= size) break;
    const auto from = static_cast<std::size_t>(at);
    if (bytes[at] == 0) {
      begin_copy(from);
      ++at;
      continue;
    }
    UChar32 code_point = 0;
    U8_NEXT(bytes, at, size, code_point);
    bool is_latin1 = false;
    if (code_point < 0) {
      at = static_cast<std::int64_t>(from) + 1;
      code_point = bytes[from];
      is_latin1 = true;
    }
    const std::size_t width = static_cast<std::size_t>(at) - from;
    const char fate = fate_of(static_cast<std::uint32_t>(code_point));
    if (fate == kVanishes) {
      begin_copy(from);
    } else if (fate != kStays) {
      put({&fate, 1}, from, width);
    } else if (is_latin1) {
      const std::array<char, 2> utf8 = {static_cast<char>(0xC0 | (code_point >> 6)), static_cast<char>(0x80 | (code_point & 0x3F))};
      put({utf8.data(), utf8.size()}, from, width);
    } else {
      put_same(from, width);
    }
  }
  if (!pieces_.empty()) folded_.resize(size_);
}

// The first change is at `source`.
void FoldedText::begin_copy(std::size_t source) {
  if (!pieces_.empty()) return;
  // Only a byte that is not UTF-8 becomes longer, by one.
  std::size_t longer = 0;
  for_each_block(source_.substr(source), [](const char* at) { return Bytes64(at).wide(); }, [&longer](std::size_t, std::uint64_t wide) {
    longer += static_cast<std::size_t>(std::popcount(wide));
    return true;
  });
  folded_.resize(source_.size() + longer);
  add_piece(0, 1, 1);
  append(source_.substr(0, source));
}

void FoldedText::put_same(std::size_t source, std::size_t size) {
  if (size == 0 || pieces_.empty()) return;
  const Piece& last = pieces_.back();
  const bool goes_on = last.width == 1 && last.source_width == 1 && last.source + (size_ - last.begin) == source;
  if (!goes_on) add_piece(source, 1, 1);
  append(source_.substr(source, size));
}

void FoldedText::put(std::string_view character, std::size_t source, std::size_t source_width) {
  begin_copy(source);
  const Piece& last = pieces_.back();
  const bool goes_on = last.width == character.size() && last.source_width == source_width &&
                       last.source + (size_ - last.begin) / last.width * source_width == source;
  if (!goes_on) add_piece(source, character.size(), source_width);
  append(character);
}

void FoldedText::append(std::string_view bytes) {
  std::copy(bytes.begin(), bytes.end(), folded_.data() + size_);
  size_ += bytes.size();
}

void FoldedText::add_piece(std::size_t source, std::size_t width, std::size_t source_width) {
  const Piece piece{static_cast<std::uint32_t>(size_), static_cast<std::uint32_t>(source), static_cast<std::uint8_t>(width),
                    static_cast<std::uint8_t>(source_width)};
  if (!pieces_.empty() && pieces_.back().begin == piece.begin) {
    pieces_.back() = piece;
  } else {
    pieces_.push_back(piece);
  }
}

std::size_t FoldedText::source_at(std::size_t at, bool is_end) const {
  // An end belongs to the character before it: what vanished behind that one is not part of a range.
  const std::size_t inside = is_end ? at - 1 : at;
  const auto next = std::upper_bound(pieces_.begin(), pieces_.end(), inside,
                                     [](std::size_t offset, const Piece& piece) { return offset < piece.begin; });
  const Piece& piece = *std::prev(next);
  if (piece.width == 1 && piece.source_width == 1) return piece.source + (at - piece.begin);
  const std::size_t characters = (inside - piece.begin) / piece.width + (is_end ? 1 : 0);
  return piece.source + characters * piece.source_width;
}

ByteRange FoldedText::source_of(ByteRange range) const {
  if (pieces_.empty()) return range;
  if (range.empty()) {
    const std::size_t at = range.begin < folded_.size() ? source_at(range.begin, false) : source_.size();
    return {at, at};
  }
  return {source_at(range.begin, false), source_at(range.end, true)};
}

}  // namespace postern::pipeline
