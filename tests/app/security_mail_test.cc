// What people are told about their account (requirement Z-34; ASVS 6.3.7).
#include "app/security_mail.h"

#include <gtest/gtest.h>

namespace postern::app {
namespace {

auth::SecurityNotice notice_of(auth::NoticeOf what) {
  auth::SecurityNotice out;
  out.what = what;
  out.user.email = "ann@example.com";
  out.device = "Firefox on Linux";
  out.client_ip = "192.0.2.7";
  out.detail = "key \"Blue\"";
  out.at_unix_ms = 1'795'338'600'000;
  return out;
}

TEST(SecurityMail, Z_34_SaysWhatHappenedWhereAndFromWhichDevice) {
  const std::string text = notice_text(notice_of(auth::NoticeOf::kNewDevice), "https://help.example.com");
  for (const char* part : {"not known before", "ann@example.com", "https://help.example.com", "Firefox on Linux", "192.0.2.7", "2026"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(notice_subject(notice_of(auth::NoticeOf::kNewDevice)), "New sign-in to your account");
  EXPECT_NE(notice_text(notice_of(auth::NoticeOf::kFactorAdded), "h").find("key \"Blue\""), std::string::npos);
}

TEST(SecurityMail, NamesOfOthersStayInTheirLine) {
  auth::SecurityNotice notice = notice_of(auth::NoticeOf::kFactorRemoved);
  notice.detail = "a\r\nBcc: x@evil.example\n\n" + std::string(500, 'x');
  notice.device = "b\nTime: never";
  const std::string text = notice_text(notice, "h");
  EXPECT_EQ(text.find("\nBcc"), std::string::npos);
  EXPECT_EQ(text.find("\nTime: never"), std::string::npos);
  EXPECT_LT(text.size(), 700U);
}

}  // namespace
}  // namespace postern::app
