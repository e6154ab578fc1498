#pragma once
// pipeline/mime/html_guard.h: whether gumbo may parse a text: it is quadratic in depth (10,000 nested div: 0.8 s,
// 100,000 did not end) and in formatting elements left open. Private to the sanitiser.
// Thread-safety: pure function. Time: linear.
#include <string_view>

#include "pipeline/mime/limits.h"

namespace postern::pipeline {

bool is_safe_to_parse(std::string_view html, const MimeLimits& limits);

}  // namespace postern::pipeline
