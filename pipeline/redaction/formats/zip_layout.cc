#include "pipeline/redaction/formats/zip_layout.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <set>

#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/deflate.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kLocalMark = "PK\x03\x04";
constexpr std::string_view kRecordMark = "PK\x01\x02";
constexpr std::string_view kEndMark = "PK\x05\x06";
constexpr std::string_view kEnd64Mark = "PK\x06\x06";
constexpr std::string_view kLocator64Mark = "PK\x06\x07";
constexpr std::string_view kDescriptorMark = "PK\x07\x08";
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kRecordBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocator64Bytes = 20;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;
constexpr std::uint16_t kHasDescriptor = 0x0008;
constexpr std::uint16_t kUtf8Name = 0x0800;
constexpr std::uint16_t kExtra64 = 0x0001;
constexpr std::uint16_t kExtraUtf8Name = 0x7075;

bool is_at(std::string_view bytes, std::size_t at, std::string_view mark) {
  return at <= bytes.size() && bytes.substr(at).starts_with(mark);
}

struct Sizes {
  std::uint64_t unpacked = 0;
  std::uint64_t packed = 0;
  std::uint64_t offset = 0;
};

// APPNOTE 4.5.3: the extra field holds, in this order, what did not fit.
void widen(std::string_view extra, Sizes& sizes) {
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::size_t size = u16_at(extra, at + 2);
    if (u16_at(extra, at) == kExtra64) {
      const std::string_view values = extra.substr(at + 4, size);
      std::size_t next = 0;
      for (std::uint64_t* value : {&sizes.unpacked, &sizes.packed, &sizes.offset}) {
        if (*value != kIn64 || next + 8 > values.size()) continue;
        *value = u64_at(values, next);
        next += 8;
      }
      return;
    }
    at += 4 + size;
  }
}

// The local header at `at`, with the data that it claims.
struct Local {
  ByteRange whole;
  ByteRange name;
  ByteRange extra;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  Sizes sizes;
  bool knows_sizes() const { return (flags & kHasDescriptor) == 0; }
};
std::optional<Local> read_local(std::string_view bytes, std::size_t at) {
  if (!is_at(bytes, at, kLocalMark) || bytes.size() - at < kLocalBytes) return std::nullopt;
  Local local;
  const std::size_t name = u16_at(bytes, at + 26);
  const std::size_t extra = u16_at(bytes, at + 28);
  if (bytes.size() - at < kLocalBytes + name + extra) return std::nullopt;
  local.name = {at + kLocalBytes, at + kLocalBytes + name};
  local.extra = {local.name.end, local.name.end + extra};
  local.whole = {at, local.extra.end};
  local.flags = u16_at(bytes, at + 6);
  local.method = u16_at(bytes, at + 8);
  local.crc = u32_at(bytes, at + 14);
  local.sizes = {u32_at(bytes, at + 22), u32_at(bytes, at + 18), 0};
  widen(bytes.substr(local.extra.begin, extra), local.sizes);
  return local;
}

ZipEntry entry_of(const Local& local, ByteRange data) {
  ZipEntry entry;
  entry.local = local.whole;
  entry.name = local.name;
  entry.extra = local.extra;
  entry.data = data;
  entry.flags = local.flags;
  entry.method = local.method;
  entry.crc = local.crc;
  entry.unpacked_bytes = local.sizes.unpacked;
  return entry;
}

// APPNOTE 4.3.9: crc and sizes behind the data, with or without a mark, in four bytes or eight.
std::optional<ByteRange> find_descriptor(std::string_view bytes, std::size_t at, const ZipEntry& entry) {
  for (std::size_t mark : {kDescriptorMark.size(), std::size_t{0}}) {
    if (mark > 0 && !is_at(bytes, at, kDescriptorMark)) continue;
    for (std::size_t width : {std::size_t{4}, std::size_t{8}}) {
      const std::size_t end = at + mark + 4 + 2 * width;
      if (end > bytes.size() || u32_at(bytes, at + mark) != entry.crc) continue;
      if (little_endian(bytes, at + mark + 4, width) != entry.data.size()) continue;
      if (little_endian(bytes, at + mark + 4 + width, width) == entry.unpacked_bytes) return ByteRange{at, end};
    }
  }
  return std::nullopt;
}

struct Directory {
  ByteRange records;
  std::uint64_t count = 0;
  std::uint64_t offset = 0;  // as it says itself
  std::vector<ByteRange> ends;
};

class LayoutReader {
 public:
  explicit LayoutReader(std::size_t entries_max) : entries_max_(entries_max) {}

  ZipLayout run(std::string_view bytes) {
    if (const auto directory = find_directory(bytes)) {
      read_records(bytes, *directory);
    } else {
      layout_.is_regular = false;
    }
    if (layout_.has_too_many) return std::move(layout_);
    check_order();
    find_gaps(bytes);
    return std::move(layout_);
  }

