// OLE2 compound files (MS-CFB): .doc, .xls, .ppt, .msg. Streams are put together from their sectors and masked in
// place; what a stream packs or computes can only be found, not masked.
#include <algorithm>
#include <array>

#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/compressed_rtf.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/formats/sheet_numbers.h"
#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kDirectoryEntryBytes = 128;
constexpr std::uint32_t kSectorIdMax = 0xFFFFFFFA;  // larger ones mean "free", "end" and the like
constexpr std::size_t kMiniSectorBytes = 64;
constexpr std::size_t kMiniStreamBytes = 4096;  // smaller streams live in the mini stream
constexpr std::string_view kEncryptedName = "EncryptedPackage";

// Where the bytes of a stream stand in the file, in the stream's order.
using Pieces = std::vector<ByteRange>;

std::size_t size_of(const Pieces& pieces) {
  std::size_t size = 0;
  for (ByteRange piece : pieces) size += piece.size();
  return size;
}

core::SecretBuffer joined(std::string_view bytes, const Pieces& pieces) {
  core::SecretBuffer out;
  out.reserve(size_of(pieces));
  for (ByteRange piece : pieces)
    out.insert(out.end(), bytes.begin() + static_cast<std::ptrdiff_t>(piece.begin),
               bytes.begin() + static_cast<std::ptrdiff_t>(piece.end));
  return out;
}

// Ascending ranges of the stream as ranges of the file.
void map_into(const Pieces& pieces, const std::vector<ByteRange>& ranges, std::vector<ByteRange>& into) {
  std::size_t at = 0;  // of the piece, in the stream
  auto piece = pieces.begin();
  for (ByteRange range : ranges) {
    while (range.begin < range.end && piece != pieces.end()) {
      if (range.begin >= at + piece->size()) {
        at += piece->size();
        ++piece;
        continue;
      }
      const std::size_t end = std::min(range.end, at + piece->size());
      into.push_back({piece->begin + range.begin - at, piece->begin + end - at});
      range.begin = end;
    }
  }
}

class CompoundReader {
 public:
  explicit CompoundReader(std::string_view bytes) {
    const unsigned shift = u16_at(bytes, 30);
    sector_bytes_ = shift == 12 ? 4096 : 512;
    sectors_ = bytes.size() / sector_bytes_ + 1;
    read_fat(bytes);
    const Pieces directory = chain(bytes, u32_at(bytes, 48));
    directory_ = joined(bytes, directory);
    const std::string_view entries = core::view(directory_);
    mini_stream_ = chain(bytes, u32_at(entries, 116));  // of the root entry
    mini_fat_ = joined(bytes, chain(bytes, u32_at(bytes, 60)));
  }

  std::size_t entry_count() const { return directory_.size() / kDirectoryEntryBytes; }
  bool is_stream(std::size_t index) const { return directory_[index * kDirectoryEntryBytes + 66] == 2; }

  // The name's low bytes; all names that matter here are ASCII.
  std::string name(std::size_t index) const {
    const std::string_view entry = core::view(directory_).substr(index * kDirectoryEntryBytes, kDirectoryEntryBytes);
    std::string out;
    for (std::size_t at = 0; at + 2 < u16_at(entry, 64) && at < 64; at += 2) out.push_back(entry[at]);
    return out;
  }

  // At most about `bytes_max` bytes of it.
  Pieces stream(std::string_view bytes, std::size_t index, std::size_t bytes_max) const {
    const std::string_view entry = core::view(directory_).substr(index * kDirectoryEntryBytes, kDirectoryEntryBytes);
    const std::size_t size = std::min<std::size_t>(u32_at(entry, 120), bytes_max + 1);
    const std::uint32_t start = u32_at(entry, 116);
    Pieces pieces = size < kMiniStreamBytes ? mini_chain(start, size) : chain(bytes, start, size);
    std::size_t left = size;
    for (ByteRange& piece : pieces) {
      piece.end = piece.begin + std::min(piece.size(), left);
      left -= piece.size();
    }
    std::erase_if(pieces, [](ByteRange piece) { return piece.empty(); });
    return pieces;
  }

 private:
  ByteRange sector(std::string_view bytes, std::uint32_t id) const {
    const std::size_t begin = std::min((std::size_t{id} + 1) * sector_bytes_, bytes.size());
    return {begin, std::min(bytes.size(), begin + sector_bytes_)};
  }

  void read_fat(std::string_view bytes) {
    constexpr std::size_t kInHeader = 109;
    std::vector<std::uint32_t> fat_sectors;
    for (std::size_t i = 0; i < kInHeader; ++i) fat_sectors.push_back(u32_at(bytes, 76 + 4 * i));
    std::uint32_t next = u32_at(bytes, 68);
    for (std::size_t count = 0; next < kSectorIdMax && count < sectors_; ++count) {
      const ByteRange list = sector(bytes, next);
      if (list.empty()) break;
      for (std::size_t at = list.begin; at + 8 <= list.end; at += 4) fat_sectors.push_back(u32_at(bytes, at));
      next = u32_at(bytes, list.end - 4);
    }
    for (std::uint32_t id : fat_sectors) {
      if (id >= kSectorIdMax || fat_.size() > sectors_) continue;
      const ByteRange part = sector(bytes, id);
      for (std::size_t at = part.begin; at + 4 <= part.end; at += 4) fat_.push_back(u32_at(bytes, at));
    }
  }

