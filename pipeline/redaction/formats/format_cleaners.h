#pragma once
// pipeline/redaction/formats/format_cleaners.h: one function a format, and what they share: counting what the files in
// a file say together, and how much may come out of an archive. Private to formats. Thread-safety: as FileCleaner.
// Errors: outcomes, never exceptions for content. Limits: FileLimits.
#include <string>
#include <string_view>

#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/formats/deflate.h"
#include "pipeline/redaction/formats/file_cleaner.h"

namespace postern::pipeline {

FileOutcome clean_zip(FileCleaner& cleaner, std::string_view bytes);
FileOutcome clean_gzip(FileCleaner& cleaner, std::string_view bytes, const FileLabels& labels);
// Deflate data without gzip's frame. False in `is_packed`: it is something else, and nothing was decided.
FileOutcome clean_deflated(FileCleaner& cleaner, std::string_view bytes, DeflateForm form, bool& is_packed);
FileOutcome clean_tar(FileCleaner& cleaner, std::string_view bytes);
FileOutcome clean_archive(FileCleaner& cleaner, std::string_view bytes, const FileLabels& labels);
FileOutcome clean_document(FileCleaner& cleaner, DocumentKind kind, std::string_view bytes);
FileOutcome clean_compound(FileCleaner& cleaner, std::string_view bytes);
FileOutcome clean_tnef(FileCleaner& cleaner, std::string_view bytes);
FileOutcome clean_signed_data(FileCleaner& cleaner, std::string_view bytes);

class Tally;
// PNG (ISO/IEC 15948): texts in its chunks masked, packed ones too, and checksums true. `tally` has what was seen before.
FileOutcome clean_png(FileCleaner& cleaner, Tally tally, std::string_view bytes);
bool is_png(std::string_view bytes);
// Bytes of a picture. Fields of its metadata end with zeros: what stands on both sides of one is not one word.
BodyScan scan_picture_bytes(const FileCleaner& cleaner, std::string_view bytes);

// What the parts of one file say together.
class Tally {
 public:
  // `is_rewritten`: what was found there is gone from what will be written.
  void add(const FileOutcome& part);
  void add(const BodyScan& scan);
  void add_unread(std::string_view reason);
  void add_unsafe(std::string_view reason);
  bool is_unsafe() const { return !unsafe_.empty(); }
  bool has_found() const { return has_found_; }
  // Without bytes: kRewritten asks the caller for them. `is_rewritable`: the caller can write the file again.
  FileOutcome outcome(bool is_rewritable) const;

 private:
  FindingCounts findings_;
  FindingCounts shadows_;
  bool has_found_ = false;
  std::string unsafe_;
  std::string unread_;
};

// What may still come out of one archive: by FileLimits::ratio_max, and by what is left of the message's budget.
class UnpackAllowance {
 public:
  UnpackAllowance(FileCleaner& cleaner, std::size_t packed_bytes);
  // The largest next piece; one byte more is past a limit.
  std::size_t left() const;
  bool take(std::size_t bytes);
  // Why no more may come.
  std::string_view reason() const { return by_ratio_left_ < cleaner_.unpacked_bytes_left() ? "ratio" : "size"; }

 private:
  FileCleaner& cleaner_;
  std::size_t by_ratio_left_;
};

// Labels of what a compressed file holds: the name without its last extension.
FileLabels labels_inside(const FileLabels& outer, std::string_view inner_name);
// A name inside a file, masked: UTF-8 with block characters when `utf8`, else the same length.
std::string hide_in_name(std::string_view name, const BodyScan& scan, bool utf8);
BodyScan scan_name(const FileCleaner& cleaner, std::string_view name);

}  // namespace postern::pipeline
