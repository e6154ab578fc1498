#pragma once
// web/server/static_files.h: the page of web/ui, built by npm and embedded in the binary (web/ui/build.sh, cmake/EmbedFiles.cmake).
// A name that carries a hash of its content is cacheable for ever; the others are revalidated by ETag.
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "web/server/message.h"

namespace postern::web {

struct EmbeddedFile {
  std::string_view name;  // of a literal: "index.html", "main-1a2b3c4d.js.gz"; everything but the page itself is packed
  std::string_view hash;  // of a literal: SHA-256 of the bytes as they are here, hex
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
};
// Generated.
std::span<const EmbeddedFile> embedded_files();

// The response for a path of the user interface: "/" and "/enrol" are the page itself, "/ui/<name>" its files, packed for
// who takes gzip. nullopt: no such file. Other verbs than GET and HEAD are a 405.
std::optional<Response> static_response(const Request& request, const WebOptions& options);

}  // namespace postern::web
