#pragma once
// core/tar.h: archives of files as tar has them (POSIX.1-1988 ustar): written piece by piece, read from memory. Reading also knows
// long names as pax (POSIX.1-2001 "path") and GNU tar ("L") write them; links, devices and folders are passed over.
// Thread-safety: pure.  Errors: Errc::kInvalid for bytes that are no archive or beyond a limit.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace postern::core {

inline constexpr std::size_t kTarBlock = 512;
inline constexpr std::size_t kTarNameBytesMax = 100;  // of what is written

// What stands before `size` bytes of a file, whose name has at most kTarNameBytesMax bytes.
std::string tar_head(std::string_view name, std::uint64_t size, std::int64_t changed_unix_ms);
// What stands behind them: up to the next block.
std::string tar_padding(std::uint64_t size);
// What stands at the end of all.
std::string tar_end();

struct TarFile {
  std::string name;  // with "/" between folders; without "." and ".."
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  std::int64_t changed_unix_ms = 0;
};
// Whether it begins as an archive does.
bool is_tar(std::string_view bytes);
Result<std::vector<TarFile>> read_tar(std::string_view bytes, std::size_t files_max);

}  // namespace postern::core
