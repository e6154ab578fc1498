#pragma once
// core/file.h: whole small files (configuration, keys, certificates). Blocking; not for request paths.
// Errors: Errc::kIo with the path and the system's reason as context; kInvalid when over the bound.
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::core {

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max = 16U << 20U);
// Writes a new file beside, syncs it and renames it over `path`: readers see the old or the new content. A value means
// that the content, its mode and its name are durable; after kIo the folder may show either content.
Result<void> write_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0640);

}  // namespace postern::core
