// Codes by text message: a restricted authenticator (requirement C-08; NIST SP 800-63B section 5.2.10; ASVS 6.6).
#include "auth/second_factors/text_codes.h"

#include <algorithm>
#include <set>

#include "auth/detail/keys.h"
#include "auth/errc.h"
#include "tests/auth/factor_desk.h"

namespace postern::test {
namespace {

using auth::Errc;

const std::string kNumber = "+436601234567";

class TextDesk : public FactorDesk {
 public:
  TextDesk() {
    auto keep = [this](storage::Transaction&, const auth::SecurityNotice& notice) -> core::Result<void> {
      told.push_back(notice.what);
      return {};
    };
    texts = std::make_unique<auth::TextCodes>(*store, *vault, *accounts, ids, clock, options, keep);
    switch_on();
    sign_in->use(*texts);
    allow(true);
  }
  void switch_on() {
    texts->use([this](auth::TextMessage message) { return keep_message(std::move(message)); }, "desk.example.com");
  }
  core::Task<core::Result<void>> keep_message(auth::TextMessage message) {
    if (gateway_fails) co_return core::fail_transient(Errc::kNotSent, "the gateway answered 503");
    sent.push_back(std::move(message));
    co_return core::Result<void>();
  }
  void allow(bool allows) {
    auto edit = [allows](auth::SecurityPolicy& policy) { policy.second_factor.allows_text_messages = allows; };
    ASSERT_TRUE(run(policies->change(owner_of(home), edit)));
  }
  core::Result<auth::TextSent> offer(const std::string& number = kNumber) {
    return run(texts->offer(principal(user), core::SessionId{1}, number));
  }
  core::Result<void> confirm(const std::string& typed) {
    return run(texts->confirm(principal(user), core::SessionId{1}, typed));
  }
  void add_phone() {
    add_totp();
    ASSERT_TRUE(offer());
    ASSERT_TRUE(confirm(sent.back().code));
    clock.advance(options.factors.texts_window);
  }
  core::Result<auth::TextSent> send(const std::string& secret, const std::string& ip = "192.0.2.1") {
    return run(texts->send(secret, ip, "Firefox"));
  }
  std::string other_than(const std::string& right) { return right == "000000" ? "000001" : "000000"; }

