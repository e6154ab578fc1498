#include "ticketing/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"

namespace postern::ticketing {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

OutgoingMail plain() {
  OutgoingMail mail;
  mail.from = {"Bob via Acme", {"support", "acme.example"}};
  mail.to = {{"Ann", {"ann", "customer.example"}}};
  mail.reply_to = {"Acme", {"support+tok", "acme.example"}};
  mail.subject = "Re: Help";
  mail.date = core::from_unix_ms(1795339800000);
  mail.message_id = "pst.1.2.mac@mx.acme.example";
  mail.in_reply_to = "m1@customer.example";
  mail.references = {"m0@customer.example", "m1@customer.example"};
  mail.text = "Hello Ann,\nplease try again.\n";
  return mail;
}

// RFC 5322: CRLF only, no line above 998; RFC 5321: no NUL.
void expect_clean_lines(const std::string& bytes) {
  std::size_t line = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n') {
      ASSERT_TRUE(i > 0 && bytes[i - 1] == '\r') << "bare LF at " << i;
    }
    if (bytes[i] == '\r') {
      ASSERT_TRUE(i + 1 < bytes.size() && bytes[i + 1] == '\n') << "bare CR at " << i;
    }
    ASSERT_NE(bytes[i], '\0');
    line = bytes[i] == '\n' ? 0 : line + 1;
    ASSERT_LE(line, 998U);
  }
  ASSERT_THAT(bytes, EndsWith("\r\n"));
}

std::vector<std::string> field_names(const std::string& bytes) {
  std::vector<std::string> out;
  const std::string head = bytes.substr(0, bytes.find("\r\n\r\n") + 2);
  for (std::size_t at = 0; at < head.size(); at = head.find("\r\n", at) + 2) {
    if (head[at] != ' ') out.push_back(head.substr(at, head.find(':', at) - at));
  }
  return out;
}

TEST(Compose, WritesExactlyTheseHeaders) {
  const auto mail = compose(plain()).value();
  EXPECT_EQ(mail.bytes,
            "Date: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
            "From: \"Bob via Acme\" <support@acme.example>\r\n"
            "Reply-To: \"Acme\" <support+tok@acme.example>\r\n"
            "To: \"Ann\" <ann@customer.example>\r\n"
            "Subject: Re: Help\r\n"
            "Message-ID: <pst.1.2.mac@mx.acme.example>\r\n"
            "In-Reply-To: <m1@customer.example>\r\n"
            "References: <m0@customer.example>\r\n <m1@customer.example>\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello Ann,\r\nplease try again.\r\n");
  EXPECT_FALSE(mail.needs_smtputf8);
}

TEST(Compose, NothingTypedBecomesAHeader) {  // mail.md trap 48
  const std::string attack = std::string("x\r\nBcc: victim@evil.example\r\n\r\nbody\nX-Evil: 1") + '\0' + "\rSubject: other";
  OutgoingMail mail = plain();
  const auto names = field_names(compose(mail)->bytes);
  mail.from.name = attack;
  mail.to[0].name = attack;
  mail.cc = {{attack, {"carl", "customer.example"}}, {"", {"x\r\nBcc: v", "evil.example"}}, {"", {"v", "evil.example>\r\nX: y"}}};
  mail.reply_to.name = attack;
  mail.subject = attack;
  mail.in_reply_to = "m1>\r\nBcc: <v@evil.example";
  mail.references = {attack, "m0@customer.example"};
  mail.files = {{attack, attack, "data"}};
  const auto composed = compose(mail).value();
  expect_clean_lines(composed.bytes);
  auto expected = names;
  std::erase(expected, "In-Reply-To");
  std::erase(expected, "Content-Transfer-Encoding");
  expected.insert(std::find(expected.begin(), expected.end(), "Subject"), "Cc");
  EXPECT_EQ(field_names(composed.bytes), expected);
  EXPECT_THAT(composed.bytes, Not(HasSubstr("victim@evil.example\r\n\r\n")));
  EXPECT_THAT(composed.bytes, HasSubstr("Content-Type: application/octet-stream\r\n"));
}

