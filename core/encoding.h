#pragma once
// core/encoding.h: the exact encodings of our own data (RFC 4648). Mail's tolerant decoders are in pipeline/mime.
#include <optional>
#include <string>
#include <string_view>

namespace postern::core {

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);  // no padding
// Strict: canonical alphabet, padding optional, nothing else. nullopt otherwise.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

std::string to_lower_ascii(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);  // ASCII only
std::string_view trim_ascii(std::string_view text);                 // SP HT CR LF
// Compares in time that depends on the lengths only.
bool equals_in_constant_time(std::string_view a, std::string_view b);

std::string sha256(std::string_view bytes);                              // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);   // 32 raw bytes
std::string blake2b_keyed(std::string_view key, std::string_view bytes); // 32 raw bytes; key 1 to 64 bytes

}  // namespace postern::core
