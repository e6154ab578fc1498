#pragma once
// pipeline/redaction/formats/file_kind.h: which format a file has, told from its bytes; labels and names lie.
// Thread-safety: pure functions. Time: a few comparisons; ends_with_zip() looks at the last 64 KiB.
#include <string_view>

#include "pipeline/redaction/formats/file_cleaner.h"

namespace postern::pipeline {

enum class FileKind {
  kOther,  // text, or binary without a format that is known here
  kZip,    // and all that is zip inside: office documents, e-books, programs
  kGzip,
  kTar,
  kZlib,     // RFC 1950, by its first two bytes: perhaps
  kArchive,  // bzip2, xz, lzma, lzip, zstd, lz4, compress, 7z, rar, cab: read by libarchive, never written
  kClosed,   // an archive that nothing here reads: lha, arj, ace
  kPdf,
  kPicture,
  kCompound,  // OLE2: .doc, .xls, .ppt, .msg; also encrypted office documents
  kTnef,      // winmail.dat
  kXml,
  kSignedData,  // CMS: mail that is signed opaquely, signatures
};
FileKind kind_of(std::string_view bytes);

// signed_data_clean.cc
bool is_signed_data(std::string_view bytes);

// A zip behind something else (pictures and programs do this): readers of zip begin at the end of a file.
bool ends_with_zip(std::string_view bytes);

// Labels for a file that has a name and nothing else: an entry of an archive.
FileLabels labels_for_name(std::string_view name);

// .eml by name; the bytes of a message look like any text.
bool is_message_name(std::string_view name);

}  // namespace postern::pipeline
