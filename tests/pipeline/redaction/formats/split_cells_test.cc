// Issue 4, coverage: card numbers typed over the cells of tables and sheets, numbers that a spreadsheet stores in its own
// way, and tables of other numbers, which stay as they are.
#include <expat.h>
#include <gtest/gtest.h>

#include <bit>

#include "pipeline/redaction/formats/sheet_numbers.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::clean_file;
using test::count_of;
using test::kCard;
using test::make_zip;

using Rows = std::vector<std::vector<std::string>>;

const Rows kFours{{"4111", "1111", "1111", "1111"}};
const std::string kTypes = "<?xml version=\"1.0\"?><Types/>";

Rows with_row(Rows rows, std::vector<std::string> row) {
  rows.insert(rows.begin(), std::move(row));
  return rows;
}

Rows one_digit_each() {
  Rows rows(1);
  for (char c : kCard) rows[0].emplace_back(1, c);
  return rows;
}

Rows one_below_the_other(std::vector<std::string> cells) {
  Rows rows;
  for (std::string& cell : cells) rows.push_back({std::move(cell)});
  return rows;
}

bool is_well_formed(const std::string& xml) {
  XML_Parser parser = XML_ParserCreate(nullptr);
  const bool is_good = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return is_good;
}

std::string word_table(const Rows& rows, const std::string& before = "") {
  std::string body = before.empty() ? "" : "<w:p><w:r><w:t>" + before + "</w:t></w:r></w:p>";
  body += "<w:tbl>";
  for (const auto& row : rows) {
    body += "<w:tr>";
    for (const std::string& cell : row) body += "<w:tc><w:p><w:r><w:t>" + cell + "</w:t></w:r></w:p></w:tc>";
    body += "</w:tr>";
  }
  return make_zip({{"[Content_Types].xml", kTypes},
                   {"word/document.xml", "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>" + body + "</w:tbl></w:body></w:document>"}});
}

bool is_number(const std::string& text) { return text.find_first_not_of("0123456789.E+") == std::string::npos; }

std::string sheet_of(const Rows& rows, bool shares_all, std::vector<std::string>& shared) {
  std::string xml = "<?xml version=\"1.0\"?><worksheet><sheetData>";
  for (const auto& row : rows) {
    xml += "<row>";
    for (const std::string& cell : row) {
      if (is_number(cell) && !shares_all) {
        xml += "<c><v>" + cell + "</v></c>";
        continue;
      }
      xml += "<c t=\"s\"><v>" + std::to_string(shared.size()) + "</v></c>";
      shared.push_back(cell);
    }
    xml += "</row>";
  }
  return xml + "</sheetData></worksheet>";
}

std::string workbook(const Rows& rows, bool shares_all = false) {
  std::vector<std::string> shared;
  const std::string sheet = sheet_of(rows, shares_all, shared);
  std::string texts = "<?xml version=\"1.0\"?><sst>";
  for (const std::string& text : shared) texts += "<si><r><t>" + text.substr(0, 1) + "</t></r><r><t>" + (text.empty() ? text : text.substr(1)) + "</t></r></si>";
  return make_zip({{"[Content_Types].xml", kTypes}, {"xl/worksheets/sheet1.xml", sheet}, {"xl/sharedStrings.xml", texts + "</sst>"}});
}

std::string open_sheet(const Rows& rows, bool repeats) {
  std::string xml = "<?xml version=\"1.0\"?><o xmlns:table=\"t\" xmlns:office=\"o\" xmlns:text=\"x\"><table:table>";
  for (const auto& row : rows) {
    xml += "<table:table-row>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::size_t same = 1;
      while (repeats && i + same < row.size() && row[i + same] == row[i]) ++same;
      const std::string value = is_number(row[i]) ? " office:value-type=\"float\" office:value=\"" + row[i] + "\"" : "";
      xml += "<table:table-cell table:number-columns-repeated=\"" + std::to_string(same) + "\"" + value + "><text:p>" + row[i] +
             "</text:p></table:table-cell>";
      i += same - 1;
    }
    xml += "</table:table-row>";
  }
  return make_zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0},
                   {"content.xml", xml + "</table:table></o>"},
                   {"META-INF/manifest.xml", "<?xml version=\"1.0\"?><manifest/>"}});
}

// Every form of the same rows.
std::map<std::string, std::string> forms_of(const Rows& rows) {
  return {{"docx", word_table(rows)},
          {"xlsx", workbook(rows)},
          {"xlsx, shared", workbook(rows, true)},
          {"ods", open_sheet(rows, false)},
          {"ods, repeated", open_sheet(rows, true)}};
}