TEST(Compose, RefusesAMessageWithoutUsableAddresses) {
  OutgoingMail mail = plain();
  mail.to = {{"", {"a b", "x.example"}}};
  EXPECT_EQ(compose(mail).error(), Errc::kInvalid);
  mail = plain();
  mail.from.address.domain = "acme.example\r\nX: y";
  EXPECT_EQ(compose(mail).error(), Errc::kInvalid);
}

TEST(Compose, EncodesTextBeyondAscii) {
  OutgoingMail mail = plain();
  mail.subject = "Grüße und sehr viele weitere Wörter, die über eine Zeile gehen – ja wirklich 漢字漢字漢字漢字漢字漢字";
  mail.to[0].name = "Änn \"Quote\"";
  mail.text = "Grüße, a fairly plain text with one long line that goes on and on, past the end of any line = seventy-six \n.\nFrom here\t\n";
  const auto composed = compose(mail).value();
  expect_clean_lines(composed.bytes);
  EXPECT_TRUE(is_ascii(composed.bytes));
  EXPECT_FALSE(composed.needs_smtputf8);
  for (std::size_t at = 0; at < composed.bytes.size();) {
    const auto end = composed.bytes.find("\r\n", at);
    EXPECT_LE(end - at, 76U) << composed.bytes.substr(at, end - at);
    at = end + 2;
  }
  EXPECT_THAT(composed.bytes, HasSubstr("=C3=BC"));
  EXPECT_THAT(composed.bytes, HasSubstr("From here=09\r\n"));
  // The subject comes back when its words are decoded.
  std::string subject;
  const auto begin = composed.bytes.find("Subject: ");
  const std::string field = composed.bytes.substr(begin, composed.bytes.find("\r\nMessage-ID", begin) - begin);
  for (auto at = field.find("=?UTF-8?B?"); at != std::string::npos; at = field.find("=?UTF-8?B?", at + 1)) {
    const auto text = at + 10;
    subject += core::from_base64(field.substr(text, field.find("?=", text) - text)).value();
  }
  EXPECT_EQ(subject, mail.subject);
}

TEST(Compose, MostlyForeignTextGoesInBase64WithCanonicalLines) {
  OutgoingMail mail = plain();
  mail.text = "漢字漢字\n漢字";
  const auto composed = compose(mail).value();
  expect_clean_lines(composed.bytes);
  const std::string body = composed.bytes.substr(composed.bytes.find("\r\n\r\n") + 4);
  EXPECT_EQ(core::from_base64(core::trim_ascii(body)), "漢字漢字\r\n漢字");
}

TEST(Compose, AttachmentsAreParts) {
  OutgoingMail mail = plain();
  mail.files = {{"report.pdf", "application/pdf", std::string(200, '\xFF')}, {"über \"x\".txt", "message/rfc822", "a"}};
  const auto composed = compose(mail).value();
  expect_clean_lines(composed.bytes);
  EXPECT_THAT(composed.bytes, HasSubstr("Content-Type: multipart/mixed;\r\n boundary=\"=_pst_"));
  EXPECT_THAT(composed.bytes, HasSubstr("Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n filename=\"report.pdf\"\r\n"));
  EXPECT_THAT(composed.bytes, HasSubstr("filename*0*=UTF-8''%C3%BCber%20%22x%22.txt\r\n"));
  EXPECT_THAT(composed.bytes, Not(HasSubstr("message/rfc822")));
}

