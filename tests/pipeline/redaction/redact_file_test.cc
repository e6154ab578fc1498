// Uploads get the looks of a mail's attachment (design invariant 2; Z-35): text is masked, other files keep their size.
#include <gtest/gtest.h>

#include <random>

#include "core/encoding.h"
#include "pipeline/redaction/redactor.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

const Redactor& redactor() {
  static const Redactor one;
  return one;
}

std::string random_bytes(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random() & 0xFFU);
  return out;
}

std::string wide(std::string_view ascii) {
  std::string out;
  for (char c : ascii) out += {c, '\0'};
  return out;
}

TEST(RedactFile, TextIsMaskedWhateverItsLabel) {
  for (std::string_view type : {"text/csv", "application/octet-stream", "", "image/png", "TEXT/plain; charset=utf-8"}) {
    const RedactedFile file = redactor().redact_file("cards.csv", type, "name,card\r\nAnn,4111 1111 1111 1111\r\n", {"file", {}, {}});
    EXPECT_EQ(file.content(), "name,card\r\nAnn,4111 11\u2587\u2587 \u2587\u2587\u2587\u2587 1111\r\n") << type;
    ASSERT_EQ(file.redactions().size(), 1U);
    EXPECT_EQ(file.redactions()[0].where, "file");
    EXPECT_EQ(file.redactions()[0].brand, "visa");
  }
}

TEST(RedactFile, BinaryKeepsItsOffsets) {
  const std::string before = random_bytes(5'000, 1);
  const std::string behind = random_bytes(5'000, 2);
  const std::string card = test::make_card("4", 16, 7);
  for (const std::string& shown : {"(" + card + ")", wide("<" + card + ">")}) {
    const RedactedFile file = redactor().redact_file("a.pdf", "application/pdf", before + shown + behind, {"file", {}, {}});
    ASSERT_EQ(file.content().size(), before.size() + shown.size() + behind.size());
    EXPECT_TRUE(file.content().starts_with(before));
    EXPECT_TRUE(file.content().ends_with(behind));
    EXPECT_EQ(file.content().find(shown), std::string::npos);
    EXPECT_EQ(file.redactions().size(), 1U);
    const RedactedFile again = redactor().redact_file("a.pdf", "application/pdf", file.content(), {"file", {}, {}});
    EXPECT_EQ(again.content(), file.content());
    EXPECT_TRUE(again.redactions().empty());
  }
}

TEST(RedactFile, FilesWithoutNumbersComeBackAsTheyWere) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const std::string bytes = random_bytes(20'000, seed);
    const RedactedFile file = redactor().redact_file("photo.jpg", "image/jpeg", bytes, {"file", {}, {}});
    EXPECT_TRUE(file.content() == bytes) << seed;
    EXPECT_TRUE(file.redactions().empty()) << seed;
  }
  const RedactedFile empty = redactor().redact_file("empty", "text/plain", "", {"file", {}, {}});
  EXPECT_EQ(empty.content(), "");
}

TEST(RedactFile, AttachedMessagesAreReadAsMail) {
  const std::string mail =
      "From: a@b.example\r\nSubject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      core::to_base64("My card is 4111 1111 1111 1111, thanks and good bye.") + "\r\n";
  const RedactedFile file = redactor().redact_file("old.eml", "message/rfc822", mail, {"file", {}, {}});
  EXPECT_NE(file.content(), mail);
  EXPECT_TRUE(file.content().starts_with("From: a@b.example\r\n"));
  EXPECT_EQ(file.redactions().size(), 1U);
}

TEST(RedactFile, TheNameIsMasked) {
  const RedactedFile file = redactor().redact_file("card 4111111111111111.txt", "text/plain", "hello", {"file", {}, {}});
  EXPECT_EQ(file.name(), "card 411111\u2587\u2587\u2587\u2587\u2587\u25871111.txt");
  EXPECT_EQ(file.content(), "hello");
}

// The same bytes as an attachment of a mail.
TEST(Redactor, BinaryAttachmentsAreMaskedInPlace) {
  const std::string card = test::make_card("4", 16, 9);
  const std::string content = random_bytes(300, 3) + "(" + card + ") Tj" + random_bytes(300, 4);
  std::string encoded = core::to_base64(content);
  for (std::size_t at = 76; at < encoded.size(); at += 78) encoded.insert(at, "\r\n");
  const std::string mail =
      "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
      "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      encoded + "\r\n--b--\r\n";
  const auto redacted = redactor().redact(Message::copy_of(mail), Envelope{}, AuthVerdicts{});
  ASSERT_TRUE(redacted);
  ASSERT_EQ(redacted->content().attachments.size(), 1U);
  const std::string& kept = redacted->content().attachments[0].content;
  EXPECT_EQ(kept.size(), content.size());
  EXPECT_EQ(kept.find(card), std::string::npos);
  EXPECT_TRUE(kept.starts_with(content.substr(0, 301)));
  EXPECT_TRUE(kept.ends_with(content.substr(content.size() - 304)));
}

}  // namespace
}  // namespace postern::pipeline
