// Presence: seen by others, for half a minute, in bounded memory.
#include "ticketing/drafts/presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/manual_clock.h"

namespace postern::ticketing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr core::WorkspaceId kHere{1};
constexpr core::WorkspaceId kElsewhere{2};
constexpr core::TicketId kTicket{7};
constexpr core::UserId kAnn{1};
constexpr core::UserId kBob{2};

TEST(Presence, OthersAreSeenUntilTheyGoOrAreSilent) {
  core::ManualClock clock;
  Presence presence(clock);
  EXPECT_TRUE(presence.tell(kHere, kTicket, kAnn, Doing::kViewing));
  EXPECT_FALSE(presence.tell(kHere, kTicket, kAnn, Doing::kViewing));  // no news
  EXPECT_TRUE(presence.tell(kHere, kTicket, kAnn, Doing::kTyping));
  EXPECT_THAT(presence.at(kHere, kTicket, kBob), ElementsAre(Presence::Seen{kAnn, Doing::kTyping}));
  EXPECT_THAT(presence.at(kHere, kTicket, kAnn), IsEmpty());
  EXPECT_THAT(presence.at(kElsewhere, kTicket, kBob), IsEmpty());
  clock.advance(std::chrono::seconds(29));
  EXPECT_EQ(presence.at(kHere, kTicket, kBob).size(), 1U);
  clock.advance(std::chrono::seconds(1));
  EXPECT_THAT(presence.at(kHere, kTicket, kBob), IsEmpty());
  EXPECT_TRUE(presence.tell(kHere, kTicket, kAnn, Doing::kTyping));  // back again
  EXPECT_TRUE(presence.leave(kHere, kTicket, kAnn));
  EXPECT_FALSE(presence.leave(kHere, kTicket, kAnn));
}

TEST(Presence, NewsAreThoseOfTheWorkspaceSinceTheLastLook) {
  core::ManualClock clock;
  PresenceLimits limits;
  limits.news_max = 3;
  Presence presence(clock, limits);
  std::uint64_t behind = presence.present();
  presence.tell(kHere, kTicket, kAnn, Doing::kViewing);
  presence.tell(kElsewhere, core::TicketId{8}, kAnn, Doing::kViewing);
  EXPECT_THAT(presence.news(kHere, behind), ElementsAre(kTicket));
  EXPECT_THAT(presence.news(kHere, behind), IsEmpty());
  for (std::uint64_t id = 10; id < 20; ++id) presence.tell(kHere, core::TicketId{id}, kAnn, Doing::kViewing);
  EXPECT_THAT(presence.news(kHere, behind), ElementsAre(core::TicketId{17}, core::TicketId{18}, core::TicketId{19}));
}

TEST(Presence, WhoBeginsToLookIsToldWhereOthersAre) {
  core::ManualClock clock;
  Presence presence(clock);
  presence.tell(kHere, core::TicketId{30}, kAnn, Doing::kViewing);
  clock.advance(std::chrono::seconds(20));
  presence.tell(kElsewhere, kTicket, kAnn, Doing::kViewing);
  for (const std::uint64_t id : {12, 10, 11}) presence.tell(kHere, core::TicketId{id}, kAnn, Doing::kTyping);
  presence.tell(kHere, core::TicketId{13}, kBob, Doing::kViewing);
  EXPECT_THAT(presence.occupied(kHere, kBob, 10), ElementsAre(core::TicketId{10}, core::TicketId{11}, core::TicketId{12}, core::TicketId{30}));
  EXPECT_THAT(presence.occupied(kHere, kBob, 2), ElementsAre(core::TicketId{10}, core::TicketId{11}));
  clock.advance(std::chrono::seconds(15));
  EXPECT_THAT(presence.occupied(kHere, kBob, 10), ElementsAre(core::TicketId{10}, core::TicketId{11}, core::TicketId{12})) << "30 has been silent";
}

TEST(Presence, MemoryIsBounded) {
  core::ManualClock clock;
  PresenceLimits limits;
  limits.entries_max = 3;
  limits.per_ticket_max = 2;
  Presence presence(clock, limits);
  EXPECT_TRUE(presence.tell(kHere, kTicket, core::UserId{1}, Doing::kViewing));
  EXPECT_TRUE(presence.tell(kHere, kTicket, core::UserId{2}, Doing::kViewing));
  EXPECT_FALSE(presence.tell(kHere, kTicket, core::UserId{3}, Doing::kViewing));
  EXPECT_TRUE(presence.tell(kHere, core::TicketId{8}, core::UserId{3}, Doing::kViewing));
  EXPECT_FALSE(presence.tell(kHere, core::TicketId{9}, core::UserId{3}, Doing::kViewing));
  clock.advance(std::chrono::seconds(31));  // room again
  EXPECT_TRUE(presence.tell(kHere, core::TicketId{9}, core::UserId{3}, Doing::kViewing));
}

}  // namespace
}  // namespace postern::ticketing
