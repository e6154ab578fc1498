#include "tests/pipeline/mime/shared_data.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace postern::pipeline::test {

std::optional<std::filesystem::path> shared_data() {
  const char* root = std::getenv("POSTERN_SHARED");
  if (root == nullptr || *root == '\0') return std::nullopt;
  return std::filesystem::path(root) / "data";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, const std::vector<std::string>& extensions) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const bool wanted = extensions.empty() || std::find(extensions.begin(), extensions.end(), entry.path().extension()) != extensions.end();
    if (wanted) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace postern::pipeline::test
