#pragma once
// tests/pipeline/redaction/card_text.h: Luhn-valid numbers made on the spot, and small helpers of the redaction tests.
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/issuers.h"

namespace postern::test {

// `prefix` filled up with the digits of `seed` and a check digit to `length` digits.
inline std::string make_card(std::string prefix, std::size_t length, std::uint32_t seed) {
  while (prefix.size() + 1 < length) {
    seed = seed * 1664525U + 1013904223U;
    prefix.push_back(static_cast<char>('0' + (seed >> 16) % 10));
  }
  for (char check = '0'; check <= '9'; ++check) {
    if (pipeline::passes_luhn(prefix + check)) return prefix + check;
  }
  return prefix;
}

inline std::string grouped(std::string_view digits, const std::string& separator,
                           const std::vector<std::size_t>& sizes) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t size : sizes) {
    if (at >= digits.size()) break;
    if (at > 0) out += separator;
    out += digits.substr(at, size);
    at += size;
  }
  return out;
}

// Rows of a tab-separated file of the shared test data; nullopt without POSTERN_SHARED.
inline std::optional<std::vector<std::vector<std::string>>> shared_rows(const std::string& path) {
  const char* root = std::getenv("POSTERN_SHARED");
  if (root == nullptr) return std::nullopt;
  std::ifstream file(std::string(root) + "/" + path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> row(1);
    for (char c : line) {
      if (c == '\t') {
        row.emplace_back();
      } else {
        row.back().push_back(c);
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace postern::test
