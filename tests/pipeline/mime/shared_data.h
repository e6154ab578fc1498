#pragma once
// Access to the third-party test data that POSTERN_SHARED points to; tests skip without it.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace postern::pipeline::test {

// The data folder, nullopt when POSTERN_SHARED is unset.
std::optional<std::filesystem::path> shared_data();
std::string read_file(const std::filesystem::path& path);
// Regular files below `folder` whose extension is one of `extensions` (all when empty), sorted.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, const std::vector<std::string>& extensions);

}  // namespace postern::pipeline::test

#define POSTERN_SHARED_OR_SKIP(name)                                     \
  const auto name##_found = postern::pipeline::test::shared_data();      \
  if (!name##_found) GTEST_SKIP() << "POSTERN_SHARED is not set";        \
  const std::filesystem::path& name = *name##_found
