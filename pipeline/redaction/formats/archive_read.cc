#include "pipeline/redaction/formats/archive_read.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>
#include <new>

#include "pipeline/redaction/formats/bytes.h"

namespace postern::pipeline {
namespace {

using ArchiveFree = decltype([](archive* one) { archive_read_free(one); });
using ArchiveHandle = std::unique_ptr<archive, ArchiveFree>;

// The data of the entry that was read last. Block by block: the last block may come with a warning about a checksum,
// and its bytes count all the same. Holes of sparse files are left out.
UnpackEnd read_data(archive* from, std::size_t bytes_max, core::SecretBuffer& out) {
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(from, &block, &size, &offset);
    if (status == ARCHIVE_EOF) return UnpackEnd::kDone;
    if (status < ARCHIVE_WARN) return UnpackEnd::kDamaged;
    if (size > bytes_max - out.size()) return UnpackEnd::kTooLarge;
    const char* bytes = static_cast<const char*>(block);
    out.insert(out.end(), bytes, bytes + size);
    if (status == ARCHIVE_WARN && size == 0) return UnpackEnd::kDamaged;
  }
}

bool says_encrypted(archive* from) {
  const char* words = archive_error_string(from);
  return words != nullptr && std::string_view(words).find("ncrypt") != std::string_view::npos;
}

ArchiveHandle new_reader() {
  ArchiveHandle reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  return reader;
}

// Only what this file may be: the library knows many old formats, and each is a door.
bool open_reader(archive* reader, std::string_view bytes) {
  const bool is_7z = bytes.starts_with("7z");
  const bool is_rar = bytes.starts_with("Rar!");
  int status = ARCHIVE_OK;
  if (bytes.starts_with("MSCF")) {
    status = archive_read_support_format_cab(reader);
  } else if (bytes.starts_with("\x1F\x9D")) {
    status = std::max(archive_read_support_format_raw(reader), archive_read_support_filter_compress(reader));
  } else if (bytes.starts_with("LZIP") || bytes.starts_with("\x5D")) {
    status = archive_read_support_format_raw(reader);
    archive_read_support_filter_lzma(reader);
    archive_read_support_filter_lzip(reader);
  } else if (is_7z) {
    status = archive_read_support_format_7zip(reader);
  } else if (is_rar) {
    status = std::min(archive_read_support_format_rar(reader), archive_read_support_format_rar5(reader));
  } else {
    status = archive_read_support_format_raw(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_zstd(reader);
    archive_read_support_filter_lz4(reader);
  }
  return status >= ARCHIVE_WARN && archive_read_open_memory(reader, bytes.data(), bytes.size()) == ARCHIVE_OK;
}

}  // namespace

Unpacked unpack_zip_entry(std::string_view header, const ZipEntry& entry, std::string_view packed,
                          std::size_t bytes_max) {
  constexpr std::size_t kHeaderBytes = 30;
  constexpr unsigned kHasDescriptor = 0x0008;
  Unpacked out;
  std::string single(header.substr(0, kHeaderBytes));
  single += 'x';
  set_little_endian(single, 6, u16_at(single, 6) & ~kHasDescriptor, 2);
  set_little_endian(single, 14, entry.crc, 4);
  set_little_endian(single, 18, packed.size(), 4);
  set_little_endian(single, 22, entry.unpacked_bytes & 0xFFFFFFFFU, 4);
  set_little_endian(single, 26, 1, 2);
  set_little_endian(single, 28, 0, 2);
  single += packed;
  const ArchiveHandle reader = new_reader();
  archive_entry* read = nullptr;
  const bool is_open = archive_read_support_format_zip_streamable(reader.get()) == ARCHIVE_OK &&
                       archive_read_open_memory(reader.get(), single.data(), single.size()) == ARCHIVE_OK &&
                       archive_read_next_header(reader.get(), &read) == ARCHIVE_OK;
  if (!is_open) return out;
  out.end = read_data(reader.get(), bytes_max, out.bytes);
  out.consumed = packed.size();
  return out;
}

ArchiveEnd read_archive(std::string_view bytes, const std::function<std::size_t()>& left,
                        const std::function<bool(std::string_view name, std::string_view content)>& take) {
  const ArchiveHandle reader = new_reader();
  if (!open_reader(reader.get(), bytes))
    return says_encrypted(reader.get()) ? ArchiveEnd::kEncrypted : ArchiveEnd::kDamaged;
  for (archive_entry* entry = nullptr;;) {
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      return says_encrypted(reader.get()) ? ArchiveEnd::kEncrypted : ArchiveEnd::kDamaged;
    const char* path = archive_entry_pathname(entry);
    const bool is_raw = archive_format(reader.get()) == ARCHIVE_FORMAT_RAW;
    const std::string name(path == nullptr || is_raw ? "" : path);
    if (archive_entry_is_encrypted(entry) != 0) return ArchiveEnd::kEncrypted;
    core::SecretBuffer content;
    const UnpackEnd end = read_data(reader.get(), left(), content);
    if (end == UnpackEnd::kTooLarge) return ArchiveEnd::kTooLarge;
    if (!take(name, core::view(content))) return ArchiveEnd::kStopped;
    if (end == UnpackEnd::kDamaged) return says_encrypted(reader.get()) ? ArchiveEnd::kEncrypted : ArchiveEnd::kDamaged;
  }
  return archive_read_has_encrypted_entries(reader.get()) == 1 ? ArchiveEnd::kEncrypted : ArchiveEnd::kDone;
}

}  // namespace postern::pipeline