void expect_found(const Rows& rows, std::uint32_t count = 1) {
  for (const auto& [form, file] : forms_of(rows)) {
    const FileOutcome outcome = clean_file(file);
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << form << outcome.reason;
    // Shared texts that follow each other are a column of their own.
    if (form != "xlsx, shared") EXPECT_EQ(count_of(outcome), count) << form;
    else EXPECT_TRUE(count_of(outcome) == count || count_of(outcome) == 2 * count) << form;
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean) << form;
    for (const auto& [name, content] : test::unpack_by_libarchive(outcome.bytes)) {
      if (name != "mimetype") EXPECT_TRUE(is_well_formed(content)) << form << content;
    }
  }
}
void expect_kept(const Rows& rows) {
  for (const auto& [form, file] : forms_of(rows)) EXPECT_EQ(clean_file(file).result, FileResult::kClean) << form << ' ' << rows.size() << " rows from " << rows[0].front();
}

TEST(SplitCells, FourCellsOfFourDigitsThatStandAlone) {
  expect_found(kFours);
  expect_found({{"3782", "822463", "10005"}});
  expect_found(one_digit_each());
  expect_found(one_below_the_other(kFours[0]));
}

TEST(SplitCells, BesideOtherCellsWhenAWordCallsThemACard) {
  expect_found({{"Card number", "4111", "1111", "1111", "1111", "12/29"}});
  expect_found({{"7", "4111", "1111", "1111", "1111", "123", "VISA"}});
  expect_found(with_row({{"A. Holder", "4111", "1111", "1111", "1111"}}, {"Name", "Card", "", "", ""}));
  expect_found(with_row(one_below_the_other({"4111", "1111", "1111", "1111"}), {"Credit card"}));
  expect_found({{"Card", "41111111", "11111111"}});
}

TEST(SplitCells, BelowAParagraphThatSpeaksOfACard) {
  const Rows rows{{"Number", "4111", "1111", "1111", "1111"}};
  EXPECT_EQ(clean_file(word_table(rows, "Please charge my credit card:")).result, FileResult::kRewritten);
  EXPECT_EQ(clean_file(word_table(rows, "The figures of last year:")).result, FileResult::kClean);
}

TEST(SplitCells, WhatStaysOfTheNumberIsWhatTheRuleLeaves) {
  const FileOutcome outcome = clean_file(workbook(kFours));
  const auto files = test::unpack_by_libarchive(outcome.bytes);
  EXPECT_EQ(files.at("xl/worksheets/sheet1.xml"),
            "<?xml version=\"1.0\"?><worksheet><sheetData><row><c><v>4111</v></c><c t=\"str\"><v>11\u2587\u2587</v></c>"
            "<c t=\"str\"><v>\u2587\u2587\u2587\u2587</v></c><c><v>1111</v></c></row></sheetData></worksheet>");
}

TEST(SplitCells, SeveralRowsOfCardsNeedNoName) {
  expect_found({{"A. Holder", "4111", "1111", "1111", "1111", "x"}, {"B. Holder", "5555", "5555", "5555", "4444", "y"}}, 2);
  expect_kept({{"A. Holder", "4111", "1111", "1111", "1111", "x"}, {"B. Holder", "5555", "5555", "5555", "4445", "y"}});
  expect_found({{"A. Holder", "4111", "1111", "1111", "1111", "12/29"}});  // until when it is valid
  expect_kept({{"A. Holder", "4111", "1111", "1111", "1111", "13/29"}});
}

// The texts that cells name by number say the whole number too.
TEST(SplitCells, SharedTextsKeepNoNumberInTheirOrder) {
  const FileOutcome outcome = clean_file(workbook({{"Card", "4222", "2222", "2222", "2"}}, true));
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_NE(test::unpack_by_libarchive(outcome.bytes).at("xl/sharedStrings.xml").find("\u2587"), std::string::npos);
}

// Valid numbers all of them, by chance or by the author's.
TEST(SplitCells, TablesOfOtherNumbersStay) {
  expect_kept({{"Revenue", "4111", "1111", "1111", "1111"}});                             // a label that is no card's
  expect_kept({{"4111", "1111", "1111", "1111", "1111"}});                                // longer than a card
  expect_kept({{"4111", "1111", "1111", "1111"}, {"4112", "1111", "1111", "1111"}, {"4113", "2000", "1111", "1112"}, {"4210", "1999", "2001", "3500"}});
  expect_kept(one_below_the_other({"4111", "1111", "1111", "1111", "1112"}));             // a column of years
  expect_kept(with_row(one_below_the_other({"4111", "1111", "1111", "1111"}), {"Rooms"}));
  expect_kept(with_row({{"1", "4111", "1111", "1111", "1111"}}, {"Card", "2023", "2024", "2025", "Sum"}));
  expect_kept({{"2019", "2020", "2021", "2022"}});
  expect_kept({{"411111", "1111111111"}});
}

