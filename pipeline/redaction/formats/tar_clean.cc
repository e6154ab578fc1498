// tar: every file cleaned as one of its own, and the archive written again around it. What is not changed stays byte
// for byte; names are masked in place.
#include <algorithm>

#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/formats/tar_header.h"

namespace postern::pipeline {
namespace {

std::string_view field_of(std::string_view header, ByteRange field) {
  const std::string_view text = header.substr(field.begin, field.size());
  return text.substr(0, std::min(text.find('\0'), text.size()));
}

std::size_t padded(std::size_t bytes) { return (bytes + kTarBlockBytes - 1) / kTarBlockBytes * kTarBlockBytes; }

void mask(std::string& header, std::size_t begin, ByteRange range) {
  std::fill(header.begin() + static_cast<std::ptrdiff_t>(begin + range.begin),
            header.begin() + static_cast<std::ptrdiff_t>(begin + range.end), 'x');
}

class TarCleaner {
 public:
  explicit TarCleaner(FileCleaner& cleaner) : cleaner_(cleaner) {}

  FileOutcome run(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && !tally_.is_unsafe()) {
      if (bytes.size() - at >= kTarBlockBytes &&
          bytes.substr(at, kTarBlockBytes).find_first_not_of('\0') == std::string_view::npos) {
        keep(bytes, {at, at + kTarBlockBytes});
        at += kTarBlockBytes;
      } else if (is_tar_header(bytes.substr(at))) {
        at = take_entry(bytes, at);
      } else {
        take_rest(bytes.substr(at));
        keep(bytes, {at, bytes.size()});
        break;
      }
    }
    if (!is_regular_ && !tally_.has_found() && !tally_.is_unsafe()) tally_.add(scan_binary(cleaner_.detector(), bytes));
    FileOutcome out = tally_.outcome(is_regular_);
    if (out.result == FileResult::kRewritten) out.bytes = std::move(written_);
    return out;
  }

 private:
  // What will not be written again is not copied either: it may hold what was found.
  void keep(std::string_view bytes, ByteRange range) {
    if (is_regular_) written_ += bytes.substr(range.begin, range.size());
  }

  // What is no header: padding of a tape, or damage.
  void take_rest(std::string_view rest) {
    const BodyScan found = scan_binary(cleaner_.detector(), rest);
    tally_.add(found);
    if (!found.empty()) is_regular_ = false;
    if (rest.find_first_not_of('\0') != std::string_view::npos) tally_.add_unread("damaged");
  }

  std::size_t take_entry(std::string_view bytes, std::size_t at) {
    std::string header(bytes.substr(at, kTarBlockBytes));
    const std::size_t begin = at + kTarBlockBytes;
    const char type = header[kTarType];
    const auto said = next_size_ ? next_size_ : tar_number(bytes.substr(at + kTarSize.begin, kTarSize.size()));
    next_size_.reset();
    const bool has_data = type < '1' || type > '6';
    if (!has_data && said.value_or(0) != 0) is_regular_ = false;
    const std::uint64_t size = has_data ? said.value_or(0) : 0;
    if (type == 'S') is_regular_ = false;  // sparse: the size is not that of the content
    if (!said || size > bytes.size() - begin) {
      take_rest(bytes.substr(at));
      tally_.add_unread("damaged");
      keep(bytes, {at, bytes.size()});
      return bytes.size();
    }
    if (!cleaner_.take_entry() || !cleaner_.take_unpacked(static_cast<std::size_t>(size))) {
      tally_.add_unsafe(cleaner_.entries_left() == 0 ? "entries" : "size");
      return bytes.size();
    }
    const std::size_t end = std::min(bytes.size(), begin + padded(static_cast<std::size_t>(size)));
    const std::string_view content = bytes.substr(begin, static_cast<std::size_t>(size));
    clean_names(header);
    if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
      take_metadata(header, content, bytes.substr(begin + content.size(), end - begin - content.size()), type);
    } else {
      take_content(std::move(header), content, bytes.substr(begin + content.size(), end - begin - content.size()));
    }
    return end;
  }