  std::unique_ptr<auth::TextCodes> texts;
  std::vector<auth::TextMessage> sent;
  bool gateway_fails = false;
};

TEST(TextCodes, ReadsInternationalNumbersOnly) {
  EXPECT_EQ(auth::e164_number(" +43 (660) 123-45.67 "), kNumber);
  for (const char* bad : {"", "+", "0660 1234567", "+0660123456", "+43", "+4366012345678901", "+43 660 12345x7",
                          "43 660 1234567", "+43+6601234567", "+43660123456\r\n7"}) {
    EXPECT_FALSE(auth::e164_number(bad)) << bad;
  }
  EXPECT_EQ(auth::masked_number(kNumber),
            "\xE2\x80\xA6"
            "67");
}

TEST(TextCodes, C_08_OpenASessionThatIsNeitherFreshNorTrusted) {
  TextDesk desk;
  desk.add_phone();
  const auto step = desk.begin();
  ASSERT_TRUE(step && step->pending);
  EXPECT_EQ(step->pending->text_number, auth::masked_number(kNumber));
  const auto sent = desk.send(step->pending->secret);
  ASSERT_TRUE(sent) << sent.error().describe();
  EXPECT_EQ(desk.sent.back().number, kNumber);
  EXPECT_EQ(desk.sent.back().code.size(), 6U);
  EXPECT_TRUE(desk.sent.back().text.ends_with("\n\n@desk.example.com #" + desk.sent.back().code));
  const auto opened = desk.answer(step->pending->secret, FactorDesk::by_text(desk.sent.back().code), true);
  ASSERT_TRUE(opened && opened->session) << opened.error().describe();
  EXPECT_EQ(opened->session->session.methods, auth::kByPassword | auth::kByTextMessage);
  EXPECT_EQ(opened->session->session.fresh_until_unix_ms, 0);
  const auto devices = desk.devices->list(desk.home, desk.user.id);
  ASSERT_TRUE(devices && !devices->empty());
  EXPECT_EQ(devices->front().trusted_until_unix_ms, 0);
}

TEST(TextCodes, ProveNothingAgain) {
  TextDesk desk;
  desk.add_phone();
  const auto step = desk.begin();
  ASSERT_TRUE(desk.send(step->pending->secret));
  auth::StepUp proof;
  proof.answer = FactorDesk::by_text(desk.sent.back().code);
  EXPECT_EQ(
      desk.run(desk.sign_in->prove_again(desk.principal(desk.user), core::SessionId{1}, proof, std::nullopt)).error(),
      Errc::kBadCredentials);
}

TEST(TextCodes, C_08_AreNeverAlone) {
  TextDesk desk;
  EXPECT_EQ(desk.offer().error(), core::Errc::kInvalid);
  EXPECT_TRUE(desk.sent.empty());
  desk.add_phone();
  EXPECT_EQ(desk.factors->status(desk.user)->phone, auth::masked_number(kNumber));
  ASSERT_TRUE(desk.run(desk.factors->remove_totp(desk.principal(desk.user))));
  EXPECT_EQ(desk.factors->status(desk.user)->phone, "") << "the last real factor takes it along";
  EXPECT_TRUE(desk.begin()->session);
}

TEST(TextCodes, DoNotMeetADemandForASecondFactor) {
  TextDesk desk;
  desk.demand(auth::RequiredOf::kEverybody, 0);
  desk.add_phone();
  EXPECT_EQ(desk.run(desk.factors->remove_totp(desk.principal(desk.user))).error(), core::Errc::kInvalid);
}

TEST(TextCodes, AreOffUnlessGatewayAndWorkspaceSayOtherwiseAndNeverForAdmins) {
  TextDesk desk;
  desk.add_phone();
  desk.allow(false);
  const auto refused = desk.begin();
  EXPECT_EQ(refused->pending->text_number, "");
  EXPECT_EQ(desk.send(refused->pending->secret).error(), Errc::kForbidden);
  desk.allow(true);
  desk.texts->use({}, {});
  EXPECT_EQ(desk.send(refused->pending->secret).error(), Errc::kForbidden);
  desk.switch_on();
  // A code that was sent a moment ago does not outlive a promotion.
  ASSERT_TRUE(desk.send(refused->pending->secret));
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), desk.user.id, auth::Role::kAdmin, 0)));
  EXPECT_EQ(desk.answer(refused->pending->secret, FactorDesk::by_text(desk.sent.back().code)).error(),
            Errc::kBadCredentials);
  EXPECT_EQ(desk.offer().error(), Errc::kForbidden);
  EXPECT_EQ(auth::SecurityPolicy().second_factor.allows_text_messages, false);
}

TEST(TextCodes, AsvsV6_6_2_AreBoundToTheirSignInAndWorkOnce) {
  TextDesk desk;
  desk.add_phone();
  const std::string first = desk.pending();
  const std::string second = desk.pending();
  ASSERT_TRUE(desk.send(first));
  const std::string code = desk.sent.back().code;
  EXPECT_EQ(desk.answer(second, FactorDesk::by_text(code)).error(), Errc::kBadCredentials);
  EXPECT_EQ(desk.confirm(code).error(), Errc::kBadCredentials) << "nor is it one of enrolment";
  ASSERT_TRUE(desk.answer(first, FactorDesk::by_text(code)));
  EXPECT_EQ(desk.answer(desk.pending(), FactorDesk::by_text(code)).error(), Errc::kBadCredentials);
}

