#include "pipeline/mime/header.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

struct Parsed {
  std::shared_ptr<const Message> message;
  HeaderBlock block;
  ParseReport report;
  std::string name(std::size_t i) const { return std::string(message->view(block.fields.at(i).name)); }
  std::string value(std::size_t i) const { return std::string(message->view(block.fields.at(i).value)); }
  std::string body() const { return std::string(message->bytes().substr(block.body_begin)); }
  bool has(std::string_view word) const {
    return std::find(report.defects.begin(), report.defects.end(), word) != report.defects.end();
  }
};

Parsed parse(std::string_view text, const MimeLimits& limits = {}) {
  Parsed parsed{Message::copy_of(text), {}, {}};
  HeaderScan scan;
  scan.end = parsed.message->size();
  scan.is_top = true;
  scan.ends = line_ends_of(text);
  parsed.block = parse_header_block(parsed.message->bytes(), scan, limits, parsed.report);
  return parsed;
}

TEST(Header, SplitsFieldsAndFolding) {
  const auto parsed = parse("From: a@b\r\nSubject: one\r\n two\r\n\tthree\r\n\r\nbody\r\n");
  ASSERT_EQ(parsed.block.fields.size(), 2U);
  EXPECT_EQ(parsed.name(0), "From");
  EXPECT_EQ(parsed.value(0), " a@b");
  EXPECT_EQ(parsed.value(1), " one\r\n two\r\n\tthree");
  EXPECT_EQ(parsed.block.fields[1].name_lower, "subject");
  EXPECT_EQ(parsed.body(), "body\r\n");
  EXPECT_TRUE(parsed.report.defects.empty());
  EXPECT_EQ(unfold(parsed.value(1)), " one two\tthree");
}

TEST(Header, AcceptsEachKindOfLineEnd) {
  for (std::string_view eol : {"\r\n", "\n", "\r"}) {
    std::string text = "A: 1" + std::string(eol) + "B: 2" + std::string(eol) + std::string(eol) + "x";
    const auto parsed = parse(text);
    ASSERT_EQ(parsed.block.fields.size(), 2U) << text;
    EXPECT_EQ(parsed.value(1), " 2");
    EXPECT_EQ(parsed.body(), "x");
  }
}

TEST(Header, BareCrInsideCrlfMessageIsNoLineEnd) {
  const auto parsed = parse("A: 1\rB: 2\r\n\r\nx");
  ASSERT_EQ(parsed.block.fields.size(), 1U);
  EXPECT_EQ(parsed.value(0), " 1\rB: 2");
}

TEST(Header, LineWithoutColonDoesNotEndIt) {
  const auto parsed = parse("From: a@b\r\nno colon here\r\nSubject: s\r\n\r\nbody");
  ASSERT_EQ(parsed.block.fields.size(), 3U);
  EXPECT_EQ(parsed.block.fields[1].name_lower, "");
  EXPECT_EQ(parsed.name(2), "Subject");
  EXPECT_EQ(parsed.body(), "body");
  EXPECT_TRUE(parsed.has("header_without_colon"));
}

TEST(Header, ToleratesLeadingBlankAndFromLine) {
  const auto parsed = parse("\r\nFrom a@b Mon Jan  1 00:00:00 2001\r\nSubject: s\r\n\r\nbody");
  ASSERT_EQ(parsed.block.fields.size(), 1U);
  EXPECT_EQ(parsed.name(0), "Subject");
  EXPECT_TRUE(parsed.has("leading_blank_line"));
  EXPECT_TRUE(parsed.has("mbox_from_line"));
}

TEST(Header, TextWithoutAnyFieldIsBody) {
  const auto parsed = parse("Hello there\r\nhow are you\r\n\r\nbye");
  EXPECT_TRUE(parsed.block.fields.empty());
  EXPECT_EQ(parsed.body(), "Hello there\r\nhow are you\r\n\r\nbye");
  EXPECT_TRUE(parsed.has("no_header"));
}

TEST(Header, BlankBeforeColonBelongsToNoName) {
  const auto parsed = parse("Subject : s\r\n\r\n");
  EXPECT_EQ(parsed.block.fields.at(0).name_lower, "subject");
}

TEST(Header, CountsDuplicates) {
  const auto parsed = parse("From: a@b\r\nfrom: c@d\r\n\r\n");
  EXPECT_EQ(count_fields(parsed.block.fields, "from"), 2U);
  EXPECT_EQ(find_field(parsed.block.fields, "from"), &parsed.block.fields[0]);
  EXPECT_EQ(find_field(parsed.block.fields, "to"), nullptr);
}

TEST(Header, StopsAtTheBlockLimit) {
  MimeLimits limits;
  limits.headers_max = 3;
  const auto parsed = parse("A: 1\nB: 2\nC: 3\nD: 4\n\nbody", limits);
  EXPECT_EQ(parsed.block.fields.size(), 3U);
  EXPECT_TRUE(parsed.report.degraded);
  EXPECT_EQ(parsed.body(), "D: 4\n\nbody");
}

TEST(Header, RemovesCommentsOutsideQuotes) {
  EXPECT_EQ(without_comments(" base64 (x) "), "base64");
  EXPECT_EQ(without_comments("a (b (c) \\) d) e"), "a  e");
  EXPECT_EQ(without_comments("\"(kept)\" x"), "\"(kept)\" x");
}

TEST(Header, DelimiterIsTheWholeLine) {
  EXPECT_EQ(match_delimiter("--b", "b"), Delimiter::kOpen);
  EXPECT_EQ(match_delimiter("--b \t", "b"), Delimiter::kOpen);
  EXPECT_EQ(match_delimiter("--b--", "b"), Delimiter::kClose);
  EXPECT_EQ(match_delimiter("--b--  ", "b"), Delimiter::kClose);
  EXPECT_EQ(match_delimiter("--bad", "b"), Delimiter::kNone);
  EXPECT_EQ(match_delimiter("-b", "b"), Delimiter::kNone);
  EXPECT_EQ(match_delimiter(" --b", "b"), Delimiter::kNone);
  // A boundary in quoted-pairs, for readers that undo them and for those that do not.
  EXPECT_EQ(match_delimiter("--a?b'c", "a\\?b\\'c"), Delimiter::kOpen);
  EXPECT_EQ(match_delimiter("--a\\?b\\'c--", "a\\?b\\'c"), Delimiter::kClose);
  EXPECT_EQ(match_delimiter("--a?b", "a\\?b\\'c"), Delimiter::kNone);
  EXPECT_EQ(match_delimiter("--a?b'cd", "a\\?b\\'c"), Delimiter::kNone);
}

}  // namespace
}  // namespace postern::pipeline