  // Long names and pax records: masked in place, so that their own lengths stay true.
  void take_metadata(const std::string& header, std::string_view content, std::string_view padding, char type) {
    const BodyScan found = scan_name(cleaner_, content);
    tally_.add(found);
    if (type == 'x' || type == 'g') {
      read_pax(content);
    } else {
      long_name_ = type == 'L' ? std::string(content.substr(0, content.find('\0'))) : long_name_;
    }
    written_ += header;
    written_ += hide_in_name(content, found, false);
    written_ += padding;
  }

  // Records that change where content ends, or what it is.
  void read_pax(std::string_view records) {
    const std::size_t size = records.find(" size=");
    if (size != std::string_view::npos) {
      is_regular_ = false;
      std::uint64_t value = 0;
      for (std::size_t i = size + 6;
           i < records.size() && records[i] >= '0' && records[i] <= '9' && value < (1ULL << 50U); ++i) {
        value = value * 10 + static_cast<std::uint64_t>(records[i] - '0');
      }
      next_size_ = value;
    }
    if (records.find("GNU.sparse") != std::string_view::npos) is_regular_ = false;
    const std::size_t path = records.find(" path=");
    if (path != std::string_view::npos)
      long_name_ = std::string(records.substr(path + 6, records.find('\n', path) - path - 6));
  }

  void take_content(std::string header, std::string_view content, std::string_view padding) {
    const std::string name = long_name_.empty() ? std::string(field_of(header, kTarName)) : long_name_;
    long_name_.clear();
    FileOutcome outcome;
    if (!content.empty()) outcome = cleaner_.clean_inner(content, labels_for_name(name));
    tally_.add(outcome);
    const BodyScan in_padding = scan_binary(cleaner_.detector(), padding);
    tally_.add(in_padding);
    if (!in_padding.empty()) is_regular_ = false;
    if (outcome.result != FileResult::kRewritten) {
      written_ += header;
      if (is_regular_) written_ += content;
      if (is_regular_) written_ += padding;
      return;
    }
    set_tar_size(header, outcome.bytes.size());
    set_tar_checksum(header);
    written_ += header;
    written_ += outcome.bytes;
    written_.resize(written_.size() + padded(outcome.bytes.size()) - outcome.bytes.size());
  }

  // The path is the prefix, a slash and the name: a number may run over both.
  void clean_names(std::string& header) {
    const bool has_prefix =
        std::string_view(header).substr(257, 6) == std::string_view("ustar\0", 6) && header[kTarPrefix.begin] != '\0';
    const std::string prefix(has_prefix ? field_of(header, kTarPrefix) : std::string_view());
    const std::size_t shift = has_prefix ? prefix.size() + 1 : 0;
    const std::string path = (has_prefix ? prefix + "/" : std::string()) + std::string(field_of(header, kTarName));
    const BodyScan in_path = scan_name(cleaner_, path);
    const BodyScan in_link = scan_name(cleaner_, field_of(header, kTarLinkName));
    tally_.add(in_path);
    tally_.add(in_link);
    for (ByteRange range : in_path.hidden) {
      if (range.end <= prefix.size()) {
        mask(header, kTarPrefix.begin, range);
      } else if (range.begin >= shift) {
        mask(header, kTarName.begin, {range.begin - shift, range.end - shift});
      }
    }
    for (ByteRange range : in_link.hidden) mask(header, kTarLinkName.begin, range);
    if (!in_path.empty() || !in_link.empty()) set_tar_checksum(header);
  }

  FileCleaner& cleaner_;
  Tally tally_;
  std::string written_;
  std::string long_name_;
  std::optional<std::uint64_t> next_size_;
  bool is_regular_ = true;
};

}  // namespace

FileOutcome clean_tar(FileCleaner& cleaner, std::string_view bytes) { return TarCleaner(cleaner).run(bytes); }

}  // namespace postern::pipeline
