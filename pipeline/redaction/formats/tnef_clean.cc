// TNEF (MS-OXTNEF), winmail.dat: attributes one behind the other, each with a length and a checksum, so it can be
// written again: text is masked in place, attached files are cleaned.
#include <algorithm>

#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/compressed_rtf.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kHeaderBytes = 6;     // signature, key
constexpr std::size_t kAttributeBytes = 9;  // level, id, length
constexpr std::uint32_t kAttachData = 0x0006800F;

std::uint16_t checksum_of(std::string_view data) {
  unsigned sum = 0;
  for (char c : data) sum += static_cast<unsigned char>(c);
  return static_cast<std::uint16_t>(sum);
}

void look_at_packed_rtf(FileCleaner& cleaner, Tally& tally, std::string_view data) {
  for (std::size_t at = find_packed_rtf(data, 0); at != std::string_view::npos && !tally.is_unsafe();
       at = find_packed_rtf(data, at + 1)) {
    const core::SecretBuffer rtf = unpack_rtf(data.substr(at), cleaner.unpacked_bytes_left());
    if (!cleaner.take_entry() || !cleaner.take_unpacked(rtf.size())) tally.add_unsafe("size");
    const FileOutcome inside = cleaner.clean_inner(core::view(rtf), labels_for_name("body.rtf"));
    if (inside.result == FileResult::kRewritten) tally.add_unsafe("found");
    tally.add(inside);
  }
}

std::string clean_attribute(FileCleaner& cleaner, Tally& tally, std::uint32_t id, std::string_view data) {
  look_at_packed_rtf(cleaner, tally, data);
  if (id == kAttachData) {
    FileOutcome inner = cleaner.clean_inner(data, {});
    tally.add(inner);
    return inner.result == FileResult::kRewritten ? std::move(inner.bytes) : std::string(data);
  }
  const BodyScan found = scan_binary(cleaner.detector(), data);
  tally.add(found);
  return hide_in_binary(data, found);
}

}  // namespace

FileOutcome clean_tnef(FileCleaner& cleaner, std::string_view bytes) {
  Tally tally;
  std::string written(bytes.substr(0, kHeaderBytes));
  written.reserve(bytes.size());
  std::size_t at = kHeaderBytes;
  while (at + kAttributeBytes + 2 <= bytes.size() && !tally.is_unsafe()) {
    const std::size_t size = u32_at(bytes, at + 5);
    const std::size_t begin = at + kAttributeBytes;
    if (size > bytes.size() - begin - 2) break;
    if (!cleaner.take_entry() || !cleaner.take_unpacked(size)) {
      tally.add_unsafe(cleaner.entries_left() == 0 ? "entries" : "size");
      return tally.outcome(false);
    }
    const std::string data = clean_attribute(cleaner, tally, u32_at(bytes, at + 1), bytes.substr(begin, size));
    written += bytes.substr(at, 5);
    append_little_endian(written, data.size(), 4);
    written += data;
    append_little_endian(written, checksum_of(data), 2);
    at = begin + size + 2;
  }
  const std::string_view rest = bytes.substr(std::min(at, bytes.size()));
  const BodyScan behind = scan_binary(cleaner.detector(), rest);
  tally.add(behind);
  if (rest.size() >= kAttributeBytes) tally.add_unread("damaged");
  written += hide_in_binary(rest, behind);
  FileOutcome out = tally.outcome(true);
  if (out.result == FileResult::kRewritten) out.bytes = std::move(written);
  return out;
}

}  // namespace postern::pipeline
