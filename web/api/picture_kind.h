#pragma once
// web/api/picture_kind.h: what kind of picture bytes are, by what they say themselves; a sender's word for it does not count. SVG and
// other documents are none.
// Thread-safety: pure.  Limits: kPictureSideMax and kPicturePixelsMax, against pictures that a browser unpacks to gigabytes.
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::web {

inline constexpr std::uint32_t kPictureSideMax = 16'384;
inline constexpr std::uint64_t kPicturePixelsMax = 40'000'000;

struct PictureKind {
  std::string_view media_type;  // "image/png", "image/gif", "image/jpeg", "image/webp"; of a literal
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};
// Nothing: it is none of these, its size cannot be read, is 0, or beyond the limits.
std::optional<PictureKind> picture_kind(std::string_view bytes);

}  // namespace postern::web
