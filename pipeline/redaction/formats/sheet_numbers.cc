#include "pipeline/redaction/formats/sheet_numbers.h"

#include <bit>

#include "pipeline/redaction/formats/bytes.h"

namespace postern::pipeline {
namespace {

constexpr double kLargest = 9e15;  // whole numbers are exact up to 2^53
constexpr std::size_t kCardDigitsFew = 12;

// MS-XLS 2.5.217 and MS-XLSB 2.5.122: thirty bits of a double or of an integer, perhaps in hundredths.
double unpacked_number(std::uint32_t packed) {
  const bool is_integer = (packed & 2U) != 0;
  const double value = is_integer ? static_cast<double>(std::bit_cast<std::int32_t>(packed) >> 2)
                                  : std::bit_cast<double>(std::uint64_t{packed & ~3U} << 32U);
  return (packed & 1U) != 0 ? value / 100 : value;
}

void add_scan(BodyScan& into, const BodyScan& found, ByteRange place) {
  for (const auto& [key, count] : found.findings) into.findings[key] += count;
  for (const auto& [key, count] : found.shadows) into.shadows[key] += count;
  if (!found.empty()) into.hidden.push_back(place);
}

// Cells of either format.
class SheetCells {
 public:
  explicit SheetCells(const Detector& detector) : detector_(detector), cells_(detector, TextKind::kAttachment) {}

  void number(std::uint32_t row, std::uint32_t column, double value, std::size_t at) {
    const bool is_whole = value >= 0 && value <= kLargest && value == static_cast<double>(static_cast<std::uint64_t>(value));
    if (!is_whole) {
      cells_.add_words(row, column, "-");
      return;
    }
    DigitCell cell;
    cell.digits = std::to_string(static_cast<std::uint64_t>(value));
    cell.places = {{at, at + 1}};
    cell.is_number = true;
    if (cell.digits.size() >= kCardDigitsFew) add_scan(scan_, scan_binary(detector_, cell.digits), {at, at + 1});
    cells_.add_digits(row, column, std::move(cell));
  }

  void text(std::uint32_t row, std::uint32_t column, std::string_view text, std::size_t at) {
    std::vector<std::size_t> from;
    DigitCell cell;
    cell.digits = only_digits(text, from);
    cell.places = {{at, at + 1}};
    if (cell.digits.empty()) {
      cells_.add_words(row, column, text);
    } else {
      cells_.add_digits(row, column, std::move(cell));
    }
  }

  void end_sheet() { cells_.add_text_outside("-"); }
  BodyScan& scan() { return scan_; }
  BodyScan finish() {
    add_scan(scan_, cells_.finish(), {0, 1});
    return std::move(scan_);
  }

 private:
  const Detector& detector_;
  CardCells cells_;
  BodyScan scan_;
};

// Characters of a string, one byte or two each; what is not ASCII is a question mark.
void add_characters(std::string_view bytes, bool is_wide, std::string& out) {
  for (std::size_t at = 0; at + (is_wide ? 1 : 0) < bytes.size(); at += is_wide ? 2 : 1) {
    const unsigned code = is_wide ? u16_at(bytes, at) : static_cast<unsigned char>(bytes[at]);
    out.push_back(code < 0x80 ? static_cast<char>(code) : '?');
  }
}

// MS-XLS 2.4.265 and 2.5.293: the shared strings over a record and those that continue it.
class SharedReader {
 public:
  SharedReader(const Detector& detector, BodyScan& scan) : detector_(detector), scan_(scan) {}

  SharedTexts read(std::string_view stream, std::vector<ByteRange> records) {
    records_ = std::move(records);
    SharedTexts texts;
    const std::uint32_t count = u32_at(stream, records_.front().begin + 4);
    at_ = records_.front().begin + 8;
    for (std::uint32_t i = 0; i < count && texts.size() < kSharedTextsMax && next_record(); ++i) {
      std::string text;
      if (!read_one(stream, text)) break;
      texts.add(text);
      core::wipe(text.data(), text.size());
    }
    return texts;
  }

 private:
  // Strings begin inside records, never between them.
  bool next_record() {
    while (record_ < records_.size() && at_ >= records_[record_].end) {
      if (++record_ < records_.size()) at_ = records_[record_].begin;
    }
    return record_ < records_.size();
  }

