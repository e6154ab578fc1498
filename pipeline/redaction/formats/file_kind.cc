#include "pipeline/redaction/formats/file_kind.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/encoding.h"
#include "pipeline/redaction/formats/bytes.h"
#include "pipeline/redaction/formats/tar_header.h"

namespace postern::pipeline {
namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  std::string_view bytes;  // static storage
  FileKind kind;
};

constexpr std::array kMagics{
    Magic{"PK\x03\x04"sv, FileKind::kZip},
    Magic{"PK\x05\x06"sv, FileKind::kZip},
    Magic{"PK\x07\x08PK"sv, FileKind::kZip},
    Magic{"PK00PK"sv, FileKind::kZip},
    Magic{"\x1F\x8B"sv, FileKind::kGzip},
    Magic{"\xFD"
          "7zXZ\0"sv,
          FileKind::kArchive},
    Magic{"\x28\xB5\x2F\xFD"sv, FileKind::kArchive},
    Magic{"\x04\x22\x4D\x18"sv, FileKind::kArchive},
    Magic{"7z\xBC\xAF\x27\x1C"sv, FileKind::kArchive},
    Magic{"Rar!\x1A\x07"sv, FileKind::kArchive},
    Magic{"MSCF\0\0\0\0"sv, FileKind::kArchive},
    Magic{"\x1F\x9D"sv, FileKind::kArchive},
    Magic{"LZIP\x01"sv, FileKind::kArchive},
    Magic{"\x60\xEA"sv, FileKind::kClosed},
    Magic{"%PDF-"sv, FileKind::kPdf},
    Magic{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, FileKind::kCompound},
    Magic{"\x78\x9F\x3E\x22"sv, FileKind::kTnef},
    Magic{"\x89PNG\r\n\x1A\n"sv, FileKind::kPicture},
    Magic{"\xFF\xD8\xFF"sv, FileKind::kPicture},
    Magic{"GIF87a"sv, FileKind::kPicture},
    Magic{"GIF89a"sv, FileKind::kPicture},
    Magic{"II*\0"sv, FileKind::kPicture},
    Magic{"MM\0*"sv, FileKind::kPicture},
    Magic{"<?xml"sv, FileKind::kXml},
    Magic{"\xEF\xBB\xBF<?xml"sv, FileKind::kXml},
    Magic{"<\0?\0x\0m\0l\0"sv, FileKind::kXml},
    Magic{"\xFF\xFE<\0?\0x\0m\0l\0"sv, FileKind::kXml},
    Magic{"\0<\0?\0x\0m\0l"sv, FileKind::kXml},
    Magic{"\xFE\xFF\0<\0?\0x\0m\0l"sv, FileKind::kXml},
};

constexpr std::size_t kPdfHeaderWithin = 1024;  // readers look that far for "%PDF-"
constexpr std::string_view kZipEnd = "PK\x05\x06";
constexpr std::size_t kEndRecordWithin = 22 + 0xFFFF;  // the record and a comment

bool at(std::string_view bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() && bytes.substr(offset, magic.size()) == magic;
}

// The frame of .lzma: properties that every program writes, a dictionary of at least 64 KiB, and a size or none.
bool is_lzma(std::string_view bytes) {
  const std::uint64_t size = u64_at(bytes, 5);
  return bytes.size() > 18 && at(bytes, 0, "\x5D\0\0"sv) && bytes[13] == 0 &&
         (size == ~std::uint64_t{0} || size < (std::uint64_t{1} << 40U));
}

// RFC 1950 section 2.2: the usual window, any level, no dictionary.
bool is_zlib(std::string_view bytes) {
  if (bytes.size() < 8 || bytes[0] != 0x78) return false;
  const auto flags = static_cast<unsigned char>(bytes[1]);
  if ((0x7800U + flags) % 31 != 0 || (flags & 0x20U) != 0) return false;
  // "x^" may begin a formula.
  const std::string_view more = bytes.substr(2, 6);
  return flags != '^' || std::any_of(more.begin(), more.end(), [](char c) { return c < ' ' || c == 0x7F; });
}

