// Bytes of any content as an archive: what is read lies within it, and comes back from an archive of it.
#include <cstdint>
#include <string_view>

#include "core/assert.h"
#include "core/tar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  (void)postern::core::is_tar(raw);
  const auto files = postern::core::read_tar(raw, 100);
  if (!files) return 0;
  POSTERN_ASSERT(files->size() <= 100);
  for (const postern::core::TarFile& each : *files) {
    POSTERN_ASSERT(!each.name.empty() && each.name.front() != '/' && each.begin <= size && each.size <= size - each.begin);
    if (each.name.size() > postern::core::kTarNameBytesMax) continue;
    std::string again = postern::core::tar_head(each.name, each.size, 0);
    again += raw.substr(each.begin, each.size);
    again += postern::core::tar_padding(each.size);
    const auto back = postern::core::read_tar(again + postern::core::tar_end(), 1);
    POSTERN_ASSERT(back && back->size() == 1 && back->front().name == each.name && back->front().size == each.size);
  }
  return 0;
}
