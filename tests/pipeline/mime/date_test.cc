#include "pipeline/mime/date.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

std::string show(std::string_view raw) {
  const auto date = parse_mail_date(raw);
  return date ? core::to_rfc3339(*date) : "none";
}

TEST(MailDate, ReadsTheFormOfTheRfc) {
  EXPECT_EQ(show("Fri, 21 Nov 1997 09:55:06 -0600"), "1997-11-21T15:55:06Z");
  EXPECT_EQ(show("Tue, 1 Jul 2003 10:52:37 +0200"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(show("Thu, 13 Feb 1969 23:32 -0330"), "none");
  EXPECT_EQ(show(" Mon, 24 Nov 1997 14:22:01 -0800 (PST)"), "1997-11-24T22:22:01Z");
}

TEST(MailDate, ReadsObsoleteForms) {
  EXPECT_EQ(show("21 Nov 97 09:55:06 GMT"), "1997-11-21T09:55:06Z");
  EXPECT_EQ(show("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600"), "1997-11-21T15:55:06Z");
  EXPECT_EQ(show("1 Jan 04 00:00 EST"), "2004-01-01T05:00:00Z");
  EXPECT_EQ(show("Thu Jan  4 12:34:56 2001"), "2001-01-04T12:34:56Z");
}

TEST(MailDate, ReadsWhatSendersWrite) {
  EXPECT_EQ(show("2026-11-22T09:30:00Z"), "2026-11-22T09:30:00Z");
  EXPECT_EQ(show("2026-11-22 09:30:00 +0100"), "2026-11-22T08:30:00Z");
  EXPECT_EQ(show("22-Nov-2026 09:30:00 +01:00"), "2026-11-22T08:30:00Z");
  EXPECT_EQ(show("Sun, 22 November 2026 9:30 +0000"), "2026-11-22T09:30:00Z");
}

TEST(MailDate, RefusesNonsense) {
  for (std::string_view raw : {"", "yesterday", "32 Nov 2026 10:00:00 +0000", "30 Feb 2026 10:00:00 +0000", "1 Nov 2026 25:00:00 +0000",
                               "1 Nov 99999 10:00:00", "Nov", "::::", "- - -", "+", "2026-99-01"}) {
    EXPECT_EQ(show(raw), "none") << raw;
  }
  EXPECT_EQ(show(std::string(10'000, '1')), "none");
}

}  // namespace
}  // namespace postern::pipeline