// Magics too short to go by alone.
FileKind kind_by_more(std::string_view bytes) {
  if (at(bytes, 0, "BZh") && (at(bytes, 4, "1AY&SY") || at(bytes, 4, "\x17\x72\x45\x38\x50\x90")))
    return FileKind::kArchive;
  if (at(bytes, 0, "BM") && at(bytes, 6, "\0\0\0\0"sv)) return FileKind::kPicture;
  if (at(bytes, 0, "RIFF") && at(bytes, 8, "WEBP")) return FileKind::kPicture;
  if (at(bytes, 4, "ftyphei") || at(bytes, 4, "ftypmif1") || at(bytes, 4, "ftypavif")) return FileKind::kPicture;
  if (is_signed_data(bytes)) return FileKind::kSignedData;
  if (is_lzma(bytes)) return FileKind::kArchive;
  if (is_zlib(bytes)) return FileKind::kZlib;
  if (at(bytes, 2, "-lh") && at(bytes, 6, "-")) return FileKind::kClosed;
  if (at(bytes, 7, "**ACE**")) return FileKind::kClosed;
  if (is_tar_header(bytes)) return FileKind::kTar;
  return FileKind::kOther;
}

struct TypeOfName {
  std::string_view extension;  // static storage
  std::string_view type;
  std::string_view subtype;
};
constexpr std::array kTypes{
    TypeOfName{"txt", "text", "plain"},      TypeOfName{"log", "text", "plain"},
    TypeOfName{"md", "text", "plain"},       TypeOfName{"csv", "text", "csv"},
    TypeOfName{"tsv", "text", "csv"},        TypeOfName{"html", "text", "html"},
    TypeOfName{"htm", "text", "html"},       TypeOfName{"xhtml", "text", "html"},
    TypeOfName{"rtf", "text", "rtf"},        TypeOfName{"ics", "text", "calendar"},
    TypeOfName{"vcf", "text", "vcard"},      TypeOfName{"json", "application", "json"},
    TypeOfName{"xml", "application", "xml"}, TypeOfName{"rels", "application", "xml"},
    TypeOfName{"svg", "image", "svg+xml"},   TypeOfName{"vml", "application", "xml"},
    TypeOfName{"opf", "application", "xml"}, TypeOfName{"ncx", "application", "xml"},
};

std::string extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : core::to_lower_ascii(name.substr(dot + 1));
}

}  // namespace

FileKind kind_of(std::string_view bytes) {
  for (const Magic& magic : kMagics) {
    if (bytes.starts_with(magic.bytes)) return magic.kind;
  }
  const FileKind more = kind_by_more(bytes);
  if (more != FileKind::kOther) return more;
  // Behind other bytes only with the mark that binary data follows: text may speak of "%PDF-".
  const std::string_view head = bytes.substr(0, kPdfHeaderWithin);
  const std::size_t pdf = head.find("%PDF-");
  if (pdf != std::string_view::npos && bytes.find(" obj", pdf) != std::string_view::npos) return FileKind::kPdf;
  return FileKind::kOther;
}

bool ends_with_zip(std::string_view bytes) {
  const std::size_t skipped = bytes.size() - std::min(bytes.size(), kEndRecordWithin);
  std::string_view tail = bytes.substr(skipped);
  // The last byte of the mark is one that text does not have: memrchr() ends the search at once.
  while (tail.size() >= kZipEnd.size()) {
    const void* found = memrchr(tail.data() + kZipEnd.size() - 1, kZipEnd.back(), tail.size() - kZipEnd.size() + 1);
    if (found == nullptr) return false;
    tail = tail.substr(0, static_cast<std::size_t>(static_cast<const char*>(found) - tail.data()) + 1);
    if (tail.ends_with(kZipEnd)) {
      const std::size_t end = skipped + tail.size() - kZipEnd.size();
      const std::size_t directory = u32_at(bytes, end + 12);  // its size
      if (directory > 0 && directory <= end && at(bytes, end - directory, "PK\x01\x02")) return true;
    }
    tail.remove_suffix(1);
  }
  return false;
}

FileLabels labels_for_name(std::string_view name) {
  FileLabels labels;
  labels.name = std::string(name);
  const std::string extension = extension_of(name);
  for (const TypeOfName& one : kTypes) {
    if (one.extension != extension) continue;
    labels.media_type = std::string(one.type);
    labels.media_subtype = std::string(one.subtype);
  }
  return labels;
}

bool is_message_name(std::string_view name) {
  const std::string extension = extension_of(name);
  return extension == "eml" || extension == "mht" || extension == "mhtml";
}

bool is_known_format(std::string_view bytes) { return kind_of(bytes) != FileKind::kOther || ends_with_zip(bytes); }

}  // namespace postern::pipeline
