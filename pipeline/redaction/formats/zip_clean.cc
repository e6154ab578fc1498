// Zip and all that is zip inside: every entry is cleaned as a file of its own and the archive written again around it.
#include <algorithm>
#include <optional>

#include "pipeline/redaction/formats/archive_read.h"
#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/deflate.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/formats/sheet_numbers.h"
#include "pipeline/redaction/formats/xml_scan.h"
#include "pipeline/redaction/formats/zip_layout.h"

namespace postern::pipeline {
namespace {

constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::string_view kSharedTexts = "sharedStrings.xml";
constexpr std::string_view kSharedTextsBinary = "sharedStrings.bin";
constexpr std::string_view kOdfEncrypted = "encryption-data";  // manifest.xml, OpenDocument 1.3 part 2, 4.4

std::string_view view_of(std::string_view bytes, ByteRange range) { return bytes.substr(range.begin, range.size()); }

bool is_utf8(const ZipEntry& entry, std::string_view name) {
  const bool is_ascii =
      std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_ascii || (entry.flags & 0x0800U) != 0;
}

class ZipCleaner {
 public:
  ZipCleaner(FileCleaner& cleaner, std::size_t size) : cleaner_(cleaner), allowance_(cleaner, size) {}

  FileOutcome run(std::string_view bytes) {
    layout_ = read_zip_layout(bytes, cleaner_.entries_left());
    if (layout_.has_too_many) {
      tally_.add_unsafe("entries");
      return tally_.outcome(false);
    }
    if (!fits()) {
      tally_.add_unsafe(allowance_.reason());
      return tally_.outcome(false);
    }
    changes_.resize(layout_.entries.size());
    is_office_ = std::any_of(layout_.entries.begin(), layout_.entries.end(), [&](const ZipEntry& entry) {
      const std::string_view name = view_of(bytes, entry.record_name);
      return name == "[Content_Types].xml" || name == "META-INF/manifest.xml" || name == "META-INF/container.xml";
    });
    read_shared_texts_of(bytes);
    for (std::size_t i = 0; i < layout_.entries.size() && !tally_.is_unsafe(); ++i) {
      clean_names(bytes, layout_.entries[i], changes_[i]);
      clean_content(bytes, layout_.entries[i], changes_[i]);
    }
    if (tally_.is_unsafe()) return tally_.outcome(false);
    std::string comment(view_of(bytes, layout_.comment));
    const BodyScan in_comment = scan_binary(cleaner_.detector(), comment);
    tally_.add(in_comment);
    comment = hide_in_binary(comment, in_comment);
    for (ByteRange gap : layout_.gaps) tally_.add(scan_binary(cleaner_.detector(), view_of(bytes, gap)));
    if (!layout_.is_regular && !tally_.has_found()) tally_.add(scan_binary(cleaner_.detector(), bytes));
    FileOutcome out = tally_.outcome(layout_.is_regular);
    if (out.result == FileResult::kRewritten) out.bytes = write_zip(bytes, layout_, changes_, comment);
    return out;
  }

 private:
  // By what the entries say of themselves: a bomb costs nothing before it is refused.
  bool fits() const {
    std::uint64_t left = allowance_.left();
    for (const ZipEntry& entry : layout_.entries) {
      if (entry.is_encrypted()) continue;
      if (entry.unpacked_bytes > left) return false;
      left -= entry.unpacked_bytes;
    }
    return true;
  }

  // The cells of a workbook name their texts by number: they are needed before the sheets are looked at, wherever they
  // stand. What is damaged about them is told when their turn comes.
  void read_shared_texts_of(std::string_view bytes) {
    if (!is_office_) return;
    for (const ZipEntry& entry : layout_.entries) {
      const std::string_view name = view_of(bytes, entry.record.empty() ? entry.name : entry.record_name);
      const bool is_xml = name.ends_with(kSharedTexts);
      if ((!is_xml && !name.ends_with(kSharedTextsBinary)) || entry.is_encrypted() || entry.data.empty()) continue;
      Unpacked unpacked;
      std::string_view content = view_of(bytes, entry.data);
      if (entry.method == kDeflated) {
        unpacked = unpack_deflate(content, DeflateForm::kRaw, allowance_.left());
        content = core::view(unpacked.bytes);
      }
      shared_texts_ = is_xml ? read_shared_texts(content) : read_binary_shared_texts(content);
      return;
    }
  }

