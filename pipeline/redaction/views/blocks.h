#pragma once
// pipeline/redaction/views/blocks.h: bytes that stand encoded in a text without a label: base64, uuencode, yEnc, base85,
// hex, pages in attributes. Each block is decoded for a look, and can be written anew in place: the text keeps its layout, and the rest of
// the block its content.
// Thread-safety: pure functions. Ownership: a sink may change the bytes it is given; finders wipe them behind it. Errors:
// none. Time: linear in the text; memory: that of the largest block.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/message_edit.h"
#include "pipeline/redaction/views/telltales.h"

namespace postern::pipeline {

// Edits of the text that make the block decode to `now`, which has as many bytes; nullopt where its layout has no room.
using BlockPatch = std::function<std::optional<std::vector<Edit>>(std::string_view now)>;
using BlockSink = std::function<void(ByteRange block, std::string_view bytes, const BlockPatch& patch)>;

// Runs of sixteen and more characters of either alphabet (RFC 4648 sections 4 and 5), over lines of one length, behind
// quote marks too. Padding may lack.
void find_base64(std::string_view text, const BlockSink& sink);
// "begin 644 name" … "end" (POSIX uuencode).
void find_uuencode(std::string_view text, const BlockSink& sink);
// "=ybegin" … "=yend" (yEnc 1.3). A patch takes the checksums out of the trailer.
void find_yenc(std::string_view text, const BlockSink& sink);
// Twelve and more bytes as pairs of hex digits, side by side or with blanks, commas, colons, "0x" between them.
void find_hex(std::string_view text, const BlockSink& sink);
// "data:text/html,…" (RFC 2397): its bytes behind percent escapes, and base64 that escapes or blanks break up.
void find_data_urls(std::string_view text, const BlockSink& sink);
// The page in <iframe srcdoc="…">, references decoded.
void find_frame_documents(std::string_view text, const BlockSink& sink);
// "<~" … "~>" (Adobe's base85).
void find_base85(std::string_view text, const BlockSink& sink);

}  // namespace postern::pipeline
