#include "pipeline/redaction/formats/xml_scan.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/formats/xml_text.h"
#include "pipeline/redaction/message_edit.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kDeclarationBytes = 200;
constexpr std::size_t kReferenceBytesMax = 12;  // "&#x0010FFFF;"

// XML 1.0 appendix F: a mark or the first characters tell the family, the declaration the encoding.
std::string declared_charset(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with(std::string_view("<\0", 2))) return "utf-16le";
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with(std::string_view("\0<", 2))) return "utf-16be";
  if (bytes.starts_with("\xEF\xBB\xBF")) return "utf-8";
  const std::string_view head = bytes.substr(0, std::min(bytes.find("?>"), kDeclarationBytes));
  const std::size_t key = head.find("encoding");
  if (!head.starts_with("<?xml") || key == std::string_view::npos) return "utf-8";
  const std::size_t open = head.find_first_of("\"'", key);
  if (open == std::string_view::npos) return "utf-8";
  const std::size_t close = std::min(head.find(head[open], open + 1), head.size());
  return core::to_lower_ascii(head.substr(open + 1, close - open - 1));
}

// Findings of all views of one document, in offsets of its bytes.
class XmlLooks {
 public:
  XmlLooks(const Detector& detector, TextKind kind, BodyScan& scan) : detector_(detector), kind_(kind), scan_(scan) {}

  void look(std::string_view view, std::initializer_list<const SourceMap*> maps) {
    if (view.empty()) return;
    for (const Finding& finding : detector_.find(view, kind_)) {
      const std::vector<ByteRange> place = map_back(finding.span, maps);
      if (place.empty()) continue;
      for (ByteRange one : finding.hidden) add(one, maps, scan_.hidden);
      for (ByteRange one : finding.dropped) add(one, maps, scan_.dropped);
      const FindingKey key{std::string(finding.rule), std::string(finding.label)};
      if (!seen_.insert({key, place.front().begin}).second) continue;
      ++(finding.is_shadow ? scan_.shadows : scan_.findings)[key];
    }
  }

  // Findings of another look at the same text.
  void take(const BodyScan& scan, const SourceMap& map) {
    for (ByteRange one : scan.hidden) add(one, {&map}, scan_.hidden);
    for (const auto& [key, count] : scan.findings) scan_.findings[key] += count;
    for (const auto& [key, count] : scan.shadows) scan_.shadows[key] += count;
  }

 private:
  static void add(ByteRange one, std::initializer_list<const SourceMap*> maps, std::vector<ByteRange>& into) {
    const auto pieces = map_back(one, maps);
    into.insert(into.end(), pieces.begin(), pieces.end());
  }

  const Detector& detector_;
  const TextKind kind_;
  BodyScan& scan_;
  std::set<std::pair<FindingKey, std::size_t>> seen_;
};

struct CellLook {
  const Detector& detector;
  TextKind kind;
  const SharedTexts* shared;
};

void look_in_charset(XmlLooks& looks, std::string_view bytes, const std::string& charset, const CellLook& cells) {
  Converted converted = to_utf8(bytes, charset);
  const WipedAtExit wiped(converted.utf8);
  looks.look(converted.utf8, {&converted.map});
  looks.take(scan_xml_cells(cells.detector, converted.utf8, cells.kind, cells.shared), converted.map);
  bool has_apart = false;
  for (XmlView view : {XmlView::kText, XmlView::kShownText, XmlView::kOriginalText, XmlView::kAsides, XmlView::kNumbers,
                       XmlView::kFormulas}) {
    if ((view == XmlView::kShownText || view == XmlView::kOriginalText) && !has_apart) continue;
    XmlText text = xml_view(converted.utf8, view);
    const WipedAtExit wiped_text(text.text);
    has_apart = has_apart || text.has_apart;
    looks.look(text.text, {&text.map, &converted.map});
  }
}

bool is_utf8_name(std::string_view charset) { return charset == "utf-8" || charset == "utf8" || charset.empty(); }

// A mask inside a character reference would leave no reference: all of it goes.
ByteRange with_reference(std::string_view xml, ByteRange range) {
  const std::size_t from = range.begin - std::min(range.begin, kReferenceBytesMax);
  const std::size_t open = xml.substr(from, range.begin - from).rfind('&');
  if (open == std::string_view::npos) return range;
  const std::string_view reference = xml.substr(from + open, kReferenceBytesMax + 1);
  const std::size_t close = reference.find_first_of(";< \n");
  if (close == std::string_view::npos || reference[close] != ';' || from + open + close < range.begin) return range;
  return {from + open, std::max(range.end, from + open + close + 1)};
}

