// Ways to reach a person.
#include <algorithm>
#include <cstdint>

#include "pipeline/redaction/validators/compact.h"
#include "pipeline/redaction/validators/kinds.h"

namespace postern::pipeline::validators {
namespace {

struct PhonePlan {
  std::uint16_t country;  // ITU-T E.164 country code
  std::uint8_t min;       // digits of a national number, the longest and shortest of all its kinds
  std::uint8_t max;
};

// ITU-T E.164 annex (assigned country codes); lengths from the national numbering plans.
constexpr PhonePlan kPlans[] = {
    {1, 10, 10},   {7, 10, 14},  {20, 8, 10},  {27, 5, 10},  {30, 10, 12}, {31, 5, 11},  {32, 8, 9},    {33, 9, 9},
    {34, 9, 9},    {36, 8, 9},   {39, 6, 12},  {40, 6, 9},   {41, 9, 12},  {43, 5, 13},  {44, 7, 10},   {45, 8, 8},
    {46, 6, 12},   {47, 5, 8},   {48, 6, 10},  {49, 5, 13},  {51, 8, 9},   {52, 10, 10}, {53, 6, 10},   {54, 10, 11},
    {55, 8, 11},   {56, 9, 11},  {57, 10, 11}, {58, 10, 10}, {60, 8, 10},  {61, 5, 12},  {62, 7, 13},   {63, 6, 13},
    {64, 5, 10},   {65, 8, 11},  {66, 8, 13},  {81, 8, 13},  {82, 5, 13},  {84, 7, 10},  {86, 7, 12},   {90, 7, 13},
    {91, 8, 13},   {92, 8, 12},  {93, 9, 9},   {94, 9, 9},   {95, 6, 10},  {98, 5, 10},  {211, 9, 9},   {212, 9, 9},
    {213, 8, 9},   {216, 8, 8},  {218, 9, 9},  {220, 7, 7},  {221, 9, 9},  {222, 8, 8},  {223, 8, 8},   {224, 8, 9},
    {225, 10, 10}, {226, 8, 8},  {227, 8, 8},  {228, 8, 8},  {229, 8, 8},  {230, 7, 10}, {231, 7, 9},   {232, 8, 8},
    {233, 8, 9},   {234, 8, 12}, {235, 8, 8},  {236, 8, 8},  {237, 8, 9},  {238, 7, 7},  {239, 7, 7},   {240, 9, 9},
    {241, 7, 8},   {242, 9, 9},  {243, 7, 10}, {244, 9, 9},  {245, 7, 9},  {246, 7, 7},  {247, 5, 6},   {248, 7, 7},
    {249, 9, 9},   {250, 8, 9},  {251, 9, 9},  {252, 6, 9},  {253, 8, 8},  {254, 7, 10}, {255, 9, 9},   {256, 9, 9},
    {257, 8, 8},   {258, 8, 9},  {260, 9, 9},  {261, 9, 9},  {262, 9, 9},  {263, 5, 10}, {264, 8, 9},   {265, 7, 9},
    {266, 8, 8},   {267, 7, 10}, {268, 8, 9},  {269, 7, 7},  {290, 5, 5},  {291, 7, 7},  {297, 7, 7},   {298, 6, 6},
    {299, 6, 6},   {350, 8, 8},  {351, 9, 9},  {352, 5, 11}, {353, 7, 10}, {354, 7, 9},  {355, 6, 9},   {356, 8, 8},
    {357, 8, 8},   {358, 5, 12}, {359, 6, 12}, {370, 8, 8},  {371, 8, 8},  {372, 7, 10}, {373, 8, 8},   {374, 8, 8},
    {375, 6, 11},  {376, 6, 9},  {377, 8, 9},  {378, 8, 10}, {380, 9, 10}, {381, 6, 12}, {382, 8, 9},   {383, 8, 12},
    {385, 6, 9},   {386, 5, 8},  {387, 8, 9},  {389, 8, 8},  {420, 9, 12}, {421, 6, 9},  {423, 7, 9},   {500, 5, 5},
    {501, 7, 11},  {502, 8, 11}, {503, 7, 11}, {504, 8, 11}, {505, 8, 8},  {506, 8, 10}, {507, 7, 11},  {508, 6, 9},
    {509, 8, 8},   {590, 9, 9},  {591, 8, 9},  {592, 7, 7},  {593, 8, 11}, {594, 9, 9},  {595, 6, 11},  {596, 9, 9},
    {597, 6, 7},   {598, 6, 12}, {599, 7, 8},  {670, 7, 8},  {672, 6, 6},  {673, 7, 7},  {674, 7, 7},   {675, 7, 8},
    {676, 5, 7},   {677, 5, 7},  {678, 5, 7},  {679, 7, 11}, {680, 7, 7},  {681, 6, 9},  {682, 5, 5},   {683, 5, 7},
    {685, 5, 10},  {686, 5, 8},  {687, 6, 6},  {688, 5, 7},  {689, 6, 9},  {690, 5, 7},  {691, 7, 7},   {692, 7, 7},
    {800, 8, 8},   {808, 8, 8},  {850, 8, 10}, {852, 5, 11}, {853, 7, 8},  {855, 8, 10}, {856, 8, 10},  {870, 9, 12},
    {878, 12, 12}, {880, 6, 10}, {881, 9, 10}, {882, 7, 12}, {883, 8, 12}, {886, 7, 11}, {888, 11, 11}, {960, 7, 10},
    {961, 7, 8},   {962, 8, 9},  {963, 8, 9},  {964, 8, 10}, {965, 7, 8},  {966, 9, 10}, {967, 7, 9},   {968, 7, 9},
    {970, 8, 10},  {971, 5, 12}, {972, 7, 12}, {973, 8, 8},  {974, 7, 11}, {975, 7, 8},  {976, 8, 10},  {977, 8, 11},
    {979, 9, 9},   {992, 9, 9},  {993, 8, 8},  {994, 9, 9},  {995, 9, 9},  {996, 9, 10}, {998, 9, 9}};

bool is_atom_character(char c) {
  return is_digit(c) || is_letter(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos ||
         static_cast<std::uint8_t>(c) >= 0x80;
}

// Atoms between single dots.
bool is_dot_atom(std::string_view text) {
  char last = '.';
  for (char c : text) {
    if (c == '.' ? last == '.' : !is_atom_character(c)) return false;
    last = c;
  }
  return last != '.';
}

bool is_label(std::string_view label) {
  constexpr std::size_t kLabelMax = 63;  // RFC 1035 2.3.4
  return !label.empty() && label.size() <= kLabelMax && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return is_digit(c) || is_letter(c) || c == '-' || static_cast<std::uint8_t>(c) >= 0x80;
         });
}

}  // namespace

