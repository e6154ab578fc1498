#pragma once
// app/imports/sample_text.h: sample/desk.json as it is embedded at build time (cmake/EmbedFiles.cmake).
#include <cstddef>
#include <span>
#include <string_view>

namespace postern::app::sample {

struct EmbeddedFile {
  std::string_view name;  // of a literal
  std::string_view hash;  // of a literal
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
};
// Generated.
std::span<const EmbeddedFile> embedded_files();

}  // namespace postern::app::sample
