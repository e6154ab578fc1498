#include "pipeline/reports/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

#include "pipeline/reports/errc.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kStepBytes = 64U << 10U;
constexpr int kGzipWindow = 15 + 16;  // zlib: a gzip wrapper and no other

// How much may still come out of one attachment.
class Budget {
 public:
  Budget(std::size_t packed_bytes, const ReportReadLimits& limits) : left_(limits.unpacked_bytes_max) {
    const std::size_t by_ratio = packed_bytes > left_ / limits.ratio_max ? left_ : packed_bytes * limits.ratio_max;
    left_ = std::min(left_, std::max(by_ratio, limits.ratio_free_bytes));
  }
  core::Result<void> take(std::size_t bytes) {
    if (bytes > left_) return core::fail(ReportErrc::kTooLarge, "unpacked bytes");
    left_ -= bytes;
    return {};
  }

 private:
  std::size_t left_;
};

using InflateEnd = decltype([](z_stream* stream) { inflateEnd(stream); });

// One member of a gzip file (RFC 1952 section 2.2) from the front of `bytes`, which is cut to what follows it.
core::Result<void> inflate_member(std::string_view& bytes, Budget& budget, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return core::fail_transient(ReportErrc::kUnpackable, "no memory");
  const std::unique_ptr<z_stream, InflateEnd> closer(&stream);
  // zlib takes the input without const and does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, kStepBytes> step;
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(step.data());
    stream.avail_out = static_cast<uInt>(step.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = step.size() - stream.avail_out;
    POSTERN_CHECK(budget.take(made));
    out.append(step.data(), made);
    if (status == Z_STREAM_END) break;
    if (status != Z_OK) return core::fail(ReportErrc::kUnpackable, "gzip");
    if (made == 0 && stream.avail_in == 0) return core::fail(ReportErrc::kUnpackable, "gzip ends early");
  }
  bytes.remove_prefix(bytes.size() - stream.avail_in);
  return {};
}

core::Result<std::vector<std::string>> unpack_gzip(std::string_view bytes, const ReportReadLimits& limits) {
  Budget budget(bytes.size(), limits);
  std::string out;
  // Members follow each other as one file; anything else behind them is padding, which mail gateways add.
  for (std::size_t members = 0; is_gzip(bytes); ++members) {
    if (members >= limits.files_max) return core::fail(ReportErrc::kTooLarge, "gzip members");
    POSTERN_CHECK(inflate_member(bytes, budget, out));
  }
  return std::vector<std::string>{std::move(out)};
}

using ArchiveFree = decltype([](archive* one) { archive_read_free(one); });
using ArchiveHandle = std::unique_ptr<archive, ArchiveFree>;

// Deflate or stored, as reports are; the library's other methods have large memories and long histories.
bool is_plain_method(archive* zip) {
  const char* name = archive_format_name(zip);
  if (name == nullptr) return false;
  const std::string_view format(name);
  return format.find("(deflation)") != std::string_view::npos || format.find("(uncompressed)") != std::string_view::npos;
}

core::Result<std::string> read_entry(archive* zip, Budget& budget) {
  std::string out;
  std::array<char, kStepBytes> step;
  for (;;) {
    const la_ssize_t got = archive_read_data(zip, step.data(), step.size());
    if (got < 0) return core::fail(ReportErrc::kUnpackable, "zip content");
    if (got == 0) return out;
    POSTERN_CHECK(budget.take(static_cast<std::size_t>(got)));
    out.append(step.data(), static_cast<std::size_t>(got));
  }
}

core::Result<std::vector<std::string>> unpack_zip(std::string_view bytes, const ReportReadLimits& limits) {
  const ArchiveHandle zip(archive_read_new());
  if (!zip) return core::fail_transient(ReportErrc::kUnpackable, "no memory");
  if (archive_read_support_format_zip(zip.get()) != ARCHIVE_OK ||
      archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return core::fail(ReportErrc::kUnpackable, "zip");
  }
  Budget budget(bytes.size(), limits);
  std::vector<std::string> files;
  std::size_t entries = 0;
  for (archive_entry* entry = nullptr;;) {
    const int status = archive_read_next_header(zip.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return core::fail(ReportErrc::kUnpackable, "zip");  // WARN: a name's charset
    if (++entries > limits.files_max) return core::fail(ReportErrc::kTooLarge, "files in zip");
    if (archive_entry_is_encrypted(entry) != 0) return core::fail(ReportErrc::kUnpackable, "encrypted zip");
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    if (!is_plain_method(zip.get())) return core::fail(ReportErrc::kUnpackable, "zip method");
    POSTERN_TRY(std::string content, read_entry(zip.get(), budget));
    files.push_back(std::move(content));
  }
  return files;
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

// A local file header, or the end of an archive without files.
bool is_zip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06"); }

core::Result<std::vector<std::string>> unpack_files(std::string_view bytes, const ReportReadLimits& limits) {
  std::vector<std::string> files;
  if (is_gzip(bytes)) {
    POSTERN_TRY(files, unpack_gzip(bytes, limits));
  } else if (is_zip(bytes)) {
    POSTERN_TRY(files, unpack_zip(bytes, limits));
  } else {
    if (bytes.size() > limits.unpacked_bytes_max) return core::fail(ReportErrc::kTooLarge, "bytes");
    if (!bytes.empty()) files.emplace_back(bytes);
    return files;
  }
  std::erase_if(files, [](const std::string& file) { return file.empty(); });
  const auto is_packed = [](const std::string& file) { return is_gzip(file) || is_zip(file); };
  if (std::ranges::any_of(files, is_packed)) return core::fail(ReportErrc::kUnpackable, "packed twice");
  return files;
}

}  // namespace postern::pipeline