 private:
  void odd() { layout_.is_regular = false; }

  std::optional<Directory> find_directory(std::string_view bytes) {
    const std::size_t skipped = bytes.size() - std::min<std::size_t>(bytes.size(), kEndBytes + 0xFFFF);
    const std::size_t found = bytes.substr(skipped).rfind(kEndMark);
    if (found == std::string_view::npos || bytes.size() - skipped - found < kEndBytes) return std::nullopt;
    const std::size_t end = skipped + found;
    Directory directory;
    const std::size_t comment = u16_at(bytes, end + 20);
    layout_.comment = {end + kEndBytes, std::min(bytes.size(), end + kEndBytes + comment)};
    directory.ends.push_back({end, layout_.comment.end});
    directory.count = u16_at(bytes, end + 10);
    std::uint64_t size = u32_at(bytes, end + 12);
    directory.offset = u32_at(bytes, end + 16);
    if (u16_at(bytes, end + 4) != 0 || u16_at(bytes, end + 6) != 0 || u16_at(bytes, end + 8) != directory.count) odd();
    std::size_t records_end = end;
    if (end >= kLocator64Bytes && is_at(bytes, end - kLocator64Bytes, kLocator64Mark)) {
      const std::uint64_t at = u64_at(bytes, end - kLocator64Bytes + 8);
      const bool is_there = at < end && is_at(bytes, static_cast<std::size_t>(at), kEnd64Mark) &&
                            end - at >= kEnd64Bytes + kLocator64Bytes;
      if (is_there) {
        records_end = static_cast<std::size_t>(at);
        // Sizes that stand twice must be the same.
        const auto take = [&](std::uint64_t& value, std::uint64_t unknown, std::uint64_t wide) {
          if (value != unknown && value != wide) odd();
          value = wide;
        };
        take(directory.count, 0xFFFF, u64_at(bytes, records_end + 32));
        take(size, kIn64, u64_at(bytes, records_end + 40));
        take(directory.offset, kIn64, u64_at(bytes, records_end + 48));
        directory.ends.push_back({records_end, end});
      } else {
        odd();
      }
    }
    if (size > records_end) return std::nullopt;
    directory.records = {records_end - static_cast<std::size_t>(size), records_end};
    if (directory.offset != directory.records.begin) odd();
    return directory;
  }

  void read_records(std::string_view bytes, const Directory& directory) {
    for (ByteRange end : directory.ends) covered_.push_back(end);
    // Bytes in front of the archive move all offsets, or none.
    const std::uint64_t base =
        directory.records.begin - std::min<std::uint64_t>(directory.offset, directory.records.begin);
    std::set<std::string_view> names;
    std::size_t at = directory.records.begin;
    std::uint64_t count = 0;
    while (at + kRecordBytes <= directory.records.end && is_at(bytes, at, kRecordMark)) {
      if (layout_.entries.size() >= entries_max_) {
        layout_.has_too_many = true;
        return;
      }
      ZipEntry entry;
      const std::size_t name = u16_at(bytes, at + 28);
      const std::size_t extra = u16_at(bytes, at + 30);
      const std::size_t comment = u16_at(bytes, at + 32);
      if (directory.records.end - at < kRecordBytes + name + extra + comment) break;
      entry.record = {at, at + kRecordBytes + name + extra + comment};
      entry.record_name = {at + kRecordBytes, at + kRecordBytes + name};
      entry.record_extra = {entry.record_name.end, entry.record_name.end + extra};
      entry.comment = {entry.record_extra.end, entry.record.end};
      covered_.push_back(entry.record);
      if (!names.insert(bytes.substr(entry.record_name.begin, name)).second) odd();
      read_entry(bytes, entry, base);
      at = entry.record.end;
      ++count;
    }
    if (at != directory.records.end || count != directory.count) odd();
  }

