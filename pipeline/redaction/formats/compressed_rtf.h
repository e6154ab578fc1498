#pragma once
// pipeline/redaction/formats/compressed_rtf.h: the packed RTF of Outlook (MS-OXRTFCP), in .msg files and winmail.dat.
// Thread-safety: pure functions. Errors: none: damaged data ends early. Limits: `bytes_max`; time is linear.
#include <string_view>

#include "core/secret.h"

namespace postern::pipeline {

// `packed` begins with its header of 16 bytes.
core::SecretBuffer unpack_rtf(std::string_view packed, std::size_t bytes_max);
// Where the next such header begins at or behind `from`; npos: nowhere.
std::size_t find_packed_rtf(std::string_view bytes, std::size_t from);

}  // namespace postern::pipeline
