#include "web/api/picture_kind.h"

namespace postern::web {
namespace {

using Size = std::optional<PictureKind>;

std::uint32_t at(std::string_view bytes, std::size_t place) { return static_cast<unsigned char>(bytes[place]); }
std::uint32_t big(std::string_view bytes, std::size_t place, std::size_t count) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < count; ++i) out = (out << 8U) | at(bytes, place + i);
  return out;
}
std::uint32_t little(std::string_view bytes, std::size_t place, std::size_t count) {
  std::uint32_t out = 0;
  for (std::size_t i = count; i-- > 0;) out = (out << 8U) | at(bytes, place + i);
  return out;
}

// ISO/IEC 15948: the signature, then IHDR with width and height.
Size png(std::string_view bytes) {
  constexpr std::string_view kBegin("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
  if (bytes.size() < 24 || !bytes.starts_with(kBegin)) return std::nullopt;
  return PictureKind{"image/png", big(bytes, 16, 4), big(bytes, 20, 4)};
}

// GIF89a: the logical screen.
Size gif(std::string_view bytes) {
  if (bytes.size() < 10 || (!bytes.starts_with("GIF87a") && !bytes.starts_with("GIF89a"))) return std::nullopt;
  return PictureKind{"image/gif", little(bytes, 6, 2), little(bytes, 8, 2)};
}

// ITU T.81 annex B: segments up to the first frame header.
Size jpeg(std::string_view bytes) {
  if (!bytes.starts_with("\xFF\xD8\xFF")) return std::nullopt;
  constexpr int kSegmentsMax = 1000;
  std::size_t place = 2;
  for (int i = 0; i < kSegmentsMax && place + 9 < bytes.size(); ++i) {
    if (at(bytes, place) != 0xFF) return std::nullopt;
    const std::uint32_t marker = at(bytes, place + 1);
    if (marker == 0xFF) {  // padding
      ++place;
      continue;
    }
    const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame) return PictureKind{"image/jpeg", big(bytes, place + 7, 2), big(bytes, place + 5, 2)};
    const bool is_alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (marker == 0xD9 || marker == 0xDA) return std::nullopt;
    place += is_alone ? 2 : 2 + big(bytes, place + 2, 2);
  }
  return std::nullopt;
}

// RFC 9649: a RIFF of one of three first chunks.
Size webp(std::string_view bytes) {
  if (bytes.size() < 30 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WEBP") return std::nullopt;
  const std::string_view chunk = bytes.substr(12, 4);
  if (chunk == "VP8X") return PictureKind{"image/webp", little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1};
  if (chunk == "VP8L" && at(bytes, 20) == 0x2F) {
    const std::uint32_t bits = little(bytes, 21, 4);
    return PictureKind{"image/webp", (bits & 0x3FFFU) + 1, ((bits >> 14U) & 0x3FFFU) + 1};
  }
  if (chunk == "VP8 " && bytes.substr(23, 3) == "\x9D\x01\x2A") return PictureKind{"image/webp", little(bytes, 26, 2) & 0x3FFFU, little(bytes, 28, 2) & 0x3FFFU};
  return std::nullopt;
}

}  // namespace

std::optional<PictureKind> picture_kind(std::string_view bytes) {
  for (const auto read : {png, gif, jpeg, webp}) {
    const Size found = read(bytes);
    if (!found) continue;
    const bool is_small = found->width <= kPictureSideMax && found->height <= kPictureSideMax &&
                          std::uint64_t{found->width} * found->height <= kPicturePixelsMax;
    if (found->width == 0 || found->height == 0 || !is_small) return std::nullopt;
    return found;
  }
  return std::nullopt;
}

}  // namespace postern::web