TEST(SplitCells, AGridOfDigitsIsNoCard) {
  Rows rows;
  for (int i = 0; i < 12; ++i) {
    rows.emplace_back();
    for (int j = 0; j < 16; ++j) rows.back().push_back(std::to_string((3 * i + j * j) % 10));
  }
  rows.push_back(one_digit_each()[0]);
  expect_kept(rows);
}

TEST(SheetNumbers, ExponentsInAllTheirForms) {
  for (const char* number : {"4.111111111111111E15", "4.111111111111111e+15", "0.4111111111111111E16", "41111111.11111111E8",
                             "4111111111111111.0E0", "3.78282246310005E14"}) {
    const FileOutcome outcome = clean_file(workbook({{number, "42"}}));
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << number;
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean) << number;
  }
  for (const char* number : {"4.111111111111112E15", "4.111111111111111E14", "4.1111111111111111E-15", "4.1111111111111115E15"})
    EXPECT_EQ(clean_file(workbook({{number, "42"}})).result, FileResult::kClean) << number;
}

// A spreadsheet's program keeps fifteen digits; the sixteenth follows from them.
TEST(SheetNumbers, TheDigitThatTheProgramRoundedAwayIsKnownAllTheSame) {
  const Rows called = with_row({{"A. Holder", "4111111111111110"}, {"B. Holder", "5555555555554440"}}, {"Name", "Card"});
  const FileOutcome outcome = clean_file(workbook(called));
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_EQ(count_of(outcome), 2U);
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  EXPECT_EQ(clean_file(workbook({{"A. Holder", "4111111111111110"}})).result, FileResult::kClean);
  EXPECT_EQ(clean_file(workbook(called, true)).result, FileResult::kClean) << "text is not rounded";
}

TEST(SheetFormulas, TextsThatAFormulaJoinsAreOneNumber) {
  const auto with_formula = [](const std::string& formula) {
    return make_zip({{"[Content_Types].xml", kTypes},
                     {"xl/worksheets/sheet1.xml", "<?xml version=\"1.0\"?><worksheet><row><c r=\"A1\"><f>" + formula +
                                                      "</f></c><c r=\"B1\"><v>7</v></c></row></worksheet>"}});
  };
  for (const char* formula : {"\"4111\"&amp;\"1111\"&amp;\"1111\"&amp;\"1111\"", "4111&amp;1111&amp;1111&amp;1111",
                              "CONCATENATE(\"4111\",\"1111\",\"1111\",\"1111\")", "\"4111 1111\" &amp; \" 1111 1111\""}) {
    const FileOutcome outcome = clean_file(with_formula(formula));
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << formula;
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean) << formula;
    const std::string sheet = test::unpack_by_libarchive(outcome.bytes).at("xl/worksheets/sheet1.xml");
    EXPECT_TRUE(is_well_formed(sheet)) << sheet;
    EXPECT_EQ(sheet.find("&amp;1\u2587"), std::string::npos) << "a formula that no program reads";
  }
  EXPECT_EQ(clean_file(with_formula("A1&amp;\"1111\"&amp;B2")).result, FileResult::kClean);
}

std::string biff(std::uint16_t type, const std::string& data) {
  std::string out;
  append_little_endian(out, type, 2);
  append_little_endian(out, data.size(), 2);
  return out + data;
}
std::string numbers(std::initializer_list<std::pair<std::uint64_t, std::size_t>> values) {
  std::string out;
  for (const auto& [value, width] : values) append_little_endian(out, value, width);
  return out;
}
std::string biff_sheet(const std::string& records) {
  return biff(0x0809, numbers({{0x0600, 2}, {0x0010, 2}, {0, 4}, {0, 8}})) + records + biff(0x000A, "");
}
std::uint64_t packed(std::uint64_t value) { return value << 2U | 2U; }

bool finds(const std::string& stream) { return !scan_sheet_numbers(test::cards(), stream).empty(); }

