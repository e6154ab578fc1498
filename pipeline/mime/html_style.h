#pragma once
// pipeline/mime/html_style.h: what of a style attribute may be shown. Private to the sanitiser.
// Thread-safety: pure function. Errors: none; what is not understood is dropped. Idempotent. Time: linear.
#include <string>
#include <string_view>

namespace postern::pipeline {

// "property: value; property: value" of the allowed declarations only; nothing that loads, runs or positions.
std::string filter_style(std::string_view style);

}  // namespace postern::pipeline
