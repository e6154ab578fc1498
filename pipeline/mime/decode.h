#pragma once
// pipeline/mime/decode.h: transfer encodings (RFC 2045 section 6), encoded words (RFC 2047) and charsets to UTF-8, each
// with a map back to its input. All decoders are tolerant: any input gives an output; `clean` is false when the input
// was not what the standard asks for, so that another reader may decode it otherwise.
// Thread-safety: pure functions. Errors: none. Time and memory: linear in the input.
#include <string>
#include <string_view>

#include "pipeline/api/message.h"
#include "pipeline/mime/part.h"
#include "pipeline/mime/source_map.h"

namespace postern::pipeline {

struct Decoded {
  std::string bytes;
  SourceMap map;  // offsets of bytes -> offsets of the message (or of the input plus `origin`)
  bool clean = true;
};

// `origin` is the offset of `raw` in the message. Mapping::kSkip: the map has the right size and nothing in it.
Decoded decode_base64(std::string_view raw, std::size_t origin = 0, Mapping mapping = Mapping::kKeep);
Decoded decode_quoted_printable(std::string_view raw, std::size_t origin = 0, Mapping mapping = Mapping::kKeep);
Decoded decode_identity(std::string_view raw, std::size_t origin = 0, Mapping mapping = Mapping::kKeep);
Decoded decode_uuencode(std::string_view raw, std::size_t origin = 0, Mapping mapping = Mapping::kKeep);
Decoded decode_transfer(std::string_view raw, TransferEncoding encoding, std::size_t origin = 0,
                        Mapping mapping = Mapping::kKeep);
// The body of a leaf.
Decoded decode_body(const Message& message, const Part& part, Mapping mapping = Mapping::kKeep);

struct Converted {
  std::string utf8;     // valid UTF-8, NUL kept
  SourceMap map;        // offsets of utf8 -> offsets of the input bytes
  std::string charset;  // the one that was used, in lower case
  bool clean = true;    // false when the label was unknown or bytes did not fit it
};
// Converts by label. Unknown or absent label: UTF-8 when valid, else detection, else windows-1252. US-ASCII and UTF-8
// labels over other bytes are treated as unknown. Stateful charsets (ISO-2022-*, HZ, UTF-7) and UTF-16/32 are decoded.
Converted to_utf8(std::string_view bytes, std::string_view charset, Mapping mapping = Mapping::kKeep);

// A header value: unfolded, encoded words decoded, raw 8-bit made UTF-8; map leads to `raw` plus `origin`. Leading and
// trailing blanks are left out. Control characters become blanks (Mailsploit).
Decoded decode_header_text(std::string_view raw, std::size_t origin = 0);
// The same for text that is not mapped.
std::string decode_words(std::string_view raw);

}  // namespace postern::pipeline