  // A chain that comes back to itself ends with the number of sectors.
  Pieces chain(std::string_view bytes, std::uint32_t id, std::size_t bytes_max = std::string_view::npos) const {
    Pieces pieces;
    for (std::size_t count = 0; id < kSectorIdMax && count < sectors_ && count * sector_bytes_ < bytes_max; ++count) {
      const ByteRange one = sector(bytes, id);
      if (one.empty()) break;
      pieces.push_back(one);
      if (id >= fat_.size()) break;
      id = fat_[id];
    }
    return pieces;
  }

  Pieces mini_chain(std::uint32_t id, std::size_t size) const {
    Pieces pieces;
    const std::string_view fat = core::view(mini_fat_);
    for (std::size_t got = 0; id < kSectorIdMax && got < size; got += kMiniSectorBytes) {
      const std::size_t begin = std::size_t{id} * kMiniSectorBytes;
      const std::size_t in_sector = sector_bytes_ == 0 ? 0 : begin / sector_bytes_;
      if (in_sector >= mini_stream_.size()) break;
      const std::size_t at = mini_stream_[in_sector].begin + begin % sector_bytes_;
      if (at >= mini_stream_[in_sector].end) break;
      pieces.push_back({at, std::min(at + kMiniSectorBytes, mini_stream_[in_sector].end)});
      if (std::size_t{id} * 4 + 4 > fat.size()) break;
      id = u32_at(fat, std::size_t{id} * 4);
    }
    return pieces;
  }

  std::size_t sector_bytes_ = 512;
  std::size_t sectors_ = 0;
  std::vector<std::uint32_t> fat_;
  core::SecretBuffer directory_;
  core::SecretBuffer mini_fat_;
  Pieces mini_stream_;
};

// One stream: what can be masked goes to `hidden`; what cannot is in the tally as not safe.
void clean_stream(FileCleaner& cleaner, Tally& tally, std::string_view content, const Pieces& pieces,
                  std::vector<ByteRange>& hidden) {
  BodyScan found = scan_binary(cleaner.detector(), content);
  const BodyScan numbers = scan_sheet_numbers(cleaner.detector(), content);
  tally.add(found);
  tally.add(numbers);
  if (!numbers.empty()) tally.add_unsafe("found");
  map_into(pieces, merge_overlapping(found.hidden), hidden);
  if (is_known_format(content)) {
    FileOutcome inner = cleaner.clean_inner(content, {});
    // Its length is kept nowhere but in this file's own structure.
    if (inner.result == FileResult::kRewritten) tally.add_unsafe("found");
    tally.add(inner);
  }
  for (std::size_t at = find_packed_rtf(content, 0); at != std::string_view::npos && !tally.is_unsafe();
       at = find_packed_rtf(content, at + 1)) {
    const core::SecretBuffer rtf = unpack_rtf(content.substr(at), cleaner.unpacked_bytes_left());
    if (!cleaner.take_entry() || !cleaner.take_unpacked(rtf.size())) tally.add_unsafe("size");
    const FileOutcome inside = cleaner.clean_inner(core::view(rtf), labels_for_name("body.rtf"));
    if (inside.result == FileResult::kRewritten) tally.add_unsafe("found");
    tally.add(inside);
  }
}

}  // namespace

FileOutcome clean_compound(FileCleaner& cleaner, std::string_view bytes) {
  Tally tally;
  BodyScan whole = scan_binary(cleaner.detector(), bytes);
  std::vector<ByteRange> hidden = whole.hidden;
  const CompoundReader reader(bytes);
  for (std::size_t i = 0; i < reader.entry_count() && !tally.is_unsafe(); ++i) {
    if (!reader.is_stream(i)) continue;
    const Pieces pieces = reader.stream(bytes, i, cleaner.unpacked_bytes_left());
    if (!cleaner.take_entry() || !cleaner.take_unpacked(size_of(pieces))) {
      tally.add_unsafe(cleaner.entries_left() == 0 ? "entries" : "size");
      break;
    }
    if (reader.name(i) == kEncryptedName) tally.add_unread("encrypted");
    const core::SecretBuffer content = joined(bytes, pieces);
    clean_stream(cleaner, tally, core::view(content), pieces, hidden);
  }
  // The look at the whole sees most values again: it counts for itself only where the streams showed nothing.
  if (!tally.has_found()) tally.add(whole);
  FileOutcome out = tally.outcome(true);
  if (out.result != FileResult::kRewritten) return out;
  whole.hidden = std::move(hidden);
  out.bytes = hide_in_binary(bytes, whole);
  return out;
}

}  // namespace postern::pipeline
