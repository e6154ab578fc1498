#include "pipeline/redaction/formats/xml_pieces.h"

#include <algorithm>

namespace postern::pipeline {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Whether a character of a tag or declaration stands in quotes.
class Quotes {
 public:
  bool takes(char c) {
    if (quote_ != 0) {
      if (c == quote_) quote_ = 0;
      return true;
    }
    if (c != '"' && c != '\'') return false;
    quote_ = c;
    return true;
  }

 private:
  char quote_ = 0;
};

// From behind "<!DOCTYPE" to behind its '>', over quotes and the internal subset.
std::size_t doctype_end(std::string_view xml, std::size_t pos) {
  std::size_t brackets = 0;
  Quotes quotes;
  for (; pos < xml.size(); ++pos) {
    const char c = xml[pos];
    if (quotes.takes(c)) continue;
    if (c == '[') {
      ++brackets;
    } else if (c == ']' && brackets > 0) {
      --brackets;
    } else if (c == '>' && brackets == 0) {
      return pos + 1;
    }
  }
  return xml.size();
}

// `open` stands at piece.whole.begin; the token ends behind `close`, or with the text.
void take_until(std::string_view xml, std::size_t open, std::string_view close, XmlPiece& piece) {
  const std::size_t begin = piece.whole.begin + open;
  const std::size_t end = std::min(xml.find(close, begin), xml.size());
  piece.inside = {begin, end};
  piece.whole.end = std::min(xml.size(), end + close.size());
}

void take_tag(std::string_view xml, XmlPiece& piece) {
  std::size_t pos = piece.whole.begin + 1;
  piece.token = XmlToken::kStart;
  if (pos < xml.size() && xml[pos] == '/') {
    piece.token = XmlToken::kEnd;
    ++pos;
  }
  piece.name = {pos, pos};
  while (pos < xml.size() && !is_space(xml[pos]) && xml[pos] != '>' && xml[pos] != '/') {
    if (xml[pos++] == ':') piece.name.begin = pos;
  }
  piece.name.end = pos;
  const std::size_t inside = pos;
  Quotes quotes;
  while (pos < xml.size() && (quotes.takes(xml[pos]) || xml[pos] != '>')) ++pos;
  piece.inside = {inside, pos};
  if (pos > inside && pos < xml.size() && xml[pos - 1] == '/') {
    --piece.inside.end;
    if (piece.token == XmlToken::kStart) piece.token = XmlToken::kEmpty;
  }
  piece.whole.end = std::min(xml.size(), pos + 1);
}

}  // namespace

bool next_piece(std::string_view xml, std::size_t& pos, XmlPiece& piece) {
  if (pos >= xml.size()) return false;
  piece = {};
  piece.whole.begin = pos;
  const std::string_view rest = xml.substr(pos, 9);
  if (xml[pos] != '<') {
    piece.token = XmlToken::kText;
    piece.whole.end = std::min(xml.find('<', pos), xml.size());
    piece.inside = piece.whole;
  } else if (rest.starts_with("<!--")) {
    piece.token = XmlToken::kAside;
    take_until(xml, 4, "-->", piece);
  } else if (rest.starts_with("<![CDATA[")) {
    piece.token = XmlToken::kCdata;
    take_until(xml, 9, "]]>", piece);
  } else if (rest.starts_with("<?")) {
    piece.token = XmlToken::kAside;
    take_until(xml, 2, "?>", piece);
  } else if (rest.starts_with("<!")) {
    piece.token = XmlToken::kAside;
    piece.whole.end = doctype_end(xml, pos + 2);
    piece.inside = {pos + 2, piece.whole.end};
  } else {
    take_tag(xml, piece);
  }
  pos = piece.whole.end;
  return true;
}

bool next_attribute(std::string_view xml, const XmlPiece& piece, std::size_t& pos, XmlAttribute& attribute) {
  const std::string_view tag = xml.substr(0, piece.inside.end);
  while (pos < tag.size() && is_space(tag[pos])) ++pos;
  const std::size_t equals = tag.find('=', pos);
  if (equals == std::string_view::npos) return false;
  attribute.name = {pos, equals};
  while (attribute.name.end > pos && is_space(tag[attribute.name.end - 1])) --attribute.name.end;
  pos = equals + 1;
  while (pos < tag.size() && is_space(tag[pos])) ++pos;
  if (pos >= tag.size()) return false;
  const char quote = tag[pos];
  const bool is_quoted = quote == '"' || quote == '\'';
  const std::size_t begin = is_quoted ? pos + 1 : pos;
  const std::size_t end =
      std::min(is_quoted ? tag.find(quote, begin) : tag.find_first_of(" \t\r\n", begin), tag.size());
  attribute.value = {begin, end};
  pos = std::min(tag.size(), end + 1);
  return true;
}

ByteRange symbol_digit(std::string_view xml, const XmlPiece& tag) {
  XmlAttribute attribute;
  for (std::size_t pos = tag.inside.begin; next_attribute(xml, tag, pos, attribute);) {
    if (!xml.substr(attribute.name.begin, attribute.name.size()).ends_with("char")) continue;
    const std::string_view code = xml.substr(attribute.value.begin, attribute.value.size());
    const bool is_digit_code = code.size() == 4 && (code.starts_with("003") || code.starts_with("F03") || code.starts_with("f03"));
    if (is_digit_code && code.back() >= '0' && code.back() <= '9') return attribute.value;
  }
  return {};
}

}  // namespace postern::pipeline