bool touches(const std::vector<ByteRange>& ranges, ByteRange where) {
  const auto next = std::upper_bound(ranges.begin(), ranges.end(), where.begin,
                                     [](std::size_t at, ByteRange one) { return at < one.end; });
  return next != ranges.end() && next->begin < where.end;
}

std::string_view view_of(std::string_view xml, ByteRange range) { return xml.substr(range.begin, range.size()); }

// ECMA-376 part 1, 18.3.1.4: a cell without `t` is a number, and a program refuses the file when it is none; "str" is
// text.
void repair_sheet_cell(std::string_view xml, const XmlPiece& cell, std::vector<Edit>& edits) {
  XmlAttribute attribute;
  for (std::size_t pos = cell.inside.begin; next_attribute(xml, cell, pos, attribute);) {
    if (view_of(xml, attribute.name) != "t") continue;
    const std::string_view type = view_of(xml, attribute.value);
    if (type == "n" || type == "d" || type == "b" || type == "s") edits.push_back({attribute.value, "str"});
    return;
  }
  edits.push_back({{cell.inside.begin, cell.inside.begin}, " t=\"str\""});
}

// OpenDocument 1.3 part 3, 19.389: a cell that says it is a string shows its paragraphs.
void repair_table_cell(std::string_view xml, const XmlPiece& cell, std::vector<Edit>& edits) {
  XmlAttribute attribute;
  for (std::size_t pos = cell.inside.begin; next_attribute(xml, cell, pos, attribute);) {
    if (view_of(xml, attribute.name).ends_with(":value-type")) edits.push_back({attribute.value, "string"});
  }
}

// Whether all that is hidden in a formula stands in quotes: a mask elsewhere would leave no formula.
bool is_quoted_only(std::string_view xml, ByteRange formula, const std::vector<ByteRange>& hidden) {
  bool is_quoted = false;
  for (std::size_t at = formula.begin; at < formula.end; ++at) {
    if (xml[at] == '"' || xml.substr(at).starts_with("&quot;")) is_quoted = !is_quoted;
    if (!is_quoted && touches(hidden, {at, at + 1})) return false;
  }
  return true;
}

// What masks alone would break, mended; what goes as a whole is taken out of `hidden`.
class Repairs {
 public:
  std::vector<Edit> run(std::string_view xml, std::vector<ByteRange>& hidden) {
    XmlPiece piece;
    for (std::size_t pos = 0; next_piece(xml, pos, piece); last_ = piece) {
      if (piece.token == XmlToken::kText) {
        repair_text(xml, piece, hidden);
      } else if (piece.token == XmlToken::kStart || piece.token == XmlToken::kEmpty) {
        repair_tag(xml, piece, hidden);
      } else if (piece.token == XmlToken::kEnd && !formula_.empty()) {
        replaced_.push_back({formula_.begin, piece.whole.end});
        edits_.push_back({replaced_.back(), ""});
        formula_ = {};
      }
    }
    hidden = without(std::move(hidden), merge_overlapping(std::move(replaced_)));
    return std::move(edits_);
  }

 private:
  void repair_text(std::string_view xml, const XmlPiece& piece, const std::vector<ByteRange>& hidden) {
    if (last_.token != XmlToken::kStart || !touches(hidden, piece.inside)) return;
    const std::string_view name = view_of(xml, last_.name);
    if (name == "v" && cell_.token == XmlToken::kStart) {
      repair_sheet_cell(xml, cell_, edits_);
      cell_ = {};
    } else if (name == "f" && !is_quoted_only(xml, piece.inside, hidden)) {
      formula_ = {last_.whole.begin, piece.whole.end};
    }
  }

  void repair_tag(std::string_view xml, const XmlPiece& piece, const std::vector<ByteRange>& hidden) {
    const std::string_view name = view_of(xml, piece.name);
    if (name == "c") cell_ = piece;
    if (!touches(hidden, piece.inside)) return;
    if (name == "table-cell") {
      repair_table_cell(xml, piece, edits_);
      drop_broken_formula(xml, piece, hidden);
    } else if (name == "sym") {
      const ByteRange code = symbol_digit(xml, piece);
      if (code.empty()) return;
      edits_.push_back({code, std::string(kBlockCode)});
      replaced_.push_back(code);
    }
  }

