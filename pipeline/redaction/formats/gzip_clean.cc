// gzip (RFC 1952), and deflate data without its frame (RFC 1950, 1951). gzip: one file in one member or several; written again as one member with the same name, time and comment.
#include <algorithm>

#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/deflate.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kMark = "\x1F\x8B";
constexpr unsigned kHasExtra = 0x04;
constexpr unsigned kHasName = 0x08;
constexpr unsigned kHasComment = 0x10;
constexpr std::size_t kFixedBytes = 10;

struct Header {
  std::string fixed;  // ten bytes
  std::string extra;
  std::string name;
  std::string comment;
};

std::string zero_ended(std::string_view bytes, std::size_t& at) {
  const std::size_t end = std::min(bytes.find('\0', std::min(at, bytes.size())), bytes.size());
  std::string text(bytes.substr(std::min(at, bytes.size()), end - std::min(at, bytes.size())));
  at = end + 1;
  return text;
}

Header read_header(std::string_view bytes) {
  Header header;
  header.fixed = std::string(bytes.substr(0, kFixedBytes));
  header.fixed.resize(kFixedBytes);
  const auto flags = static_cast<unsigned char>(header.fixed[3]);
  std::size_t at = kFixedBytes;
  if ((flags & kHasExtra) != 0) {
    const std::size_t size = u16_at(bytes, at);
    header.extra = std::string(bytes.substr(std::min(at + 2, bytes.size()), size));
    at += 2 + size;
  }
  if ((flags & kHasName) != 0) header.name = zero_ended(bytes, at);
  if ((flags & kHasComment) != 0) header.comment = zero_ended(bytes, at);
  return header;
}

std::string write_gzip(const Header& header, std::string_view content) {
  std::string out = header.fixed;
  unsigned flags = 0;
  if (!header.extra.empty()) flags |= kHasExtra;
  if (!header.name.empty()) flags |= kHasName;
  if (!header.comment.empty()) flags |= kHasComment;
  out[3] = static_cast<char>(flags);
  if (!header.extra.empty()) {
    append_little_endian(out, header.extra.size(), 2);
    out += header.extra;
  }
  for (const std::string* text : {&header.name, &header.comment}) {
    if (!text->empty()) out.append(text->c_str(), text->size() + 1);
  }
  out += pack_deflate(content);
  append_little_endian(out, crc_of(content), 4);
  append_little_endian(out, content.size() & 0xFFFFFFFFU, 4);
  return out;
}

// Header text masked in place, which stays Latin-1.
void clean_header(const FileCleaner& cleaner, Tally& tally, Header& header) {
  for (std::string* text : {&header.name, &header.comment}) {
    const BodyScan found = scan_name(cleaner, *text);
    tally.add(found);
    if (!found.empty()) *text = hide_in_name(*text, found, false);
  }
  const BodyScan found = scan_name(cleaner, header.extra);
  tally.add(found);
  if (!found.empty()) header.extra.clear();
}

}  // namespace

FileOutcome clean_gzip(FileCleaner& cleaner, std::string_view bytes, const FileLabels& labels) {
  Tally tally;
  UnpackAllowance allowance(cleaner, bytes.size());
  core::SecretBuffer content;
  Header header;
  bool is_first = true;
  std::string_view rest = bytes;
  while (rest.starts_with(kMark)) {
    if (!cleaner.take_entry()) {
      tally.add_unsafe("entries");
      return tally.outcome(false);
    }
    Header one = read_header(rest);
    clean_header(cleaner, tally, one);
    if (is_first) header = std::move(one);
    is_first = false;
    Unpacked member = unpack_deflate(rest, DeflateForm::kGzip, allowance.left());
    if (member.end == UnpackEnd::kTooLarge || !allowance.take(member.bytes.size())) {
      tally.add_unsafe(allowance.reason());
      return tally.outcome(false);
    }
    if (content.empty()) {
      content = std::move(member.bytes);
    } else {
      // A buffer that doubles itself would take three times what comes out.
      if (content.capacity() - content.size() < member.bytes.size())
        content.reserve(content.size() + std::max(member.bytes.size(), std::min(content.size(), allowance.left())));
      content.insert(content.end(), member.bytes.begin(), member.bytes.end());
    }
    if (member.end == UnpackEnd::kDamaged) {
      tally.add_unread("damaged");
      break;
    }
    rest.remove_prefix(member.consumed);
  }
  FileOutcome inner = cleaner.clean_inner(core::view(content), labels_inside(labels, header.name));
  tally.add(inner);
  // Padding behind the last member, which readers skip; or the rest of a damaged file.
  const BodyScan behind = scan_binary(cleaner.detector(), rest);
  tally.add(behind);
  FileOutcome out = tally.outcome(behind.empty());
  if (out.result != FileResult::kRewritten) return out;
  out.bytes =
      write_gzip(header, inner.result == FileResult::kRewritten ? std::string_view(inner.bytes) : core::view(content));
  return out;
}

FileOutcome clean_deflated(FileCleaner& cleaner, std::string_view bytes, DeflateForm form, bool& is_packed) {
  Tally tally;
  UnpackAllowance allowance(cleaner, bytes.size());
  const Unpacked unpacked = unpack_deflate(bytes, form, allowance.left());
  is_packed = unpacked.end == UnpackEnd::kTooLarge ||
              (unpacked.end == UnpackEnd::kDone && unpacked.consumed == bytes.size() && !unpacked.bytes.empty());
  if (!is_packed) return {};
  if (unpacked.end == UnpackEnd::kTooLarge || !cleaner.take_entry() || !allowance.take(unpacked.bytes.size())) {
    tally.add_unsafe(cleaner.entries_left() == 0 ? "entries" : allowance.reason());
    return tally.outcome(false);
  }
  FileOutcome inner = cleaner.clean_inner(core::view(unpacked.bytes), {});
  tally.add(inner);
  FileOutcome out = tally.outcome(true);
  if (out.result == FileResult::kRewritten)
    out.bytes = form == DeflateForm::kZlib ? pack_zlib(inner.bytes) : pack_deflate(inner.bytes);
  return out;
}

}  // namespace postern::pipeline
