#pragma once
// pipeline/sender/spf_macro.h: SPF macros (RFC 7208 section 7): strict syntax and expansion.
// Thread-safety: values and free functions.
#include <string>
#include <string_view>

#include "net/ip.h"

namespace postern::pipeline {

// Explanations may use c, r and t, and hold blanks.
enum class SpfMacroUse { kDomain, kExplanation };

bool is_macro_string(std::string_view text, SpfMacroUse use);
// macro-string that ends in a macro or in "." and a top label that is not all digits.
bool is_domain_spec(std::string_view text);
// True when %{p} occurs: its value costs DNS look-ups.
bool uses_ptr_macro(std::string_view text);

struct SpfMacroValues {
  std::string local;                 // l
  std::string sender_domain;         // o
  std::string domain;                // d: of the record at hand
  std::string helo;                  // h
  std::string ptr = "unknown";       // p
  std::string receiver = "unknown";  // r
  std::string unix_time;             // t
  net::IpAddress ip;                 // i, c, v
};

// `text` must have passed is_macro_string().
std::string expand_macros(std::string_view text, const SpfMacroValues& values);
// The same for a name to be asked for: left labels beyond 253 bytes are dropped (section 7.3), no final dot.
std::string expand_domain_spec(std::string_view text, const SpfMacroValues& values);

}  // namespace postern::pipeline
