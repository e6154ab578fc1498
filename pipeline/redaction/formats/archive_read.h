#pragma once
// pipeline/redaction/formats/archive_read.h: what libarchive reads for us: packing methods that are not deflate, 7z,
// rar. Thread-safety: pure functions. Ownership: contents are wiped. Errors: ends. Limits: `bytes_max` of all contents
// together.
#include <functional>
#include <string>
#include <string_view>

#include "pipeline/redaction/formats/deflate.h"
#include "pipeline/redaction/formats/zip_layout.h"

namespace postern::pipeline {

// One zip entry packed by another method than deflate; `header` is its local header.
Unpacked unpack_zip_entry(std::string_view header, const ZipEntry& entry, std::string_view packed,
                          std::size_t bytes_max);

enum class ArchiveEnd { kDone, kDamaged, kEncrypted, kTooLarge, kStopped };
// Each file of the archive to `take`, which ends the reading with false. A file that is compressed and no archive (xz)
// is one entry without a name. `left` tells how many bytes the next file may have.
ArchiveEnd read_archive(std::string_view bytes, const std::function<std::size_t()>& left,
                        const std::function<bool(std::string_view name, std::string_view content)>& take);

}  // namespace postern::pipeline
