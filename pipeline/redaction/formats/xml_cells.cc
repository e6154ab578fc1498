#include "pipeline/redaction/formats/xml_cells.h"

#include <algorithm>
#include <charconv>

#include "pipeline/mime/html.h"
#include "pipeline/redaction/formats/plain_number.h"
#include "pipeline/redaction/formats/xml_text.h"

namespace postern::pipeline {
namespace {

constexpr std::uint32_t kRepeatsMax = 24;  // of one cell; what is repeated more often fills a sheet

std::string_view view_of(std::string_view xml, ByteRange range) { return xml.substr(range.begin, range.size()); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

template <class Number>
Number number_of(std::string_view text, Number otherwise) {
  Number value = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

// Text of one cell or paragraph with the place of each character.
struct PlacedText {
  std::string text;
  std::vector<ByteRange> places;

  void clear() {
    core::wipe(text.data(), text.size());
    text.clear();
    places.clear();
  }
  void add(std::string_view xml, const XmlPiece& piece) {
    for (std::size_t at = piece.inside.begin; at < piece.inside.end && text.size() < 2 * kCellTextBytesMax;) {
      std::string decoded;
      const bool is_reference = piece.token == XmlToken::kText && xml[at] == '&';
      const std::size_t length = is_reference ? decode_entity(xml.substr(0, piece.inside.end), at, decoded) : 0;
      if (length == 0) {
        put(xml[at], {at, at + 1});
        ++at;
        continue;
      }
      for (char c : decoded) put(c, {at, at + length});
      at += length;
    }
  }
  void put(char c, ByteRange place) {
    text.push_back(c);
    places.push_back(place);
  }
};

class CellReader {
 public:
  CellReader(const Detector& detector, TextKind kind, const SharedTexts* shared)
      : cells_(detector, kind), shared_(shared) {}
  ~CellReader() {
    text_.clear();
    outside_.clear();
  }
  CellReader(const CellReader&) = delete;

  BodyScan run(std::string_view xml) {
    XmlPiece piece;
    for (std::size_t pos = 0; next_piece(xml, pos, piece);) {
      if (piece.token == XmlToken::kText || piece.token == XmlToken::kCdata) {
        take_text(xml, piece);
      } else if (piece.token != XmlToken::kAside) {
        take_tag(xml, piece);
      }
    }
    return cells_.finish();
  }

 private:
  void take_tag(std::string_view xml, const XmlPiece& piece) {
    const std::string_view name = view_of(xml, piece.name);
    inside_ = piece.token == XmlToken::kStart ? name : std::string_view();
    // Shared texts stand in the order in which their cells were typed: a column of their own.
    const bool is_shared_text = name == "si";
    const bool is_cell = is_shared_text || name == "c" || name == "tc" || name == "table-cell" || name == "covered-table-cell";
    if (is_shared_text && piece.token != XmlToken::kEnd) begin_row(xml, piece);
    if (name == "row" || name == "tr" || name == "table-row") {
      if (piece.token != XmlToken::kEnd) begin_row(xml, piece);
    } else if (is_cell && piece.token != XmlToken::kEnd) {
      begin_cell(xml, piece);
      if (piece.token == XmlToken::kEmpty) end_cell(xml);
    } else if (is_cell) {
      end_cell(xml);
    } else if (name == "p" || name == "h") {
      if (is_in_cell_) {
        if (!text_.text.empty()) text_.put('\n', {});
      } else if (piece.token == XmlToken::kEnd) {
        cells_.add_text_outside(outside_.text);
        outside_.clear();
      }
    }
  }

  void begin_row(std::string_view xml, const XmlPiece& piece) {
    ++row_;
    column_ = 0;
    // Rows that a sheet leaves out keep what is above and below apart.
    XmlAttribute attribute;
    for (std::size_t pos = piece.inside.begin; next_attribute(xml, piece, pos, attribute);) {
      if (view_of(xml, attribute.name) == "r") row_ = std::max(row_, number_of(view_of(xml, attribute.value), row_));
    }
  }

  void begin_cell(std::string_view xml, const XmlPiece& piece) {
    text_.clear();
    is_in_cell_ = true;
    is_shared_ = false;
    is_text_ = view_of(xml, piece.name) == "si";
    repeats_ = 1;
    value_ = {};
    XmlAttribute attribute;
    for (std::size_t pos = piece.inside.begin; next_attribute(xml, piece, pos, attribute);) {
      const std::string_view name = view_of(xml, attribute.name);
      const std::string_view value = view_of(xml, attribute.value);
      if (name == "r") {
        column_ = std::max(column_, column_of(value));
      } else if (name == "t") {
        is_shared_ = value == "s";
        is_text_ = value != "n";
      } else if (name.ends_with(":value")) {
        value_ = attribute.value;
      } else if (name.ends_with(":number-columns-repeated")) {
        repeats_ = number_of(value, repeats_);
      }
    }
  }

  // "BC12" is column 54, counted from 0.
  static std::uint32_t column_of(std::string_view reference) {
    std::uint32_t column = 0;
    for (char c : reference) {
      if (c < 'A' || c > 'Z' || column > kColumnsMax) break;
      column = column * 26 + static_cast<std::uint32_t>(c - 'A') + 1;
    }
    return column == 0 ? 0 : column - 1;
  }

  void take_text(std::string_view xml, const XmlPiece& piece) {
    if (inside_ == "f" || inside_ == "instrText" || inside_ == "delText") return;
    const std::string_view text = view_of(xml, piece.inside);
    if (std::all_of(text.begin(), text.end(), is_space) && text.find('\n') != std::string_view::npos) return;
    (is_in_cell_ ? text_ : outside_).add(xml, piece);
  }

  void end_cell(std::string_view xml) {
    if (!is_in_cell_) return;
    is_in_cell_ = false;
    if (is_shared_ && shared_ != nullptr) {
      add_shared();
    } else {
      add_own(xml);
    }
    column_ += std::max(repeats_, std::uint32_t{1});
    text_.clear();
  }

  void add_shared() {
    const std::string_view text = shared_->at(number_of(std::string_view(text_.text), shared_->size()));
    std::vector<std::size_t> from;
    DigitCell cell;
    cell.digits = only_digits(text, from);
    if (cell.digits.empty() || text_.places.empty()) {
      cells_.add_words(row_, column_, text);
      return;
    }
    // Hidden as a whole: the text belongs to other cells too. A number and its place may have the same length.
    const ByteRange index{text_.places.front().begin, text_.places.back().end};
    cell.places.assign(cell.digits.size(), index);
    cells_.add_digits(row_, column_, std::move(cell));
  }

  // OpenDocument: the attribute is the number, the text is how it looks: with leading zeros, or with marks in it.
  void take_value(std::string_view xml, DigitCell& cell) const {
    const auto value = plain_number(view_of(xml, value_));
    if (!value) return;
    cell.is_number = true;
    if (cell.digits.size() > value->digits.size() && cell.digits.ends_with(value->digits)) {
      cell.also = {value_};
      return;
    }
    cell.also.assign(text_.places.begin(), text_.places.end());
    std::erase_if(cell.also, [](ByteRange one) { return one.empty(); });
    cell.places.clear();
    for (std::size_t at : value->from) cell.places.push_back({value_.begin + at, value_.begin + at + 1});
    cell.digits = value->digits;
  }

  void add_own(std::string_view xml) {
    while (!text_.text.empty() && text_.text.back() == '\n') {
      text_.text.pop_back();
      text_.places.pop_back();
    }
    DigitCell cell;
    const bool is_number = !is_text_ && text_.text.size() > 3;
    std::vector<std::size_t> from;
    cell.digits = only_digits(text_.text, from);
    if (cell.digits.empty() && is_number) {
      if (auto plain = plain_number(text_.text)) {
        cell.digits = std::move(plain->digits);
        from = std::move(plain->from);
      }
    }
    cell.is_number = is_number;
    for (std::size_t at : from) cell.places.push_back(text_.places[at]);
    if (!value_.empty()) take_value(xml, cell);
    if (cell.digits.empty() || cell.digits.size() > kPlainDigitsMax) {
      if (!text_.text.empty()) cells_.add_words(row_, column_, text_.text);
      return;
    }
    for (std::uint32_t i = 0; i < std::min(repeats_, kRepeatsMax); ++i) {
      cells_.add_digits(row_, column_ + i, i + 1 < std::min(repeats_, kRepeatsMax) ? cell : std::move(cell));
    }
  }

  CardCells cells_;
  const SharedTexts* shared_;
  PlacedText text_;
  PlacedText outside_;
  std::string inside_;
  std::uint32_t row_ = 0;
  std::uint32_t column_ = 0;
  std::uint32_t repeats_ = 1;
  bool is_in_cell_ = false;
  bool is_shared_ = false;
  bool is_text_ = false;
  ByteRange value_;
};

}  // namespace

SharedTexts SharedTexts::read(std::string_view utf8) {
  SharedTexts out;
  PlacedText text;
  std::string inside;
  XmlPiece piece;
  for (std::size_t pos = 0; out.size() < kSharedTextsMax && next_piece(utf8, pos, piece);) {
    if (piece.token == XmlToken::kText || piece.token == XmlToken::kCdata) {
      if (inside == "t") text.add(utf8, piece);
      continue;
    }
    const std::string_view name = view_of(utf8, piece.name);
    if (piece.token != XmlToken::kAside) inside = piece.token == XmlToken::kStart ? name : std::string_view();
    if (name != "si" || (piece.token != XmlToken::kEnd && piece.token != XmlToken::kEmpty)) continue;
    out.add(text.text);
    text.clear();
  }
  text.clear();
  return out;
}

void SharedTexts::add(std::string_view text) {
  if (text.size() <= kCellTextBytesMax) all_.insert(all_.end(), text.begin(), text.end());
  ends_.push_back(static_cast<std::uint32_t>(all_.size()));
}

std::string_view SharedTexts::at(std::size_t index) const {
  if (index >= ends_.size()) return {};
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return core::view(all_).substr(begin, ends_[index] - begin);
}

BodyScan scan_xml_cells(const Detector& detector, std::string_view utf8, TextKind kind, const SharedTexts* shared) {
  // Tables only.
  if (utf8.find("<row") == std::string_view::npos && utf8.find("tr>") == std::string_view::npos &&
      utf8.find(":tr ") == std::string_view::npos && utf8.find("table-row") == std::string_view::npos &&
      utf8.find(":row") == std::string_view::npos && utf8.find("si>") == std::string_view::npos)
    return {};
  return CellReader(detector, kind, shared).run(utf8);
}

}  // namespace postern::pipeline