  void clean_names(std::string_view bytes, const ZipEntry& entry, ZipChange& change) {
    const std::string_view name = view_of(bytes, entry.record.empty() ? entry.name : entry.record_name);
    const BodyScan found = scan_name(cleaner_, name);
    tally_.add(found);
    if (!found.empty()) {
      change.has_name = true;
      change.is_name_utf8 = is_utf8(entry, name);
      change.name = hide_in_name(name, found, change.is_name_utf8);
    }
    const std::string_view local_name = view_of(bytes, entry.name);
    if (local_name != name) tally_.add(scan_name(cleaner_, local_name));
    for (ByteRange extra : {entry.extra, entry.record_extra}) {
      if (extra.empty()) continue;
      const BodyScan in_extra = scan_name(cleaner_, view_of(bytes, extra));
      // A masked name says the same in its Unicode copy, which goes with it.
      if (!change.has_name) tally_.add(in_extra);
      change.drops_extra = change.drops_extra || !in_extra.empty();
    }
    if (entry.comment.empty()) return;
    const BodyScan in_comment = scan_binary(cleaner_.detector(), view_of(bytes, entry.comment));
    tally_.add(in_comment);
    change.has_comment = !in_comment.empty();
    if (change.has_comment) change.comment = hide_in_binary(view_of(bytes, entry.comment), in_comment);
  }

  void clean_content(std::string_view bytes, const ZipEntry& entry, ZipChange& change) {
    if (!cleaner_.take_entry()) {
      tally_.add_unsafe("entries");
      return;
    }
    if (entry.data.empty()) return;
    if (entry.is_encrypted()) {
      tally_.add_unread("encrypted");
      return;
    }
    std::string_view content;
    Unpacked unpacked;
    if (entry.method == kStored) {
      content = view_of(bytes, entry.data);
      if (content.size() != entry.unpacked_bytes) layout_.is_regular = false;
      if (!allowance_.take(content.size())) {
        tally_.add_unsafe(allowance_.reason());
        return;
      }
    } else {
      unpacked = unpack(bytes, entry);
      if (tally_.is_unsafe()) return;
      content = core::view(unpacked.bytes);
    }
    if (entry.crc != crc_of(content)) layout_.is_regular = false;
    const std::string_view name = view_of(bytes, entry.record.empty() ? entry.name : entry.record_name);
    FileLabels labels = labels_for_name(name);
    labels.is_office_part = is_office_;
    labels.shared_texts = &shared_texts_;
    if (is_office_ && name == "META-INF/manifest.xml" && content.find(kOdfEncrypted) != std::string_view::npos)
      tally_.add_unread("encrypted");
    FileOutcome outcome = cleaner_.clean_inner(content, labels);
    tally_.add(outcome);
    if (outcome.result != FileResult::kRewritten) return;
    change.has_content = true;
    change.crc = crc_of(outcome.bytes);
    change.unpacked_bytes = outcome.bytes.size();
    change.method = entry.method == kStored ? kStored : kDeflated;
    change.packed = change.method == kStored ? std::move(outcome.bytes) : pack_deflate(outcome.bytes);
  }

  Unpacked unpack(std::string_view bytes, const ZipEntry& entry) {
    const std::string_view packed = view_of(bytes, entry.data);
    Unpacked out = entry.method == kDeflated
                       ? unpack_deflate(packed, DeflateForm::kRaw, allowance_.left())
                       : unpack_zip_entry(view_of(bytes, entry.local), entry, packed, allowance_.left());
    if (out.end == UnpackEnd::kTooLarge || !allowance_.take(out.bytes.size())) {
      tally_.add_unsafe(allowance_.reason());
      return out;
    }
    if (out.end == UnpackEnd::kDamaged) {
      layout_.is_regular = false;
      // What no directory knows is a guess; what one knows should have come out whole.
      const bool is_usual = entry.method == kStored || entry.method == kDeflated;
      if (!entry.record.empty()) tally_.add_unread(is_usual ? "damaged" : "method");
    }
    if (out.consumed != packed.size() || out.bytes.size() != entry.unpacked_bytes) layout_.is_regular = false;
    return out;
  }

  FileCleaner& cleaner_;
  UnpackAllowance allowance_;
  ZipLayout layout_;
  std::vector<ZipChange> changes_;
  Tally tally_;
  bool is_office_ = false;
  SharedTexts shared_texts_;
};

}  // namespace

FileOutcome clean_zip(FileCleaner& cleaner, std::string_view bytes) {
  return ZipCleaner(cleaner, bytes.size()).run(bytes);
}

}  // namespace postern::pipeline
