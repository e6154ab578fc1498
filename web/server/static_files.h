#pragma once
// web/server/static_files.h: the pages of web/ui, embedded in the binary at build time (cmake/EmbedFiles.cmake).
// Each has an ETag. "?v=<first digits of its hash>" makes it cacheable for ever; without, it is revalidated.
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "web/server/message.h"

namespace postern::web {

struct EmbeddedFile {
  std::string_view name;  // of a literal: "app.js"
  std::string_view hash;  // of a literal: SHA-256, hex
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
};
// Generated.
std::span<const EmbeddedFile> embedded_files();

// The response for a path of the user interface: "/" and "/enrol" are the page itself, "/ui/<name>" its files.
// nullopt: no such file. Other verbs than GET and HEAD are a 405.
std::optional<Response> static_response(const Request& request);

}  // namespace postern::web