  void drop_broken_formula(std::string_view xml, const XmlPiece& piece, const std::vector<ByteRange>& hidden) {
    XmlAttribute attribute;
    for (std::size_t pos = piece.inside.begin; next_attribute(xml, piece, pos, attribute);) {
      if (!view_of(xml, attribute.name).ends_with(":formula") || is_quoted_only(xml, attribute.value, hidden)) continue;
      edits_.push_back({attribute.value, ""});
      replaced_.push_back(attribute.value);
    }
  }

  static constexpr std::string_view kBlockCode = "2587";  // U+2587 in a symbol's code
  std::vector<Edit> edits_;
  std::vector<ByteRange> replaced_;
  XmlPiece cell_;
  XmlPiece last_;
  ByteRange formula_;  // to be dropped
};

}  // namespace

XmlScan scan_xml(const Detector& detector, std::string_view bytes, const BodyLabels& labels, const SharedTexts* shared) {
  XmlScan scan;
  scan.charset = declared_charset(bytes);
  XmlLooks looks(detector, labels.kind, scan.found);
  const CellLook cells{detector, labels.kind, shared};
  look_in_charset(looks, bytes, scan.charset, cells);
  const bool agrees = labels.charset.empty() || labels.charset == scan.charset || labels.charset == "us-ascii";
  if (!agrees) look_in_charset(looks, bytes, labels.charset, cells);
  scan.found.hidden = merge_overlapping(std::move(scan.found.hidden));
  scan.found.dropped = without(merge_overlapping(std::move(scan.found.dropped)), scan.found.hidden);
  return scan;
}

SharedTexts read_shared_texts(std::string_view bytes) {
  Converted converted = to_utf8(bytes, declared_charset(bytes), Mapping::kSkip);
  const WipedAtExit wiped(converted.utf8);
  return SharedTexts::read(converted.utf8);
}

BodyScan join_scans(BodyScan one, BodyScan other) {
  one.hidden.insert(one.hidden.end(), other.hidden.begin(), other.hidden.end());
  one.hidden = merge_overlapping(std::move(one.hidden));
  one.dropped.insert(one.dropped.end(), other.dropped.begin(), other.dropped.end());
  one.dropped = without(merge_overlapping(std::move(one.dropped)), one.hidden);
  one.blanked.insert(one.blanked.end(), other.blanked.begin(), other.blanked.end());
  one.patches.insert(one.patches.end(), std::make_move_iterator(other.patches.begin()),
                     std::make_move_iterator(other.patches.end()));
  // Both saw the same values, mostly.
  for (const auto& [key, count] : other.findings) one.findings[key] = std::max(one.findings[key], count);
  for (const auto& [key, count] : other.shadows) one.shadows[key] = std::max(one.shadows[key], count);
  return one;
}

std::string hide_in_xml(std::string_view bytes, const BodyLabels& labels, const BodyScan& found, const XmlScan& scan) {
  if (!is_utf8_name(scan.charset)) {
    BodyLabels of_document = labels;
    of_document.charset = scan.charset;
    return hide_in_body(bytes, of_document, found);
  }
  std::vector<ByteRange> hidden = found.hidden;
  for (ByteRange& range : hidden) range = with_reference(bytes, range);
  hidden = merge_overlapping(std::move(hidden));
  std::vector<ByteRange> dropped = found.dropped;
  for (ByteRange& range : dropped) range = with_reference(bytes, range);
  dropped = without(merge_overlapping(std::move(dropped)), hidden);
  std::vector<Edit> edits = Repairs().run(bytes, hidden);
  edits.insert(edits.end(), found.patches.begin(), found.patches.end());
  const std::string mask(labels.allows_8bit ? kBlockMask : kAsciiMask);
  for (ByteRange range : found.blanked) {
    std::string stars(range.size(), '*');
    for (std::size_t i = 0; i < stars.size(); ++i) {
      if (bytes[range.begin + i] == '\r' || bytes[range.begin + i] == '\n') stars[i] = bytes[range.begin + i];
    }
    edits.push_back({range, std::move(stars)});
  }
  for (ByteRange range : hidden) edits.push_back({range, mask});
  for (ByteRange range : dropped) edits.push_back({range, ""});
  return std::string(core::view(apply_edits(bytes, std::move(edits))));
}

}  // namespace postern::pipeline
