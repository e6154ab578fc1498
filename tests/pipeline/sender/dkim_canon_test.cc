// Canonicalisation by the examples of RFC 6376 section 3.4.5 and the rules around them.
#include "pipeline/sender/dkim_canon.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kExample = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";

std::string header_of(DkimCanon canon) {
  const HeaderLayout layout = split_header(kExample, 10);
  std::string out;
  for (const SignedField& field : layout.fields)
    out += canonical_header(kExample.substr(field.whole.begin, field.whole.size()), canon);
  return out;
}
std::string_view body_of_example() { return kExample.substr(split_header(kExample, 10).body_begin); }

TEST(DkimCanon, RelaxedHeaderFollowsTheExample) { EXPECT_EQ(header_of(DkimCanon::kRelaxed), "a:X\r\nb:Y Z\r\n"); }
TEST(DkimCanon, SimpleHeaderChangesNothing) {
  EXPECT_EQ(header_of(DkimCanon::kSimple), "A: X\r\nB : Y\t\r\n\tZ  \r\n");
}
TEST(DkimCanon, RelaxedBodyFollowsTheExample) {
  EXPECT_EQ(canonical_body(body_of_example(), DkimCanon::kRelaxed), " C\r\nD E\r\n");
}
TEST(DkimCanon, SimpleBodyDropsOnlyEmptyLinesAtTheEnd) {
  EXPECT_EQ(canonical_body(body_of_example(), DkimCanon::kSimple), " C \r\nD \t E\r\n");
}

TEST(DkimCanon, EmptyBodies) {
  EXPECT_EQ(canonical_body("", DkimCanon::kSimple), "\r\n");
  EXPECT_EQ(canonical_body("\r\n\r\n", DkimCanon::kSimple), "\r\n");
  EXPECT_EQ(canonical_body("", DkimCanon::kRelaxed), "");
  EXPECT_EQ(canonical_body("\r\n \r\n\t\r\n", DkimCanon::kRelaxed), "");
  // RFC 6376 sections 3.4.3 and 3.4.4 give these digests.
  EXPECT_EQ(core::to_base64(hash_body("", DkimCanon::kSimple, std::nullopt).digest),
            "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
  EXPECT_EQ(core::to_base64(hash_body("", DkimCanon::kRelaxed, std::nullopt).digest),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(core::to_base64(hash_body("", DkimCanon::kSimple, std::nullopt, DkimHash::kSha1).digest),
            "uoq1oCgLlTqpdDX/iUbLy7J1Wic=");
}

TEST(DkimCanon, StreamedHashEqualsTheHashOfTheText) {
  std::string body;
  for (int i = 0; i < 3000; ++i)
    body += "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 7), ' ') + "\tx \r\n";
  body += std::string(10000, 'y') + "\r\n\r\n";
  for (const DkimCanon canon : {DkimCanon::kSimple, DkimCanon::kRelaxed}) {
    const std::string text = canonical_body(body, canon);
    const DkimBodyHash whole = hash_body(body, canon, std::nullopt);
    EXPECT_EQ(whole.digest, core::sha256(text));
    EXPECT_EQ(whole.body_bytes, text.size());
    for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{4096}, std::uint64_t{30001}}) {
      EXPECT_EQ(hash_body(body, canon, length).digest, core::sha256(text.substr(0, length)));
    }
  }
}

TEST(DkimCanon, SelectsFieldsFromTheBottom) {
  constexpr std::string_view message = "From: one\r\nTo: x\r\nFROM : two\r\n\r\n";
  const HeaderLayout layout = split_header(message, 10);
  EXPECT_EQ(select_fields(message, layout, {"from", "from", "from", "subject"}), (std::vector<std::size_t>{2, 0}));
}

TEST(HeaderFields, EndsAtTheFirstEmptyLineOnly) {
  const HeaderLayout layout = split_header("A: 1\r\nno colon here\r\nB: 2\r\n \r\nC: 3\r\n\r\nD: body\r\n", 10);
  ASSERT_EQ(layout.fields.size(), 4U);  // the line of one blank continues B
  EXPECT_TRUE(layout.fields[1].name.empty());
}

TEST(HeaderFields, StopsAtTheLimit) {
  const HeaderLayout layout = split_header("A: 1\r\nB: 2\r\nC: 3\r\n\r\nbody\r\n", 2);
  EXPECT_TRUE(layout.is_truncated);
  EXPECT_EQ(layout.fields.size(), 2U);
}

TEST(HeaderFields, NormalisesBareLineFeeds) {
  EXPECT_TRUE(has_crlf_lines("a\r\nb\r\n"));
  EXPECT_FALSE(has_crlf_lines("a\nb\r\n"));
  EXPECT_FALSE(has_crlf_lines("a\r\nb"));
  EXPECT_EQ(core::view(with_crlf_lines("a\nb\r\nc")), "a\r\nb\r\nc\r\n");
}

}  // namespace
}  // namespace postern::pipeline
