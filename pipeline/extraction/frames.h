#pragma once
// pipeline/extraction/frames.h: what goes over the socket between the server and a worker: one request, one answer.
// The worker is not believed: reasons are numbers of a list, sizes are checked before anything is allocated.
// Thread-safety: pure functions. Errors: nullopt for what is not a frame.
//
//   request   1 byte "D", 8 bytes size, the document
//   answer    1 byte outcome, 1 byte reason, 8 bytes size of the text, 4 bytes number of files, the text,
//             then of each file: 4 bytes size of the name, 8 bytes size of its content, name, content
// Numbers are little-endian. Both ends are the same program, so the form may change with it.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "pipeline/redaction/formats/text_extractor.h"

namespace postern::pipeline {

enum class ExtractReason : std::uint8_t {
  kNone,
  kPassword,     // opened by a password that we do not have
  kDamaged,      // no PDF that can be read
  kSize,         // of the document, or more text and files than the limit
  kPages,        // more than kPdfPagesMax
  kMemory,       // the worker's limit
  kTime,         // ExtractorOptions::document_time_max
  kCrash,        // the reader died of it
  kBusy,         // no worker became free in time
  kConfinement,  // the worker could not give up its rights, so it read nothing
  kNoDocument,   // neither library found one in the bytes: nothing was read, and nothing is left behind; to others, kDamaged
  kLast = kNoDocument,
};
// "password", "damaged" …: the words of ExtractedText::reason.
std::string_view to_word(ExtractReason reason);

inline constexpr std::size_t kRequestHeadBytes = 9;
inline constexpr std::size_t kAnswerHeadBytes = 14;
inline constexpr std::size_t kFileHeadBytes = 12;
inline constexpr std::uint32_t kEmbeddedFilesMax = 500;
inline constexpr std::uint32_t kFileNameBytesMax = 4096;

struct AnswerHead {
  ExtractOutcome outcome = ExtractOutcome::kUnreadable;
  ExtractReason reason = ExtractReason::kNone;
  std::uint64_t text_bytes = 0;
  std::uint32_t files = 0;
};
struct FileHead {
  std::uint32_t name_bytes = 0;
  std::uint64_t content_bytes = 0;
};

std::array<char, kRequestHeadBytes> write_request_head(std::uint64_t document_bytes);
std::optional<std::uint64_t> read_request_head(std::span<const char, kRequestHeadBytes> head);
std::array<char, kAnswerHeadBytes> write_answer_head(const AnswerHead& head);
std::optional<AnswerHead> read_answer_head(std::span<const char, kAnswerHeadBytes> head);
std::array<char, kFileHeadBytes> write_file_head(const FileHead& head);
std::optional<FileHead> read_file_head(std::span<const char, kFileHeadBytes> head);

}  // namespace postern::pipeline
