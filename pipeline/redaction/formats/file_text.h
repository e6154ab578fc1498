#pragma once
// pipeline/redaction/formats/file_text.h: the text that a file shows, put together while it is scanned, for the search: what
// the scan has unpacked and read already is not read again. What a pass found something in is not taken; whoever asks for
// the text begins anew with each pass, so that it is the text of what will be stored.
// Thread-safety: one owner. Ownership: owns its text, which is wiped. Errors: none. Limits: below; the beginning counts.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/secret.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/formats/file_cleaner.h"

namespace postern::pipeline {

constexpr std::size_t kFileTextBytesMax = 256U << 10;       // kept of one file, those inside it included
constexpr std::size_t kMessageTextsBytesMax = 1U << 20;     // kept of all files of one message
constexpr std::size_t kFileTextSourceBytesMax = 8U << 20;   // looked at, of one piece of text or XML

class FileText {
 public:
  // A piece in UTF-8 (a page, a part, a row): runs of blanks become one, a piece ends its line.
  void add(std::string_view utf8);
  void clear() { text_.clear(); }
  bool is_empty() const { return text_.empty(); }
  bool is_full() const { return text_.size() >= kFileTextBytesMax; }
  std::string_view view() const { return core::view(text_); }

 private:
  void put(char c) { text_.push_back(c); }
  core::SecretBuffer text_;
};

// Text, XML, HTML, RTF, a part of an office document: as people read it.
void add_plain_text(FileText& to, std::string_view bytes, const FileLabels& labels);

// The text, once more before the detector: pieces that were apart stand in lines now. Empty when it cannot be made safe.
std::string clean_file_text(const FileText& text, const Detector& detector, std::uint32_t passes_max);

}  // namespace postern::pipeline
