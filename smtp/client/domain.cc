#include "smtp/client/domain.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "core/encoding.h"
#include "core/errc.h"

namespace postern::smtp {
namespace {

constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kNameBytesMax = 253;

// UTF-8 to code points, strictly (RFC 3629); empty when malformed.
std::vector<std::uint32_t> decode_utf8(std::string_view text) {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || text.size() - i < length) return {};
    std::uint32_t point = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0U) != 0x80U) return {};
      point = point << 6U | (next & 0x3fU);
    }
    const std::uint32_t least = length == 3 ? 0x800 : length == 4 ? 0x10000 : 0;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
    out.push_back(point);
    i += length;
  }
  return out;
}

// RFC 3492 section 6, with the parameters of section 5.
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kTMin = 1;
constexpr std::uint32_t kTMax = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kBiasFirst = 72;
constexpr std::uint32_t kPointFirst = 128;

char to_digit(std::uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); }

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool is_first) {
  delta = is_first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > ((kBase - kTMin) * kTMax) / 2; k += kBase) delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

void append_delta(std::string& out, std::uint32_t delta, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t threshold = k <= bias ? kTMin : k >= bias + kTMax ? kTMax : k - bias;
    if (delta < threshold) break;
    out += to_digit(threshold + (delta - threshold) % (kBase - threshold));
    delta = (delta - threshold) / (kBase - threshold);
  }
  out += to_digit(delta);
}

// Labels are at most 63 bytes long, so that the arithmetic below cannot pass 32 bits.
std::string to_punycode(const std::vector<std::uint32_t>& points) {
  std::string out;
  for (std::uint32_t point : points) {
    if (point < kPointFirst) out += static_cast<char>(point);
  }
  const auto basic = static_cast<std::uint32_t>(out.size());
  std::uint32_t done = basic;
  if (basic > 0) out += '-';
  std::uint32_t next = kPointFirst;
  std::uint32_t delta = 0;
  std::uint32_t bias = kBiasFirst;
  while (done < points.size()) {
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    for (std::uint32_t point : points) {
      if (point >= next && point < least) least = point;
    }
    delta += (least - next) * (done + 1);
    next = least;
    for (std::uint32_t point : points) {
      if (point < next) ++delta;
      if (point != next) continue;
      append_delta(out, delta, bias);
      bias = adapt(delta, done + 1, done == basic);
      delta = 0;
      ++done;
    }
    ++delta;
    ++next;
  }
  return out;
}

bool is_ascii(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace

core::Result<std::string> to_ascii_domain(std::string_view domain) {
  const core::Error bad = core::fail(core::Errc::kInvalid, "domain");
  std::string out;
  if (domain.ends_with('.')) domain.remove_suffix(1);
  while (true) {
    const auto dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (label.empty() || label.size() > kLabelBytesMax * 4) return bad;
    std::string ascii = core::to_lower_ascii(label);
    if (!is_ascii(label)) {
      const auto points = decode_utf8(ascii);
      if (points.empty() || points.size() > kLabelBytesMax) return bad;
      ascii = "xn--" + to_punycode(points);
    }
    for (char c : ascii) {
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!is_letter) return bad;
    }
    if (ascii.size() > kLabelBytesMax) return bad;
    if (!out.empty()) out += '.';
    out += ascii;
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  if (out.size() > kNameBytesMax) return bad;
  return out;
}

std::string destination_name(std::string_view domain) {
  auto ascii = to_ascii_domain(domain);
  return ascii ? std::move(*ascii) : core::to_lower_ascii(domain);
}

}  // namespace postern::smtp