  bool read_one(std::string_view stream, std::string& text) {
    std::size_t left = u16_at(stream, at_);
    auto flags = static_cast<unsigned char>(little_endian(stream, at_ + 2, 1));
    const std::size_t begin = at_;
    at_ += 3;
    std::size_t behind = 0;
    if ((flags & 8U) != 0) {
      behind += std::size_t{4} * u16_at(stream, at_);
      at_ += 2;
    }
    if ((flags & 4U) != 0) {
      behind += u32_at(stream, at_);
      at_ += 4;
    }
    bool is_split = false;
    while (left > 0) {
      if (at_ >= records_[record_].end) {
        if (!next_record()) return false;
        flags = static_cast<unsigned char>(little_endian(stream, at_++, 1));
        is_split = true;
      }
      const bool is_wide = (flags & 1U) != 0;
      const std::size_t room = (records_[record_].end - at_) / (is_wide ? 2 : 1);
      const std::size_t take = std::min(left, room);
      if (take == 0) return false;
      add_characters(stream.substr(at_, take * (is_wide ? 2 : 1)), is_wide, text);
      at_ += take * (is_wide ? 2 : 1);
      left -= take;
    }
    while (behind > 0 && next_record()) {
      const std::size_t take = std::min(behind, records_[record_].end - at_);
      at_ += take;
      behind -= take;
    }
    // In one record it stands as it is, and the look at the bytes sees it.
    if (is_split) add_scan(scan_, scan_binary(detector_, text), {begin, begin + 1});
    return behind == 0;
  }

  const Detector& detector_;
  BodyScan& scan_;
  std::vector<ByteRange> records_;
  std::size_t record_ = 0;
  std::size_t at_ = 0;
};

// MS-XLS 2.3: the records that say what a cell holds.
class OldSheet {
 public:
  explicit OldSheet(const Detector& detector) : detector_(detector), cells_(detector) {}

  BodyScan run(std::string_view stream) {
    for (std::size_t at = 0; at + 4 <= stream.size();) {
      const std::uint16_t type = u16_at(stream, at);
      const std::size_t size = u16_at(stream, at + 2);
      const ByteRange data{at + 4, at + 4 + size};
      if (data.end > stream.size()) break;
      at = data.end;
      take(stream, type, data, at);
    }
    return cells_.finish();
  }

 private:
  void take(std::string_view stream, std::uint16_t type, ByteRange data, std::size_t& next) {
    const std::uint32_t row = u16_at(stream, data.begin);
    const std::uint32_t column = u16_at(stream, data.begin + 2);
    const std::size_t value = data.begin + 6;
    switch (type) {
      case 0x0809: cells_.end_sheet(); break;  // BOF
      case 0x00FC: read_shared(stream, data, next); break;  // SST
      case 0x0203:  // NUMBER
        if (data.size() == 14) cells_.number(row, column, std::bit_cast<double>(u64_at(stream, value)), value);
        break;
      case 0x0003:  // NUMBER of BIFF2
        if (data.size() == 15) cells_.number(row, column, std::bit_cast<double>(u64_at(stream, value + 1)), value);
        break;
      case 0x0006:  // FORMULA, its result; 0xFFFF at its end: no number
        if (data.size() > 20 && u16_at(stream, value + 6) != 0xFFFF)
          cells_.number(row, column, std::bit_cast<double>(u64_at(stream, value)), value);
        break;
      case 0x027E:  // RK
        if (data.size() == 10) cells_.number(row, column, unpacked_number(u32_at(stream, value)), value);
        break;
      case 0x00BD: take_packed_row(stream, data, row, column); break;
      case 0x00FD: cells_.text(row, column, shared_.at(u32_at(stream, value)), value); break;  // LABELSST
      case 0x0204:  // LABEL
      case 0x00D6: take_label(stream, data, row, column); break;
      default: break;
    }
  }

  void take_packed_row(std::string_view stream, ByteRange data, std::uint32_t row, std::uint32_t column) {  // MULRK
    for (std::size_t at = data.begin + 4; at + 8 <= data.end; at += 6)
      cells_.number(row, column++, unpacked_number(u32_at(stream, at + 2)), at + 2);
  }

  void take_label(std::string_view stream, ByteRange data, std::uint32_t row, std::uint32_t column) {
    if (data.size() < 9) return;
    const bool is_wide = stream[data.begin + 8] == 1;
    const bool has_flags = is_wide || stream[data.begin + 8] == 0;  // BIFF8; before it the text begins there
    const std::size_t begin = data.begin + (has_flags ? 9 : 8);
    const std::size_t size = std::min(data.end - begin, std::size_t{u16_at(stream, data.begin + 6)} * (is_wide ? 2U : 1U));
    std::string text;
    add_characters(stream.substr(begin, size), is_wide, text);
    cells_.text(row, column, text, begin);
    core::wipe(text.data(), text.size());
  }

