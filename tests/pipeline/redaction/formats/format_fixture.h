#pragma once
// tests/pipeline/redaction/formats/format_fixture.h: a detector of cards, a cleaner around it, and archives made on the
// spot, with all the liberties that an attacker takes.
#include <archive.h>
#include <archive_entry.h>

#include <clocale>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/deflate.h"
#include "pipeline/redaction/formats/file_cleaner.h"

namespace postern::test {

inline const std::string kCard = std::string("4111") + "111111111111";
inline const std::string kHiddenCard = "411111\u2587\u2587\u2587\u2587\u2587\u25871111";
inline const std::string kStarredCard = "411111******1111";

// Cards, first six and last four digits kept.
class CardsOnly final : public pipeline::Detector {
 public:
  std::vector<pipeline::Finding> find(std::string_view text, pipeline::TextKind /*kind*/) const override {
    std::vector<pipeline::Finding> findings;
    for (const pipeline::CardMatch& match : cards_.find(text)) {
      pipeline::Finding one;
      one.rule = "card";
      one.label = match.brand;
      one.span = match.span();
      one.hidden.assign(match.digits.begin() + 6, match.digits.end() - 4);
      findings.push_back(std::move(one));
    }
    return findings;
  }

 private:
  pipeline::CardDetector cards_;
};

inline const CardsOnly& cards() {
  static const CardsOnly one;
  return one;
}

struct CleanSetup {
  pipeline::RedactionLimits limits;
  pipeline::MimeLimits mime_limits;
  pipeline::RedactionOptions options;
  const pipeline::TextExtractor* extractor = nullptr;
};

inline pipeline::FileOutcome clean_file(std::string_view bytes, const std::string& name = "",
                                        const CleanSetup& setup = {}) {
  pipeline::FileCleaner cleaner(cards(), setup.limits, setup.mime_limits, setup.options, setup.extractor);
  return cleaner.clean(bytes, {"application", "octet-stream", "", name});
}

inline std::uint32_t count_of(const pipeline::FileOutcome& outcome) {
  std::uint32_t count = 0;
  for (const auto& [key, times] : outcome.findings) count += times;
  return count;
}

struct ZipFile {
  std::string name;
  std::string content;
  std::uint16_t method = 8;
  std::uint16_t flags = 0;
  bool has_descriptor = false;
  std::string extra = {};
  std::string comment = {};
  std::string local_name = {};  // where it differs
  bool is_in_directory = true;
};

class ZipMaker {
 public:
  std::string prefix;
  std::string between;  // before each local header but the first
  std::string comment = {};
  std::string behind;

  std::string make(const std::vector<ZipFile>& files) const {
    std::string out = prefix;
    std::string directory;
    std::size_t count = 0;
    for (const ZipFile& file : files) {
      if (count > 0) out += between;
      add(file, out, directory);
      ++count;
    }
    const std::size_t begin = out.size();
    std::size_t listed = 0;
    for (const ZipFile& file : files) listed += file.is_in_directory ? 1 : 0;
    out += directory;
    out += "PK\x05\x06";
    pipeline::append_little_endian(out, 0, 4);
    pipeline::append_little_endian(out, listed, 2);
    pipeline::append_little_endian(out, listed, 2);
    pipeline::append_little_endian(out, directory.size(), 4);
    pipeline::append_little_endian(out, begin, 4);
    pipeline::append_little_endian(out, comment.size(), 2);
    return out + comment + behind;
  }

 private:
  static void add(const ZipFile& file, std::string& out, std::string& directory) {
    const std::string packed = file.method == 8 ? pipeline::pack_deflate(file.content) : file.content;
    const std::size_t at = out.size();
    const unsigned flags = file.flags | (file.has_descriptor ? 8U : 0U);
    const std::string& local_name = file.local_name.empty() ? file.name : file.local_name;
    std::string fields;
    pipeline::append_little_endian(fields, 20, 2);
    pipeline::append_little_endian(fields, flags, 2);
    pipeline::append_little_endian(fields, file.method, 2);
    pipeline::append_little_endian(fields, 0x6C3259A1, 4);  // time and date
    std::string sums;
    pipeline::append_little_endian(sums, pipeline::crc_of(file.content), 4);
    pipeline::append_little_endian(sums, packed.size(), 4);
    pipeline::append_little_endian(sums, file.content.size(), 4);
    out += "PK\x03\x04" + fields + (file.has_descriptor ? std::string(12, '\0') : sums);
    pipeline::append_little_endian(out, local_name.size(), 2);
    pipeline::append_little_endian(out, file.extra.size(), 2);
    out += local_name + file.extra + packed;
    if (file.has_descriptor) out += "PK\x07\x08" + sums;
    if (!file.is_in_directory) return;
    directory += "PK\x01\x02";
    pipeline::append_little_endian(directory, 0x0314, 2);
    directory += fields + sums;
    pipeline::append_little_endian(directory, file.name.size(), 2);
    pipeline::append_little_endian(directory, file.extra.size(), 2);
    pipeline::append_little_endian(directory, file.comment.size(), 2);
    pipeline::append_little_endian(directory, 0, 4);
    pipeline::append_little_endian(directory, 0x81A40000, 4);  // -rw-r--r--
    pipeline::append_little_endian(directory, at, 4);
    directory += file.name + file.extra + file.comment;
  }
};

inline std::string make_zip(const std::vector<ZipFile>& files) { return ZipMaker().make(files); }

inline std::string make_gzip(std::string_view content, std::string_view name = "") {
  std::string out =
      std::string("\x1F\x8B\x08", 3) + (name.empty() ? '\0' : '\x08') + std::string("\x01\x02\x03\x04\x00\x03", 6);
  if (!name.empty()) out += std::string(name) + '\0';
  out += pipeline::pack_deflate(content);
  pipeline::append_little_endian(out, pipeline::crc_of(content), 4);
  pipeline::append_little_endian(out, content.size() & 0xFFFFFFFFU, 4);
  return out;
}

// Written and read by libarchive, which is not what the product writes with.
using ArchiveFiles = std::map<std::string, std::string>;
inline std::string pack_by_libarchive(const ArchiveFiles& files, int (*format)(archive*),
                                      int (*filter)(archive*) = nullptr, const char* options = nullptr) {
  archive* writer = archive_write_new();
  format(writer);
  if (filter != nullptr) filter(writer);
  if (options != nullptr && archive_write_set_options(writer, options) != ARCHIVE_OK) return {};
  std::string out(8U << 20U, '\0');
  std::size_t used = 0;
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 1'700'000'000, 0);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

inline ArchiveFiles unpack_by_libarchive(std::string_view bytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // the library converts names by it
  ArchiveFiles files;
  archive* reader = archive_read_new();
  archive_read_support_format_all(reader);
  archive_read_support_filter_all(reader);
  archive_read_open_memory(reader, bytes.data(), bytes.size());
  for (archive_entry* entry = nullptr;;) {
    const int status = archive_read_next_header(reader, &entry);
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) break;
    std::string content(archive_entry_size(entry) > 0 ? static_cast<std::size_t>(archive_entry_size(entry)) : 0, '\0');
    const la_ssize_t got = archive_read_data(reader, content.data(), content.size());
    content.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const char* name = archive_entry_pathname_utf8(entry) != nullptr ? archive_entry_pathname_utf8(entry)
                                                                     : archive_entry_pathname(entry);
    files[name == nullptr ? "?" : name] = got < 0 ? "damaged" : content;
  }
  archive_read_free(reader);
  return files;
}

}  // namespace postern::test
