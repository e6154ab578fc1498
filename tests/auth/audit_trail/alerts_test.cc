#include "auth/audit_trail/alerts.h"

#include <gtest/gtest.h>

#include "auth/errc.h"
#include "tests/auth/audit_trail/trail_fixture.h"

namespace postern::test {
namespace {

class SecurityMail : public ::testing::Test {
 protected:
  SecurityMail() { EXPECT_TRUE(desk.run(desk.trail.link_all())); }
  auth::LetterPort port() {
    return [this](storage::Transaction& transaction, const auth::SecurityLetter& letter) -> core::Result<void> {
      if (is_broken) return core::fail_transient(storage::Errc::kIo);
      letters.push_back(letter);
      transaction.put("letter " + std::to_string(letters.size()), "x");
      return {};
    };
  }
  std::string secret_of(const auth::SecurityLetter& letter) {
    const std::string mark = "/#/security-contact/";
    const std::size_t at = letter.text.find(mark) + mark.size();
    return letter.text.substr(at, letter.text.find('\n', at) - at);
  }
  void have_contact() {
    ASSERT_TRUE(desk.run(contacts.set(desk.owner_of(desk.home), "security@partner.example")));
    ASSERT_TRUE(desk.run(contacts.verify(secret_of(letters.back()), "192.0.2.9")));
    ASSERT_TRUE(desk.run(desk.trail.link_all()));
    ASSERT_TRUE(desk.run(alerts.look(desk.home)));  // what was before is not told
    letters.clear();
  }
  std::size_t look() {
    EXPECT_TRUE(desk.run(desk.trail.link_all()));
    return desk.run(alerts.look(desk.home)).value();
  }
  TrailDesk desk;
  std::vector<auth::SecurityLetter> letters;
  bool is_broken = false;
  auth::SecurityContacts contacts{*desk.store, *desk.vault, desk.ids, desk.clock, port(), "help.example.com"};
  auth::AuditAlerts alerts{*desk.store, *desk.vault, desk.clock, port(), "help.example.com"};
};

TEST_F(SecurityMail, I1_13_TheContactCountsOnceItsLinkWasOpened) {
  ASSERT_TRUE(desk.run(contacts.set(desk.owner_of(desk.home), "security@partner.example")));
  EXPECT_EQ(contacts.get(desk.home)->email, "");
  EXPECT_EQ(contacts.get(desk.home)->pending, "security@partner.example");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].to, "security@partner.example");
  EXPECT_FALSE(desk.run(contacts.verify("guess", "192.0.2.9")));
  const std::string secret = secret_of(letters[0]);
  EXPECT_TRUE(desk.run(contacts.verify(secret, "192.0.2.9")));
  EXPECT_EQ(contacts.get(desk.home)->email, "security@partner.example");
  EXPECT_TRUE(desk.run(contacts.verify(secret, "192.0.2.9")).error() == auth::Errc::kExpired);  // once
  EXPECT_EQ(contacts.get(desk.other)->email, "");
  // A second one: the first goes on until the new one is verified, and is told.
  ASSERT_TRUE(desk.run(contacts.set(desk.owner_of(desk.home), "other@partner.example")));
  EXPECT_EQ(contacts.get(desk.home)->email, "security@partner.example");
  EXPECT_EQ(letters.back().to, "security@partner.example");
  EXPECT_EQ(letters[letters.size() - 2].to, "other@partner.example");
  auth::AuditFilter filter;
  filter.action = "security_contact.";
  EXPECT_EQ(desk.search(filter).size(), 3U);
}

TEST_F(SecurityMail, LinksEndAndWrongAddressesAreRefused) {
  for (const char* bad : {"nobody", "a@b c", "x\r\n@example.org"}) EXPECT_FALSE(desk.run(contacts.set(desk.owner_of(desk.home), bad))) << bad;
  EXPECT_TRUE(letters.empty());
  ASSERT_TRUE(desk.run(contacts.set(desk.owner_of(desk.home), "first@partner.example")));
  const std::string replaced = secret_of(letters.back());
  ASSERT_TRUE(desk.run(contacts.set(desk.owner_of(desk.home), "second@partner.example")));
  EXPECT_FALSE(desk.run(contacts.verify(replaced, "192.0.2.9")));
  const std::string late = secret_of(letters.back());
  desk.clock.advance(auth::ContactLimits().contact_link_life);
  EXPECT_FALSE(desk.run(contacts.verify(late, "192.0.2.9")));
}