  void read_entry(std::string_view bytes, ZipEntry& entry, std::uint64_t base) {
    const std::size_t at = entry.record.begin;
    Sizes sizes{u32_at(bytes, at + 24), u32_at(bytes, at + 20), u32_at(bytes, at + 42)};
    widen(bytes.substr(entry.record_extra.begin, entry.record_extra.size()), sizes);
    entry.flags = u16_at(bytes, at + 8);
    entry.method = u16_at(bytes, at + 10);
    entry.crc = u32_at(bytes, at + 16);
    entry.unpacked_bytes = sizes.unpacked;
    auto local =
        sizes.offset < bytes.size() ? read_local(bytes, static_cast<std::size_t>(sizes.offset + base)) : std::nullopt;
    if (!local && base != 0 && sizes.offset < bytes.size())
      local = read_local(bytes, static_cast<std::size_t>(sizes.offset));
    if (!local || bytes.size() - local->whole.end < sizes.packed) {
      odd();
      layout_.entries.push_back(entry);
      return;
    }
    entry.local = local->whole;
    entry.name = local->name;
    entry.extra = local->extra;
    entry.data = {local->whole.end, local->whole.end + static_cast<std::size_t>(sizes.packed)};
    covered_.push_back(entry.local);
    covered_.push_back(entry.data);
    if ((local->flags & kHasDescriptor) != 0) {
      if (const auto descriptor = find_descriptor(bytes, entry.data.end, entry)) {
        entry.descriptor = *descriptor;
        covered_.push_back(*descriptor);
      } else {
        odd();
      }
    }
    layout_.entries.push_back(entry);
    compare(bytes, entry, *local);
  }

  // A reader that goes by local headers must find the same file; where it does not, its file is one more.
  void compare(std::string_view bytes, const ZipEntry& entry, const Local& local) {
    constexpr std::uint16_t kMeaningful = 0x0001 | kHasDescriptor | kUtf8Name | 0x0040 | 0x2000;
    const auto differs = [&local](std::uint64_t value, std::uint64_t known) {
      return value != known && (local.knows_sizes() || value != 0);
    };
    const bool is_same = bytes.substr(local.name.begin, local.name.size()) ==
                             bytes.substr(entry.record_name.begin, entry.record_name.size()) &&
                         local.method == entry.method && ((local.flags ^ entry.flags) & kMeaningful) == 0 &&
                         !differs(local.crc, entry.crc) && !differs(local.sizes.packed, entry.data.size()) &&
                         !differs(local.sizes.unpacked, entry.unpacked_bytes);
    if (is_same) return;
    odd();
    add_alone(bytes, local, bytes.size());
  }

  // An entry that only its local header knows.
  void add_alone(std::string_view bytes, const Local& local, std::size_t end) {
    const std::size_t room = std::max(end, local.whole.end) - local.whole.end;
    const bool fits = local.knows_sizes() && local.sizes.packed <= bytes.size() - local.whole.end;
    const std::size_t size = fits ? static_cast<std::size_t>(local.sizes.packed) : room;
    if (alone_.size() >= entries_max_) {
      layout_.has_too_many = true;
      return;
    }
    alone_.push_back(entry_of(local, {local.whole.end, local.whole.end + size}));
  }

