#pragma once
// app/imports/packed_files.h: the files of an archive that stands in memory: a tar, packed with gzip or not, or one file alone, packed or
// not. Its bytes are wiped when it goes; nothing of it is on a disk. Readers of archives open files by name, of it or of the disk.
// Thread-safety: const methods from any thread.  Errors: core::Errc::kInvalid for what is no such archive or beyond a limit.
// Limits: PackedLimits.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "core/tar.h"

namespace postern::app {

struct PackedLimits {
  std::size_t unpacked_bytes_max = 256U << 20U;
  std::size_t files_max = 200'000;
};

class PackedFiles {
 public:
  // `alone`: the name of a file that is no archive.
  static core::Result<std::shared_ptr<const PackedFiles>> unpack(core::SecretBuffer bytes, const std::string& alone, PackedLimits limits = {});
  const std::vector<core::TarFile>& files() const { return files_; }  // by name, each name once
  const core::TarFile* find(std::string_view name) const;
  std::string_view content(const core::TarFile& file) const { return core::view(bytes_).substr(file.begin, file.size); }

 private:
  core::SecretBuffer bytes_;
  std::vector<core::TarFile> files_;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using ArchivedFile = std::unique_ptr<std::FILE, CloseFile>;
// Of `packed`, or of the disk where that is null. Null: it cannot be read.
ArchivedFile open_archived(const PackedFiles* packed, const std::string& name);
std::uint64_t archived_size(const PackedFiles* packed, const std::string& name);     // 0: it is not there
std::int64_t archived_change(const PackedFiles* packed, const std::string& name);    // milliseconds since 1970; 0: unknown

}  // namespace postern::app
