#pragma once
// pipeline/redaction/formats/xml_pieces.h: XML cut into tokens. Tolerant: any bytes are cut, nothing is validated, no
// depth is kept. Thread-safety: pure functions. Errors: none. Time: linear.
#include <cstddef>
#include <string_view>

#include "pipeline/api/message.h"

namespace postern::pipeline {

enum class XmlToken { kText, kCdata, kStart, kEmpty, kEnd, kAside };
struct XmlPiece {
  XmlToken token = XmlToken::kText;
  ByteRange whole;
  ByteRange inside;  // text: itself; tag: behind the name, up to '>' or '/>'; aside: between its marks
  ByteRange name;    // local name of a tag
};
// The token at `pos`, which moves behind it. False at the end.
bool next_piece(std::string_view xml, std::size_t& pos, XmlPiece& piece);

struct XmlAttribute {
  ByteRange name;   // with prefix
  ByteRange value;  // without quotes
};
// The next attribute of a tag from `pos` on, which begins at piece.inside.begin.
bool next_attribute(std::string_view xml, const XmlPiece& piece, std::size_t& pos, XmlAttribute& attribute);

// The digit that `<w:sym w:char="F034"/>` shows: its code, the last character of which is the digit. Empty: none.
ByteRange symbol_digit(std::string_view xml, const XmlPiece& tag);

}  // namespace postern::pipeline