TEST(OldSheets, DoublesPackedNumbersAndTextsOverCells) {
  const auto row = [](std::uint64_t column) { return numbers({{0, 2}, {column, 2}, {0, 2}}); };
  const std::string as_double = biff(0x0203, row(0) + numbers({{std::bit_cast<std::uint64_t>(4111111111111111.0), 8}}));
  EXPECT_TRUE(finds(biff_sheet(as_double)));
  EXPECT_EQ(clean_file(biff_sheet(as_double), "cards.xls").result, FileResult::kUnsafe) << "a file without a container";
  std::string cells;
  for (std::uint64_t i = 0; i < 4; ++i) cells += biff(0x027E, row(i) + numbers({{packed(i == 0 ? 4111 : 1111), 4}}));
  EXPECT_TRUE(finds(biff_sheet(cells)));
  const std::string in_one = numbers({{0, 2}, {0, 2}, {0, 2}, {packed(4111), 4}, {0, 2}, {packed(1111), 4}, {0, 2}, {packed(1111), 4},
                                      {0, 2}, {packed(1111), 4}, {3, 2}});
  EXPECT_TRUE(finds(biff_sheet(biff(0x00BD, in_one))));
  std::string digits;
  for (std::uint64_t i = 0; i < kCard.size(); ++i) {
    digits += biff(0x0204, row(i) + numbers({{1, 2}, {0, 1}}) + kCard[i]);
  }
  EXPECT_TRUE(finds(biff_sheet(digits)));
  EXPECT_FALSE(finds(biff_sheet(biff(0x027E, row(0) + numbers({{packed(4111), 4}})) + biff(0x027E, row(1) + numbers({{packed(2026), 4}})))));
}

// MS-XLS 2.4.265: a text goes on in the next record behind a byte of flags.
TEST(OldSheets, SharedTextsAreReadOverTheirRecords) {
  const std::string first = numbers({{1, 4}, {1, 4}, {16, 2}, {0, 1}}) + kCard.substr(0, 9);
  const std::string second = std::string(1, '\0') + kCard.substr(9);
  EXPECT_TRUE(finds(biff_sheet(biff(0x00FC, first) + biff(0x003C, second))));
  std::string texts = numbers({{2, 4}, {2, 4}, {4, 2}, {0, 1}}) + "4111" + numbers({{4, 2}, {1, 1}});
  for (char c : std::string("1111")) texts += numbers({{static_cast<unsigned char>(c), 2}});
  std::string cells = biff(0x00FC, texts);
  for (std::uint64_t i = 0; i < 4; ++i) cells += biff(0x00FD, numbers({{0, 2}, {i, 2}, {0, 2}, {i == 0 ? 0U : 1U, 4}}));
  EXPECT_TRUE(finds(biff_sheet(cells)));
}

TEST(BinarySheets, DoublesPackedNumbersAndSharedTexts) {
  const auto record = [](unsigned type, const std::string& data) {
    return std::string(1, static_cast<char>(type)) + static_cast<char>(data.size()) + data;
  };
  const auto cell = [](std::uint64_t column) { return numbers({{column, 4}, {0, 4}}); };
  const auto book = [](const std::string& records, const std::string& texts = "") {
    return make_zip({{"[Content_Types].xml", kTypes}, {"xl/worksheets/sheet1.bin", std::string("\x81\x01\x00", 3) + records},
                     {"xl/sharedStrings.bin", texts}});
  };
  const std::string row = record(0, numbers({{0, 4}, {0, 4}, {0, 4}}));
  EXPECT_EQ(clean_file(book(row + record(5, cell(0) + numbers({{std::bit_cast<std::uint64_t>(4111111111111111.0), 8}})))).result,
            FileResult::kUnsafe);
  std::string packed_cells = row;
  std::string shared_cells = row;
  for (std::uint64_t i = 0; i < 4; ++i) {
    packed_cells += record(2, cell(i) + numbers({{packed(i == 0 ? 4111 : 1111), 4}}));
    shared_cells += record(7, cell(i) + numbers({{i == 0 ? 0U : 1U, 4}}));
  }
  EXPECT_EQ(clean_file(book(packed_cells)).result, FileResult::kUnsafe);
  std::string texts;
  for (const std::string text : {"4111", "1111"}) {
    std::string wide = numbers({{0, 1}, {4, 4}});
    for (char c : text) wide += numbers({{static_cast<unsigned char>(c), 2}});
    texts += record(19, wide);
  }
  EXPECT_EQ(clean_file(book(shared_cells, texts)).result, FileResult::kUnsafe);
  EXPECT_EQ(clean_file(book(row + record(5, cell(0) + numbers({{std::bit_cast<std::uint64_t>(2026.5), 8}})))).result, FileResult::kClean);
}

}  // namespace
}  // namespace postern::pipeline
