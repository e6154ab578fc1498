#include "ticketing/detail/proof.h"

#include <gtest/gtest.h>

#include <set>

#include "core/encoding.h"
#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::Desk;
constexpr core::InboxId kInbox{1};
constexpr core::TicketId kTicket{77};

TEST(Proof, Base32IsThatOfRfc4648InLowerCase) {
  EXPECT_EQ(to_base32_lower(""), "");
  EXPECT_EQ(to_base32_lower("f"), "my");
  EXPECT_EQ(to_base32_lower("foobar"), "mzxw6ytboi");
  EXPECT_EQ(from_base32_any_case("MZXW6ytboi"), "foobar");
  EXPECT_FALSE(from_base32_any_case("mzxw1"));
}

TEST(Proof, ReplyTokenIsBoundToItsRecipientAndInbox) {
  Desk desk;
  const std::string token = make_reply_token(*desk.vault, desk.acme, kInbox, kTicket, "ann@x.example").value();
  EXPECT_EQ(token.size(), 24U);
  EXPECT_EQ(token, core::to_lower_ascii(token));
  EXPECT_EQ(reply_token_ticket(token), kTicket);
  EXPECT_TRUE(check_reply_token(*desk.vault, desk.acme, kInbox, token, "Ann@X.example").value());
  EXPECT_FALSE(check_reply_token(*desk.vault, desk.acme, kInbox, token, "eve@x.example").value());
  EXPECT_FALSE(check_reply_token(*desk.vault, desk.acme, core::InboxId{2}, token, "ann@x.example").value());
  EXPECT_FALSE(check_reply_token(*desk.vault, desk.other, kInbox, token, "ann@x.example").value());
}

TEST(Proof, EveryChangedCharacterBreaksTheToken) {
  Desk desk;
  const std::string token = make_reply_token(*desk.vault, desk.acme, kInbox, kTicket, "ann@x.example").value();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(check_reply_token(*desk.vault, desk.acme, kInbox, changed, "ann@x.example").value()) << i;
  }
  EXPECT_FALSE(check_reply_token(*desk.vault, desk.acme, kInbox, token.substr(1), "ann@x.example").value());
  EXPECT_FALSE(check_reply_token(*desk.vault, desk.acme, kInbox, "", "ann@x.example").value());
}

TEST(Proof, MessageIdTellsItsTicketOnlyWhenGenuine) {
  Desk desk;
  const core::CommentId comment{123456789};
  const std::string id = make_message_id(*desk.vault, desk.acme, kTicket, comment, "mx.example").value();
  const auto read = check_message_id(*desk.vault, desk.acme, id).value();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->ticket, kTicket);
  EXPECT_EQ(read->comment, comment);
  EXPECT_FALSE(check_message_id(*desk.vault, desk.other, id).value());
  for (const char* forged : {"", "pst.", "pst.77.123456789.@mx.example", "pst.78", "pst.x.y.z@mx", "m1@x.example",
                             "pst.99999999999999999999.1.aaaaaaaaaaaaaaaa@mx.example"}) {
    EXPECT_FALSE(check_message_id(*desk.vault, desk.acme, forged).value()) << forged;
  }
  EXPECT_FALSE(check_message_id(*desk.vault, desk.acme, "pst.78" + id.substr(6)).value());
}

}  // namespace
}  // namespace postern::ticketing
