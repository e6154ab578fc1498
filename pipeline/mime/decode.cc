// Transfer decoders with maps (RFC 2045 section 6). Their input is hostile; what no rule covers is passed over or kept,
// never refused.
#include "pipeline/mime/decode.h"

#include <array>

namespace postern::pipeline {
namespace {

constexpr std::array<signed char, 256> make_base64_table() {
  std::array<signed char, 256> table{};
  table.fill(-1);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<signed char>(i);
  }
  return table;
}
constexpr auto kBase64 = make_base64_table();

int base64_of(char c) { return kBase64[static_cast<unsigned char>(c)]; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_line_end(char c) { return c == '\r' || c == '\n'; }

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Collects a group of four base64 digits that may be spread over line ends and garbage.
class Base64Group {
 public:
  bool empty() const { return digits_ == 0; }
  void add(int value, std::size_t at) {
    if (digits_ == 0) begin_ = at;
    bits_ = (bits_ << 6U) | static_cast<unsigned>(value);
    end_ = at + 1;
    if (++digits_ == 4) flush();
  }
  // Ends a group of two or three digits; one digit alone holds no byte. Returns whether it was well formed.
  bool finish(std::size_t padding_end) {
    const bool whole = digits_ != 1;
    if (digits_ == 2 || digits_ == 3) {
      const std::size_t bytes = digits_ - 1;
      bits_ <<= 6U * (4 - digits_);
      emit(bytes, (padding_end > end_ ? padding_end : end_) - begin_);
    }
    digits_ = 0;
    bits_ = 0;
    return whole;
  }
  Decoded take() { return std::move(out_); }
  void reserve(std::size_t bytes) { out_.bytes.reserve(bytes); }
  Decoded& out() { return out_; }

 private:
  void flush() {
    emit(3, end_ - begin_);
    digits_ = 0;
    bits_ = 0;
  }
  void emit(std::size_t bytes, std::size_t in_bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out_.bytes += static_cast<char>((bits_ >> (16U - 8U * i)) & 0xffU);
    out_.map.append(begin_, in_bytes, bytes);
  }
  Decoded out_;
  unsigned bits_ = 0;
  std::size_t digits_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// The blanks in raw[pos..): where they end, and whether a line end or the end of the text follows.
struct BlankRun {
  std::size_t end = 0;
  bool at_line_end = false;
};
BlankRun blank_run(std::string_view raw, std::size_t pos) {
  while (pos < raw.size() && (raw[pos] == ' ' || raw[pos] == '\t')) ++pos;
  return {pos, pos >= raw.size() || is_line_end(raw[pos])};
}

// raw[pos] == '='. Returns how many bytes were taken; 0 when it is no escape and no soft break.
std::size_t take_escape(std::string_view raw, std::size_t pos, std::size_t origin, Decoded& out) {
  if (pos + 2 < raw.size() && hex_of(raw[pos + 1]) >= 0 && hex_of(raw[pos + 2]) >= 0) {
    out.bytes += static_cast<char>(hex_of(raw[pos + 1]) * 16 + hex_of(raw[pos + 2]));
    out.map.append(origin + pos, 3, 1);
    return 3;
  }
  const auto blanks = blank_run(raw, pos + 1);
  if (!blanks.at_line_end) return 0;
  std::size_t end = blanks.end;
  if (end < raw.size() && raw[end] == '\r') ++end;
  if (end < raw.size() && raw[end] == '\n' && (end == blanks.end || raw[end - 1] == '\r')) ++end;
  return end - pos;
}

std::size_t line_of(std::string_view raw, std::size_t pos) {
  const auto at = raw.find_first_of("\r\n", pos);
  return at == std::string_view::npos ? raw.size() : at;
}

std::size_t next_line(std::string_view raw, std::size_t end) {
  if (end < raw.size() && raw[end] == '\r') ++end;
  if (end < raw.size() && raw[end] == '\n') ++end;
  return end;
}

void take_uu_line(std::string_view raw, std::size_t pos, std::size_t end, std::size_t origin, Decoded& out) {
  std::size_t left = (static_cast<unsigned char>(raw[pos]) - 32U) & 63U;
  for (++pos; left > 0; pos += 4) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const unsigned value = pos + i < end ? (static_cast<unsigned char>(raw[pos + i]) - 32U) & 63U : 0U;
      bits = (bits << 6U) | value;
    }
    if (pos >= end) {
      out.clean = false;
      return;
    }
    const std::size_t bytes = left < 3 ? left : 3;
    for (std::size_t i = 0; i < bytes; ++i) out.bytes += static_cast<char>((bits >> (16U - 8U * i)) & 0xffU);
    out.map.append(origin + pos, (pos + 4 < end ? pos + 4 : end) - pos, bytes);
    left -= bytes;
  }
}

}  // namespace

