// Signed data of CMS (RFC 5652 section 5), as mail programs send what they sign opaquely (RFC 8551 section 3.5.2): the message
// stands inside, in one octet string or in pieces. What stands there as digits is masked in place; a number that the message
// shows in another way makes the file unsafe, since its lengths cannot change.
#include <optional>

#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kSignedData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
constexpr std::string_view kData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";
constexpr std::size_t kHeadBytes = 32;
constexpr std::size_t kDepthMax = 4;  // octet strings in each other
constexpr unsigned char kContent = 0xA0;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kPieces = 0x24;

// One element (X.690 section 8.1). Of indefinite length: it goes on to the end that is known.
struct Element {
  unsigned char tag = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_open = false;
};
std::optional<Element> element_at(std::string_view bytes, std::size_t at, std::size_t limit) {
  if (at + 2 > limit) return std::nullopt;
  Element out{static_cast<unsigned char>(bytes[at]), at + 2, limit, false};
  const auto length = static_cast<unsigned char>(bytes[at + 1]);
  if (length == 0x80) {
    out.is_open = true;
    return out;
  }
  std::size_t size = length;
  if (length > 0x80) {
    const std::size_t width = length & 0x7FU;
    if (width > 4 || out.begin + width > limit) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < width; ++i) size = size << 8U | static_cast<unsigned char>(bytes[out.begin + i]);
    out.begin += width;
  }
  if (size > limit - out.begin) size = limit - out.begin;  // cut off: what is there
  out.end = out.begin + size;
  return out;
}

// Appends the octets of the strings from `at` on; gives the place behind them.
std::size_t gather(std::string_view bytes, std::size_t at, std::size_t limit, std::size_t depth, std::string& out) {
  while (const auto element = element_at(bytes, at, limit)) {
    if (element->tag == 0 && element->begin == element->end) return element->end;  // end of contents
    if (element->tag == kOctets && !element->is_open) {
      out += bytes.substr(element->begin, element->end - element->begin);
      at = element->end;
    } else if (element->tag == kPieces && depth < kDepthMax) {
      const std::size_t behind = gather(bytes, element->begin, element->end, depth + 1, out);
      at = element->is_open ? behind : element->end;
    } else {
      return limit;
    }
  }
  return limit;
}

// Empty: there is none, as in a signature beside its message.
std::string content_of(std::string_view bytes) {
  std::string out;
  const std::size_t type = bytes.find(kData);
  if (type == std::string_view::npos) return out;
  const auto content = element_at(bytes, type + kData.size(), bytes.size());
  if (!content || content->tag != kContent) return out;
  out.reserve(content->end - content->begin);
  gather(bytes, content->begin, content->end, 0, out);
  return out;
}

}  // namespace

bool is_signed_data(std::string_view bytes) {
  return bytes.starts_with('\x30') && bytes.substr(0, kHeadBytes).find(kSignedData) != std::string_view::npos;
}

FileOutcome clean_signed_data(FileCleaner& cleaner, std::string_view bytes) {
  Tally tally;
  const BodyScan found = scan_binary(cleaner.detector(), bytes);
  tally.add(found);
  std::string hidden = hide_in_binary(bytes, found);
  std::string content = content_of(hidden);
  const WipedAtExit wiped(content);
  if (!content.empty()) {
    if (!cleaner.take_entry() || !cleaner.take_unpacked(content.size())) {
      tally.add_unsafe(cleaner.entries_left() == 0 ? "entries" : "size");
      return tally.outcome(false);
    }
    const FileOutcome inner = cleaner.clean_inner(content, labels_for_name("signed.eml"));
    if (inner.result == FileResult::kRewritten) tally.add_unsafe("found");
    tally.add(inner);
  }
  FileOutcome out = tally.outcome(true);
  if (out.result == FileResult::kRewritten) out.bytes = std::move(hidden);
  return out;
}

}  // namespace postern::pipeline