// RFC 5321 section 4.1.2 without quoted strings and address literals, which people do not write; lengths of 4.5.3.1.
// The last label is a top-level domain: letters, or an A-label.
bool email(std::string_view value) {
  constexpr std::size_t kLocalMax = 64;
  constexpr std::size_t kDomainMax = 255;
  const std::size_t at = value.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > kLocalMax || !is_dot_atom(value.substr(0, at))) return false;
  std::string_view rest = value.substr(at + 1);
  if (rest.size() > kDomainMax || rest.find('.') == std::string_view::npos) return false;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    if (!is_label(rest.substr(0, dot))) return false;
    rest.remove_prefix(dot + 1);
  }
  const bool is_plain = std::none_of(rest.begin(), rest.end(), [](char c) { return is_digit(c) || c == '-'; });
  return is_label(rest) && rest.size() >= 2 && (is_plain || rest.starts_with("xn--"));
}

// ITU-T E.164: '+' or "00", an assigned country code, and a length that its numbering plan knows.
bool phone(std::string_view value) {
  constexpr std::size_t kDigitsMin = 7;
  constexpr std::size_t kDigitsMax = 15;
  constexpr std::size_t kCountryMax = 3;
  const std::size_t start = value.find_first_of("+0123456789");
  if (start == std::string_view::npos) return false;
  const bool has_plus = value[start] == '+';
  const Compact digits(value.substr(start + (has_plus ? 1 : 0)), " -./()\t\x02");
  std::string_view number = digits.text();
  if (!std::all_of(number.begin(), number.end(), is_digit)) return false;
  if (!has_plus) {
    if (!number.starts_with("00")) return false;
    number.remove_prefix(2);
  }
  for (std::size_t size = 1; size <= kCountryMax && size < number.size(); ++size) {
    const auto country = Compact(number.substr(0, size), "").number(0, size);
    for (const PhonePlan& plan : kPlans) {
      if (plan.country != country) continue;
      std::string_view national = number.substr(size);
      // "+44 (0)20 7946 0000": the zero is dialled inside the country only.
      if (national.starts_with('0') && value.find("(0)") != std::string_view::npos) national.remove_prefix(1);
      return number.size() >= kDigitsMin && number.size() <= kDigitsMax + 1 && national.size() >= plan.min &&
             national.size() <= plan.max;
    }
  }
  return false;
}

}  // namespace postern::pipeline::validators
