#include "web/server/gunzip.h"

#include <zlib.h>

#include <array>

namespace postern::web {

std::string gunzip(std::span<const unsigned char> packed) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return {};
  stream.next_in = const_cast<Bytef*>(packed.data());  // zlib reads only
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string plain;
  std::array<char, 16384> room;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = room.size();
    state = inflate(&stream, Z_NO_FLUSH);
    plain.append(room.data(), room.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) plain.clear();
  return plain;
}

}  // namespace postern::web
