// What a pass passes over because the one before found nothing in it, and what it must look at.
#include "pipeline/redaction/clean_leaves.h"

#include <gtest/gtest.h>

#include <string>

#include "pipeline/mime/part.h"
#include "pipeline/redaction/redactor.h"

namespace postern::pipeline {
namespace {

std::shared_ptr<const Message> message_of(const std::string& type, const std::string& body) {
  return Message::copy_of("Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: " + type + "\r\n\r\n" + body);
}

// What is known of the second message when the first one was clean.
bool is_known(const std::shared_ptr<const Message>& before, const std::shared_ptr<const Message>& now, bool allowed_8bit = true) {
  CleanLeaves leaves;
  leaves.begin_pass(before);
  leaves.note(parse_mime(*before).root, allowed_8bit, {true, 7});
  leaves.begin_pass(now);
  const auto known = leaves.find(parse_mime(*now).root, true);
  if (known) {
    EXPECT_TRUE(known->has_unread_file);
    EXPECT_EQ(known->scanned_bytes, 7U);
  }
  return known.has_value();
}

TEST(CleanLeaves, KnowALeafThatIsTheSame) {
  EXPECT_TRUE(is_known(message_of("text/plain", "hello"), message_of("text/plain", "hello")));
}

TEST(CleanLeaves, DoNotKnowOneWithOtherBytes) {
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/plain", "hellp")));
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/plain", "hello ")));
}

TEST(CleanLeaves, DoNotKnowOneThatIsReadInAnotherWay) {
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/html", "hello")));
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/plain; charset=utf-7", "hello")));
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/plain\r\nContent-Transfer-Encoding: base64", "hello")));
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/plain; name=\"a.csv\"", "hello")));
  EXPECT_FALSE(is_known(message_of("text/plain", "hello"), message_of("text/plain", "hello"), false));
}

TEST(CleanLeaves, ForgetWhatTwoPassesBeforeFound) {
  CleanLeaves leaves;
  const auto message = message_of("text/plain", "hello");
  const MimeTree tree = parse_mime(*message);
  leaves.begin_pass(message);
  leaves.note(tree.root, true, {});
  leaves.begin_pass(message);
  leaves.begin_pass(message);
  EXPECT_FALSE(leaves.find(tree.root, true).has_value());
}

// A part that is clean keeps a part beside it from nothing.
TEST(CleanLeaves, PartsBesideACleanOneAreRewritten) {
  const std::string clean = "--M\r\nContent-Type: text/plain\r\n\r\nNothing here.\r\n";
  const std::string card = "--M\r\nContent-Type: text/plain\r\n\r\nCard 4111 1111 1111 1111.\r\n";
  const auto message = Message::copy_of("Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=M\r\n\r\n" + clean + card + clean + "--M--\r\n");
  const auto redacted = Redactor().redact(message, {}, {});
  ASSERT_TRUE(redacted);
  EXPECT_EQ(redacted->raw().find("1111 1111"), std::string::npos);
  const std::string shown(redacted->raw());
  std::size_t notes = 0;
  for (std::size_t at = shown.find("Nothing here."); at != std::string::npos; at = shown.find("Nothing here.", at + 1)) ++notes;
  EXPECT_EQ(notes, 2U);
}

}  // namespace
}  // namespace postern::pipeline
