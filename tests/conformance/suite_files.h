#pragma once
// tests/conformance/suite_files.h: third-party test data, found through POSTERN_SHARED.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace postern::test {

// The data folder, or an empty path when the variable is not set.
inline std::filesystem::path shared_data() {
  const char* shared = std::getenv("POSTERN_SHARED");
  return shared == nullptr ? std::filesystem::path() : std::filesystem::path(shared) / "data";
}

inline std::string read_all(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = line.find('\t', at);
    fields.push_back(line.substr(at, end == std::string::npos ? end : end - at));
    if (end == std::string::npos) return fields;
    at = end + 1;
  }
}

}  // namespace postern::test
