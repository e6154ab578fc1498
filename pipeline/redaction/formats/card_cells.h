#pragma once
// pipeline/redaction/formats/card_cells.h: card numbers typed over several cells of a table or sheet, and numbers of
// sixteen digits that a spreadsheet has rounded to fifteen. Cells come in reading order. What counts (README.md): a card's
// layout that stands apart from the cells around it, and a word that calls it a card in its row, above its columns or
// before the table, or the date until which a card is valid in the cell behind it; without such a word, where the row or column
// holds nothing else, or where several rows have the same printed layout and nearly all are cards of well-known issuers. Rows
// of the same layout vote: fewer than half of them cards, and it is a table of numbers.
// Thread-safety: one thread. Ownership: borrows the detector; digits are wiped. Time: linear. Memory: one row, twenty cells
// a column, kColumnsMax columns, kCandidatesMax candidates; what is past them is not looked at.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/detector.h"

namespace postern::pipeline {

constexpr std::size_t kCellTextBytesMax = 64;  // of one cell that is looked at as words
constexpr std::uint32_t kColumnsMax = 4096;
constexpr std::size_t kCandidatesMax = 4096;

// A cell that holds digits and nothing else, blanks and hyphens left out.
struct DigitCell {
  std::string digits;
  // Of each digit; or a single one: of all when it is as long as the digits, else the cell is hidden as a whole.
  std::vector<ByteRange> places;
  std::vector<ByteRange> also;    // what says the same a second time
  bool is_number = false;         // stored as a number, not as text
};

class CardCells {
 public:
  CardCells(const Detector& detector, TextKind kind) : detector_(detector), kind_(kind) {}
  CardCells(const CardCells&) = delete;
  ~CardCells();

  void add_digits(std::uint32_t row, std::uint32_t column, DigitCell cell);
  void add_words(std::uint32_t row, std::uint32_t column, std::string_view text);
  // Text between tables; the rows that follow belong to another one.
  void add_text_outside(std::string_view text);
  BodyScan finish();

 private:
  struct Placed {
    std::uint32_t row = 0;
    std::uint32_t column = 0;
    DigitCell cell;
    bool is_expiry = false;  // no digits, but a date such as 12/29
  };
  using Run = std::vector<Placed>;
  struct Column {
    bool has_words = false;
    bool is_called_card = false;
    bool is_overlong = false;
    Run run;  // digit cells one below the other
    std::uint32_t last_row = 0;
    bool is_alone = true;  // no row of the run held anything else
  };
  struct Candidate {
    std::vector<ByteRange> hidden;
    FindingKey key;
    bool is_shadow = false;
    bool is_called = false;  // a word or a date says that it is a card
    bool is_alone = false;   // nothing else stands in its row or column
  };
  struct Layout {
    std::uint32_t rows = 0;
    std::uint32_t cards = 0;
  };
  struct Look {
    bool is_called_card = false;
    bool is_alone = false;
    bool is_column = false;
    bool is_printed = true;  // the layout is one that is printed on cards
  };

  void begin_row(std::uint32_t row);
  void end_row();
  void end_column(Column& column);
  void end_table();
  void look_at_run(const Run& run, Look look);
  void look_at_window(const Run& run, std::size_t begin, std::size_t end, Look look);
  void look_at_rounded(const Placed& placed, bool is_called_card);
  bool are_columns_called_card(const Run& run, std::size_t begin, std::size_t end) const;
  void keep(const std::string& digits, const Run& run, std::size_t begin, std::size_t end, const std::string& layout, Look look);

  const Detector& detector_;
  const TextKind kind_;
  std::map<std::uint32_t, Column> columns_;
  Run row_;
  std::uint32_t row_number_ = 0;
  bool has_row_ = false;
  bool row_has_words_ = false;
  bool row_is_called_card_ = false;
  std::uint32_t rows_near_text_ = 0;  // rows that the text before the table still speaks of
  std::map<std::string, Layout> layouts_;
  std::vector<std::pair<std::string, Candidate>> candidates_;
  BodyScan scan_;
};

// Digits of a cell's text when it holds nothing else but blanks, hyphens and no-break spaces; empty otherwise.
// `from` gets the offset of each digit.
std::string only_digits(std::string_view text, std::vector<std::size_t>& from);

}  // namespace postern::pipeline
