#pragma once
// storage/sealed_record.h: the sealed form of a record (bytes in storage/README.md): compress, seal, and back. The
// vault adds which key.
// Thread-safety: pure; zstd contexts are per thread.  Errors: kCorrupt for damaged or foreign bytes, kSchema for a
// version of the future.  Limits: kPlainBytesMax after decompression.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "storage/errc.h"

namespace postern::storage {

constexpr std::size_t kPlainBytesMax = 256U << 20U;
// Below it zstd takes several times as long as the cipher and saves few bytes: an audit entry of 250 cost 3 us to pack and 1 to unpack.
constexpr std::size_t kCompressBytesMin = 512;

// Errors: kTooLarge.
core::Result<std::string> seal_record(std::string_view data_key, std::uint32_t key_number, std::string_view record_key,
                                      std::string_view plain);
// The number of the data key that a sealed record needs.
core::Result<std::uint32_t> sealed_key_number(std::string_view sealed);
core::Result<std::string> open_sealed_record(std::string_view data_key, std::string_view record_key,
                                             std::string_view sealed);

}  // namespace postern::storage
