// Transfer decoders with maps (RFC 2045 section 6). Their input is hostile; what no rule covers is passed over or kept,
// never refused.
#include "pipeline/mime/decode.h"

#include <algorithm>
#include <array>
#include <cstdint>

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

// The same, shifted to where the digit stands in a group of four; kNoGroup: not one of them.
constexpr std::uint32_t kNoGroup = 1U << 31U;
constexpr std::array<std::array<std::uint32_t, 256>, 4> make_group_tables() {
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  for (std::size_t digit = 0; digit < 4; ++digit) {
    for (std::size_t c = 0; c < 256; ++c)
      tables[digit][c] = kBase64[c] < 0 ? kNoGroup : static_cast<std::uint32_t>(kBase64[c]) << (6U * (3 - digit));
  }
  return tables;
}
constexpr auto kGroups = make_group_tables();

int base64_of(char c) { return kBase64[static_cast<unsigned char>(c)]; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_line_end(char c) { return c == '\r' || c == '\n'; }

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Decoded empty_result(Mapping mapping) {
  Decoded out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  return out;
}

// Collects a group of four base64 digits that may be spread over line ends and garbage.
class Base64Group {
 public:
  explicit Base64Group(Mapping mapping) : out_(empty_result(mapping)) {}
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
  // Whole groups of four digits that stand side by side, which is nearly all of real mail. Returns how many bytes of
  // raw[pos..) were taken.
  std::size_t take_quads(std::string_view raw, std::size_t pos, std::size_t origin) {
    const std::size_t begin = pos;
    std::array<char, 192> made;
    std::size_t size = 0;
    for (; pos + 4 <= raw.size(); pos += 4) {
      const auto* digits = reinterpret_cast<const unsigned char*>(raw.data() + pos);
      const std::uint32_t group = kGroups[0][digits[0]] | kGroups[1][digits[1]] | kGroups[2][digits[2]] | kGroups[3][digits[3]];
      if ((group & kNoGroup) != 0) break;
      if (size == made.size()) {
        out_.bytes.append(made.data(), size);
        size = 0;
      }
      made[size++] = static_cast<char>(group >> 16U);
      made[size++] = static_cast<char>(group >> 8U);
      made[size++] = static_cast<char>(group);
    }
    out_.bytes.append(made.data(), size);
    out_.map.append(origin + begin, 4, 3, (pos - begin) / 4);
    return pos - begin;
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

// Where the line that holds `pos` ends, its line end left out.
std::size_t line_of(std::string_view raw, std::size_t pos) {
  const std::size_t end = std::min(raw.find('\n', pos), raw.size());
  return std::min(raw.substr(pos, end - pos).find('\r'), end - pos) + pos;
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

Decoded decode_identity(std::string_view raw, std::size_t origin, Mapping mapping) {
  Decoded out = empty_result(mapping);
  out.bytes = raw;
  out.map.append_identity(origin, raw.size());
  return out;
}

Decoded decode_base64(std::string_view raw, std::size_t origin, Mapping mapping) {
  Base64Group group(mapping);
  group.reserve(raw.size() / 4 * 3);
  bool clean = true;
  bool padded = false;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const int value = base64_of(raw[i]);
    if (value >= 0 && group.empty() && !padded) {
      if (const std::size_t taken = group.take_quads(raw, i, origin); taken > 0) {
        i += taken - 1;
        continue;
      }
    }
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

// Line by line: of a line what stands between two '=' signs stands for itself; blanks at its end are nothing.
Decoded decode_quoted_printable(std::string_view raw, std::size_t origin, Mapping mapping) {
  Decoded out = empty_result(mapping);
  out.bytes.reserve(raw.size());
  const auto keep = [&](std::size_t begin, std::size_t end) {
    out.bytes.append(raw.substr(begin, end - begin));
    out.map.append_identity(origin + begin, end - begin);
  };
  std::size_t line = 0;  // the end of the line that holds `pos`
  for (std::size_t pos = 0; pos < raw.size();) {
    if (line <= pos) line = line_of(raw, pos);
    const std::size_t stop = std::min(raw.substr(pos, line - pos).find('='), line - pos) + pos;
    if (stop < line) {
      keep(pos, stop);
      const std::size_t taken = take_escape(raw, stop, origin, out);
      if (taken == 0) {
        keep(stop, stop + 1);
        out.clean = false;
      }
      pos = stop + std::max<std::size_t>(taken, 1);
      continue;
    }
    std::size_t end = line;
    while (end > pos && (raw[end - 1] == ' ' || raw[end - 1] == '\t')) --end;
    if (end < line) keep(pos, end);
    const std::size_t begin = end < line ? line : pos;
    for (pos = line; pos < raw.size() && is_line_end(raw[pos]);) ++pos;
    keep(begin, pos);
  }
  return out;
}

Decoded decode_uuencode(std::string_view raw, std::size_t origin, Mapping mapping) {
  Decoded out = empty_result(mapping);
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

Decoded decode_transfer(std::string_view raw, TransferEncoding encoding, std::size_t origin, Mapping mapping) {
  switch (encoding) {
    case TransferEncoding::kBase64: return decode_base64(raw, origin, mapping);
    case TransferEncoding::kQuotedPrintable: return decode_quoted_printable(raw, origin, mapping);
    case TransferEncoding::kUuencode: return decode_uuencode(raw, origin, mapping);
    case TransferEncoding::kIdentity:
    case TransferEncoding::kUnknown: break;
  }
  return decode_identity(raw, origin, mapping);
}

Decoded decode_body(const Message& message, const Part& part, Mapping mapping) {
  return decode_transfer(message.view(part.body), part.encoding, part.body.begin, mapping);
}

}  // namespace postern::pipeline
