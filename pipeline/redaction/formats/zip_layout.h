#pragma once
// pipeline/redaction/formats/zip_layout.h: where in a zip (APPNOTE 6.3.10) which bytes stand, by the central directory
// and by the local headers: readers go by one or by the other. Thread-safety: pure functions. Errors: none: any bytes
// have a layout. Time: linear. Limits: entries_max.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

struct ZipEntry {
  ByteRange local;       // local header with name and extra field
  ByteRange name;        // in the local header
  ByteRange extra;       // in the local header
  ByteRange data;        // packed
  ByteRange descriptor;  // behind the data
  ByteRange record;      // in the central directory; empty: only the local header speaks of the entry
  ByteRange record_name;
  ByteRange record_extra;
  ByteRange comment;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t unpacked_bytes = 0;
  bool is_encrypted() const { return (flags & 0x2041U) != 0 || method == 99; }
};

struct ZipLayout {
  std::vector<ZipEntry> entries;  // in order of the directory; those it does not know behind them
  std::vector<ByteRange> gaps;    // bytes that belong to nothing
  ByteRange comment;
  bool is_regular = true;     // all readers find the same files, and every byte has one meaning
  bool has_too_many = false;  // more than entries_max: the rest was not read
};
ZipLayout read_zip_layout(std::string_view bytes, std::size_t entries_max);

// What stands for an entry in the written archive.
struct ZipChange {
  bool has_content = false;  // `packed` stands for the data
  std::string packed;        // deflate, or stored when `method` is 0
  std::uint16_t method = 8;
  std::uint32_t crc = 0;
  std::size_t unpacked_bytes = 0;
  bool has_name = false;
  std::string name;
  bool is_name_utf8 = false;
  bool drops_extra = false;
  bool has_comment = false;
  std::string comment;
  bool is_local() const { return has_content || has_name || drops_extra; }
};
// The archive again: entries in the order of their bytes, those without a change byte for byte. The layout is regular,
// and `changes` has one for each entry.
std::string write_zip(std::string_view bytes, const ZipLayout& layout, const std::vector<ZipChange>& changes,
                      const std::string& archive_comment);

}  // namespace postern::pipeline