// RFC 2046 section 5.1.4: the plain one first.
TEST(Compose, Issue7FormattedTextGoesBesideThePlainOne) {
  OutgoingMail mail = plain();
  mail.html = "<p>Hello <b>Ann</b>,</p><p>" + std::string(3000, 'x') + " Grüße</p>";
  const auto composed = compose(mail).value();
  expect_clean_lines(composed.bytes);
  const std::string& bytes = composed.bytes;
  const auto begin = bytes.find("Content-Type: multipart/alternative;\r\n boundary=\"=_alt_pst_");
  ASSERT_NE(begin, std::string::npos);
  const std::string boundary = bytes.substr(bytes.find('"', begin) + 1, bytes.find('"', bytes.find('"', begin) + 1) - bytes.find('"', begin) - 1);
  EXPECT_LE(boundary.size(), 70U);
  const auto text = bytes.find("--" + boundary + "\r\nContent-Type: text/plain; charset=UTF-8\r\n");
  const auto html = bytes.find("--" + boundary + "\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n");
  ASSERT_NE(text, std::string::npos);
  ASSERT_NE(html, std::string::npos);
  EXPECT_LT(text, html);
  EXPECT_THAT(bytes, EndsWith("--" + boundary + "--\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Hello Ann,\r\nplease try again.\r\n"));
  EXPECT_THAT(bytes, HasSubstr("<p>Hello <b>Ann</b>,</p>"));
  EXPECT_THAT(bytes, Not(HasSubstr("multipart/mixed")));
  for (std::size_t at = html; at < bytes.size();) {
    const auto end = bytes.find("\r\n", at);
    EXPECT_LE(end - at, 76U);
    at = end + 2;
  }
}

TEST(Compose, Issue7FilesStandAroundTheAlternatives) {
  OutgoingMail mail = plain();
  mail.html = "<p>Hello</p>";
  mail.files = {{"a.txt", "text/plain", "x"}};
  mail.boundary = "=_form_1";
  const std::string bytes = compose(mail)->bytes;
  expect_clean_lines(bytes);
  const auto mixed = bytes.find("boundary=\"=_form_1\"");
  const auto inner = bytes.find("--=_form_1\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_alt_form_1\"");
  const auto end = bytes.find("--=_alt_form_1--\r\n");
  const auto file = bytes.find("--=_form_1\r\nContent-Type: text/plain\r\nContent-Disposition: attachment");
  ASSERT_NE(inner, std::string::npos);
  EXPECT_LT(mixed, inner);
  EXPECT_LT(inner, end);
  EXPECT_LT(end, file);
  EXPECT_THAT(bytes, EndsWith("--=_form_1--\r\n"));
  EXPECT_EQ(bytes, compose(mail)->bytes) << "the same to the byte";
}

TEST(Compose, AddressesBeyondAsciiNeedSmtputf8) {  // RFC 6531
  OutgoingMail mail = plain();
  mail.to[0].address = {"änn", "customer.example"};
  const auto composed = compose(mail).value();
  EXPECT_TRUE(composed.needs_smtputf8);
  EXPECT_THAT(composed.bytes, HasSubstr("<änn@customer.example>"));
}

TEST(Compose, LongAsciiSubjectsFoldAtSpaces) {
  OutgoingMail mail = plain();
  for (int i = 0; i < 60; ++i) mail.subject += " word" + std::to_string(i);
  const auto bytes = compose(mail)->bytes;
  expect_clean_lines(bytes);
  const auto begin = bytes.find("Subject: ");
  std::string unfolded = bytes.substr(begin + 9, bytes.find("\r\nMessage-ID") - begin - 9);
  for (auto at = unfolded.find("\r\n"); at != std::string::npos; at = unfolded.find("\r\n")) unfolded.erase(at, 2);
  EXPECT_EQ(unfolded, mail.subject);
  mail.subject = std::string(3000, 'x');
  expect_clean_lines(compose(mail)->bytes);
}

TEST(Compose, ReplySubjectHasOneRe) {
  EXPECT_EQ(reply_subject("Help"), "Re: Help");
  EXPECT_EQ(reply_subject("RE: Help"), "RE: Help");
  EXPECT_EQ(reply_subject("Reset"), "Re: Reset");
  EXPECT_EQ(reply_subject(""), "Re: ");
}

}  // namespace
}  // namespace postern::ticketing
