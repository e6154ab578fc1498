#include "pipeline/redaction/formats/file_text.h"

#include <algorithm>

#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/formats/file_kind.h"
#include "pipeline/redaction/formats/xml_text.h"
#include "pipeline/redaction/views/views.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kSheets = "xl/worksheets/";                 // ECMA-376 part 1, 12.3.24
constexpr std::string_view kProgramProperties = "docProps/app.xml";    // 15.2.12.3: of the program, not of its user
constexpr std::size_t kHeadBytes = 512;

std::string_view piece_text(std::string_view xml, ByteRange range) { return xml.substr(range.begin, range.size()); }

bool is_html(std::string_view utf8, const FileLabels& labels) {
  if (labels.media_subtype == "html" || labels.media_subtype == "xhtml+xml") return true;
  std::string head(utf8.substr(0, kHeadBytes));
  std::ranges::transform(head, head.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return head.find("<!doctype html") != std::string::npos || head.find("<html") != std::string::npos;
}

bool is_shared_text(std::string_view xml, const XmlPiece& cell) {
  XmlAttribute attribute;
  for (std::size_t pos = cell.inside.begin; next_attribute(xml, cell, pos, attribute);) {
    if (piece_text(xml, attribute.name) == "t") return piece_text(xml, attribute.value) == "s";
  }
  return false;
}

// Values and texts of a sheet's cells, a line a row. A value that is the number of a shared text says nothing here: the
// texts are a part of their own.
void add_sheet(FileText& to, std::string_view xml) {
  bool is_shared = false;
  bool is_value = false;
  std::string row;
  XmlPiece piece;
  for (std::size_t pos = 0; !to.is_full() && next_piece(xml, pos, piece);) {
    const std::string_view name = piece_text(xml, piece.name);
    if (piece.token == XmlToken::kStart && name == "c") is_shared = is_shared_text(xml, piece);
    if (piece.token == XmlToken::kStart && (name == "v" || name == "t")) is_value = name == "t" || !is_shared;
    if (piece.token == XmlToken::kEnd && (name == "v" || name == "t")) is_value = false;
    if (piece.token == XmlToken::kText && is_value) row += xml_view(piece_text(xml, piece.whole), XmlView::kText).text + ' ';
    if (piece.token != XmlToken::kEnd || name != "row") continue;
    to.add(row);
    core::wipe(row.data(), row.size());
    row.clear();
  }
  to.add(row);
  core::wipe(row.data(), row.size());
}

void add_xml(FileText& to, std::string_view xml, const FileLabels& labels) {
  if (labels.is_office_part && labels.name.ends_with(kProgramProperties)) return;
  if (labels.is_office_part && labels.name.find(kSheets) != std::string::npos) {
    add_sheet(to, xml);
    return;
  }
  XmlText text = xml_view(xml, XmlView::kText);
  const WipedAtExit wiped(text.text);
  to.add(text.text);
}

}  // namespace

void FileText::add(std::string_view utf8) {
  bool is_blank = text_.empty();  // what stands last
  bool has_break = false;
  const std::size_t before = text_.size();
  for (const char c : utf8) {
    if (is_full()) break;
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F) {
      has_break = has_break || c == '\n' || c == '\f';
      is_blank = true;
      continue;
    }
    if (is_blank && text_.size() > before) put(has_break ? '\n' : ' ');
    is_blank = has_break = false;
    put(c);
  }
  // A character that was cut goes; what is left is whole.
  while (is_full() && !text_.empty() && (static_cast<unsigned char>(text_.back()) & 0x80U) != 0) {
    const bool was_first = (static_cast<unsigned char>(text_.back()) & 0x40U) != 0;
    text_.pop_back();
    if (was_first) break;
  }
  if (text_.size() > before) put('\n');
}

void add_plain_text(FileText& to, std::string_view bytes, const FileLabels& labels) {
  if (to.is_full()) return;
  const bool is_xml = kind_of(bytes) == FileKind::kXml;
  Converted converted = to_utf8(bytes.substr(0, kFileTextSourceBytesMax), is_xml ? std::string_view() : labels.charset, Mapping::kSkip);
  const WipedAtExit wiped(converted.utf8);
  const std::string_view utf8 = converted.utf8;
  if (!labels.is_office_part && is_html(utf8, labels)) {
    HtmlText text = html_to_text(utf8, HtmlReading::kRendered, Mapping::kSkip);
    const WipedAtExit wiped_text(text.text);
    to.add(text.text);
  } else if (is_xml) {
    add_xml(to, utf8, labels);
  } else if (utf8.starts_with("{\\rtf")) {
    View text = rtf_visible_view(utf8, Mapping::kSkip);
    const WipedAtExit wiped_text(text.text);
    to.add(text.text);
  } else {
    to.add(utf8);
  }
}

std::string clean_file_text(const FileText& text, const Detector& detector, std::uint32_t passes_max) {
  std::string out(text.view());
  for (std::uint32_t pass = 0; pass <= passes_max && !out.empty(); ++pass) {
    const std::vector<Finding> findings = detector.find(out, TextKind::kAttachment);
    if (!hides_any(findings)) return out;
    std::string masked = pass < passes_max ? mask_findings(out, findings, kBlockMask) : std::string();
    core::wipe(out.data(), out.size());
    out = std::move(masked);
  }
  return out;
}

}  // namespace postern::pipeline
