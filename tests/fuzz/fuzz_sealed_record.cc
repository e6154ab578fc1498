// Opening any bytes as a sealed record fails cleanly; what is sealed opens again, and not after a change.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "storage/aead.h"
#include "storage/sealed_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string key(postern::storage::kKeyBytes, 'k');
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (postern::storage::open_sealed_record(key, "record", bytes)) std::abort();  // nobody guesses a tag
  auto sealed = postern::storage::seal_record(key, 1, "record", bytes);
  if (!sealed) std::abort();
  const auto opened = postern::storage::open_sealed_record(key, "record", *sealed);
  if (!opened || *opened != bytes) std::abort();
  if (size > 0) {
    (*sealed)[data[0] % sealed->size()] ^= 0x20;
    if (postern::storage::open_sealed_record(key, "record", *sealed)) std::abort();
  }
  return 0;
}
