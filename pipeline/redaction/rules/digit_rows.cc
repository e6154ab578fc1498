#include "pipeline/redaction/rules/digit_rows.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "pipeline/redaction/rules/pattern_shape.h"

namespace postern::pipeline {
namespace {

static_assert((kRowDigitsMost - 1) * (kDigitGapMax + 1) < kMaskBytes);  // so many digits of a row stand in two blocks

bool is_row_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::vector<DigitRow> digit_rows(std::string_view text, std::size_t digits) { return digit_rows(TextPlanes(text), digits); }

std::vector<DigitRow> digit_rows(const TextPlanes& planes, std::size_t digits) {
  std::vector<DigitRow> rows;
  if (planes.digit_count() < digits) return rows;
  DigitRow row;
  const auto finish = [&] {
    if (row.digits >= digits) rows.push_back(row);
    row = {};
  };
  const auto note = [&](std::size_t block, std::uint64_t left) {
    while (left != 0) {
      const auto first = static_cast<std::size_t>(std::countr_zero(left));
      const auto size = static_cast<std::size_t>(std::countr_one(left >> first));
      const std::size_t begin = block * kMaskBytes + first;
      if (row.digits > 0 && begin - row.where.end > kDigitGapMax) finish();
      if (row.digits == 0) row.where.begin = begin;
      row.where.end = begin + size;
      row.digits += size;
      left = first + size == kMaskBytes ? 0 : left >> (first + size) << (first + size);
    }
  };
  // A row that is long enough has so many digits in two blocks, wherever it stands.
  std::size_t unread = 0;
  for (std::size_t block = planes.next(0, TextPlanes::kRow); block < planes.blocks(); block = planes.next(block, TextPlanes::kRow)) {
    block = std::max(block, unread + 1) - 1;
    do {
      note(block, planes.digits(block));
      ++block;
      if (row.digits > 0 && block * kMaskBytes - row.where.end > kDigitGapMax) finish();
    } while (block < planes.blocks() && row.digits > 0);
    unread = block;
  }
  finish();
  return rows;
}

std::vector<DigitRow> parts_of_rows(std::string_view text, std::span<const DigitRow> rows, const std::bitset<256>& bytes, std::size_t digits) {
  std::vector<DigitRow> parts;
  for (const DigitRow& row : rows) {
    if (row.digits < digits) continue;
    DigitRow part;
    for (std::size_t at = row.where.begin; at < row.where.end; ++at) {
      if (is_row_digit(text[at])) {
        if (part.digits == 0) part.where.begin = at;
        part.where.end = at + 1;
        ++part.digits;
      } else if (!bytes[static_cast<std::uint8_t>(text[at])]) {
        if (part.digits >= digits) parts.push_back(part);
        part = {};
      }
    }
    if (part.digits >= digits) parts.push_back(part);
  }
  return parts;
}

ByteRange reach_of(std::string_view text, ByteRange range, std::size_t reach, const std::bitset<256>& bytes) {
  const auto is_inside = [&](std::size_t at) { return bytes[static_cast<std::uint8_t>(text[at])]; };
  ByteRange out = range;
  while (out.begin > 0 && range.begin - out.begin < reach && is_inside(out.begin - 1)) --out.begin;
  while (out.end < text.size() && out.end - range.end < reach && is_inside(out.end)) ++out.end;
  return out;
}

}  // namespace postern::pipeline
