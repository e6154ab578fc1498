#include "pipeline/redaction/characters.h"

#include <unicode/uchar.h>

namespace postern::pipeline {
namespace {

bool is_dash(std::uint32_t c) {
  return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2043 || c == 0xFE58 || c == 0xFE63 || c == 0xFF0D ||
         c == 0x2E3A || c == 0x2E3B || c == 0x30FC || c == 0x2500 || c == 0x00AF;
}

// Superscript, subscript, circled, parenthesised and full-stop digits: not Nd in Unicode, digits to a reader.
int compatibility_digit(std::uint32_t c) {
  if (c == 0xB9) return 1;
  if (c == 0xB2 || c == 0xB3) return static_cast<int>(c - 0xB0);
  const bool candidate = (c >= 0x2070 && c <= 0x2089) || (c >= 0x2460 && c <= 0x249B) || c == 0x24EA ||
                         (c >= 0x24F5 && c <= 0x24FF) || (c >= 0x2776 && c <= 0x2793) || (c >= 0x1F100 && c <= 0x1F10A);
  if (!candidate) return -1;
  const double value = u_getNumericValue(static_cast<UChar32>(c));
  return value >= 0 && value <= 9 ? static_cast<int>(value) : -1;
}

}  // namespace

bool is_invisible(std::uint32_t c) {
  if (c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E || c == 0xFEFF || c == 0x115F || c == 0x1160) return true;
  if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F)) return true;
  if ((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF)) return true;
  // Further ones of Unicode's Default_Ignorable_Code_Point, and the marks of interlinear notes.
  if (c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180F) || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB)) return true;
  if ((c >= 0x1BCA0 && c <= 0x1BCA3) || (c >= 0x1D173 && c <= 0x1D17A)) return true;
  // Private use, noncharacters: nothing, or a box that means nothing.
  if ((c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000) return true;
  if ((c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFEU) == 0xFFFE) return true;
  return (c >= 0x300 && c <= 0x36F) || c == 0x20DD || c == 0x20DE || c == 0x20E3;
}

char ascii_form_of(std::uint32_t c) {
  int digit = u_charDigitValue(static_cast<UChar32>(c));
  if (digit < 0) digit = compatibility_digit(c);
  if (digit >= 0) return static_cast<char>('0' + digit);
  if (c == 0x2028 || c == 0x2029 || c == 0x85) return '\n';
  if (c == 0xA0 || u_isUWhiteSpace(static_cast<UChar32>(c)) || c == 0x3164 || c == 0x2800) return ' ';
  if (is_dash(c)) return '-';
  if (c == 0xFF0E || c == 0x3002 || c == 0xB7 || c == 0x2022 || c == 0x2024 || c == 0x2027 || c == 0x30FB) return '.';
  if (c == 0xFF0C || c == 0x3001 || c == 0x066B || c == 0x066C) return ',';
  if (c >= 0xFF21 && c <= 0xFF3A) return static_cast<char>('A' + (c - 0xFF21));
  if (c >= 0xFF41 && c <= 0xFF5A) return static_cast<char>('a' + (c - 0xFF41));
  if (c == 0xFF0B) return '+';
  if (c == 0xFF08 || c == 0xFF09) return c == 0xFF08 ? '(' : ')';
  return 0;
}

}  // namespace postern::pipeline
