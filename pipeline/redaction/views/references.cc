#include "pipeline/mime/html.h"
#include "pipeline/redaction/views/escape_view.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool may_belong_to_value(std::string_view text, std::size_t at, std::size_t length, std::string_view character) {
  if (character.size() == 1 && (is_digit(character[0]) || is_letter(character[0]))) return true;
  std::size_t before = at;
  while (before > 0 && at - before < 3 && text[before - 1] == ' ') --before;
  if (before > 0 && is_digit(text[before - 1])) return true;
  const std::string_view behind = text.substr(at + length, 1);
  return !behind.empty() && is_digit(behind[0]);
}

bool may_hold_references(std::string_view text, const Telltales& marks) {
  if (!marks.reference) return false;
  std::string character;
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    character.clear();
    const std::size_t length = decode_entity(text, at, character);
    if (length == 0 || character.empty()) continue;
    // Those of every HTML text stand for themselves.
    if (character.size() == 1 && std::string_view("&<>\"'").find(character[0]) != std::string_view::npos) continue;
    if (character.size() > 1 && static_cast<unsigned char>(character[0]) >= 0xD9) return true;  // digits of other scripts
    if (may_belong_to_value(text, at, length, character)) return true;
  }
  return false;
}

View references_view(std::string_view source, Mapping mapping) {
  return view_without_escapes(source, '&', mapping, [](std::string_view text, std::size_t at, std::string& decoded) {
    const std::size_t length = decode_entity(text, at, decoded);
    return decoded.empty() ? 0 : length;
  });
}

}  // namespace postern::pipeline
