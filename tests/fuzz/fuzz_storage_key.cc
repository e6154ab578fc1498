// KeyReader over any bytes: reads stay inside, and a key that reads back whole is exactly what KeyBuilder makes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "storage/key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned shape = data[0];  // two bits a field: number, descending number, text
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  postern::storage::KeyReader reader(bytes);
  postern::storage::KeyBuilder builder(reader.workspace(), reader.space());
  for (unsigned field = 0; field < 4; ++field) {
    switch (shape >> (2 * field) & 3U) {
      case 0: builder.u64(reader.u64()); break;
      case 1: builder.u64_descending(reader.u64_descending()); break;
      case 2: builder.text(reader.text()); break;
      default: break;
    }
  }
  if (reader.ok() && reader.at_end() && builder.bytes() != bytes) std::abort();
  return 0;
}
