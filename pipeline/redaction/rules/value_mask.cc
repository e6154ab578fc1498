#include "pipeline/redaction/rules/value_mask.h"

#include <algorithm>

#include "pipeline/redaction/finding_mask.h"

namespace postern::pipeline {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// [first, last) of the characters between the ends that stay.
std::pair<std::size_t, std::size_t> between_ends(const std::vector<ValueCharacter>& value, const RuleSpec& rule) {
  const auto counted = static_cast<std::size_t>(std::count_if(value.begin(), value.end(), [](const ValueCharacter& one) { return one.counts; }));
  const std::size_t ends = std::size_t{rule.keep_first} + rule.keep_last;
  if (rule.action != RuleAction::kKeepEnds || counted <= ends) return {0, value.size()};
  std::size_t first = 0;
  for (std::size_t left = rule.keep_first; left > 0; ++first) left -= value[first].counts ? 1 : 0;
  std::size_t last = value.size();
  for (std::size_t left = rule.keep_last; left > 0; --last) left -= value[last - 1].counts ? 1 : 0;
  return {first, last};
}

}  // namespace

ValueCharacter classified(std::string_view character, ByteRange source) {
  const char c = character.front();
  ValueCharacter out{source, false, false, character == kBlockMask || character == kAsciiMask};
  out.is_layout = std::string_view(" \t\r\n\v\f-./:").find(c) != std::string_view::npos;
  out.counts = out.is_masked || is_letter_or_digit(c);
  return out;
}

ValueMask mask_of(const std::vector<ValueCharacter>& value, const RuleSpec& rule) {
  ValueMask out;
  const auto [first, last] = between_ends(value, rule);
  bool is_masked = true;
  for (std::size_t at = first; at < last; ++at) {
    const ValueCharacter& one = value[at];
    if (!one.is_layout) is_masked = is_masked && one.is_masked;
    if (rule.action == RuleAction::kDrop) {
      (out.hidden.size() < kDropMaskCharacters && !one.is_layout ? out.hidden : out.dropped).push_back(one.source);
    } else if (!one.is_layout) {
      out.hidden.push_back(one.source);
    }
  }
  out.is_done = is_masked;
  return out;
}

}  // namespace postern::pipeline
