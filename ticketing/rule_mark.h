#pragma once
// ticketing/rule_mark.h: the comment in front of a rule document that names the version it was exported from:
// "# on top of version 7". Publishing reads it back, so that nobody undoes what was changed meanwhile. It is not stored.
// Thread-safety: pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::ticketing {

// Only comments and blank lines stand before it; of several the first counts.
std::optional<std::uint64_t> marked_version(std::string_view document);
std::string without_mark(std::string_view document);
std::string with_mark(std::string_view document, std::uint64_t version);

}  // namespace postern::ticketing
