#pragma once
// pipeline/redaction/formats/xml_text.h: XML cut into tokens, and its text: character data in reading order, runs
// joined, blocks apart, references and internal entities decoded; what a reader may show beside it (attribute values,
// comments, instructions) apart. Tolerant: any bytes are read, nothing is validated, no depth is kept. Thread-safety:
// pure functions. Errors: none. Time and memory: linear; entities add at most kXmlExpandedBytesMax.
#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/api/message.h"
#include "pipeline/mime/source_map.h"

namespace postern::pipeline {

constexpr std::size_t kXmlExpandedBytesMax = 64U << 10U;  // what references to internal entities may add to a text
constexpr std::size_t kXmlEntitiesMax = 256;              // internal entities that are known by name

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

enum class XmlView {
  kText,       // all character data
  kShownText,  // without what stands inside other text and apart from it: deleted text, notes, comments, phonetic hints
  kAsides,     // attribute values, comments, instructions, declarations: one a line
  kNumbers,    // numbers of cells that are written with an exponent, in plain digits
};
struct XmlText {
  std::string text;        // UTF-8
  SourceMap map;           // offsets of text -> offsets of the XML
  bool has_apart = false;  // kText: kShownText would be another text
};
// `utf8`: the document in UTF-8. Views that cannot show more than the bytes do come back empty.
XmlText xml_view(std::string_view utf8, XmlView view);

}  // namespace postern::pipeline
