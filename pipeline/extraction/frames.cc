#include "pipeline/extraction/frames.h"

namespace postern::pipeline {
namespace {

constexpr char kDocument = 'D';
constexpr std::string_view kReasonWords[] = {"",       "password", "damaged", "size", "pages",
                                             "memory", "time",     "crash",   "busy", "confinement", "damaged"};
static_assert(std::size(kReasonWords) == static_cast<std::size_t>(ExtractReason::kLast) + 1);

template <class T>
void put(std::span<char> into, std::size_t at, T number) {
  for (std::size_t i = 0; i < sizeof number; ++i) into[at + i] = static_cast<char>(static_cast<unsigned char>(number >> (8U * i)));
}

template <class T>
T get(std::span<const char> from, std::size_t at) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(from[at + i])) << (8U * i));
  return number;
}

}  // namespace

std::string_view to_word(ExtractReason reason) { return kReasonWords[static_cast<std::size_t>(reason)]; }

std::array<char, kRequestHeadBytes> write_request_head(std::uint64_t document_bytes) {
  std::array<char, kRequestHeadBytes> out{kDocument};
  put(out, 1, document_bytes);
  return out;
}

std::optional<std::uint64_t> read_request_head(std::span<const char, kRequestHeadBytes> head) {
  if (head[0] != kDocument) return std::nullopt;
  return get<std::uint64_t>(head, 1);
}

std::array<char, kAnswerHeadBytes> write_answer_head(const AnswerHead& head) {
  std::array<char, kAnswerHeadBytes> out{static_cast<char>(head.outcome), static_cast<char>(head.reason)};
  put(out, 2, head.text_bytes);
  put(out, 10, head.files);
  return out;
}

std::optional<AnswerHead> read_answer_head(std::span<const char, kAnswerHeadBytes> head) {
  const auto outcome = static_cast<unsigned char>(head[0]);
  const auto reason = static_cast<unsigned char>(head[1]);
  if (outcome > static_cast<unsigned char>(ExtractOutcome::kOff) || reason > static_cast<unsigned char>(ExtractReason::kLast)) {
    return std::nullopt;
  }
  AnswerHead out{static_cast<ExtractOutcome>(outcome), static_cast<ExtractReason>(reason), get<std::uint64_t>(head, 2), get<std::uint32_t>(head, 10)};
  if (out.files > kEmbeddedFilesMax) return std::nullopt;
  return out;
}

std::array<char, kFileHeadBytes> write_file_head(const FileHead& head) {
  std::array<char, kFileHeadBytes> out{};
  put(out, 0, head.name_bytes);
  put(out, 4, head.content_bytes);
  return out;
}

std::optional<FileHead> read_file_head(std::span<const char, kFileHeadBytes> head) {
  const FileHead out{get<std::uint32_t>(head, 0), get<std::uint64_t>(head, 4)};
  if (out.name_bytes > kFileNameBytesMax) return std::nullopt;
  return out;
}

}  // namespace postern::pipeline
