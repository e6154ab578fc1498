#include "pipeline/redaction/formats/card_cells.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/redaction/card_context.h"
#include "pipeline/redaction/issuers.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kRunCellsMax = 24;
constexpr std::uint32_t kRowsBelowText = 2;
constexpr std::size_t kRoundedDigits = 16;  // one more than a spreadsheet's program keeps

// How people cut a number: by its printed groups, in halves, or one digit a cell (below).
constexpr std::array<std::array<std::uint8_t, 5>, 15> kGroups{{
    {4, 4, 4, 4, 0}, {4, 6, 5, 0, 0},  {4, 6, 4, 0, 0},  {4, 4, 4, 4, 3}, {4, 4, 4, 4, 2},
    {4, 4, 4, 4, 1}, {4, 4, 4, 1, 0},  {4, 4, 4, 0, 0},  {8, 8, 0, 0, 0}, {4, 4, 8, 0, 0},
    {4, 8, 4, 0, 0}, {8, 4, 4, 0, 0},  {4, 12, 0, 0, 0}, {12, 4, 0, 0, 0}, {6, 10, 0, 0, 0},
}};
constexpr std::size_t kPrintedGroups = 3;  // the first ones, which count without a word beside them
// Of rows with nothing beside them that says card: so many in ten of all with that layout, and beside other cells so many.
constexpr std::uint32_t kUnnamedOfTen = 7;
constexpr std::uint32_t kUnnamedMin = 2;
constexpr std::size_t kSinglesMin = kCardDigitsMin;

bool says_card(std::string_view text) {
  const std::string lower = core::to_lower_ascii(text);
  return is_called_card(lower, {lower.size(), lower.size(), false});
}

bool is_luhn_card(std::string_view digits, bool is_called_card) {
  const auto issuer = issuer_of(digits);
  return issuer && passes_luhn(digits) && (is_called_card || issuer->strength == IssuerStrength::kStrong);
}

// "12/29", "12/2029": until when a card is valid.
bool is_expiry_date(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if ((text.size() != 5 && text.size() != 7) || text[2] != '/') return false;
  const std::string_view month = text.substr(0, 2);
  const std::string_view year = text.substr(3);
  if (!std::all_of(year.begin(), year.end(), is_digit) || !is_digit(month[0]) || !is_digit(month[1])) return false;
  return month != "00" && month <= "12" && (year.size() == 2 || year.starts_with("20"));
}

ByteRange place_of(const DigitCell& cell, std::size_t digit) {
  if (cell.places.size() > 1) return cell.places[digit];
  const ByteRange whole = cell.places.front();
  if (whole.size() != cell.digits.size()) return whole;
  return {whole.begin + digit, whole.begin + digit + 1};
}

}  // namespace

std::string only_digits(std::string_view text, std::vector<std::size_t>& from) {
  std::string digits;
  from.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
      from.push_back(i);
      if (digits.size() > kCardDigitsMax) return {};
    } else if (text.substr(i).starts_with("\u00A0")) {
      ++i;
    } else if (c != ' ' && c != '-' && c != '\n' && c != '\r' && c != '\t') {
      return {};
    }
  }
  return digits;
}

CardCells::~CardCells() {
  const auto wipe_run = [](Run& run) {
    for (Placed& one : run) core::wipe(one.cell.digits.data(), one.cell.digits.size());
  };
  wipe_run(row_);
  for (auto& [number, column] : columns_) wipe_run(column.run);
}

void CardCells::add_digits(std::uint32_t row, std::uint32_t column, DigitCell cell) {
  begin_row(row);
  if (column >= kColumnsMax || cell.digits.empty()) return;
  row_.push_back({row, column, std::move(cell)});
}

