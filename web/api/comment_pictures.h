#pragma once
// web/api/comment_pictures.h: the remote pictures of one comment, on consent. The document of a comment is of an opaque origin without
// network, so pictures are put into it as data: URLs: it asks nobody for anything, and no credential goes into an address.
// Thread-safety: free functions.  Limits: kPicturesMax, kPictureBytesMax, kAllPicturesBytesMax, kPicturesTimeMax, kPicturesAtATime.
#include <chrono>
#include <string>
#include <vector>

#include "core/task.h"
#include "web/api/context.h"

namespace postern::web {

inline constexpr std::size_t kPicturesMax = 60;                      // of a comment; the others stay where they are
inline constexpr std::size_t kPictureBytesMax = 2U << 20U;           // of one
inline constexpr std::size_t kAllPicturesBytesMax = 12U << 20U;      // of a comment
inline constexpr std::size_t kPicturesAtATime = 6;
inline constexpr std::chrono::seconds kPicturesTimeMax{20};

// Addresses in data-remote-src of sanitised HTML, each once, in order.
std::vector<std::string> remote_pictures_of(std::string_view html);
// The HTML with what could be fetched in place. What could not stays as it was.
core::Task<std::string> with_pictures(std::string html, Context& context);

}  // namespace postern::web
