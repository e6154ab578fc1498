// The messages on which mimetic overflowed, was quadratic or took hundreds of megabytes (libraries.md B-c).
#include <gtest/gtest.h>

#include <chrono>

#include "pipeline/mime/content.h"
#include "pipeline/mime/part.h"

namespace postern::pipeline {
namespace {

// Generous: what is quadratic takes minutes.
constexpr auto kTimeMax = std::chrono::seconds(3);

MimeTree parse_in_time(const std::string& text) {
  const auto message = Message::copy_of(text);
  const auto start = std::chrono::steady_clock::now();
  auto tree = parse_mime(*message);
  build_content(*message, tree);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kTimeMax);
  return tree;
}

TEST(Stress, NestedMultiparts) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    const auto name = std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
  }
  EXPECT_TRUE(parse_in_time(text).report.degraded);
}

TEST(Stress, NestedMessages) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "Content-Type: message/rfc822\r\n\r\n";
  EXPECT_TRUE(parse_in_time(text).report.degraded);
}

TEST(Stress, EncodedNestedMessages) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  EXPECT_EQ(count_leaves(parse_in_time(text).root), 1U);
}

TEST(Stress, OneLongHeaderLine) {
  EXPECT_TRUE(parse_in_time("Subject: " + std::string(1'600'000, 'x') + "\r\n\r\nbody").report.degraded);
  EXPECT_TRUE(parse_in_time("To: " + std::string(1'600'000, '(') + "\r\n\r\nbody").report.degraded);
}

TEST(Stress, LongFoldedHeader) {
  std::string text = "Subject: x\r\n";
  for (int i = 0; i < 200'000; ++i) text += " =?utf-8?Q?a?=\r\n";
  parse_in_time(text + "\r\nbody");
}

TEST(Stress, ManyEmptyParts) {
  std::string text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 400'000; ++i) text += "--b\r\n\r\n\r\n";
  const auto tree = parse_in_time(text);
  EXPECT_TRUE(tree.report.degraded);
  EXPECT_LE(count_leaves(tree.root), MimeLimits{}.parts_max + 1);
}

TEST(Stress, ManyPrefixBoundaries) {
  std::string text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
  for (int i = 0; i < 400'000; ++i) text += "--bx\r\n";
  EXPECT_EQ(count_leaves(parse_in_time(text).root), 1U);
}

TEST(Stress, LinesOfDashes) {
  std::string text = "Content-Type: multipart/mixed; boundary=" + std::string(2'000, '-') + "\r\n\r\n";
  parse_in_time(text + std::string(4'000'000, '-'));
}

TEST(Stress, ManyHeaderLines) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "To: a@b.test\r\n";
  EXPECT_TRUE(parse_in_time(text + "\r\nx").report.degraded);
}

TEST(Stress, EmptyAddressFields) {
  for (std::string_view name : {"To", "Cc", "From", "Sender", "Reply-To", "Bcc"}) {
    EXPECT_FALSE(parse_in_time(std::string(name) + ": :\r\n\r\nx").report.degraded);
  }
}

TEST(Stress, ManyParameters) {
  std::string text = "Content-Type: multipart/mixed";
  for (int i = 0; i < 5'000; ++i) text += "; a*" + std::to_string(i) + "*=x";
  parse_in_time(text + "\r\n\r\nx");
}

}  // namespace
}  // namespace postern::pipeline