void CardCells::add_words(std::uint32_t row, std::uint32_t column, std::string_view text) {
  begin_row(row);
  if (column >= kColumnsMax || text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  const bool says = says_card(text.substr(0, kCellTextBytesMax));
  row_has_words_ = true;
  row_is_called_card_ = row_is_called_card_ || says;
  // A word between two groups keeps them apart.
  row_.push_back({row, column, {}, is_expiry_date(text.substr(0, kCellTextBytesMax))});
  Column& below = columns_[column];
  end_column(below);
  below.has_words = true;
  below.is_called_card = says;
}

void CardCells::add_text_outside(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  end_table();
  rows_near_text_ = says_card(text.substr(text.size() - std::min(text.size(), kCellTextBytesMax))) ? kRowsBelowText : 0;
}

void CardCells::begin_row(std::uint32_t row) {
  if (has_row_ && row == row_number_) return;
  end_row();
  has_row_ = true;
  row_number_ = row;
}

void CardCells::end_row() {
  if (!has_row_) return;
  const bool is_near_text = rows_near_text_ > 0;
  if (is_near_text) --rows_near_text_;
  const bool is_called_card = row_is_called_card_ || is_near_text;
  // Runs between words.
  for (auto begin = row_.begin(); begin != row_.end();) {
    const auto end = std::find_if(begin, row_.end(), [](const Placed& one) { return one.cell.digits.empty(); });
    const bool is_valid_until = end != row_.end() && end->is_expiry;
    if (end - begin > 1) look_at_run(Run(begin, end), {is_called_card || is_valid_until, !row_has_words_ && begin == row_.begin(), false});
    begin = end == row_.end() ? end : end + 1;
  }
  const bool is_alone = row_.size() == 1;
  for (Placed& one : row_) {
    if (one.cell.digits.empty()) continue;
    Column& column = columns_[one.column];
    look_at_rounded(one, is_called_card || column.is_called_card);
    if (!column.run.empty() && column.last_row + 1 != one.row) end_column(column);
    column.last_row = one.row;
    column.is_alone = (column.run.empty() || column.is_alone) && is_alone;
    if (column.run.size() < kRunCellsMax) {
      column.run.push_back(std::move(one));
    } else {
      column.is_overlong = true;
    }
  }
  row_.clear();
  row_has_words_ = false;
  row_is_called_card_ = false;
  has_row_ = false;
}

void CardCells::end_column(Column& column) {
  if (column.run.size() > 1 && !column.is_overlong)
    look_at_run(column.run, {column.is_called_card, column.is_alone && !column.has_words, true});
  for (Placed& one : column.run) core::wipe(one.cell.digits.data(), one.cell.digits.size());
  column.run.clear();
  column.is_overlong = false;
  column.is_alone = true;
}

void CardCells::end_table() {
  end_row();
  for (auto& [number, column] : columns_) end_column(column);
  columns_.clear();
}

void CardCells::look_at_run(const Run& run, Look look) {
  const auto size_at = [&run](std::size_t i) { return i < run.size() ? run[i].cell.digits.size() : 0; };
  const bool is_alone = look.is_alone;
  for (std::size_t begin = 0; begin < run.size(); ++begin) {
    look.is_alone = is_alone;
    look.is_printed = true;
    for (std::size_t form = 0; form < kGroups.size(); ++form) {
      if (form == kPrintedGroups) look.is_alone = look.is_printed = false;
      const auto& groups = kGroups[form];
      std::size_t end = begin;
      for (std::uint8_t size : groups) {
        if (size == 0) break;
        if (size_at(end) != size) {
          end = begin;
          break;
        }
        ++end;
      }
      // Cells of the same size beside it: a row of numbers, of which some four are no card.
      if (end == begin || (begin > 0 && size_at(begin - 1) == size_at(begin)) || size_at(end) == size_at(end - 1)) continue;
      look_at_window(run, begin, end, look);
    }
    look.is_alone = is_alone;
    if (size_at(begin) != 1 || (begin > 0 && size_at(begin - 1) == 1)) continue;
    std::size_t end = begin;
    while (size_at(end) == 1) ++end;
    if (end - begin >= kSinglesMin && end - begin <= kCardDigitsMax) look_at_window(run, begin, end, look);
  }
}

bool CardCells::are_columns_called_card(const Run& run, std::size_t begin, std::size_t end) const {
  bool is_called = false;
  for (std::size_t i = begin; i < end; ++i) {
    const auto column = columns_.find(run[i].column);
    if (column == columns_.end() || !column->second.has_words) continue;
    if (!column->second.is_called_card) return false;
    is_called = true;
  }
  return is_called;
}

void CardCells::look_at_window(const Run& run, std::size_t begin, std::size_t end, Look look) {
  std::string digits;
  std::string layout = look.is_column ? "column " + std::to_string(run[begin].row) : "row";
  for (std::size_t i = begin; i < end; ++i) {
    digits += run[i].cell.digits;
    layout += ' ' + std::to_string(look.is_column ? 0 : run[i].column) + ':' + std::to_string(run[i].cell.digits.size());
  }
  look.is_called_card = look.is_called_card || (!look.is_column && are_columns_called_card(run, begin, end));
  look.is_alone = look.is_alone && begin == 0 && end == run.size();
  const bool may_be = look.is_called_card || look.is_alone || (look.is_printed && !look.is_column);
  if (layouts_.size() < kCandidatesMax || layouts_.contains(layout)) ++layouts_[layout].rows;
  if (may_be && is_luhn_card(digits, look.is_called_card)) keep(digits, run, begin, end, layout, look);
  core::wipe(digits.data(), digits.size());
}

// "4111111111111110": the program that stored it keeps fifteen digits, and the check digit follows from them.
void CardCells::look_at_rounded(const Placed& placed, bool is_called_card) {
  const DigitCell& cell = placed.cell;
  if (!is_called_card || !cell.is_number || cell.digits.size() != kRoundedDigits || cell.digits.back() != '0') return;
  if (passes_luhn(cell.digits)) return;  // found as it stands
  std::string digits = cell.digits;
  while (digits.back() <= '9' && !passes_luhn(digits)) ++digits.back();
  const std::string layout = "rounded " + std::to_string(placed.column);
  ++layouts_[layout].rows;
  if (is_luhn_card(digits, true)) keep(digits, {placed}, 0, 1, layout, {.is_called_card = true});
  core::wipe(digits.data(), digits.size());
}

void CardCells::keep(const std::string& digits, const Run& run, std::size_t begin, std::size_t end,
                     const std::string& layout, Look look) {
  if (candidates_.size() >= kCandidatesMax) return;
  bool is_counted = false;
  for (const Finding& finding : detector_.find(digits, kind_)) {
    if (finding.span.begin != 0 || finding.span.end != digits.size()) continue;
    Candidate one;
    one.key = {std::string(finding.rule), std::string(finding.label)};
    one.is_shadow = finding.is_shadow;
    one.is_called = look.is_called_card;
    one.is_alone = look.is_alone;
    for (const auto* ranges : {&finding.hidden, &finding.dropped}) {
      for (ByteRange range : *ranges) {
        std::size_t first = 0;
        for (const Placed& placed : std::span(run).subspan(begin, end - begin)) {
          const DigitCell& cell = placed.cell;
          const std::size_t at = range.begin - std::min(first, range.begin);
          if (range.begin >= first && at < cell.digits.size()) {
            one.hidden.push_back(place_of(cell, at));
            one.hidden.insert(one.hidden.end(), cell.also.begin(), cell.also.end());
          }
          first += cell.digits.size();
        }
      }
    }
    candidates_.emplace_back(layout, std::move(one));
    is_counted = true;
  }
  if (is_counted) ++layouts_[layout].cards;
}

BodyScan CardCells::finish() {
  end_table();
  for (auto& [layout, one] : candidates_) {
    const Layout& votes = layouts_[layout];
    if (2 * votes.cards < votes.rows) continue;
    if (!one.is_called && votes.rows > 1 && kUnnamedOfTen * votes.rows > 10 * votes.cards) continue;
    if (!one.is_called && !one.is_alone && votes.cards < kUnnamedMin) continue;
    ++(one.is_shadow ? scan_.shadows : scan_.findings)[one.key];
    scan_.hidden.insert(scan_.hidden.end(), one.hidden.begin(), one.hidden.end());
  }
  candidates_.clear();
  layouts_.clear();
  scan_.hidden = merge_overlapping(std::move(scan_.hidden));
  return std::move(scan_);
}

}  // namespace postern::pipeline
