#pragma once
// pipeline/redaction/formats/deflate.h: RFC 1951 data out of and into zip and gzip. The library's window is wiped too.
// Thread-safety: pure functions. Errors: UnpackEnd. Limits: never more than `bytes_max` bytes come out. Memory: what comes
// out, and half as much again below kMeasuredFromBytes; more is measured first, so that a bomb costs time and no memory.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace postern::pipeline {

constexpr std::size_t kMeasuredFromBytes = std::size_t{16} << 20U;

enum class DeflateForm { kRaw, kGzip, kZlib };
enum class UnpackEnd {
  kDone,
  kDamaged,   // what came out until then is kept
  kTooLarge,  // more than bytes_max
};
struct Unpacked {
  UnpackEnd end = UnpackEnd::kDamaged;
  core::SecretBuffer bytes;
  std::size_t consumed = 0;  // packed bytes up to the end of the data
};
// One stream from the front of `packed`.
Unpacked unpack_deflate(std::string_view packed, DeflateForm form, std::size_t bytes_max);
// How much comes out of it, at most about bytes_max + 1; nothing is kept.
std::size_t measure_deflate(std::string_view packed, DeflateForm form, std::size_t bytes_max);
// Raw deflate data.
std::string pack_deflate(std::string_view bytes);
// The same as RFC 1950 wraps it.
std::string pack_zlib(std::string_view bytes);
std::uint32_t crc_of(std::string_view bytes);

}  // namespace postern::pipeline