TEST(TextCodes, AsvsV6_6_2_EndAfterFiveMinutesAndWithTheNextOne) {
  TextDesk desk;
  desk.add_phone();
  const std::string secret = desk.pending();
  ASSERT_TRUE(desk.send(secret));
  const std::string old = desk.sent.back().code;
  desk.clock.advance(desk.options.factors.text_pause);
  do {
    ASSERT_TRUE(desk.send(secret));
    desk.clock.advance(desk.options.factors.text_pause);
  } while (desk.sent.back().code == old);
  EXPECT_EQ(desk.answer(secret, FactorDesk::by_text(old)).error(), Errc::kBadCredentials);
  ASSERT_TRUE(desk.offer("+436601234568"));
  desk.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(desk.confirm(desk.sent.back().code).error(), Errc::kBadCredentials);
}

TEST(TextCodes, AsvsV6_6_3_AreNotGuessed) {
  TextDesk desk;
  desk.add_phone();
  const std::string secret = desk.pending();
  ASSERT_TRUE(desk.send(secret));
  const std::string right = desk.sent.back().code;
  for (std::uint32_t i = 0; i < desk.options.factors.text_attempts_max; ++i) {
    EXPECT_EQ(desk.answer(secret, FactorDesk::by_text(desk.other_than(right))).error(), Errc::kBadCredentials);
  }
  EXPECT_EQ(desk.answer(secret, FactorDesk::by_text(right)).error(), Errc::kBadCredentials)
      << "three attempts, then it is gone";
  // All codes together: those of an app are not guessed longer by guessing at these beside them.
  std::size_t looked_at = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string ip = "198.51." + std::to_string(i) + ".7";
    const auto step = desk.answer(desk.pending(), FactorDesk::by_text("123456"), false, ip);
    looked_at += !step && step.error() == Errc::kBadCredentials ? 1U : 0U;
  }
  EXPECT_EQ(looked_at, desk.options.factors.totp_failures_max - desk.options.factors.text_attempts_max - 1);
}

TEST(TextCodes, WrongOnesOfEnrolmentAreCountedToo) {
  TextDesk desk;
  desk.add_totp();
  ASSERT_TRUE(desk.offer());
  const std::string right = desk.sent.back().code;
  for (std::uint32_t i = 0; i < desk.options.factors.text_attempts_max; ++i) {
    EXPECT_EQ(desk.confirm(desk.other_than(right)).error(), Errc::kBadCredentials);
  }
  EXPECT_EQ(desk.confirm(right).error(), Errc::kExpired);
  EXPECT_EQ(desk.factors->status(desk.user)->phone, "");
}

TEST(TextCodes, MessagesAreCountedByPersonNumberNetworkAndWorkspace) {
  TextDesk desk;
  desk.add_phone();
  const std::string secret = desk.pending();
  ASSERT_EQ(desk.send(secret)->wait.count(), 0);
  EXPECT_EQ(desk.send(secret)->wait, desk.options.factors.text_pause);
  const std::size_t before = desk.sent.size();
  for (int i = 0; i < 20; ++i) {
    desk.clock.advance(desk.options.factors.text_pause);
    (void)desk.send(desk.pending());
  }
  EXPECT_EQ(desk.sent.size() - before + 1, desk.options.factors.texts_per_user_max);
  // The same number under another account: it has had its share.
  desk.user = desk.make("bob@example.com");
  desk.add_totp();
  const auto other = desk.offer();
  ASSERT_TRUE(other);
  EXPECT_GT(other->wait.count(), 0);
  EXPECT_EQ(desk.offer("+436601234568")->wait.count(), 0);
}

