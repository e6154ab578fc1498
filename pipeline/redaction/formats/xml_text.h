#pragma once
// pipeline/redaction/formats/xml_text.h: the text of XML: character data in reading order, runs joined, blocks apart,
// references and internal entities decoded; what a reader may show beside it (attribute values, comments, instructions)
// apart. Tolerant: any bytes are read. Thread-safety: pure functions. Errors: none. Time and memory: linear; entities add
// at most kXmlExpandedBytesMax.
#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/api/message.h"
#include "pipeline/mime/source_map.h"
#include "pipeline/redaction/formats/xml_pieces.h"

namespace postern::pipeline {

constexpr std::size_t kXmlExpandedBytesMax = 64U << 10U;  // what references to internal entities may add to a text
constexpr std::size_t kXmlEntitiesMax = 256;              // internal entities that are known by name

enum class XmlView {
  kText,          // all character data
  kShownText,     // without what stands inside other text and apart from it: deleted and hidden text, notes, comments,
                  // phonetic hints, what is only for programs that do not know the rest
  kOriginalText,  // the same before the changes that are tracked, and for those programs
  kAsides,        // attribute values, comments, instructions, declarations: one a line
  kNumbers,       // numbers of cells that are written with an exponent or with zeros before them, in plain digits
  kFormulas,      // formulas with the texts joined that they join
};
struct XmlText {
  std::string text;        // UTF-8
  SourceMap map;           // offsets of text -> offsets of the XML
  bool has_apart = false;  // kText: kShownText and kOriginalText would be other texts
};
// `utf8`: the document in UTF-8. Views that cannot show more than the bytes do come back empty.
XmlText xml_view(std::string_view utf8, XmlView view);

}  // namespace postern::pipeline
