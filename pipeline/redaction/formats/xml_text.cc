#include "pipeline/redaction/formats/xml_text.h"

#include <algorithm>
#include <array>
#include <map>

#include "pipeline/mime/html.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kAttributeBytesMin = 4;  // shorter values hold no value of a rule by themselves

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Local names of WordprocessingML, SpreadsheetML, DrawingML and OpenDocument; a name means the same in all of them.
constexpr std::array<std::string_view, 25> kBlocks{
    "p",         "h",         "tr",          "row",        "si",
    "table-row", "list-item", "comment",     "endnote",    "annotation",
    "text-box",  "note",      "txbxContent", "footnote",   "lpstr",
    "lpwstr",    "pt",        "title",       "Fallback",   "Choice",
    "sheet",     "c",         "tc",          "table-cell", "covered-table-cell"};
// Within a block, as people type them.
constexpr std::array<std::string_view, 3> kLineEnds{"br", "cr", "line-break"};
constexpr std::array<std::string_view, 2> kTabs{"tab", "ptab"};
// Between blocks: no value runs over it, and a pattern's line ends there.
constexpr std::string_view kBreak = "\n\x1E\n";
// Text directly in these runs on into the next; in all other elements it stands alone.
constexpr std::array<std::string_view, 7> kRuns{"t", "span", "a", "delText", "instrText", "p", "h"};
constexpr std::array<std::string_view, 6> kApart{"annotation", "note", "del", "rPh", "instrText", "Fallback"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// From behind "<!DOCTYPE" to behind its '>', over quotes and the internal subset.
std::size_t doctype_end(std::string_view xml, std::size_t pos) {
  std::size_t brackets = 0;
  char quote = 0;
  for (; pos < xml.size(); ++pos) {
    const char c = xml[pos];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[') {
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
  char quote = 0;
  for (; pos < xml.size(); ++pos) {
    const char c = xml[pos];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      break;
    }
  }
  piece.inside = {inside, pos};
  if (pos > inside && pos < xml.size() && xml[pos - 1] == '/') {
    --piece.inside.end;
    if (piece.token == XmlToken::kStart) piece.token = XmlToken::kEmpty;
  }
  piece.whole.end = std::min(xml.size(), pos + 1);
}

// Internal general entities by name, references to earlier ones and to characters resolved.
using Entities = std::map<std::string, std::string, std::less<>>;

std::size_t decode_reference(std::string_view xml, std::size_t pos, const Entities& entities, std::string& out) {
  const std::size_t end = xml.substr(pos, 64).find(';');
  if (end != std::string_view::npos && !entities.empty()) {
    const auto known = entities.find(xml.substr(pos + 1, end - 1));
    if (known != entities.end()) {
      out = known->second;
      return end + 1;
    }
  }
  return decode_entity(xml, pos, out);
}

std::string resolved(std::string_view value, const Entities& entities) {
  std::string out;
  for (std::size_t pos = 0; pos < value.size() && out.size() < kXmlExpandedBytesMax;) {
    std::string decoded;
    const std::size_t length = value[pos] == '&' ? decode_reference(value, pos, entities, decoded) : 0;
    if (length == 0) {
      out.push_back(value[pos++]);
    } else {
      out += decoded;
      pos += length;
    }
  }
  out.resize(std::min(out.size(), kXmlExpandedBytesMax));
  return out;
}

Entities entities_of(std::string_view xml) {
  constexpr std::string_view kMark = "<!ENTITY";
  Entities entities;
  std::size_t kept = 0;
  std::size_t declared = 0;
  for (std::size_t at = xml.find(kMark); at != std::string_view::npos && declared < kXmlEntitiesMax;
       at = xml.find(kMark, at + 1), ++declared) {
    std::size_t pos = xml.find_first_not_of(" \t\r\n", at + kMark.size());
    if (pos == std::string_view::npos) break;
    const std::size_t name_end = xml.find_first_of(" \t\r\n>", pos);
    if (name_end == std::string_view::npos) break;
    const std::size_t open = xml.find_first_not_of(" \t\r\n", name_end);
    if (open == std::string_view::npos || (xml[open] != '"' && xml[open] != '\'')) continue;
    const std::size_t close = xml.find(xml[open], open + 1);
    if (close == std::string_view::npos) break;
    std::string value = resolved(xml.substr(open + 1, close - open - 1), entities);
    kept += value.size();
    if (kept > 4 * kXmlExpandedBytesMax) break;
    entities.try_emplace(std::string(xml.substr(pos, name_end - pos)), std::move(value));
  }
  return entities;
}

// A number as "3.78282246310005E+14" in its plain digits, those of a card or longer. `at`: its offset in the XML.
void add_plain_number(std::string_view number, std::size_t at, XmlText& out) {
  constexpr std::size_t kDigitsMin = 12;
  constexpr std::size_t kDigitsMax = 20;
  const std::size_t mark = number.find_first_of("Ee");
  if (mark == std::string_view::npos || mark > 32 || number.size() > mark + 5) return;
  std::size_t exponent = 0;
  for (char c : number.substr(mark + 1)) {
    if (c == '+') continue;
    if (!is_digit(c)) return;
    exponent = exponent * 10 + static_cast<std::size_t>(c - '0');
  }
  std::size_t digits = 0;
  for (char c : number.substr(0, mark)) digits += is_digit(c) ? 1 : 0;
  if (digits == 0 || exponent + 1 < std::max(digits, kDigitsMin) || exponent + 1 > kDigitsMax) return;
  std::size_t last = 0;
  for (std::size_t i = 0; i < mark; ++i) {
    if (!is_digit(number[i])) continue;
    out.text.push_back(number[i]);
    out.map.append_identity(at + i, 1);
    last = at + i;
  }
  for (std::size_t i = digits; i < exponent + 1; ++i) {
    out.text.push_back('0');
    out.map.append_identity(last, 1);
  }
  out.text.push_back('\n');
  out.map.append(last, 1, 1);
}

bool has_exponent(std::string_view xml) {
  for (std::size_t i = 1; i + 1 < xml.size(); ++i) {
    if ((xml[i] == 'E' || xml[i] == 'e') && is_digit(xml[i - 1]) && (xml[i + 1] == '+' || is_digit(xml[i + 1])))
      return true;
  }
  return false;
}

class ViewMaker {
 public:
  ViewMaker(std::string_view xml, XmlView view) : view_(view), entities_(entities_of(xml)) {}

  XmlText run(std::string_view xml) {
    XmlPiece piece;
    for (std::size_t pos = 0; next_piece(xml, pos, piece);) {
      if (view_ == XmlView::kAsides) {
        take_aside(xml, piece);
      } else if (view_ == XmlView::kNumbers) {
        take_number(xml, piece);
      } else {
        take(xml, piece);
      }
      last_ = piece;
    }
    return std::move(out_);
  }

 private:
  void take(std::string_view xml, const XmlPiece& piece) {
    if (piece.token == XmlToken::kAside) return;
    if (piece.token == XmlToken::kText || piece.token == XmlToken::kCdata) {
      if (apart_depth_ == 0) take_text(xml, piece);
      return;
    }
    const std::string_view name = xml.substr(piece.name.begin, piece.name.size());
    if (skip_apart(name, piece.token)) return;
    if (is_one_of(name, kBlocks) || stands_alone_) {
      break_block(piece);
    } else if (piece.token != XmlToken::kEnd && is_one_of(name, kLineEnds)) {
      put("\n", piece.whole);
    } else if (piece.token != XmlToken::kEnd && is_one_of(name, kTabs)) {
      put("\t", piece.whole);
    } else if (piece.token == XmlToken::kEmpty && (name == "s" || name == "noBreakHyphen")) {
      put(name == "s" ? " " : "-", piece.whole);
    }
    stands_alone_ = false;
  }

  bool skip_apart(std::string_view name, XmlToken token) {
    if (apart_depth_ > 0) {
      if (name == apart_) apart_depth_ += token == XmlToken::kStart ? 1 : 0;
      if (name == apart_ && token == XmlToken::kEnd) --apart_depth_;
      return true;
    }
    if (token != XmlToken::kStart || !is_one_of(name, kApart)) return false;
    out_.has_apart = true;
    if (view_ != XmlView::kShownText) return false;
    apart_ = std::string(name);
    apart_depth_ = 1;
    return true;
  }

  void take_text(std::string_view xml, const XmlPiece& piece) {
    const std::string_view text = xml.substr(piece.inside.begin, piece.inside.size());
    // Between elements a line end is layout of the file.
    if (std::all_of(text.begin(), text.end(), is_space) && text.find('\n') != std::string_view::npos) return;
    if (last_.token == XmlToken::kStart) {
      const std::string_view name = xml.substr(last_.name.begin, last_.name.size());
      stands_alone_ = !is_one_of(name, kRuns);
      if (stands_alone_) break_block(last_);
    }
    put_decoded(xml, piece);
  }

  void put_decoded(std::string_view xml, const XmlPiece& piece) {
    const std::string_view text = xml.substr(0, piece.inside.end);
    std::size_t pos = piece.inside.begin;
    while (pos < text.size()) {
      const std::size_t next =
          piece.token == XmlToken::kCdata ? text.size() : std::min(text.find('&', pos), text.size());
      put_same(text.substr(pos, next - pos), pos);
      pos = next;
      if (pos >= text.size()) return;
      std::string decoded;
      const std::size_t length = decode_reference(text, pos, entities_, decoded);
      if (length == 0 || decoded.size() > length + 8 + expansion_left_) {
        put_same("&", pos++);
        continue;
      }
      if (decoded.size() > length) expansion_left_ -= std::min(expansion_left_, decoded.size() - length);
      put(decoded, {pos, pos + length});
      pos += length;
    }
  }

  void take_aside(std::string_view xml, const XmlPiece& piece) {
    if (piece.token == XmlToken::kAside) {
      put_decoded(xml, piece);
      put("\n", piece.whole, piece.whole.size());
      return;
    }
    if (piece.token != XmlToken::kStart && piece.token != XmlToken::kEmpty) return;
    XmlAttribute attribute;
    for (std::size_t pos = piece.inside.begin; next_attribute(xml, piece, pos, attribute);) {
      if (attribute.value.size() < kAttributeBytesMin) continue;
      put_decoded(xml, {XmlToken::kText, attribute.value, attribute.value, {}});
      put("\n", {attribute.value.end, attribute.value.end + 1});
    }
  }

  void take_number(std::string_view xml, const XmlPiece& piece) {
    if (piece.token == XmlToken::kText && last_.token == XmlToken::kStart &&
        xml.substr(last_.name.begin, last_.name.size()) == "v") {
      add_plain_number(xml.substr(piece.inside.begin, piece.inside.size()), piece.inside.begin, out_);
    }
    if (piece.token != XmlToken::kStart && piece.token != XmlToken::kEmpty) return;
    if (xml.substr(piece.name.begin, piece.name.size()) != "table-cell") return;
    XmlAttribute attribute;
    for (std::size_t pos = piece.inside.begin; next_attribute(xml, piece, pos, attribute);) {
      if (!xml.substr(attribute.name.begin, attribute.name.size()).ends_with(":value")) continue;
      add_plain_number(xml.substr(attribute.value.begin, attribute.value.size()), attribute.value.begin, out_);
    }
  }

  // Written before the next character, so that empty blocks leave one break.
  void break_block(const XmlPiece& piece) {
    is_pending_ = true;
    pending_at_ = piece.whole;
  }
  void write_break() {
    if (is_pending_ && !out_.text.empty()) {
      out_.text += kBreak;
      out_.map.append(pending_at_.begin, pending_at_.size(), kBreak.size());
    }
    is_pending_ = false;
  }
  void put(std::string_view text, ByteRange source) { put(text, source, source.size()); }
  void put(std::string_view text, ByteRange source, std::size_t source_bytes) {
    if (text.empty()) return;
    write_break();
    out_.text += text;
    out_.map.append(source.begin, source_bytes, text.size());
  }
  void put_same(std::string_view text, std::size_t at) {
    if (text.empty()) return;
    write_break();
    out_.text += text;
    out_.map.append_identity(at, text.size());
  }

  const XmlView view_;
  const Entities entities_;
  XmlText out_;
  XmlPiece last_;
  bool is_pending_ = false;
  ByteRange pending_at_;
  bool stands_alone_ = false;
  std::string apart_;
  std::size_t apart_depth_ = 0;
  std::size_t expansion_left_ = kXmlExpandedBytesMax;
};

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

XmlText xml_view(std::string_view utf8, XmlView view) {
  // Without references, what stands beside the text is the same as in the bytes.
  if (view == XmlView::kAsides && utf8.find('&') == std::string_view::npos) return {};
  if (view == XmlView::kNumbers && !has_exponent(utf8)) return {};
  return ViewMaker(utf8, view).run(utf8);
}

}  // namespace postern::pipeline
