#pragma once
// pipeline/mime/mimetic_check.h: what mimetic makes of a message, as a second opinion on its structure. Only the number
// of leaf parts is taken; the tree is never used, nor are the typed address accessors (double free on "To: :").
// Thread-safety: pure function. Errors: nullopt where mimetic is not safe or not bounded to use, or threw.
#include <cstddef>
#include <optional>
#include <string_view>

#include "pipeline/mime/limits.h"

namespace postern::pipeline {

// kSkeleton leaves out most lines of bodies, which cannot matter to the count; kWhole is for tests, which compare the two.
enum class MimeticText { kSkeleton, kWhole };

// `message` begins with its first header field. nullopt for messages on which mimetic 0.9.8 recurses without bound,
// is quadratic (long header values) or allocates without bound (tiny parts), whatever it would see in them.
std::optional<std::size_t> count_leaves_with_mimetic(std::string_view message, const MimeLimits& limits,
                                                     MimeticText which = MimeticText::kSkeleton);

}  // namespace postern::pipeline
