#include "pipeline/redaction/formats/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

namespace postern::pipeline {
namespace {

constexpr std::size_t kFirstStepBytes = 4096;  // most files in archives are small
constexpr int kWindowBits = 15;
constexpr std::size_t kPrefixBytes = alignof(std::max_align_t);

// zlib's window holds the last 32 KiB of text; its free() does not tell how much.
void* wiping_alloc(void* /*opaque*/, unsigned items, unsigned size) {
  const std::size_t bytes = std::size_t{items} * size;
  char* memory = static_cast<char*>(std::malloc(bytes + kPrefixBytes));
  if (memory == nullptr) return nullptr;
  std::memset(memory, 0, bytes + kPrefixBytes);
  std::memcpy(memory, &bytes, sizeof bytes);
  return memory + kPrefixBytes;
}
void wiping_free(void* /*opaque*/, void* address) {
  char* memory = static_cast<char*>(address) - kPrefixBytes;
  std::size_t bytes = 0;
  std::memcpy(&bytes, memory, sizeof bytes);
  core::wipe(memory, bytes + kPrefixBytes);
  std::free(memory);
}

z_stream make_stream() {
  z_stream stream{};
  stream.zalloc = wiping_alloc;
  stream.zfree = wiping_free;
  return stream;
}

using InflateEnd = decltype([](z_stream* stream) { inflateEnd(stream); });
using DeflateEnd = decltype([](z_stream* stream) { deflateEnd(stream); });

// zlib takes the input without const and does not write to it.
void set_input(z_stream& stream, std::string_view bytes) {
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max()));
}

int window_bits(DeflateForm form) {
  switch (form) {
    case DeflateForm::kRaw: return -kWindowBits;
    case DeflateForm::kGzip: return kWindowBits + 16;
    case DeflateForm::kZlib: return kWindowBits;
  }
  return kWindowBits;
}

}  // namespace

Unpacked unpack_deflate(std::string_view packed, DeflateForm form, std::size_t bytes_max) {
  Unpacked out;
  z_stream stream = make_stream();
  if (inflateInit2(&stream, window_bits(form)) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, InflateEnd> closer(&stream);
  set_input(stream, packed);
  for (;;) {
    const std::size_t had = out.bytes.size();
    const std::size_t step = std::min(std::max(kFirstStepBytes, had), bytes_max + 1 - had);
    out.bytes.resize(had + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.bytes.data() + had);
    stream.avail_out = static_cast<uInt>(step);
    const int status = inflate(&stream, Z_NO_FLUSH);
    out.bytes.resize(had + step - stream.avail_out);
    out.consumed = packed.size() - stream.avail_in;
    if (out.bytes.size() > bytes_max) {
      out.end = UnpackEnd::kTooLarge;
      return out;
    }
    if (status == Z_STREAM_END) {
      out.end = UnpackEnd::kDone;
      return out;
    }
    if (status != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) return out;
  }
}

std::string pack_deflate(std::string_view bytes) {
  z_stream stream = make_stream();
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -kWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  const std::unique_ptr<z_stream, DeflateEnd> closer(&stream);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  set_input(stream, bytes);
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  // deflateBound() promises room for all of it.
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::bad_alloc();
  out.resize(out.size() - stream.avail_out);
  return out;
}

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace postern::pipeline