  // Entries one behind the other and none twice: overlapping ones are how small archives unpack to large ones.
  void check_order() {
    std::vector<ByteRange> ranges;
    for (const ZipEntry& entry : layout_.entries) {
      if (!entry.local.empty()) ranges.push_back({entry.local.begin, std::max(entry.data.end, entry.descriptor.end)});
    }
    std::sort(ranges.begin(), ranges.end(), [](ByteRange a, ByteRange b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < ranges.size(); ++i) {
      if (ranges[i].begin < ranges[i - 1].end) odd();
    }
  }

  void find_gaps(std::string_view bytes) {
    std::sort(covered_.begin(), covered_.end(), [](ByteRange a, ByteRange b) { return a.begin < b.begin; });
    std::size_t at = 0;
    covered_.push_back({bytes.size(), bytes.size()});
    for (ByteRange range : covered_) {
      if (range.begin > at) add_gap(bytes, {at, range.begin});
      at = std::max(at, range.end);
    }
    const std::size_t known = layout_.entries.size();
    if (known + alone_.size() > entries_max_) layout_.has_too_many = true;
    layout_.entries.insert(layout_.entries.end(), alone_.begin(), alone_.end());
  }

  // Readers that repair archives look for local headers everywhere.
  void add_gap(std::string_view bytes, ByteRange gap) {
    odd();
    layout_.gaps.push_back(gap);
    const std::string_view inside = bytes.substr(0, gap.end);
    for (std::size_t at = inside.find(kLocalMark, gap.begin); at != std::string_view::npos && !layout_.has_too_many;
         at = inside.find(kLocalMark, at + 1)) {
      if (const auto local = read_local(bytes, at)) add_alone(bytes, *local, gap.end);
    }
  }

  const std::size_t entries_max_;
  ZipLayout layout_;
  std::vector<ZipEntry> alone_;
  std::vector<ByteRange> covered_;
};

std::string_view view_of(std::string_view bytes, ByteRange range) { return bytes.substr(range.begin, range.size()); }

// An extra field without the records that no longer hold.
std::string kept_extra(std::string_view extra, const ZipChange& change) {
  std::string kept;
  if (change.drops_extra) return kept;
  std::size_t at = 0;
  while (at + 4 <= extra.size()) {
    const std::uint16_t id = u16_at(extra, at);
    const std::string_view one = extra.substr(at, 4 + u16_at(extra, at + 2));
    if (id != kExtra64 && (id != kExtraUtf8Name || !change.has_name)) kept += one;
    at += one.size();
  }
  kept += extra.substr(at);
  return kept;
}

std::uint16_t flags_of(const ZipEntry& entry, const ZipChange& change) {
  unsigned flags = entry.flags;
  if (change.is_local()) flags &= ~unsigned{kHasDescriptor};
  if (change.has_name && change.is_name_utf8) flags |= kUtf8Name;
  return static_cast<std::uint16_t>(flags);
}

struct Written {
  std::size_t offset = 0;
  std::size_t packed_bytes = 0;
};

void write_local(std::string_view bytes, const ZipEntry& entry, const ZipChange& change, std::string& out) {
  const std::string_view data = change.has_content ? std::string_view(change.packed) : view_of(bytes, entry.data);
  const std::string_view name = change.has_name ? std::string_view(change.name) : view_of(bytes, entry.name);
  const std::string extra = kept_extra(view_of(bytes, entry.extra), change);
  std::string header(bytes.substr(entry.local.begin, kLocalBytes));
  set_little_endian(header, 6, flags_of(entry, change), 2);
  set_little_endian(header, 8, change.has_content ? change.method : entry.method, 2);
  set_little_endian(header, 14, change.has_content ? change.crc : entry.crc, 4);
  set_little_endian(header, 18, data.size(), 4);
  set_little_endian(header, 22, change.has_content ? change.unpacked_bytes : entry.unpacked_bytes, 4);
  set_little_endian(header, 26, name.size(), 2);
  set_little_endian(header, 28, extra.size(), 2);
  out += header;
  out += name;
  out += extra;
  out += data;
}

void write_record(std::string_view bytes, const ZipEntry& entry, const ZipChange& change, Written where,
                  std::string& out) {
  const std::string_view name = change.has_name ? std::string_view(change.name) : view_of(bytes, entry.record_name);
  const std::string_view comment =
      change.has_comment ? std::string_view(change.comment) : view_of(bytes, entry.comment);
  const std::string extra = kept_extra(view_of(bytes, entry.record_extra), change);
  std::string record(bytes.substr(entry.record.begin, kRecordBytes));
  set_little_endian(record, 8, flags_of(entry, change), 2);
  set_little_endian(record, 10, change.has_content ? change.method : entry.method, 2);
  set_little_endian(record, 16, change.has_content ? change.crc : entry.crc, 4);
  set_little_endian(record, 20, where.packed_bytes, 4);
  set_little_endian(record, 24, change.has_content ? change.unpacked_bytes : entry.unpacked_bytes, 4);
  set_little_endian(record, 28, name.size(), 2);
  set_little_endian(record, 30, extra.size(), 2);
  set_little_endian(record, 32, comment.size(), 2);
  set_little_endian(record, 34, 0, 2);
  set_little_endian(record, 42, where.offset, 4);
  out += record;
  out += name;
  out += extra;
  out += comment;
}

}  // namespace

ZipLayout read_zip_layout(std::string_view bytes, std::size_t entries_max) {
  return LayoutReader(entries_max).run(bytes);
}

std::string write_zip(std::string_view bytes, const ZipLayout& layout, const std::vector<ZipChange>& changes,
                      const std::string& archive_comment) {
  std::vector<std::size_t> order(layout.entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&layout](std::size_t a, std::size_t b) {
    return layout.entries[a].local.begin < layout.entries[b].local.begin;
  });
  std::string out;
  out.reserve(bytes.size());
  std::vector<Written> written(layout.entries.size());
  for (std::size_t i : order) {
    const ZipEntry& entry = layout.entries[i];
    written[i] = {out.size(), changes[i].has_content ? changes[i].packed.size() : entry.data.size()};
    if (changes[i].is_local()) {
      write_local(bytes, entry, changes[i], out);
    } else {
      out += view_of(bytes, {entry.local.begin, std::max(entry.data.end, entry.descriptor.end)});
    }
  }
  const std::size_t directory = out.size();
  for (std::size_t i = 0; i < layout.entries.size(); ++i)
    write_record(bytes, layout.entries[i], changes[i], written[i], out);
  const std::size_t size = out.size() - directory;
  out += kEndMark;
  append_little_endian(out, 0, 4);
  append_little_endian(out, layout.entries.size(), 2);
  append_little_endian(out, layout.entries.size(), 2);
  append_little_endian(out, size, 4);
  append_little_endian(out, directory, 4);
  append_little_endian(out, archive_comment.size(), 2);
  out += archive_comment;
  return out;
}

}  // namespace postern::pipeline
