#include <gtest/gtest.h>

#include "pipeline/mime/content.h"
#include "tests/pipeline/mime/shared_data.h"

namespace postern::pipeline {
namespace {

MachineMail find(const std::string& text) {
  const auto message = Message::copy_of(text);
  return find_machine_mail(*message, parse_mime(*message));
}
MachineMail header(const std::string& field) { return find("From: a@b.test\r\n" + field + "\r\n\r\nx"); }

TEST(MachineMail, PersonIsNone) {
  const auto machine = header("Subject: hello");
  EXPECT_FALSE(machine.is_machine());
  EXPECT_FALSE(machine.wants_no_reply);
}

// RFC 3834 section 5.
TEST(MachineMail, AutoSubmitted) {
  EXPECT_TRUE(header("Auto-Submitted: auto-replied").is_auto_submitted);
  EXPECT_TRUE(header("Auto-Submitted: auto-generated; x=y").is_auto_submitted);
  EXPECT_FALSE(header("Auto-Submitted: no").is_auto_submitted);
  EXPECT_FALSE(header("Auto-Submitted: No (comment)").is_auto_submitted);
  EXPECT_TRUE(header("X-Autoreply: yes").is_auto_submitted);
  EXPECT_TRUE(header("Precedence: auto_reply").is_auto_submitted);
}

TEST(MachineMail, Bulk) {
  EXPECT_TRUE(header("List-Id: <x.y>").is_bulk);
  EXPECT_TRUE(header("List-Unsubscribe: <mailto:x@y>").is_bulk);
  EXPECT_TRUE(header("Precedence: bulk").is_bulk);
  EXPECT_TRUE(header("Feedback-ID: 1:2:3:x").is_bulk);
  EXPECT_FALSE(header("Precedence: first-class").is_bulk);
}

TEST(MachineMail, Bounces) {
  EXPECT_TRUE(find("From: a@b.test\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n"
                   "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n--b--\r\n").is_bounce);
  EXPECT_TRUE(find("From: Mail Delivery <MAILER-DAEMON@x.test>\r\n\r\nx").is_bounce);
  EXPECT_TRUE(find("From: MAILER-DAEMON\r\n\r\nx").is_bounce);
  EXPECT_TRUE(header("Return-Path: <>").is_bounce);
  EXPECT_TRUE(header("X-Failed-Recipients: a@b.test").is_bounce);
  const auto receipt = find("From: a@b.test\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n");
  EXPECT_FALSE(receipt.is_bounce);
  EXPECT_TRUE(receipt.is_auto_submitted);
}

TEST(MachineMail, AttachedBounceIsNoBounce) {
  EXPECT_FALSE(find("From: a@b.test\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
                    "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n--b--\r\n").is_bounce);
}

TEST(MachineMail, WantsNoReply) {
  EXPECT_TRUE(header("X-Auto-Response-Suppress: OOF, AutoReply").wants_no_reply);
  EXPECT_TRUE(header("X-Auto-Response-Suppress: All").wants_no_reply);
  EXPECT_FALSE(header("X-Auto-Response-Suppress: none").wants_no_reply);
}

// Bounces of a hundred mail systems are machine mail.
TEST(MachineMail, SharedBouncesAreRecognised) {
  POSTERN_SHARED_OR_SKIP(data);
  std::size_t total = 0;
  std::size_t found = 0;
  std::string missed;
  for (const auto& path : test::files_below(data / "bounce", {".eml"})) {
    const auto machine = find(test::read_file(path));
    ++total;
    if (machine.is_machine()) ++found;
    else missed += path.filename().string() + " ";
  }
  RecordProperty("recognised", std::to_string(found) + "/" + std::to_string(total));
  std::printf("machine mail recognised by header: %zu of %zu; missed: %.1500s\n", found, total, missed.c_str());
  ASSERT_GT(total, 100U);
  EXPECT_GE(found * 100, total * 85);
}

}  // namespace
}  // namespace postern::pipeline
