#include "pipeline/redaction/formats/xml_text.h"

#include <algorithm>
#include <array>
#include <map>

#include "pipeline/mime/html.h"
#include "pipeline/redaction/formats/plain_number.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kAttributeBytesMin = 4;  // shorter values hold no value of a rule by themselves

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Local names of WordprocessingML, SpreadsheetML, DrawingML and OpenDocument; a name means the same in all of them.
constexpr std::array<std::string_view, 21> kBlocks{
    "tr",       "row",   "si",          "table-row", "list-item", "comment", "endnote",
    "annotation", "text-box", "note",    "txbxContent", "footnote",  "lpstr",     "lpwstr",  "pt",
    "title",    "sheet", "c",           "tc",        "table-cell", "covered-table-cell"};
constexpr std::array<std::string_view, 2> kParagraphs{"p", "h"};
// ECMA-376 part 3, 10.2: one of them is shown, and within a line.
constexpr std::array<std::string_view, 2> kAlternatives{"Choice", "Fallback"};
// Within a block, as people type them.
constexpr std::array<std::string_view, 3> kLineEnds{"br", "cr", "line-break"};
constexpr std::array<std::string_view, 2> kTabs{"tab", "ptab"};
// Between blocks: no value runs over it, and a pattern's line ends there.
// A word that no detector knows, wider than what they look over between the groups of a number.
constexpr std::string_view kBreak = "\nzzzzzzzzzzzzzzzzzzzzzzzzzz\n";
// Between paragraphs where a number in groups goes on, as somebody typed it who ends lines by hand.
// As long as a break, with characters that no detector sees.
constexpr std::string_view kUnseen = "\u200B";
constexpr std::string_view kLineEnd = "\n\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B";
static_assert(kLineEnd.size() == kBreak.size());
// Text directly in these runs on into the next; in all other elements it stands alone.
constexpr std::array<std::string_view, 7> kRuns{"t", "span", "a", "delText", "instrText", "p", "h"};
constexpr std::array<std::string_view, 4> kApart{"annotation", "note", "rPh", "instrText"};
constexpr std::array<std::string_view, 3> kNotShown{"del", "moveFrom", "Fallback"};
constexpr std::array<std::string_view, 3> kNotOriginal{"ins", "moveTo", "Choice"};
// ECMA-376 part 1, 17.3.2.41 and its kin.
constexpr std::array<std::string_view, 3> kVanish{"vanish", "specVanish", "webHidden"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

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
void add_plain_number(std::string_view text, std::size_t at, XmlText& out) {
  constexpr std::size_t kDigitsMin = 12;
  // Others show all their digits as they stand; zeros before a number are not shown.
  if (text.find_first_of("Ee") == std::string_view::npos && !text.starts_with('0')) return;
  const auto number = plain_number(text);
  if (!number || number->digits.size() < kDigitsMin) return;
  for (std::size_t i = 0; i < number->digits.size(); ++i) {
    out.text.push_back(number->digits[i]);
    out.map.append_identity(at + number->from[i], 1);
  }
  out.text.push_back('\n');
  out.map.append(at + number->from.back(), 1, 1);
}

// A group of a card number at the end of `text`, or at its beginning: its length, or 0.
std::size_t last_group(std::string_view text) {
  const std::size_t end = text.find_last_not_of(' ') + 1;
  std::size_t begin = end;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  const bool is_apart = begin == 0 || text[begin - 1] == ' ' || text[begin - 1] == '-' || text[begin - 1] == '\n' ||
                        text[begin - 1] == ':' || text.substr(0, begin).ends_with(kUnseen);
  return is_apart ? end - begin : 0;
}
std::size_t first_group(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  const bool is_apart = end == text.size() || text[end] == ' ' || text[end] == '-' || text[end] == '\n' || text[end] == '.' ||
                        text[end] == ',';
  return is_apart ? end - begin : 0;
}

// An exponent, or zeros before a number.
bool may_hide_digits(std::string_view xml) {
  for (std::size_t i = 1; i + 1 < xml.size(); ++i) {
    if (xml[i] == '0' && (xml[i - 1] == '>' || xml[i - 1] == '"') && is_digit(xml[i + 1])) return true;
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
      } else if (view_ == XmlView::kFormulas) {
        take_formula(xml, piece);
      } else {
        take(xml, piece);
      }
      last_ = piece;
    }
    join_lines();
    return std::move(out_);
  }

 private:
  void take(std::string_view xml, const XmlPiece& piece) {
    if (piece.token == XmlToken::kAside) return;
    if (piece.token == XmlToken::kText || piece.token == XmlToken::kCdata) {
      if (apart_depth_ == 0 && !is_run_hidden_) take_text(xml, piece);
      return;
    }
    const std::string_view name = xml.substr(piece.name.begin, piece.name.size());
    if (skip_apart(name, piece.token)) return;
    note_run(xml, name, piece);
    const bool is_alternative = view_ == XmlView::kText && is_one_of(name, kAlternatives);
    if (is_one_of(name, kBlocks) || is_alternative || stands_alone_) {
      break_block(piece, false);
    } else if (is_one_of(name, kParagraphs)) {
      break_block(piece, true);
    } else if (piece.token != XmlToken::kEnd && is_one_of(name, kLineEnds)) {
      put("\n", piece.whole);
    } else if (piece.token != XmlToken::kEnd && is_one_of(name, kTabs)) {
      put("\t", piece.whole);
    } else if (piece.token == XmlToken::kEmpty && (name == "s" || name == "noBreakHyphen")) {
      put(name == "s" ? " " : "-", piece.whole);
    } else if (name == "sym" && piece.token != XmlToken::kEnd) {
      const ByteRange code = symbol_digit(xml, piece);
      if (!code.empty()) put(xml.substr(code.end - 1, 1), code);
    }
    stands_alone_ = false;
  }

  // Text of a run that says it is hidden; its properties stand before its text.
  void note_run(std::string_view xml, std::string_view name, const XmlPiece& piece) {
    if (name == "r") is_run_hidden_ = false;
    if (piece.token == XmlToken::kEnd || !is_one_of(name, kVanish)) return;
    const std::string_view tag = xml.substr(piece.inside.begin, piece.inside.size());
    for (std::string_view off : {"\"0\"", "\"false\"", "\"off\""}) {
      if (tag.find(off) != std::string_view::npos) return;
    }
    out_.has_apart = true;
    is_run_hidden_ = view_ != XmlView::kText;
  }

  bool skip_apart(std::string_view name, XmlToken token) {
    if (apart_depth_ > 0) {
      if (name == apart_) apart_depth_ += token == XmlToken::kStart ? 1 : 0;
      if (name == apart_ && token == XmlToken::kEnd) --apart_depth_;
      return true;
    }
    const bool is_new = is_one_of(name, kNotOriginal);
    const bool is_old = is_one_of(name, kNotShown);
    if (token != XmlToken::kStart || !(is_new || is_old || is_one_of(name, kApart))) return false;
    out_.has_apart = true;
    const bool is_kept = (is_new && view_ == XmlView::kShownText) || (is_old && view_ == XmlView::kOriginalText);
    if (view_ == XmlView::kText || is_kept) return false;
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
      if (stands_alone_) break_block(last_, false);
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

  void take_formula(std::string_view xml, const XmlPiece& piece) {
    if (piece.token == XmlToken::kText && last_.token == XmlToken::kStart &&
        xml.substr(last_.name.begin, last_.name.size()) == "f") {
      put_formula(xml, piece.inside);
    }
    if (piece.token != XmlToken::kStart && piece.token != XmlToken::kEmpty) return;
    if (xml.substr(piece.name.begin, piece.name.size()) != "table-cell") return;
    XmlAttribute attribute;
    for (std::size_t pos = piece.inside.begin; next_attribute(xml, piece, pos, attribute);) {
      if (xml.substr(attribute.name.begin, attribute.name.size()).ends_with(":formula")) put_formula(xml, attribute.value);
    }
  }

  void put_formula(std::string_view xml, ByteRange formula) {
    const std::string_view text = xml.substr(0, formula.end);
    const std::string_view whole = text.substr(formula.begin);
    const bool is_list = whole.find("CONCAT") != std::string_view::npos || whole.find("TEXTJOIN") != std::string_view::npos;
    if (!is_list && whole.find('&') == std::string_view::npos) return;
    for (std::size_t pos = formula.begin; pos < text.size();) {
      std::string decoded;
      const std::size_t length = text[pos] == '&' ? decode_reference(text, pos, entities_, decoded) : 0;
      if (length == 0) decoded.assign(1, text[pos]);
      const std::size_t bytes = std::max(length, std::size_t{1});
      const bool is_glue = decoded.size() == 1 && (std::string_view("\"& \t\r\n").find(decoded[0]) != std::string_view::npos ||
                                                   (is_list && (decoded[0] == ',' || decoded[0] == ';')));
      if (!is_glue && decoded.size() <= bytes + 8) put(decoded, {pos, pos + bytes});
      pos += bytes;
    }
    put("\n", {formula.end - 1, formula.end});
  }

  // Written before the next character, so that empty blocks leave one break.
  void break_block(const XmlPiece& piece, bool is_line) {
    is_line_ = is_line && (is_line_ || !is_pending_);
    is_pending_ = true;
    pending_at_ = piece.whole;
  }
  // `next`: what will stand behind it.
  void write_break(std::string_view next) {
    if (is_pending_ && !out_.text.empty()) {
      // One digit a paragraph, as one digit a line.
      const bool is_short = is_line_ && next.size() == 1 && is_digit(next.front()) && ends_with_lone_digit();
      if (is_line_ && !is_short) lines_.push_back(out_.text.size());
      const std::string_view mark = is_short ? "\n" : kBreak;
      out_.text += mark;
      out_.map.append(pending_at_.begin, pending_at_.size(), mark.size());
    }
    is_pending_ = false;
  }
  bool ends_with_lone_digit() const {
    const std::string_view text = out_.text;
    return is_digit(text.back()) && (text.size() == 1 || text[text.size() - 2] == '\n');
  }
  // Where one paragraph ends with a group of a card number and the next begins with one.
  void join_lines() {
    for (std::size_t at : lines_) {
      constexpr std::size_t kNear = 10;
      const std::string_view text = out_.text;
      const std::size_t before = last_group(text.substr(at - std::min(at, kNear), std::min(at, kNear)));
      if (before != 4 && before != 6) continue;
      const std::string_view next = text.substr(at + kBreak.size(), kNear);
      const std::size_t behind = first_group(next);
      // The last group of some numbers is shorter, and then nothing stands behind it.
      const bool is_last = behind > 0 && (next.substr(behind).empty() || next[behind] == '\n');
      if (behind <= 6 && (behind >= 4 || is_last)) out_.text.replace(at, kBreak.size(), kLineEnd);
    }
  }
  void put(std::string_view text, ByteRange source) { put(text, source, source.size()); }
  void put(std::string_view text, ByteRange source, std::size_t source_bytes) {
    if (text.empty()) return;
    write_break(text);
    out_.text += text;
    out_.map.append(source.begin, source_bytes, text.size());
  }
  void put_same(std::string_view text, std::size_t at) {
    if (text.empty()) return;
    write_break(text);
    out_.text += text;
    out_.map.append_identity(at, text.size());
  }

  const XmlView view_;
  const Entities entities_;
  XmlText out_;
  XmlPiece last_;
  bool is_pending_ = false;
  bool is_line_ = false;  // what is pending is the end of a paragraph and nothing more
  ByteRange pending_at_;
  std::vector<std::size_t> lines_;  // offsets of breaks between paragraphs
  bool is_run_hidden_ = false;
  bool stands_alone_ = false;
  std::string apart_;
  std::size_t apart_depth_ = 0;
  std::size_t expansion_left_ = kXmlExpandedBytesMax;
};

}  // namespace

XmlText xml_view(std::string_view utf8, XmlView view) {
  // Without references, what stands beside the text is the same as in the bytes.
  if (view == XmlView::kAsides && utf8.find('&') == std::string_view::npos) return {};
  if (view == XmlView::kNumbers && !may_hide_digits(utf8)) return {};
  if (view == XmlView::kFormulas && utf8.find("<f") == std::string_view::npos && utf8.find(":f>") == std::string_view::npos &&
      utf8.find(":formula") == std::string_view::npos)
    return {};
  return ViewMaker(utf8, view).run(utf8);
}

}  // namespace postern::pipeline
