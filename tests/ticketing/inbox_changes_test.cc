// What becomes of addresses and conversations when the configuration of inboxes changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::answer;
using test::Desk;
using test::Mail;
using testing::ElementsAre;

constexpr core::TicketId kFirst{1};

core::InboxId inbox_of(const Directory& directory, std::string_view address) {
  const auto found = directory.resolve(pipeline::split_address(address));
  return found ? found->inbox : core::InboxId{};
}

// The desk after a restart with another configuration.
class Restarted {
 public:
  Restarted(Desk& desk, Options options) : desk_(desk), options_(std::move(options)) {
    directory = desk.run(Directory::load(*desk.store, *desk.vault, options_)).value();
    intake = std::make_unique<Intake>(*desk.store, *desk.vault, *desk.accounts, *directory, desk.ids, desk.clock, options_);
    tickets = std::make_unique<Tickets>(*desk.store, *desk.vault, *desk.accounts, *directory, desk.redactor, desk.ids,
                                        desk.clock, options_);
  }
  std::vector<core::TicketId> take(const Mail& mail, const std::string& rcpt) {
    pipeline::Envelope envelope = desk_.envelope(mail, {"support@acme.example"});
    envelope.rcpts = {directory->resolve(pipeline::split_address(rcpt)).value()};
    return desk_.run(intake->accept(std::move(envelope), mail.build())).value().tickets;
  }
  pipeline::OutboundMessage reply(core::TicketId id) {
    Tickets::Update change;
    change.text = "And now?";
    EXPECT_TRUE(desk_.run(tickets->update(desk_.agent, id, change)));
    return desk_.claim().at(0);
  }

  std::unique_ptr<Directory> directory;
  std::unique_ptr<Intake> intake;
  std::unique_ptr<Tickets> tickets;

 private:
  Desk& desk_;
  Options options_;
};

SenderOptions accepting() {
  SenderOptions out;
  out.on_dmarc_fail = "accept";
  return out;
}

TEST(InboxChanges, ASplitInboxBecomesTwo) {
  Desk desk;
  const core::InboxId before = inbox_of(*desk.directory, "help@acme.example");
  Options options = Desk::options();
  options.inboxes[0].addresses = {"support@acme.example"};
  options.inboxes.push_back({"acme", {"help@acme.example"}, "Acme Help", accepting()});
  const Restarted after(desk, options);
  EXPECT_EQ(inbox_of(*after.directory, "support@acme.example"), before);
  const core::InboxId help = inbox_of(*after.directory, "help@acme.example");
  EXPECT_NE(help, before);
  ASSERT_NE(after.directory->find(help), nullptr);
  EXPECT_EQ(after.directory->find(help)->display_name, "Acme Help");
  EXPECT_EQ(after.directory->find(help)->address.to_string(), "help@acme.example");
  EXPECT_EQ(after.directory->find(help)->policy->on_dmarc_fail, pipeline::SenderAction::kAccept);
  EXPECT_EQ(after.directory->find(before)->display_name, "Acme Support");
  std::swap(options.inboxes[0], options.inboxes[3]);
  const Restarted later(desk, options);
  EXPECT_EQ(inbox_of(*later.directory, "support@acme.example"), before);
  EXPECT_EQ(inbox_of(*later.directory, "help@acme.example"), help);
}

TEST(InboxChanges, AnswersOfAJoinedInboxStillJoin) {
  Desk desk;
  ASSERT_TRUE(desk.take({}, {"sales@acme.example"}));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  const auto old = desk.claim().at(0);
  Options options = Desk::options();
  options.inboxes[0].addresses.push_back("sales@acme.example");
  options.inboxes.erase(options.inboxes.begin() + 1);
  Restarted after(desk, options);
  EXPECT_THAT(after.take(answer(), old.mail_from.to_string()), ElementsAre(kFirst));  // made by the inbox that is gone
  const auto sent = after.reply(kFirst);
  EXPECT_TRUE(sent.mail_from.local.starts_with("support+"));
  Mail mail = answer();
  mail.message_id = "m3@customer.example";
  mail.dmarc = pipeline::AuthResult::kFail;
  EXPECT_THAT(after.take(mail, sent.mail_from.to_string()), ElementsAre(kFirst));
  mail.message_id = "m4@customer.example";
  mail.dmarc = pipeline::AuthResult::kPass;
  mail.in_reply_to = {test::signed_message_id(sent)};
  EXPECT_THAT(after.take(mail, "help@acme.example"), ElementsAre(kFirst));
}

