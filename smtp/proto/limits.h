#pragma once
// smtp/proto/limits.h: bounds of the protocol's text, fixed by RFC 5321 section 4.5.3.1 and its extensions.
#include <cstddef>

namespace postern::smtp {

inline constexpr std::size_t kCommandLineBytesMax = 2048;   // with CRLF; 512 plus what the extensions add
inline constexpr std::size_t kCommandDrainBytesMax = 65536; // of an over-long line; beyond it the session is closed
inline constexpr std::size_t kLocalPartBytesMax = 255;      // RFC 5321 says 64; VERP senders pass it
inline constexpr std::size_t kDomainBytesMax = 255;
inline constexpr std::size_t kLabelBytesMax = 63;
inline constexpr std::size_t kEnvidBytesMax = 100;          // RFC 3461 section 4.4
inline constexpr std::size_t kOrcptBytesMax = 500;          // RFC 3461 section 4.2
inline constexpr std::size_t kReplyLineBytesMax = 512;      // with CRLF
inline constexpr std::size_t kReplyLinesMax = 32;
inline constexpr std::size_t kSizeDigitsMax = 20;           // RFC 1870

static_assert(kCommandLineBytesMax >= 512 + kEnvidBytesMax + kOrcptBytesMax);

}  // namespace postern::smtp
