// PDF and pictures: their text comes from the extractor, and nothing here can write them again; their bytes are looked
// at as any file's, and the streams of a PDF that only need inflating with them.
#include <algorithm>
#include <stdexcept>

#include "pipeline/mime/decode.h"
#include "pipeline/redaction/formats/deflate.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/file_text.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/formats/xml_scan.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kStream = "stream";
constexpr std::size_t kDictionaryBytes = 512;  // looked at before a stream
constexpr std::size_t kStreamsMax = 4096;      // inflated, of one document

// ISO 32000-1 section 7.3.8: where the data of the stream begins whose keyword stands at `at`; npos: none.
std::size_t stream_data(std::string_view bytes, std::size_t at) {
  if (at >= 3 && bytes.substr(at - 3, 3) == "end") return std::string_view::npos;
  std::size_t begin = at + kStream.size();
  if (begin < bytes.size() && bytes[begin] == '\r') ++begin;
  if (begin < bytes.size() && bytes[begin] == '\n') ++begin;
  return begin == at + kStream.size() ? std::string_view::npos : begin;
}

// Metadata; and where no extractor read the document, content and attached files too: digits that stand in them as
// such. Pictures and fonts are none of these.
bool is_of_interest(std::string_view dictionary, bool was_read) {
  const auto says = [dictionary](std::string_view word) { return dictionary.find(word) != std::string_view::npos; };
  if (!says("FlateDecode") || says("/Image") || says("/Length1")) return false;
  return !was_read || says("/Metadata");
}

// What a document's reader says is UTF-8 is made sure to be.
void add_extracted(FileText& to, std::string_view text) {
  Converted converted = to_utf8(text.substr(0, kFileTextSourceBytesMax), "utf-8", Mapping::kSkip);
  const WipedAtExit wiped(converted.utf8);
  to.add(converted.utf8);
}

// `was_read`: the extractor gave all that the document shows.
void look_at_streams(FileCleaner& cleaner, Tally& tally, std::string_view bytes, bool was_read) {
  std::size_t left = std::min(cleaner.options().files.extracted_text_bytes_max, cleaner.unpacked_bytes_left());
  std::size_t streams = 0;
  for (std::size_t at = bytes.find(kStream); at != std::string_view::npos && !tally.is_unsafe();
       at = bytes.find(kStream, at + 1)) {
    const std::size_t begin = stream_data(bytes, at);
    if (begin == std::string_view::npos) continue;
    const std::string_view before = bytes.substr(at - std::min(at, kDictionaryBytes), std::min(at, kDictionaryBytes));
    if (!is_of_interest(before.substr(std::min(before.rfind(" obj"), before.size())), was_read)) continue;
    const Unpacked content = unpack_deflate(bytes.substr(begin), DeflateForm::kZlib, left);
    if (++streams > kStreamsMax || content.end == UnpackEnd::kTooLarge ||
        !cleaner.take_unpacked(content.bytes.size())) {
      if (!was_read) tally.add_unsafe("size");
      return;
    }
    left -= content.bytes.size();
    const std::string_view inside = core::view(content.bytes);
    FileText* const text = cleaner.collect(nullptr);  // operators and metadata are nothing that people read
    const FileOutcome outcome = cleaner.clean_inner(inside, {});
    cleaner.collect(text);
    if (outcome.result == FileResult::kRewritten) tally.add_unsafe("found");
    tally.add(outcome);
  }
}

void look_at_file(FileCleaner& cleaner, Tally& tally, const EmbeddedFile& file) {
  if (tally.is_unsafe()) return;
  if (!cleaner.take_entry() || !cleaner.take_unpacked(file.bytes.size())) {
    tally.add_unsafe(cleaner.entries_left() == 0 ? "entries" : "size");
    return;
  }
  const BodyScan in_name = scan_name(cleaner, file.name);
  tally.add(in_name);
  const FileOutcome outcome = cleaner.clean_inner(core::view(file.bytes), labels_for_name(file.name));
  tally.add(outcome);
  if (!in_name.empty() || outcome.result == FileResult::kRewritten) tally.add_unsafe("found");
}

// Past a limit a notice stands for the document, and no further one of the message is tried after one that took all its
// time. Where the reader is at fault nothing is decided: the sender or the agent tries again.
void note_unreadable(FileCleaner& cleaner, Tally& tally, const std::string& reason) {
  if (reason == "busy" || reason == "confinement") throw std::runtime_error("the document reader is not available: " + reason);
  if (reason.empty() || reason == "damaged") {
    tally.add_unread("damaged");
    return;
  }
  if (reason == "time" || reason == "memory") cleaner.end_documents();
  tally.add_unsafe(reason);
}

// True when all that the document shows was looked at.
bool look_at_text(FileCleaner& cleaner, Tally& tally, DocumentKind kind, std::string_view bytes) {
  const TextExtractor* extractor = cleaner.extractor();
  if (extractor == nullptr || !extractor->reads(kind)) return false;
  if (!cleaner.take_document()) {
    tally.add_unsafe("documents");
    return false;
  }
  const ExtractedText extracted = extractor->extract(kind, bytes);
  switch (extracted.outcome) {
    case ExtractOutcome::kText: {
      const BodyScan found = scan_binary(cleaner.detector(), core::view(extracted.text));
      tally.add(found);
      if (!found.empty()) tally.add_unsafe("found");
      if (found.empty() && cleaner.text() != nullptr) add_extracted(*cleaner.text(), core::view(extracted.text));
      for (const EmbeddedFile& file : extracted.files) look_at_file(cleaner, tally, file);
      return true;
    }
    case ExtractOutcome::kEncrypted: tally.add_unread("encrypted"); break;
    case ExtractOutcome::kUnreadable: note_unreadable(cleaner, tally, extracted.reason); break;
    case ExtractOutcome::kOff: break;
  }
  return false;
}

}  // namespace

FileOutcome clean_document(FileCleaner& cleaner, DocumentKind kind, std::string_view bytes) {
  Tally tally;
  const bool was_read = look_at_text(cleaner, tally, kind, bytes);
  if (kind == DocumentKind::kPdf && !tally.is_unsafe()) look_at_streams(cleaner, tally, bytes, was_read);
  if (tally.is_unsafe()) return tally.outcome(false);
  if (is_png(bytes)) return clean_png(cleaner, std::move(tally), bytes);
  const BodyScan found =
      kind == DocumentKind::kPicture ? scan_picture_bytes(cleaner, bytes) : scan_binary(cleaner.detector(), bytes);
  tally.add(found);
  FileOutcome out = tally.outcome(true);
  if (out.result == FileResult::kRewritten) out.bytes = hide_in_binary(bytes, found);
  return out;
}

}  // namespace postern::pipeline
