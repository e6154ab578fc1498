#include "ticketing/directory.h"

#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::Desk;

core::InboxId inbox_of(const Desk& desk, std::string_view address) {
  const auto found = desk.directory->resolve(pipeline::split_address(address));
  return found ? found->inbox : core::InboxId{};
}

TEST(Directory, ResolvesAddressesInAnyCaseWithTheirTokens) {
  Desk desk;
  const auto plain = desk.directory->resolve({"Support", "ACME.example"}).value();
  EXPECT_EQ(plain.workspace, desk.acme);
  EXPECT_EQ(plain.reply_token, "");
  EXPECT_EQ(plain.address.local, "Support");
  const auto with_token = desk.directory->resolve({"support+AbC", "acme.example"}).value();
  EXPECT_EQ(with_token.inbox, plain.inbox);
  EXPECT_EQ(with_token.reply_token, "abc");
  EXPECT_EQ(inbox_of(desk, "help@acme.example"), plain.inbox);
  EXPECT_NE(inbox_of(desk, "sales@acme.example"), plain.inbox);
}

TEST(Directory, UnknownRecipientsAreRefusedForGood) {
  Desk desk;
  const auto unknown = desk.directory->resolve({"nobody", "acme.example"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error(), Errc::kUnknownRecipient);
  EXPECT_FALSE(unknown.error().is_transient());
  EXPECT_TRUE(desk.directory->is_local_domain("Acme.example"));
  EXPECT_FALSE(desk.directory->is_local_domain("elsewhere.example"));
  EXPECT_FALSE(desk.directory->resolve({"support", "elsewhere.example"}));
}

TEST(Directory, PostmasterReachesTheFirstInboxOfTheDomain) {  // RFC 5321 section 4.5.1
  Desk desk;
  EXPECT_EQ(inbox_of(desk, "PostMaster@acme.example"), inbox_of(desk, "support@acme.example"));
  EXPECT_EQ(inbox_of(desk, "postmaster@catch.example"), inbox_of(desk, "desk@other.example"));
  EXPECT_TRUE(desk.directory->resolve({"postmaster", ""}));
}

TEST(Directory, BareDomainTakesEveryLocalPart) {
  Desk desk;
  EXPECT_EQ(inbox_of(desk, "anything@catch.example"), inbox_of(desk, "desk@other.example"));
  EXPECT_EQ(desk.directory->resolve({"x+tok", "catch.example"})->reply_token, "tok");
}

TEST(Directory, IdsSurviveAReloadWithOtherOrderAndAddresses) {
  Desk desk;
  Options options = Desk::options();
  std::swap(options.inboxes[0], options.inboxes[2]);
  options.inboxes[2].addresses = {"new@acme.example", "help@acme.example"};
  const auto reloaded = desk.run(Directory::load(*desk.store, *desk.vault, options)).value();
  EXPECT_EQ(reloaded->workspace_named("acme"), desk.acme);
  EXPECT_EQ(reloaded->resolve({"new", "acme.example"})->inbox, inbox_of(desk, "support@acme.example"));
  EXPECT_EQ(reloaded->find(inbox_of(desk, "support@acme.example"))->address.to_string(), "new@acme.example");
  EXPECT_EQ(reloaded->workspace_named("nobody"), core::WorkspaceId{});
}

TEST(Directory, RefusesContradictoryConfiguration) {
  Desk desk;
  Options options = Desk::options();
  options.inboxes.push_back({"other", {"Support@acme.example"}, "", {}});
  EXPECT_EQ(desk.run(Directory::load(*desk.store, *desk.vault, options)).error(), Errc::kInvalid);
  options = Desk::options();
  options.inboxes[0].addresses = {"no-domain"};
  EXPECT_EQ(desk.run(Directory::load(*desk.store, *desk.vault, options)).error(), Errc::kInvalid);
}

}  // namespace
}  // namespace postern::ticketing
