#include "pipeline/mime/part.h"

#include <gtest/gtest.h>

#include "pipeline/mime/decode.h"

namespace postern::pipeline {
namespace {

struct Parsed {
  std::shared_ptr<const Message> message;
  MimeTree tree;
  // "path type" of every part with the body of leaves.
  std::string show() const {
    std::string out;
    for_each_part(tree.root, [&](const Part& part, std::size_t) {
      out += '[' + part.path + ' ' + part.type();
      if (part.is_leaf()) out += ' ' + std::string(message->view(part.body));
      out += ']';
    });
    return out;
  }
  bool has(std::string_view word) const {
    return std::find(tree.report.defects.begin(), tree.report.defects.end(), word) != tree.report.defects.end();
  }
};

Parsed parse(std::string_view text, const MimeLimits& limits = {}) {
  auto message = Message::copy_of(text);
  auto tree = parse_mime(*message, limits);
  return {std::move(message), std::move(tree)};
}

constexpr std::string_view kTop = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";

TEST(MimeTree, PlainMessageIsOnePart) {
  const auto parsed = parse("From: a@b\r\n\r\nHello\r\n");
  EXPECT_EQ(parsed.show(), "[1 text/plain Hello\r\n]");
  EXPECT_TRUE(parsed.tree.report.defects.empty());
  EXPECT_EQ(parsed.tree.headers.size(), 1U);
}

TEST(MimeTree, MultipartHasPartsPreambleAndEpilogue) {
  const auto parsed = parse(std::string(kTop) + "pre\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\nepi\r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 text/plain one][2 text/html <p>]");
  EXPECT_EQ(parsed.message->view(parsed.tree.root.preamble), "pre");
  EXPECT_EQ(parsed.message->view(parsed.tree.root.epilogue), "epi\r\n");
  EXPECT_TRUE(parsed.tree.report.defects.empty());
}

TEST(MimeTree, DelimiterPaddingIsAllowed) {
  const auto parsed = parse(std::string(kTop) + "--b \t\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n--b-- \r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 text/plain one][2 text/plain two]");
  EXPECT_TRUE(parsed.tree.report.defects.empty());
}

TEST(MimeTree, LongerLineIsNoDelimiter) {
  const auto parsed = parse(std::string(kTop) + "--b\r\n\r\none\r\n--bad\r\ntwo\r\n--b--\r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 text/plain one\r\n--bad\r\ntwo]");
  EXPECT_TRUE(parsed.has("parsers_disagree"));
}

TEST(MimeTree, UnclosedInnerMultipartDoesNotSwallowOuterParts) {
  const auto parsed = parse(std::string(kTop) + "--b\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 multipart/alternative][1.1 text/plain one][2 text/plain two]");
  EXPECT_TRUE(parsed.has("unclosed_multipart"));
}

TEST(MimeTree, HeaderOfAPartEndsAtADelimiter) {
  const auto parsed = parse(std::string(kTop) + "--b\r\nContent-Type: text/html\r\n--b\r\n\r\ntwo\r\n--b--\r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 text/html ][2 text/plain two]");
}

TEST(MimeTree, AttachedMessageHasATree) {
  const auto parsed = parse(std::string(kTop) + "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n--b\r\n"
                                                "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ndeep\r\n--x--\r\n--b--\r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 message/rfc822][1.1 text/plain inner][2 message/rfc822][2 multipart/mixed][2.1 text/plain deep]");
  EXPECT_EQ(parsed.message->view(parsed.tree.root.children[0].body), "Subject: in\r\n\r\ninner");
}

TEST(MimeTree, DigestPartsAreMessages) {
  const auto parsed = parse("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\nbody\r\n--b--\r\n");
  EXPECT_EQ(parsed.show(), "[ multipart/digest][1 message/rfc822][1.1 text/plain body]");
}

TEST(MimeTree, EncodedMessageIsNotDescended) {
  const auto parsed = parse("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQp4");
  EXPECT_EQ(count_leaves(parsed.tree.root), 1U);
  EXPECT_TRUE(parsed.has("encoded_message"));
  EXPECT_EQ(decode_body(*parsed.message, parsed.tree.root).bytes, "Subject: x\r\n\r\nx");
}

TEST(MimeTree, ReadsCommentedAndQuotedEncodings) {
  for (std::string_view value : {"base64", " BASE64 (x)", "\"base64\"", "base64;", "\tbase64 "}) {
    const auto parsed = parse("Content-Transfer-Encoding:" + std::string(value) + "\r\n\r\nSGk=");
    EXPECT_EQ(parsed.tree.root.encoding, TransferEncoding::kBase64) << value;
  }
  EXPECT_TRUE(parse("Content-Transfer-Encoding: rot13\r\n\r\nx").has("unknown_transfer_encoding"));
}

TEST(MimeTree, ReadsNamesAndDisposition) {
  const auto parsed = parse("Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: weird; filename*=utf-8''%C3%A4.pdf\r\nContent-ID: <x@y>\r\n\r\n");
  EXPECT_EQ(parsed.tree.root.filename, "\xc3\xa4.pdf");
  EXPECT_TRUE(parsed.tree.root.is_attachment());
  EXPECT_EQ(parsed.tree.root.content_id, "x@y");
  EXPECT_EQ(parse("Content-Type: application/pdf; name=\"../b.pdf\"\r\n\r\n").tree.root.filename, "b.pdf");
}

TEST(MimeTree, MultipartWithoutUsableBoundaryIsText) {
  EXPECT_EQ(parse("Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx").show(), "[1 text/plain --b\r\n\r\nx]");
  const auto parsed = parse("Content-Type: multipart/mixed; boundary=q\r\n\r\nno part");
  EXPECT_EQ(parsed.show(), "[1 text/plain no part]");
  EXPECT_TRUE(parsed.has("boundary_not_found"));
}

TEST(MimeTree, BadTypeIsPlainText) {
  EXPECT_EQ(parse("Content-Type: text\r\n\r\nx").tree.root.type(), "text/plain");
  EXPECT_EQ(parse("Content-Type: /\r\n\r\nx").tree.root.type(), "text/plain");
}

TEST(MimeTree, ReportsDuplicatesAndHiddenParts) {
  EXPECT_TRUE(parse("From: a@b\r\nFrom: c@d\r\n\r\n").has("duplicate_field"));
  EXPECT_TRUE(parse("Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n").has("duplicate_mime_field"));
  EXPECT_TRUE(parse(std::string(kTop) + "--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\nhidden\r\n").has("part_after_close"));
  EXPECT_TRUE(parse("Content-Type: message/partial; id=x; number=1\r\n\r\n").has("message_partial"));
}

TEST(MimeTree, DepthLimitMakesText) {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    const auto name = "b" + std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
  }
  const auto parsed = parse(text + "\r\nend");
  EXPECT_TRUE(parsed.tree.report.degraded);
  EXPECT_TRUE(parsed.has("depth_limit"));
  EXPECT_EQ(count_leaves(parsed.tree.root), 1U);
  EXPECT_NE(parsed.show().find("text/plain --b50"), std::string::npos);
}

TEST(MimeTree, PartLimitMakesTheRestText) {
  MimeLimits limits;
  limits.parts_max = 3;
  std::string text(kTop);
  for (int i = 0; i < 10; ++i) text += "--b\r\n\r\n" + std::to_string(i) + "\r\n";
  const auto parsed = parse(text + "--b--\r\n", limits);
  ASSERT_EQ(parsed.tree.root.children.size(), 4U);
  EXPECT_TRUE(parsed.has("part_limit"));
  EXPECT_TRUE(parsed.message->view(parsed.tree.root.children[3].body).ends_with("9\r\n--b--\r\n"));
}

TEST(MimeTree, EveryByteOfABodyIsInAPart) {
  const std::string text = std::string(kTop) + "p\n--b\n\n1\n--b\nContent-Type: message/rfc822\n\nA: b\n\n2\n--b--\ne";
  const auto parsed = parse(text);
  EXPECT_EQ(parsed.tree.root.body.end, text.size());
  EXPECT_EQ(parsed.show(), "[ multipart/mixed][1 text/plain 1][2 message/rfc822][2.1 text/plain 2]");
}

TEST(MimeTree, EmptyAndTinyMessages) {
  for (std::string_view text : {"", "\r\n", "\n", "\r", "\r\n\r\n", ":", "a", "a:", "--", "From ", "From x\n"}) {
    EXPECT_EQ(count_leaves(parse(text).tree.root), 1U) << text;
  }
}

}  // namespace
}  // namespace postern::pipeline