Decoded decode_identity(std::string_view raw, std::size_t origin) {
  Decoded out;
  out.bytes = raw;
  out.map.append_identity(origin, raw.size());
  return out;
}

Decoded decode_base64(std::string_view raw, std::size_t origin) {
  Base64Group group;
  group.reserve(raw.size() / 4 * 3);
  bool clean = true;
  bool padded = false;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const int value = base64_of(raw[i]);
    if (value >= 0) {
      clean = clean && !padded;  // data behind padding: one reader stops there, another goes on
      group.add(value, origin + i);
    } else if (raw[i] == '=') {
      const bool second = i + 1 < raw.size() && raw[i + 1] == '=';
      if (!group.empty()) clean = group.finish(origin + i + (second ? 2 : 1)) && clean;
      padded = true;
    } else if (!is_space(raw[i])) {
      clean = false;
    }
  }
  if (!group.empty()) {
    clean = false;
    group.finish(0);
  }
  Decoded out = group.take();
  out.clean = clean;
  return out;
}

Decoded decode_quoted_printable(std::string_view raw, std::size_t origin) {
  Decoded out;
  out.bytes.reserve(raw.size());
  for (std::size_t pos = 0; pos < raw.size();) {
    const char c = raw[pos];
    if (c == '=') {
      const std::size_t taken = take_escape(raw, pos, origin, out);
      pos += taken;
      if (taken > 0) continue;
      out.clean = false;
    } else if (c == ' ' || c == '\t') {
      const auto blanks = blank_run(raw, pos);
      if (!blanks.at_line_end) {
        out.bytes.append(raw.substr(pos, blanks.end - pos));
        out.map.append_identity(origin + pos, blanks.end - pos);
      }
      pos = blanks.end;
      continue;
    }
    auto stop = raw.find_first_of("= \t", pos + 1);
    if (stop == std::string_view::npos) stop = raw.size();
    out.bytes.append(raw.substr(pos, stop - pos));
    out.map.append_identity(origin + pos, stop - pos);
    pos = stop;
  }
  return out;
}

Decoded decode_uuencode(std::string_view raw, std::size_t origin) {
  Decoded out;
  bool inside = false;
  bool ended = false;
  for (std::size_t pos = 0; pos < raw.size();) {
    const std::size_t end = line_of(raw, pos);
    const auto line = raw.substr(pos, end - pos);
    if (!inside) {
      inside = line.starts_with("begin ");
    } else if (line == "end") {
      ended = true;
      inside = false;
    } else if (!line.empty() && line.front() != '`') {
      take_uu_line(raw, pos, end, origin, out);
    }
    pos = next_line(raw, end);
  }
  out.clean = out.clean && ended;
  return out;
}

Decoded decode_transfer(std::string_view raw, TransferEncoding encoding, std::size_t origin) {
  switch (encoding) {
    case TransferEncoding::kBase64: return decode_base64(raw, origin);
    case TransferEncoding::kQuotedPrintable: return decode_quoted_printable(raw, origin);
    case TransferEncoding::kUuencode: return decode_uuencode(raw, origin);
    case TransferEncoding::kIdentity:
    case TransferEncoding::kUnknown: break;
  }
  return decode_identity(raw, origin);
}

Decoded decode_body(const Message& message, const Part& part) {
  return decode_transfer(message.view(part.body), part.encoding, part.body.begin);
}

}  // namespace postern::pipeline
