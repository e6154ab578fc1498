// ParseReport.ambiguity: zero for what real software sends, high where readers see different messages.
#include "pipeline/mime/ambiguity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "pipeline/mime/part.h"
#include "tests/pipeline/mime/shared_data.h"

namespace postern::pipeline {
namespace {

ParseReport report_of(const std::string& text) { return parse_mime(*Message::copy_of(text)).report; }

TEST(Ambiguity, WellFormedMailHasNone) {
  for (const std::string text :
       {"From: a@b.test\r\nSubject: x\r\n\r\nhello\r\n",
        "From a@b.test Sun Nov 22 09:30:00 2026\nFrom: a@b.test\n\nhello\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; name=\"a.txt\"\r\n"
        "Content-Disposition: attachment; filename=\"na_ve.txt\"; filename*=utf-8''na%C3%AFve.txt\r\n\r\nx\r\n--b--\r\n"}) {
    EXPECT_EQ(report_of(text).ambiguity, 0U) << text;
  }
}

struct AmbiguousMail {
  std::string word;
  std::string text;
};

std::vector<AmbiguousMail> ambiguous_mail() {
  const std::string multipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  return {{"duplicate_mime_field", "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx\r\n"},
          {"duplicate_mime_field", "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n"},
          {"duplicate_parameter", "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n"},
          {"conflicting_parameter", "Content-Disposition: attachment; filename=a.txt; filename*=utf-8''a.exe\r\n\r\nx\r\n"},
          {"conflicting_parameter", "Content-Type: text/plain; charset=us-ascii; charset*=''utf-7\r\n\r\nx\r\n"},
          {"part_after_close", multipart + "--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n"},
          {"boundary_not_found", multipart + "x\r\n"},
          {"multipart_without_boundary", "Content-Type: multipart/mixed\r\n\r\nx\r\n"},
          {"encoded_multipart", "Content-Transfer-Encoding: base64\r\n" + multipart + "--b\r\n\r\nx\r\n--b--\r\n"},
          {"encoded_message", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQp4\r\n"},
          {"nul_byte", std::string("Subject: x\r\n\r\na\0b\r\n", 19)},
          {"bare_cr", "Subject: x\r\n\r\na\rb\r\n"},
          {"blank_folded_line", "Subject: x\r\n  \r\nContent-Type: text/html\r\n\r\nx\r\n"},
          {"header_without_colon", "Subject: x\r\nnonsense\r\nContent-Type: text/html\r\n\r\nx\r\n"},
          {"odd_transfer_encoding", "Content-Transfer-Encoding: base64 (x)\r\n\r\neA==\r\n"},
          {"odd_transfer_encoding", "Content-Transfer-Encoding: \"base64\"\r\n\r\neA==\r\n"},
          {"unknown_transfer_encoding", "Content-Transfer-Encoding: bsae64\r\n\r\neA==\r\n"},
          {"bad_content_type", "Content-Type: text\r\n\r\nx\r\n"},
          {"leading_blank_line", "\r\nSubject: x\r\n\r\nx\r\n"},
          {"no_header", "no header\r\n\r\nx\r\n"},
          {"duplicate_field", "From: a@b.test\r\nFrom: c@d.test\r\n\r\nx\r\n"}};
}

TEST(Ambiguity, EachEvasionRaisesIt) {
  for (const AmbiguousMail& one : ambiguous_mail()) {
    const ParseReport report = report_of(one.text);
    EXPECT_NE(std::find(report.defects.begin(), report.defects.end(), one.word), report.defects.end()) << one.word << "\n" << one.text;
    EXPECT_GT(report.ambiguity, 0U) << one.word;
    EXPECT_EQ(report.ambiguity, ambiguity_of(report));
  }
}

TEST(Ambiguity, IsBoundedAndGrowsWithTheDefects) {
  ParseReport report;
  std::uint32_t before = 0;
  for (const DefectWeight& one : defect_weights()) {
    report.defects.emplace_back(one.word);
    EXPECT_GT(one.weight, 0U);
    EXPECT_GE(ambiguity_of(report), before);
    before = ambiguity_of(report);
  }
  EXPECT_EQ(before, 100U);
  report.defects.assign(1, "unread_file");
  EXPECT_EQ(ambiguity_of(report), 0U);
}

TEST(Ambiguity, RealMailHasAMedianOfZero) {
  POSTERN_SHARED_OR_SKIP(data);
  std::vector<std::uint32_t> scores;
  for (const auto& path : test::files_below(data / "mime/zammad", {".box"})) scores.push_back(report_of(test::read_file(path)).ambiguity);
  ASSERT_GT(scores.size(), 20U);
  std::nth_element(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(scores.size() / 2), scores.end());
  EXPECT_EQ(scores[scores.size() / 2], 0U);
}

}  // namespace
}  // namespace postern::pipeline
