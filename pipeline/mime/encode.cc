// Transfer encoders for rewritten bodies (RFC 2045 sections 6.7 and 6.8) and header text (RFC 2047).
#include "pipeline/mime/encode.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kLineMax = 76;        // RFC 2045 sections 6.7 (5) and 6.8
constexpr std::size_t kWordTextMax = 45;    // bytes of UTF-8 that fit a 75 character B word with its frame

bool is_literal(char c) { return (c >= 33 && c <= 126 && c != '=') || c == ' ' || c == '\t'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The length of the line end at `pos`: 2 for CRLF, 1 for LF in a body whose lines end so, 0 for none. What else is a CR or an LF is
// data: it stood there as "=0D" or "=0A".
std::size_t line_end_at(std::string_view text, std::size_t pos, std::string_view eol) {
  if (text[pos] == '\n') return eol == "\n" ? 1 : 0;
  return text[pos] == '\r' && pos + 1 < text.size() && text[pos + 1] == '\n' ? 2 : 0;
}

// How many bytes from `pos` on stand for themselves, `most` at most: a blank before a line end or the end does not.
std::size_t literal_run(std::string_view text, std::size_t pos, std::size_t most, std::string_view eol) {
  const std::size_t end = pos + std::min(most, text.size() - pos);
  std::size_t at = pos;
  while (at < end && is_literal(text[at])) ++at;
  if (at > pos && is_blank(text[at - 1]) && (at == text.size() || line_end_at(text, at, eol) > 0)) --at;
  return at - pos;
}

}  // namespace

std::string encode_base64_lines(std::string_view bytes, std::string_view eol) {
  constexpr std::size_t kBytesPerLine = kLineMax / 4 * 3;
  std::string out;
  out.reserve(bytes.size() / 3 * 4 + bytes.size() / kBytesPerLine * eol.size() + 4);
  for (std::size_t pos = 0; pos < bytes.size(); pos += kBytesPerLine) {
    if (pos > 0) out += eol;
    out += core::to_base64(bytes.substr(pos, kBytesPerLine));
  }
  return out;
}

std::string encode_quoted_printable(std::string_view text, std::string_view eol) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / kLineMax * (eol.size() + 1));
  std::size_t column = 0;
  for (std::size_t pos = 0; pos < text.size();) {
    if (column == 0 && text.substr(pos, 2) == "--") {  // an encoded one must not become a delimiter line of a multipart
      out += "=2D";
      column = 3;
      ++pos;
      continue;
    }
    if (const std::size_t run = literal_run(text, pos, kLineMax - 1 - column, eol); run > 0) {
      out.append(text.substr(pos, run));
      column += run;
      pos += run;
      continue;
    }
    if (const std::size_t end = line_end_at(text, pos, eol); end > 0) {
      out.append(text.substr(pos, end));
      column = 0;
      pos += end;
      continue;
    }
    const char c = text[pos];
    const bool is_last = pos + 1 >= text.size() || line_end_at(text, pos + 1, eol) > 0;
    const bool literal = is_literal(c) && !(is_blank(c) && is_last);
    const std::size_t width = literal ? 1 : 3;
    if (column + width > kLineMax - 1) {  // the last column is for the '=' of a soft break
      out += '=';
      out += eol;
      column = 0;
    }
    if (literal) continue;
    const auto byte = static_cast<unsigned char>(c);
    out += '=';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
    column += width;
    ++pos;
  }
  return out;
}

std::string encode_uuencode(std::string_view bytes, std::string_view begin_line, std::string_view eol) {
  constexpr std::size_t kBytesPerLine = 45;
  const auto digit = [](std::size_t value) { return value == 0 ? '`' : static_cast<char>(value + 32U); };
  std::string out(begin_line);
  out += eol;
  for (std::size_t pos = 0; pos < bytes.size(); pos += kBytesPerLine) {
    const auto line = bytes.substr(pos, kBytesPerLine);
    out += digit(line.size());
    for (std::size_t at = 0; at < line.size(); at += 3) {
      unsigned bits = 0;
      for (std::size_t i = 0; i < 3; ++i) bits = bits << 8U | (at + i < line.size() ? static_cast<unsigned char>(line[at + i]) : 0U);
      for (std::size_t i = 0; i < 4; ++i) out += digit(bits >> (18U - 6U * i) & 63U);
    }
    out += eol;
  }
  return out.append("`").append(eol).append("end");
}

std::string encode_transfer(std::string_view bytes, TransferEncoding encoding, std::string_view eol) {
  switch (encoding) {
    case TransferEncoding::kBase64: return encode_base64_lines(bytes, eol);
    case TransferEncoding::kQuotedPrintable: return encode_quoted_printable(bytes, eol);
    case TransferEncoding::kIdentity:
    case TransferEncoding::kUuencode:
    case TransferEncoding::kUnknown: break;
  }
  return std::string(bytes);
}

std::string encode_header_text(std::string_view utf8) {
  const bool plain = std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= 32 && c < 127; });
  if (plain && utf8.find("=?") == std::string_view::npos) return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    std::size_t take = std::min(kWordTextMax, utf8.size());
    while (take > 1 && take < utf8.size() && (static_cast<unsigned char>(utf8[take]) & 0xc0U) == 0x80) --take;
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + core::to_base64(utf8.substr(0, take)) + "?=";
    utf8.remove_prefix(take);
  }
  return out;
}

std::string_view line_end_of(std::string_view body) {
  const auto lf = body.find('\n');
  if (lf != std::string_view::npos) return lf > 0 && body[lf - 1] == '\r' ? "\r\n" : "\n";
  return body.find('\r') == std::string_view::npos ? "\r\n" : "\r";
}

}  // namespace postern::pipeline
