#include "ticketing/detail/header_text.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kLineMax = 76;
constexpr std::size_t kWordBytes = 39;  // 64 characters as an encoded word: fits behind any of our field names
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void append_hex(std::string& out, char mark, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += mark;
  out += kHexDigits[byte >> 4U];
  out += kHexDigits[byte & 15U];
}

// Encoded words of whole characters (RFC 2047 section 5 forbids splitting one), folded.
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t take = std::min(kWordBytes, text.size());
    while (take < text.size() && take > kWordBytes - 4 && is_continuation(text[take])) --take;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + core::to_base64(text.substr(0, take)) + "?=";
    text.remove_prefix(take);
  }
  return out;
}

bool needs_encoding(std::string_view text) {
  if (!is_ascii(text) || text.find("=?") != std::string_view::npos) return true;
  std::size_t run = 0;  // a word that no folding could shorten
  for (char c : text) {
    run = c == ' ' ? 0 : run + 1;
    if (run > kLineMax - 16) return true;
  }
  return false;
}

// Breaks at spaces only, so that unfolding gives the text back.
std::string folded(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const auto word_end = text.find(' ', 1);
    const std::string_view word = text.substr(0, word_end);
    if (column + word.size() > kLineMax && word.front() == ' ' && word.size() > 1) {
      out += "\r\n";
      column = 0;
    }
    out += word;
    column += word.size();
    text.remove_prefix(word.size());
  }
  return out;
}

std::string display_name(std::string_view raw) {
  const std::string name = clean_line(raw);
  if (name.empty()) return {};
  if (needs_encoding(name) || name.size() > kLineMax - 20) return encoded_words(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string clean_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, is_control, ' ');
  return std::string(core::trim_ascii(out));
}

std::string cut_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  return std::string(text.substr(0, bytes_max));
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string text_field(std::string_view name, std::string_view raw) {
  const std::string text = clean_line(raw);
  std::string out(name);
  out += ": ";
  out += needs_encoding(text) ? encoded_words(text) : folded(text, out.size());
  return out + "\r\n";
}

std::string mailbox_field(std::string_view field, const std::vector<pipeline::NamedAddress>& mailboxes) {
  std::string out;
  for (const auto& mailbox : mailboxes) {
    if (!is_safe_address(mailbox.address)) continue;
    out += out.empty() ? std::string(field) + ": " : ",\r\n ";
    const std::string name = display_name(mailbox.name);
    const std::string address = '<' + mailbox.address.to_string() + '>';
    if (!name.empty()) out += name + (name.size() + address.size() > kLineMax - 12 ? "\r\n " : " ");
    out += address;
  }
  return out.empty() ? out : out + "\r\n";
}

std::string id_field(std::string_view name, const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids) {
    if (!is_safe_message_id(id)) continue;
    out += out.empty() ? std::string(name) + ": " : "\r\n ";
    out += '<' + id + '>';
  }
  return out.empty() ? out : out + "\r\n";
}

bool is_safe_address(const pipeline::EmailAddress& address) {
  const auto is_bad = [](char c) { return is_control(c) || std::string_view(" <>\"\\,;:()[]").find(c) != std::string_view::npos; };
  if (address.local.empty() || address.domain.empty() || address.local.size() + address.domain.size() > 253) return false;
  return std::ranges::none_of(address.local, is_bad) && std::ranges::none_of(address.domain, is_bad) &&
         address.local.find('@') == std::string::npos && address.domain.find('@') == std::string::npos;
}

bool has_hidden_part(const pipeline::EmailAddress& address) {
  constexpr std::ptrdiff_t kMasksMin = 3;  // of the shortest number that is hidden; a mailbox may have a star or two
  constexpr std::string_view kBlockMask = "\u2587";
  const bool is_in_domain = address.domain.find('*') != std::string::npos || address.domain.find(kBlockMask) != std::string::npos;
  return is_in_domain || address.local.find(kBlockMask) != std::string::npos || std::ranges::count(address.local, '*') >= kMasksMin;
}

bool is_safe_message_id(std::string_view id) {
  return !id.empty() && id.size() <= 250 && std::ranges::all_of(id, [](char c) { return c > ' ' && c < 0x7F && c != '<' && c != '>'; });
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto end_line = [&] {
    out += "\r\n";
    column = 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\n' || c == '\r') {
      end_line();
      continue;
    }
    const bool is_last = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool is_blank = c == ' ' || c == '\t';
    const bool is_plain = (c > ' ' && c < 0x7F && c != '=') || (is_blank && !is_last);
    const std::size_t width = is_plain ? 1 : 3;
    if (column + width > kLineMax - 1) {
      out += "=";
      end_line();
    }
    if (is_plain) {
      out += c;
    } else {
      append_hex(out, '=', c);
    }
    column += width;
  }
  if (column != 0) end_line();
  return out;
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t kBytesOfLine = 57;
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kBytesOfLine, bytes.size()))) {
    out += core::to_base64(bytes.substr(0, kBytesOfLine)) + "\r\n";
  }
  return out;
}

std::string filename_parameter(std::string_view raw) {
  constexpr std::size_t kNameMax = 200;
  std::string name = clean_line(raw).substr(0, kNameMax);
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '\\'; }, '_');
  if (name.empty()) return {};
  const bool is_plain = std::ranges::all_of(name, [](char c) { return is_alnum(c) || std::string_view("-_. ").find(c) != std::string_view::npos; });
  if (is_plain && name.size() <= kLineMax - 16) return ";\r\n filename=\"" + name + '"';
  std::string out;  // RFC 2231 section 3: continued and extended
  std::string piece = "UTF-8''";
  std::size_t number = 0;
  const auto end_piece = [&] {
    out += ";\r\n filename*" + std::to_string(number++) + "*=" + piece;
    piece.clear();
  };
  for (char c : name) {
    if (piece.size() > kLineMax - 24) end_piece();
    if (is_alnum(c) || c == '-' || c == '_' || c == '.') {
      piece += c;
    } else {
      append_hex(piece, '%', c);
    }
  }
  if (!piece.empty()) end_piece();
  return out;
}

namespace {

bool is_media_type(std::string_view type) {
  const auto slash = type.find('/');
  const bool is_token = std::ranges::all_of(type, [](char c) { return is_alnum(c) || std::string_view("!#$&-^_.+/").find(c) != std::string_view::npos; });
  return is_token && slash != std::string_view::npos && slash > 0 && slash + 1 < type.size() && slash == type.rfind('/');
}

}  // namespace

std::string stored_media_type(std::string_view given) {
  constexpr std::size_t kBytesMax = 100;
  constexpr std::ptrdiff_t kDigitsMax = 11;  // the shortest card number has twelve
  std::string type = core::to_lower_ascii(core::trim_ascii(given.substr(0, given.find(';'))));
  const bool is_short = type.size() <= kBytesMax && std::ranges::count_if(type, [](char c) { return c >= '0' && c <= '9'; }) <= kDigitsMax;
  return is_short && is_media_type(type) ? type : "application/octet-stream";
}

std::string safe_media_type(std::string_view raw) {
  const std::string type = core::to_lower_ascii(raw);
  // RFC 2046 sections 5.1 and 5.2: composite types may not be in base64.
  const bool is_composite = type.starts_with("multipart/") || type.starts_with("message/");
  if (!is_media_type(type) || is_composite || type.size() > 60) return "application/octet-stream";
  return type;
}

}  // namespace postern::ticketing
