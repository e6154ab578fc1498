#pragma once
// pipeline/redaction/formats/tar_header.h: the 512-byte header of tar (POSIX.1-2017 pax, "ustar Interchange Format").
// Thread-safety: pure functions.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/api/message.h"

namespace postern::pipeline {

constexpr std::size_t kTarBlockBytes = 512;
constexpr ByteRange kTarName{0, 100};
constexpr ByteRange kTarSize{124, 136};
constexpr ByteRange kTarChecksum{148, 156};
constexpr std::size_t kTarType = 156;
constexpr ByteRange kTarLinkName{157, 257};
constexpr ByteRange kTarPrefix{345, 500};

// True when the bytes begin with a header whose checksum is right.
bool is_tar_header(std::string_view bytes);
// Octal, or the binary form of GNU; nullopt when it is neither.
std::optional<std::uint64_t> tar_number(std::string_view field);
void set_tar_size(std::string& header, std::uint64_t size);
void set_tar_checksum(std::string& header);

}  // namespace postern::pipeline