  void read_shared(std::string_view stream, ByteRange first, std::size_t& next) {
    constexpr std::uint16_t kContinue = 0x003C;
    std::vector<ByteRange> records{first};
    while (u16_at(stream, next) == kContinue && next + 4 <= stream.size()) {
      const std::size_t end = next + 4 + u16_at(stream, next + 2);
      if (end > stream.size()) break;
      records.push_back({next + 4, end});
      next = end;
    }
    if (first.size() >= 8) shared_ = SharedReader(detector_, cells_.scan()).read(stream, std::move(records));
  }

  const Detector& detector_;
  SheetCells cells_;
  SharedTexts shared_;
};

// MS-XLSB 2.1.4: a record's type in one or two bytes of seven bits, its size in up to four.
struct Record {
  std::size_t type = 0;
  ByteRange data;
};
bool next_record(std::string_view part, std::size_t& at, Record& record) {
  const auto number = [&](int bytes_max) {
    std::size_t value = 0;
    for (int i = 0; i < bytes_max && at < part.size(); ++i) {
      const auto byte = static_cast<unsigned char>(part[at++]);
      value |= std::size_t{byte & 0x7FU} << (7 * i);
      if (byte < 0x80) break;
    }
    return value;
  };
  record.type = number(2);
  const std::size_t size = number(4);
  if (at >= part.size() || size > part.size() - at) return false;
  record.data = {at, at + size};
  at += size;
  return true;
}

// A string of a count in four bytes and so many UTF-16 units.
std::string wide_text(std::string_view part, std::size_t at) {
  std::string out;
  const std::size_t units = std::min<std::size_t>(u32_at(part, at), kCellTextBytesMax + 1);
  if (at + 4 < part.size()) add_characters(part.substr(at + 4, 2 * units), true, out);
  return out;
}

}  // namespace

bool is_bare_sheet(std::string_view bytes) {
  const std::uint16_t type = u16_at(bytes, 0);
  const std::uint16_t size = u16_at(bytes, 2);
  const std::uint16_t content = u16_at(bytes, 6);
  const bool is_first = type == 0x0009 || type == 0x0209 || type == 0x0409 || type == 0x0809;
  const bool is_kind = content == 0x0005 || content == 0x0010 || content == 0x0020 || content == 0x0040 || content == 0x0100;
  return bytes.size() > 8 && is_first && size >= 4 && size <= 16 && is_kind;
}

BodyScan scan_sheet_numbers(const Detector& detector, std::string_view stream) {
  const std::uint16_t type = u16_at(stream, 0);
  return type == 0x0809 || is_bare_sheet(stream) ? OldSheet(detector).run(stream) : BodyScan();
}

BodyScan scan_binary_sheet(const Detector& detector, std::string_view part, const SharedTexts* shared) {
  SheetCells cells(detector);
  std::uint32_t row = 0;
  Record record;
  for (std::size_t at = 0; next_record(part, at, record);) {
    const std::size_t value = record.data.begin + 8;  // behind column and style
    const std::uint32_t column = u32_at(part, record.data.begin);
    if (record.type == 0 && record.data.size() >= 4) row = column;  // BrtRowHdr
    if (record.data.size() < 12) continue;
    switch (record.type) {
      case 2: cells.number(row, column, unpacked_number(u32_at(part, value)), value); break;  // BrtCellRk
      case 5:                                                                                 // BrtCellReal
      case 9:                                                                                 // BrtFmlaNum
        cells.number(row, column, std::bit_cast<double>(u64_at(part, value)), value);
        break;
      case 6:  // BrtCellSt
      case 8:  // BrtFmlaString
        cells.text(row, column, wide_text(part, value), value);
        break;
      case 7:  // BrtCellIsst
        cells.text(row, column, shared == nullptr ? std::string_view() : shared->at(u32_at(part, value)), value);
        break;
      case 62: cells.text(row, column, wide_text(part, value + 1), value); break;  // BrtCellRString
      default: break;
    }
  }
  return cells.finish();
}

SharedTexts read_binary_shared_texts(std::string_view part) {
  constexpr std::size_t kItem = 19;  // BrtSSTItem
  SharedTexts texts;
  Record record;
  for (std::size_t at = 0; texts.size() < kSharedTextsMax && next_record(part, at, record);) {
    if (record.type != kItem) continue;
    std::string text = wide_text(part.substr(0, record.data.end), record.data.begin + 1);
    texts.add(text);
    core::wipe(text.data(), text.size());
  }
  return texts;
}

}  // namespace postern::pipeline