TEST(InboxChanges, AnswersAfterARemovedInboxStillJoin) {
  Desk desk;
  ASSERT_TRUE(desk.take({}, {"sales@acme.example"}));
  Options options = Desk::options();
  options.inboxes.erase(options.inboxes.begin() + 1);
  Restarted after(desk, options);
  const auto sent = after.reply(kFirst);
  EXPECT_THAT(after.take(answer(), sent.mail_from.to_string()), ElementsAre(kFirst));
}

// An agent of one inbox is not one of another because that is gone.
TEST(InboxChanges, Asvs_8_2_2_ARemovedInboxIsNotOpenToAgentsOfOthers) {
  Desk desk;
  ASSERT_TRUE(desk.take({}, {"sales@acme.example"}));
  const core::InboxId sales = inbox_of(*desk.directory, "sales@acme.example");
  const core::InboxId support = inbox_of(*desk.directory, "support@acme.example");
  Options options = Desk::options();
  options.inboxes.erase(options.inboxes.begin() + 1);
  Restarted after(desk, options);
  Mail mail = answer();
  mail.from = "bob@staff.example";  // Desk's agent
  mail.in_reply_to = {test::signed_message_id(after.reply(kFirst))};
  auth::Principal owner = desk.agent;
  owner.role = auth::Role::kOwner;
  owner.user = {};
  ASSERT_TRUE(desk.run(desk.accounts->set_role(owner, desk.agent.user, auth::Role::kAgent, 0)));
  ASSERT_TRUE(desk.run(desk.accounts->set_inboxes(owner, desk.agent.user, auth::InboxScope::only({support}))));
  EXPECT_THAT(after.take(mail, "support@acme.example"), ElementsAre(core::TicketId{2}));
  ASSERT_TRUE(desk.run(desk.accounts->set_inboxes(owner, desk.agent.user, auth::InboxScope::only({sales, support}))));
  mail.message_id = "m7@staff.example";
  mail.text = "He worked there.";
  EXPECT_THAT(after.take(mail, "support@acme.example"), ElementsAre(kFirst));
}

TEST(InboxChanges, AnInboxThatExistsKeepsItsTicketsToItself) {
  Desk desk;
  ASSERT_TRUE(desk.take({}, {"sales@acme.example"}));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  Mail mail = answer();
  mail.in_reply_to = {test::signed_message_id(desk.claim().at(0))};
  EXPECT_THAT(desk.take(mail, {"support@acme.example"})->tickets, ElementsAre(core::TicketId{2}));
}

TEST(InboxChanges, AnAddressWithAPlusReceivesAnswers) {
  Desk desk;
  Options options = Desk::options();
  options.inboxes.push_back({"acme", {"shop+eu@acme.example"}, "Shop", {}});
  Restarted after(desk, options);
  const core::InboxId shop = inbox_of(*after.directory, "shop+eu@acme.example");
  ASSERT_TRUE(shop);
  EXPECT_EQ(after.directory->resolve({"shop+eu+token", "acme.example"})->inbox, shop);
  EXPECT_EQ(after.directory->resolve({"shop+eu+token", "acme.example"})->reply_token, "token");
  EXPECT_FALSE(after.directory->resolve({"shop+us", "acme.example"}));
  EXPECT_EQ(after.directory->resolve({"support+a+b", "acme.example"})->reply_token, "a+b");
  EXPECT_FALSE(after.directory->resolve({"+support", "acme.example"}));
  ASSERT_THAT(after.take({}, "shop+eu@acme.example"), ElementsAre(kFirst));
  const auto sent = after.reply(kFirst);
  Mail mail = answer();
  mail.dmarc = pipeline::AuthResult::kFail;
  EXPECT_THAT(after.take(mail, sent.mail_from.to_string()), ElementsAre(kFirst));
}

}  // namespace
}  // namespace postern::ticketing