TEST(TextCodes, ANetworkAndAWorkspaceHaveTheirShare) {
  for (const bool of_workspace : {false, true}) {
    TextDesk desk;
    desk.options.factors.texts_per_network_max = of_workspace ? 100 : 2;
    desk.options.factors.texts_per_workspace_max = of_workspace ? 2 : 100;
    desk.texts = std::make_unique<auth::TextCodes>(*desk.store, *desk.vault, *desk.accounts, desk.ids, desk.clock,
                                                   desk.options, auth::NoticePort());
    desk.switch_on();
    desk.sign_in->use(*desk.texts);
    for (int i = 0; i < 3; ++i) {
      desk.user = desk.make("p" + std::to_string(i) + "@example.com");
      desk.add_totp();
      const auto offered = desk.offer("+43660123450" + std::to_string(i));
      ASSERT_TRUE(offered);
      EXPECT_EQ(offered->wait.count() > 0, i == 2) << of_workspace << i;
    }
    EXPECT_EQ(desk.sent.size(), 2U);
    desk.clock.advance(desk.options.factors.texts_window);
    EXPECT_EQ(desk.offer("+436601234509")->wait.count(), 0);
  }
}

TEST(TextCodes, GoToCountriesThatTheOperatorNames) {
  TextDesk desk;
  desk.options.factors.text_countries = {"+43", "+49"};
  desk.texts = std::make_unique<auth::TextCodes>(*desk.store, *desk.vault, *desk.accounts, desk.ids, desk.clock,
                                                 desk.options, auth::NoticePort());
  desk.switch_on();
  desk.add_totp();
  EXPECT_EQ(desk.offer("+8816123456789").error(), core::Errc::kInvalid);
  EXPECT_TRUE(desk.offer("+4930123456"));
}

TEST(TextCodes, WhereTheGatewayFailsTheOtherFactorSignsIn) {
  TextDesk desk;
  desk.add_phone();
  const std::string secret = desk.pending();
  desk.gateway_fails = true;
  const auto sent = desk.send(secret);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), Errc::kNotSent);
  EXPECT_NE(sent.error().context().find("another factor"), std::string::npos);
  const auto actions = desk.audit_actions(desk.home);
  EXPECT_NE(std::ranges::find(actions, "second_factor.text_failed"), actions.end());
  EXPECT_TRUE(desk.answer(secret, FactorDesk::by_code(desk.code())));
}

TEST(TextCodes, NothingOfCodeAndNumberIsInTheAuditLogOrReadableInTheStore) {
  TextDesk desk;
  desk.add_phone();
  const std::string secret = desk.pending();
  ASSERT_TRUE(desk.send(secret));
  ASSERT_TRUE(desk.answer(secret, FactorDesk::by_text(desk.sent.back().code)));
  std::set<std::string> actions;
  for (const auto& entry : auth::list_audit(*desk.store, *desk.vault, desk.home, {}, 100).value()) {
    actions.insert(entry.action);
    for (const auto& message : desk.sent)
      EXPECT_EQ((entry.detail + entry.object).find(message.code), std::string::npos) << entry.action;
    EXPECT_EQ((entry.detail + entry.object).find("1234567"), std::string::npos) << entry.action;
  }
  for (const char* action : {"second_factor.text_sent", "second_factor.added", "sign_in"})
    EXPECT_TRUE(actions.contains(action)) << action;
  EXPECT_EQ(std::ranges::count(desk.told, auth::NoticeOf::kFactorAdded), 2);  // the app, the number
  const auto everything = desk.store->snapshot()->scan("", storage::Direction::kForward, 1000).value();
  for (const storage::Entry& entry : everything)
    EXPECT_EQ((entry.key + entry.value).find("6601234567"), std::string::npos);
}

TEST(TextCodes, ANumberIsRemovedByItsOwner) {
  TextDesk desk;
  desk.add_phone();
  const std::string secret = desk.pending();
  ASSERT_TRUE(desk.send(secret));
  ASSERT_TRUE(desk.run(desk.texts->remove(desk.principal(desk.user))));
  EXPECT_EQ(desk.run(desk.texts->remove(desk.principal(desk.user))).error(), Errc::kNotFound);
  EXPECT_EQ(desk.answer(secret, FactorDesk::by_text(desk.sent.back().code)).error(), Errc::kBadCredentials);
  EXPECT_EQ(desk.send(secret).error(), Errc::kForbidden);
}

}  // namespace
}  // namespace postern::test
