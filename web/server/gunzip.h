#pragma once
// web/server/gunzip.h: the few clients that do not take gzip (RFC 9110 8.4.1.3) get embedded files unpacked.
#include <span>
#include <string>

namespace postern::web {

// Of bytes that the build has packed: one gzip member (RFC 1952). Empty when they are not that.
std::string gunzip(std::span<const unsigned char> packed);

}  // namespace postern::web
