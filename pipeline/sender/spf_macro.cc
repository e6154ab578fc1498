#include "pipeline/sender/spf_macro.h"

#include <algorithm>
#include <vector>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kDelimiters = ".-+,/_=";
constexpr std::size_t kNameBytesMax = 253;
constexpr std::size_t kDigitsMax = 3;  // "%{d128}" is the most that can mean anything

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The inside of "%{…}".
struct MacroTerm {
  char letter = 0;       // as written: upper case asks for URL escaping
  std::size_t keep = 0;  // right-hand parts kept; 0 for all
  bool is_reversed = false;
  std::string delimiters = ".";
};

// Reads what stands between the braces; false when it is not a macro.
bool read_term(std::string_view text, MacroTerm& term) {
  if (text.empty() || !is_alpha(text[0])) return false;
  term.letter = text[0];
  std::size_t at = 1;
  while (at < text.size() && is_digit(text[at])) {
    if (at > kDigitsMax) return false;
    term.keep = term.keep * 10 + static_cast<std::size_t>(text[at] - '0');
    ++at;
  }
  if (at > 1 && term.keep == 0) return false;
  if (at < text.size() && lower(text[at]) == 'r') {
    term.is_reversed = true;
    ++at;
  }
  if (at == text.size()) return true;
  term.delimiters = text.substr(at);
  return term.delimiters.find_first_not_of(kDelimiters) == std::string::npos;
}

bool is_toplabel(std::string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-') return false;
  bool has_letter_or_hyphen = false;
  for (const char c : label) {
    if (!is_alpha(c) && !is_digit(c) && c != '-') return false;
    if (!is_digit(c)) has_letter_or_hyphen = true;
  }
  return has_letter_or_hyphen;
}

struct Scan {
  bool is_valid = false;
  bool ends_in_macro = false;
  bool has_ptr = false;
};

Scan scan(std::string_view text, SpfMacroUse use) {
  const std::string_view letters = use == SpfMacroUse::kExplanation ? "slodiphcrtv" : "slodiphv";
  Scan result;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c != '%') {
      const char least = use == SpfMacroUse::kExplanation ? 0x20 : 0x21;
      if (c < least || c > 0x7e) return {};
      result.ends_in_macro = false;
      ++at;
      continue;
    }
    if (at + 1 >= text.size()) return {};
    result.ends_in_macro = true;
    const char next = text[at + 1];
    if (next == '%' || next == '_' || next == '-') {
      at += 2;
      continue;
    }
    const std::size_t close = text.find('}', at);
    if (next != '{' || close == std::string_view::npos) return {};
    MacroTerm term;
    if (!read_term(text.substr(at + 2, close - at - 2), term)) return {};
    if (letters.find(lower(term.letter)) == std::string_view::npos) return {};
    if (lower(term.letter) == 'p') result.has_ptr = true;
    at = close + 1;
  }
  result.is_valid = true;
  return result;
}

// %{i}: dotted quad, or the nibbles of an IPv6 address with dots between.
std::string dotted_ip(const net::IpAddress& ip) {
  if (ip.is_v4()) return ip.to_string();
  std::string out;
  for (const unsigned char byte : ip.asio().to_v6().to_bytes()) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const int nibble : {byte >> 4, byte & 15}) {
      if (!out.empty()) out += '.';
      out += kHex[static_cast<std::size_t>(nibble)];
    }
  }
  return out;
}

std::string value_of(char letter, const SpfMacroValues& values) {
  switch (letter) {
    case 's': return values.local + "@" + values.sender_domain;
    case 'l': return values.local;
    case 'o': return values.sender_domain;
    case 'd': return values.domain;
    case 'i': return dotted_ip(values.ip);
    case 'p': return values.ptr;
    case 'h': return values.helo;
    case 'c': return values.ip.to_string();
    case 'r': return values.receiver;
    case 't': return values.unix_time;
    case 'v': return values.ip.is_v4() ? "in-addr" : "ip6";
    default: return {};
  }
}

std::string transform(const std::string& value, const MacroTerm& term) {
  if (term.keep == 0 && !term.is_reversed && term.delimiters == ".") return value;
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = value.find_first_of(term.delimiters, at);
    parts.push_back(value.substr(at, end == std::string::npos ? end : end - at));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  if (term.is_reversed) std::reverse(parts.begin(), parts.end());
  const std::size_t skip = term.keep != 0 && term.keep < parts.size() ? parts.size() - term.keep : 0;
  std::string out;
  for (std::size_t i = skip; i < parts.size(); ++i) {
    if (i > skip) out += '.';
    out += parts[i];
  }
  return out;
}

// RFC 3986 unreserved characters stay.
std::string url_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

}  // namespace

bool is_macro_string(std::string_view text, SpfMacroUse use) { return scan(text, use).is_valid; }

bool is_domain_spec(std::string_view text) {
  const Scan result = scan(text, SpfMacroUse::kDomain);
  if (text.empty() || !result.is_valid) return false;
  if (result.ends_in_macro) return true;
  if (text.ends_with('.')) text.remove_suffix(1);
  const std::size_t dot = text.rfind('.');
  return dot != std::string_view::npos && is_toplabel(text.substr(dot + 1));
}

bool uses_ptr_macro(std::string_view text) { return scan(text, SpfMacroUse::kExplanation).has_ptr; }

std::string expand_macros(std::string_view text, const SpfMacroValues& values) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] != '%' || at + 1 >= text.size()) {
      out += text[at++];
      continue;
    }
    const char next = text[at + 1];
    if (next != '{') {
      out += next == '_' ? " " : next == '-' ? "%20" : "%";
      at += 2;
      continue;
    }
    const std::size_t close = text.find('}', at);
    MacroTerm term;
    if (close == std::string_view::npos || !read_term(text.substr(at + 2, close - at - 2), term)) return out;
    const std::string value = transform(value_of(lower(term.letter), values), term);
    out += lower(term.letter) == term.letter ? value : url_escaped(value);
    at = close + 1;
  }
  return out;
}

std::string expand_domain_spec(std::string_view text, const SpfMacroValues& values) {
  std::string name = expand_macros(text, values);
  if (name.ends_with('.')) name.pop_back();
  while (name.size() > kNameBytesMax) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return {};
    name.erase(0, dot + 1);
  }
  return name;
}

}  // namespace postern::pipeline
