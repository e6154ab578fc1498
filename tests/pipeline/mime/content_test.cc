#include "pipeline/mime/content.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

MessageContent build(std::string_view text) {
  const auto message = Message::copy_of(text);
  return build_content(*message, parse_mime(*message));
}

TEST(Content, ReadsTheHeader) {
  const auto content = build(
      "From: =?utf-8?Q?J=C3=B6rg?= <j@x.test>\r\nTo: a@b.test\r\nTo: c@d.test\r\nCc: e@f.test\r\nReply-To: r@x.test\r\nSender: s@x.test\r\n"
      "Subject: =?utf-8?B?w6Q=?= 1\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\nReferences: <00@x> <0@x>\r\nDate: Sun, 22 Nov 2026 10:30:00 +0100\r\n\r\nHi\r\n");
  ASSERT_EQ(content.from.size(), 1U);
  EXPECT_EQ(content.from[0].name, "J\xc3\xb6rg");
  EXPECT_EQ(content.from[0].address.canonical(), "j@x.test");
  EXPECT_EQ(content.to.size(), 2U);
  EXPECT_EQ(content.cc.size(), 1U);
  EXPECT_EQ(content.reply_to.size(), 1U);
  EXPECT_EQ(content.sender.size(), 1U);
  EXPECT_EQ(content.subject, "\xc3\xa4 1");
  EXPECT_EQ(content.message_id, "1@x");
  EXPECT_EQ(content.in_reply_to, (std::vector<std::string>{"0@x"}));
  EXPECT_EQ(content.references, (std::vector<std::string>{"00@x", "0@x"}));
  EXPECT_EQ(content.date, "2026-11-22T09:30:00Z");
  EXPECT_EQ(content.text, "Hi\n");
  EXPECT_EQ(content.html, "");
}

TEST(Content, FirstOfSeveralFromFieldsCounts) {
  EXPECT_EQ(build("From: a@b.test\r\nFrom: c@d.test\r\n\r\n").from.at(0).address.local, "a");
}

constexpr std::string_view kAlternative =
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\nGr=FC=DFe\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hallo<script>x</script></p>\r\n--b--\r\n";

TEST(Content, AlternativesAreOneText) {
  const auto content = build(kAlternative);
  EXPECT_EQ(content.text, "Gr\xc3\xbc\xc3\x9f" "e");
  EXPECT_EQ(content.html, "<p>Hallo</p>");
  EXPECT_TRUE(content.attachments.empty());
}

TEST(Content, TextComesFromHtmlWhenThereIsNoOther) {
  const auto content = build("Content-Type: text/html; charset=utf-8\r\n\r\n<p>a</p><p>b &amp; c</p>");
  EXPECT_EQ(content.text, "a\n\nb & c\n\n");
  EXPECT_EQ(content.html, "<p>a</p><p>b &amp; c</p>");
}

// Taken out, it would join in the stored text what stood apart when the message was scanned.
TEST(Content, ANulIsShownAndJoinsNothing) {
  EXPECT_EQ(build(std::string_view("Subject: x\r\n\r\nNDEx\0MTEx\r\n", 25)).text, "NDEx\xEF\xBF\xBDMTEx\n");
}

TEST(Content, InlineTextsAreJoined) {
  const auto content = build("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <i>\r\n\r\nPNG\r\n"
                             "--b\r\nContent-Type: text/html\r\n\r\n<b>two</b>\r\n--b\r\n\r\nthree\r\n--b--\r\n");
  EXPECT_EQ(content.text, "one\ntwo\nthree");
  EXPECT_EQ(content.html, "<pre>one</pre><b>two</b><pre>three</pre>");
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_TRUE(content.attachments[0].is_inline);
  EXPECT_EQ(content.attachments[0].content_id, "i");
  EXPECT_EQ(content.attachments[0].content, "PNG");
}

TEST(Content, RelatedPartsAreInline) {
  const auto content = build("Content-Type: multipart/related; boundary=b; start=\"<r@x>\"\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <i@x>\r\n"
                             "Content-Transfer-Encoding: base64\r\n\r\nSGk=\r\n--b\r\nContent-ID: <r@x>\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:i@x\">\r\n--b--\r\n");
  EXPECT_EQ(content.html, "<img src=\"cid:i@x\">");
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_EQ(content.attachments[0].content, "Hi");
  EXPECT_TRUE(content.attachments[0].is_inline);
}

TEST(Content, NamedTextIsAFile) {
  const auto content = build("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nletter\r\n--b\r\nContent-Type: text/plain; name=notes.txt\r\n\r\nnotes\r\n--b\r\n"
                             "Content-Disposition: attachment\r\n\r\nanother\r\n--b--\r\n");
  EXPECT_EQ(content.text, "letter");
  ASSERT_EQ(content.attachments.size(), 2U);
  EXPECT_EQ(content.attachments[0].name, "notes.txt");
  EXPECT_FALSE(content.attachments[0].is_inline);
}

TEST(Content, AttachedMessageIsAnEmlFile) {
  const auto content = build("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: a/b: c\r\n\r\ninner\r\n--b--\r\n");
  EXPECT_EQ(content.text, "see");
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_EQ(content.attachments[0].name, "a_b_ c.eml");
  EXPECT_EQ(content.attachments[0].media_type, "message/rfc822");
  EXPECT_EQ(content.attachments[0].content, "Subject: a/b: c\r\n\r\ninner");
}

TEST(Content, LonelyFileIsAnAttachment) {
  const auto content = build("Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nSGk=");
  EXPECT_EQ(content.text, "");
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_EQ(content.attachments[0].content, "Hi");
}

TEST(Content, MessageWithoutHeaderIsItsText) {
  EXPECT_EQ(build("Hello,\nplease help.\n").text, "Hello,\nplease help.\n");
  EXPECT_EQ(build("").text, "");
}

TEST(Content, DegradedMessageIsShownAsText) {
  std::string text = "Subject: s\r\n";
  for (int i = 0; i < 60; ++i) text += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) + "\r\n";
  const auto content = build(text + "\r\nfind me");
  EXPECT_EQ(content.subject, "s");
  EXPECT_NE(content.text.find("find me"), std::string::npos);
}

}  // namespace
}  // namespace postern::pipeline
