// Signatures: under public replies, once, with what the customer may see; never under notes (issue 7, part 2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/errc.h"
#include "ticketing/people/people.h"
#include "ticketing/signatures/signatures.h"

namespace postern::ticketing {
namespace {

using test::kFirst;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

struct SignatureDesk : test::RuleDesk {
  SignatureDesk() { EXPECT_TRUE(take({})); }
  Signatures& signatures() { return helpdesk->signatures(); }
  core::InboxId inbox() { return ticket(kFirst).inbox; }
  core::Result<Profile> set_own(const std::string& text) {
    People::Change change;
    change.signature = text;
    return run(helpdesk->people().update(agent, agent.user, std::move(change)));
  }
  std::string mailed(const std::string& text) {
    EXPECT_TRUE(reply(kFirst, text));
    const auto sent = claim();
    return sent.empty() ? std::string() : sent.front().message;
  }
};

TEST(Signatures, StandUnderAReplyAndNotInTheComment) {
  SignatureDesk desk;
  ASSERT_TRUE(desk.set_own("{{current_user.name}}, about {{ticket.id}}"));
  ASSERT_TRUE(desk.run(desk.signatures().set_of_inbox(desk.agent, desk.inbox(), {"Acme, card 4111111111111111\n"})));
  const std::string mail = desk.mailed("Try again.\n\n");
  EXPECT_THAT(mail, HasSubstr("Try again.\r\n\r\n--=20\r\nBob, about 1\r\n\r\nAcme, card "));
  EXPECT_THAT(mail, Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(desk.comments(desk.acme, kFirst).value().back().text, "Try again.\n\n");
  // Typed, or called back with a draft: not a second time.
  const std::string twice = desk.mailed("Once more.\n\n-- \n" + desk.signatures().preview(desk.agent, kFirst, std::nullopt).value().text);
  EXPECT_EQ(twice.find("Bob, about 1"), twice.rfind("Bob, about 1"));
}

TEST(Signatures, AreNotUnderNotesNorUnderWhatRulesSend) {
  SignatureDesk desk;
  desk.trigger({{"update_type", "is", "Change"}}, {{"notification_user", "all_agents", "S", "B"}});
  ASSERT_TRUE(desk.set_own("Bob of Acme"));
  Tickets::Update note;
  note.text = "Internal.";
  note.is_public = false;
  ASSERT_TRUE(desk.update(kFirst, note));
  for (const auto& each : desk.claim()) EXPECT_THAT(each.message, Not(HasSubstr("Bob of Acme")));
}

TEST(Signatures, AreCheckedBoundedAndTakenAway) {
  SignatureDesk desk;
  EXPECT_EQ(desk.set_own("{{ticket.secret}}").error(), Errc::kInvalid);
  EXPECT_EQ(desk.set_own(std::string(SignatureLimits().bytes_max + 1, 'x')).error(), Errc::kInvalid);
  People::Change of_customer;
  of_customer.signature = "Ann";
  EXPECT_EQ(desk.run(desk.helpdesk->people().update(desk.agent, desk.ticket(kFirst).requester, of_customer)).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.signatures().set_of_inbox(desk.agent, desk.inbox(), {"{{nobody}}"})).error(), Errc::kInvalid);
  ASSERT_TRUE(desk.run(desk.signatures().set_of_inbox(desk.agent, desk.inbox(), {"Acme"})));
  EXPECT_EQ(desk.signatures().of_inbox(desk.acme, desk.inbox()).value().text, "Acme");
  ASSERT_TRUE(desk.run(desk.signatures().set_of_inbox(desk.agent, desk.inbox(), {" "})));
  EXPECT_THAT(desk.mailed("Plain."), Not(HasSubstr("--=20")));
  EXPECT_THAT(desk.audit_actions(desk.acme), testing::Contains("inbox.signature"));
}

TEST(Signatures, PreviewShowsWhatACustomerWouldSeeAndStoresNothing) {
  SignatureDesk desk;
  Tickets::Update note;
  note.text = "Internal.";
  note.is_public = false;
  ASSERT_TRUE(desk.update(kFirst, note));
  EXPECT_EQ(desk.signatures().preview(desk.agent, kFirst, SignatureForm{"{{ticket.latest_comment}} {{ticket.request_link}}!"}).value().text, "It does not work. !");
  EXPECT_EQ(desk.signatures().preview(desk.agent, core::TicketId{9}, SignatureForm{"x"}).error(), Errc::kNotFound);
  auth::Principal elsewhere = desk.agent;
  elsewhere.inboxes = auth::InboxScope::only({});
  EXPECT_EQ(desk.signatures().preview(elsewhere, kFirst, SignatureForm{"x"}).error(), Errc::kNotFound);
  EXPECT_TRUE(desk.helpdesk->people().find(desk.acme, desk.agent.user).value().signature.empty());
}

TEST(Signatures, Issue7HaveTwoFormsOfWhichPlainRepliesGetOne) {
  SignatureDesk desk;
  People::Change own;
  own.signature = "{{current_user.name}}, about {{ticket.title}}";
  own.signature_html = "<b>{{current_user.name}}</b> about {{ticket.title}}, card 4111111111111111";
  ASSERT_TRUE(desk.run(desk.helpdesk->people().update(desk.agent, desk.agent.user, own)));
  ASSERT_TRUE(desk.run(desk.signatures().set_of_inbox(desk.agent, desk.inbox(), {"Acme & Sons"})));
  const std::string plain = desk.mailed("Plain.");
  EXPECT_THAT(plain, HasSubstr("Bob, about Help\r\n\r\nAcme & Sons"));
  EXPECT_THAT(plain, Not(HasSubstr("text/html")));
  Tickets::Update formatted;
  formatted.html = "<p>Formatted.</p>";
  ASSERT_TRUE(desk.update(kFirst, formatted));
  const std::string mail = desk.claim().front().message;
  EXPECT_THAT(mail, HasSubstr("Formatted.\r\n\r\n--=20\r\nBob, about Help\r\n\r\nAcme & Sons"));
  EXPECT_THAT(mail, HasSubstr("<p>Formatted.</p>\r\n<div>-- <br></div>\r\n<div><b>Bob</b> about Help, card "));
  EXPECT_THAT(mail, HasSubstr("<p>Acme &amp; Sons<"));
  EXPECT_THAT(mail, Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(desk.comments(desk.acme, kFirst).value().back().html, "<p>Formatted.</p>");
}

TEST(Signatures, WhatIsFilledIntoHtmlIsNoElement) {
  SignatureDesk desk;
  TicketWishes wishes;
  wishes.subject = "<script>x</script>";
  Tickets::Update renamed;
  renamed.wishes = wishes;
  ASSERT_TRUE(desk.update(kFirst, renamed));
  const auto shown = desk.signatures().preview(desk.agent, kFirst, SignatureForm{"", "<b>{{ticket.title}}</b>"});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->html, "<div><b>&lt;script&gt;x&lt;/script&gt;</b></div>");
}

TEST(Signatures, HtmlIsBoundedAndATextAloneTakesItAway) {
  SignatureDesk desk;
  People::Change own;
  own.signature_html = std::string(SignatureLimits().html_bytes_max + 1, 'x');
  EXPECT_EQ(desk.run(desk.helpdesk->people().update(desk.agent, desk.agent.user, own)).error(), Errc::kInvalid);
  own.signature_html = "<i>Bob</i>";
  const auto set = desk.run(desk.helpdesk->people().update(desk.agent, desk.agent.user, own));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->signature, "Bob") << "the text that the HTML says";
  EXPECT_EQ(set->signature_html, "<i>Bob</i>");
  EXPECT_EQ(desk.set_own("Robert")->signature_html, "");
  EXPECT_EQ(desk.run(desk.signatures().set_of_inbox(desk.agent, desk.inbox(), {"", "<p>{{nobody}}</p>"})).error(), Errc::kInvalid);
}

}  // namespace
}  // namespace postern::ticketing
