#include "pipeline/redaction/formats/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>

namespace postern::pipeline {
namespace {

constexpr std::size_t kFirstStepBytes = 4096;  // most files in archives are small
constexpr std::size_t kMeasuringStepBytes = 64U << 10U;
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

class Inflater {
 public:
  Inflater(std::string_view packed, DeflateForm form) : packed_(packed), stream_(make_stream()) {
    if (inflateInit2(&stream_, window_bits(form)) != Z_OK) throw std::bad_alloc();
    set_input(stream_, packed);
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;

  // What was written to `out`; nothing: no more comes.
  std::size_t next(std::span<char> out) {
    if (is_ended_) return 0;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    is_done_ = status == Z_STREAM_END;
    is_ended_ = status != Z_OK || (stream_.avail_in == 0 && stream_.avail_out > 0);
    return out.size() - stream_.avail_out;
  }
  bool is_ended() const { return is_ended_; }
  bool is_done() const { return is_done_; }
  std::size_t consumed() const { return packed_.size() - stream_.avail_in; }

 private:
  std::string_view packed_;
  z_stream stream_;
  bool is_ended_ = false;
  bool is_done_ = false;
};

Unpacked unpack_at_most(std::string_view packed, DeflateForm form, std::size_t bytes_max, std::size_t first_step) {
  Unpacked out;
  Inflater inflater(packed, form);
  while (!inflater.is_ended()) {
    const std::size_t had = out.bytes.size();
    const std::size_t step = std::min(std::max(first_step, had), bytes_max + 1 - had);
    out.bytes.resize(had + step);
    out.bytes.resize(had + inflater.next(std::span(out.bytes).subspan(had)));
    out.consumed = inflater.consumed();
    if (out.bytes.size() > bytes_max) {
      out.end = UnpackEnd::kTooLarge;
      return out;
    }
  }
  if (inflater.is_done()) out.end = UnpackEnd::kDone;
  return out;
}

}  // namespace

std::size_t measure_deflate(std::string_view packed, DeflateForm form, std::size_t bytes_max) {
  Inflater inflater(packed, form);
  core::SecretBuffer step(kMeasuringStepBytes);
  std::size_t size = 0;
  while (!inflater.is_ended() && size <= bytes_max) size += inflater.next(step);
  return size;
}

Unpacked unpack_deflate(std::string_view packed, DeflateForm form, std::size_t bytes_max) {
  Unpacked out = unpack_at_most(packed, form, std::min(bytes_max, kMeasuredFromBytes), kFirstStepBytes);
  if (out.end != UnpackEnd::kTooLarge || bytes_max <= kMeasuredFromBytes) return out;
  out = {};
  const std::size_t size = measure_deflate(packed, form, bytes_max);
  if (size > bytes_max) {
    out.end = UnpackEnd::kTooLarge;
    return out;
  }
  return unpack_at_most(packed, form, size, size + 1);
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

std::string pack_zlib(std::string_view bytes) {
  std::string out = "\x78\x9C" + pack_deflate(bytes);
  const uLong sum = adler32_z(1, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  for (unsigned shift = 32; shift > 0;) out.push_back(static_cast<char>((sum >> (shift -= 8)) & 0xFFU));
  return out;
}

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace postern::pipeline
