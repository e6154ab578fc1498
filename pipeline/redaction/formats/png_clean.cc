// Texts of PNG pictures (ISO/IEC 15948 section 11.3.4), which viewers show: what they hold is masked, the picture stays.
#include <algorithm>

#include "pipeline/redaction/formats/format_cleaners.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kPngMark = "\x89PNG\r\n\x1A\n";
constexpr std::size_t kFrameBytes = 12;  // length, kind, checksum

std::uint32_t big_endian_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void append_big_endian(std::string& out, std::uint32_t value) {
  for (unsigned shift = 32; shift > 0;) out.push_back(static_cast<char>((value >> (shift -= 8)) & 0xFFU));
}

struct Chunk {
  std::string_view kind;
  std::string_view data;
  std::string_view whole;
};

// Where the text of a chunk begins and whether it is packed; what stands before it stays as it is.
struct TextPlace {
  std::size_t begin = std::string_view::npos;
  bool is_packed = false;
  std::string_view charset;  // static storage
};

TextPlace text_place(const Chunk& chunk) {
  const std::size_t keyword_end = chunk.data.find('\0');
  if (keyword_end == std::string_view::npos) return {};
  if (chunk.kind == "tEXt") return {keyword_end + 1, false, "iso-8859-1"};
  if (chunk.kind == "zTXt") return {keyword_end + 2, true, "iso-8859-1"};
  if (chunk.kind != "iTXt" || chunk.data.size() < keyword_end + 3) return {};
  const std::size_t language_end = chunk.data.find('\0', keyword_end + 3);
  if (language_end == std::string_view::npos) return {};
  const std::size_t translated_end = chunk.data.find('\0', language_end + 1);
  if (translated_end == std::string_view::npos) return {};
  return {translated_end + 1, chunk.data[keyword_end + 1] == 1, "utf-8"};
}

class PngCleaner {
 public:
  PngCleaner(FileCleaner& cleaner, Tally tally, std::size_t bytes)
      : cleaner_(cleaner), tally_(std::move(tally)), allowance_(cleaner, bytes) {}

  FileOutcome run(std::string_view bytes) {
    out_.reserve(bytes.size());
    out_ += kPngMark;
    std::size_t at = kPngMark.size();
    while (at + kFrameBytes <= bytes.size() && !tally_.is_unsafe()) {
      const std::size_t size = big_endian_at(bytes, at);
      if (size > bytes.size() - at - kFrameBytes) break;
      const Chunk chunk{bytes.substr(at + 4, 4), bytes.substr(at + 8, size), bytes.substr(at, size + kFrameBytes)};
      clean_chunk(chunk);
      at += chunk.whole.size();
    }
    // Behind the picture, or what is cut off.
    const std::string_view rest = bytes.substr(at);
    const BodyScan found = scan_binary(cleaner_.detector(), rest);
    tally_.add(found);
    out_ += hide_in_binary(rest, found);
    FileOutcome outcome = tally_.outcome(true);
    if (outcome.result == FileResult::kRewritten) outcome.bytes = std::move(out_);
    return outcome;
  }

 private:
  void clean_chunk(const Chunk& chunk) {
    const TextPlace place = text_place(chunk);
    if (place.begin < chunk.data.size() && clean_text(chunk, place)) return;
    const BodyScan found = scan_picture_bytes(cleaner_, chunk.data);
    tally_.add(found);
    if (found.empty()) {
      out_ += chunk.whole;
    } else {
      write(chunk.kind, hide_in_binary(chunk.data, found));
    }
  }

  // False: it is no text after all.
  bool clean_text(const Chunk& chunk, const TextPlace& place) {
    std::string_view text = chunk.data.substr(place.begin);
    Unpacked unpacked;
    if (place.is_packed) {
      unpacked = unpack_deflate(text, DeflateForm::kZlib, allowance_.left());
      if (unpacked.end == UnpackEnd::kTooLarge || !cleaner_.take_entry() || !allowance_.take(unpacked.bytes.size())) {
        tally_.add_unsafe(cleaner_.entries_left() == 0 ? "entries" : allowance_.reason());
        return true;
      }
      if (unpacked.end == UnpackEnd::kDamaged && unpacked.bytes.empty()) return false;
      text = core::view(unpacked.bytes);
    }
    std::string front(chunk.data.substr(0, place.begin));
    const BodyScan in_front = scan_binary(cleaner_.detector(), front);
    tally_.add(in_front);
    front = hide_in_binary(front, in_front);
    FileLabels labels{"text", "plain", std::string(place.charset), ""};
    FileOutcome inside = cleaner_.clean_inner(text, labels);
    tally_.add(inside);
    if (inside.result != FileResult::kRewritten && in_front.empty()) {
      out_ += chunk.whole;
    } else if (inside.result == FileResult::kRewritten) {
      write(chunk.kind, front + (place.is_packed ? pack_zlib(inside.bytes) : inside.bytes));
    } else {
      write(chunk.kind, front + std::string(chunk.data.substr(place.begin)));
    }
    return true;
  }

  void write(std::string_view kind, const std::string& data) {
    append_big_endian(out_, static_cast<std::uint32_t>(data.size()));
    const std::string summed = std::string(kind) + data;
    out_ += summed;
    append_big_endian(out_, crc_of(summed));
  }

  FileCleaner& cleaner_;
  Tally tally_;
  UnpackAllowance allowance_;
  std::string out_;
};

}  // namespace

bool is_png(std::string_view bytes) { return bytes.starts_with(kPngMark); }

FileOutcome clean_png(FileCleaner& cleaner, Tally tally, std::string_view bytes) {
  return PngCleaner(cleaner, std::move(tally), bytes.size()).run(bytes);
}

}  // namespace postern::pipeline