TEST_F(SecurityMail, I1_10_InvitationsSettingsAndExportsAreToldAtOnceAndOnce) {
  have_contact();
  desk.write("user.invited", "user/9", "admin");
  desk.write("ticket.status", "ticket/1");
  desk.write("networks.changed", "networks");
  desk.write("audit.exported", "audit_logs/export");
  EXPECT_EQ(look(), 1U);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].to, "security@partner.example");
  for (const char* each : {"user.invited  user/9", "networks.changed", "audit.exported"}) {
    EXPECT_NE(letters[0].text.find(each), std::string::npos) << letters[0].text;
  }
  EXPECT_EQ(letters[0].text.find("ticket.status"), std::string::npos);
  EXPECT_EQ(look(), 0U);
}

TEST_F(SecurityMail, ALetterThatCouldNotBeQueuedIsWrittenLater) {
  have_contact();
  desk.write("user.invited", "user/9", "admin");
  EXPECT_TRUE(desk.run(desk.trail.link_all()));
  is_broken = true;
  EXPECT_FALSE(desk.run(alerts.look(desk.home)));
  is_broken = false;
  EXPECT_EQ(look(), 1U);
}

TEST_F(SecurityMail, I1_10_FailedSignInsBeyondTheThresholdOnceAWindow) {
  have_contact();
  const auth::AuditEvent failed{"sign_in_failed", "user/6", {}, auth::Outcome::kFailed};
  for (std::uint32_t i = 0; i < auth::AlertLimits().failures_max; ++i) desk.write(desk.owner_of(desk.home), failed);
  EXPECT_EQ(look(), 0U);
  desk.write(desk.owner_of(desk.home), failed);
  EXPECT_EQ(look(), 1U);
  for (int i = 0; i < 30; ++i) desk.write(desk.owner_of(desk.home), failed);
  EXPECT_EQ(look(), 0U);
}

TEST_F(SecurityMail, LettersAreBoundedAndTheRestIsCounted) {
  have_contact();
  const std::uint32_t most = auth::AlertLimits().letters_max;
  std::size_t sent = 0;
  for (std::uint32_t i = 0; i < most + 5; ++i) {
    desk.write("user.invited", "user/" + std::to_string(i));
    sent += look();
  }
  EXPECT_EQ(sent, most);
  desk.clock.advance(auth::AlertLimits().letters_window);
  desk.write("user.invited", "user/77");
  EXPECT_EQ(look(), 1U);
  EXPECT_NE(letters.back().text.find("5 letters before this one were kept back"), std::string::npos) << letters.back().text;
}

TEST_F(SecurityMail, I1_11_OnceAWeekADigest) {
  have_contact();
  desk.write("ticket.status", "ticket/1");
  desk.write("ticket.status", "ticket/2");
  EXPECT_EQ(look(), 0U);
  desk.clock.advance(auth::AlertLimits().digest_interval);
  EXPECT_EQ(look(), 1U);
  EXPECT_NE(letters.back().text.find("2  ticket.status\n"), std::string::npos) << letters.back().text;
  EXPECT_EQ(look(), 0U);
}

TEST_F(SecurityMail, WithoutAContactNobodyIsTold) {
  desk.write("user.invited", "user/9");
  EXPECT_EQ(look(), 0U);
  desk.write("user.invited", "user/10");
  EXPECT_EQ(look(), 0U);
  EXPECT_TRUE(letters.empty());
}

// RFC 9116 section 2: Contact and exactly one Expires, less than a year away.
TEST(SecurityTxt, I0_20_HasWhatTheRfcAsksFor) {
  core::ManualClock clock;
  const std::string text = auth::security_txt({"security@example.com"}, "https://help.example.com", clock.wall_now());
  EXPECT_TRUE(text.starts_with("Contact: mailto:security@example.com\r\nExpires: ")) << text;
  EXPECT_NE(text.find("\r\nCanonical: https://help.example.com/.well-known/security.txt\r\n"), std::string::npos);
  EXPECT_EQ(text, auth::security_txt({"security@example.com"}, "https://help.example.com", clock.wall_now() + std::chrono::seconds(1)));
}

}  // namespace
}  // namespace postern::test
