#pragma once
// auth/second_factors/qr_svg.h: a text as a QR code drawn in SVG, without scripts, styles or references; the only place
// that knows libqrencode. Thread-safety: pure.  Errors: core::Errc::kInvalid when the text does not fit into one code.
#include <string>

#include "core/result.h"

namespace postern::auth {

core::Result<std::string> qr_svg(const std::string& text);

}  // namespace postern::auth
