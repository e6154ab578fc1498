// The change feed is enough to rebuild the state: whoever follows it has, in the end, what the store has.
#include "ticketing/feed_export.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "storage/feed.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/errc.h"

namespace postern::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ticketing::ExportPage;
using ticketing::Tickets;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using State = std::map<std::uint64_t, std::string>;  // tickets as they are stored, opened

std::string ticket_of(const Desk& desk, std::uint64_t id) {
  const std::string key = ticketing::keys::ticket(desk.acme, core::TicketId{id});
  const auto value = desk.store->snapshot()->get(key).value();
  schema::Ticket record;
  if (!value || !storage::open_record(*desk.vault, desk.acme, key, *value, record)) return {};
  return record.SerializeAsString();
}

State whole_state(const Desk& desk) {
  State out;
  const std::string prefix = storage::KeyBuilder(desk.acme, storage::Space::kTicket).bytes();
  for (const storage::Entry& entry : desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 10'000).value()) {
    storage::KeyReader key(entry.key);
    const std::uint64_t id = key.u64();
    out[id] = ticket_of(desk, id);
  }
  return out;
}

// One random change, through the service or as one of the parts makes it.
class History {
 public:
  History(Desk& desk, unsigned seed) : desk_(desk), random_(seed), seed_(seed) {}
  void step(int number) {
    const std::uint64_t id = tickets_.empty() ? 0 : tickets_[random_() % tickets_.size()];
    switch (tickets_.empty() ? 0 : random_() % 6) {
      case 0: {
        Mail mail;
        mail.message_id = fmt::format("h{}-{}@customer.example", seed_, number);
        tickets_.push_back(desk_.take(mail).value().tickets.at(0).value);
        return;
      }
      case 1: {
        Tickets::Update update;
        update.status = static_cast<ticketing::Status>(2 + random_() % 4);
        change(id, std::move(update));
        return;
      }
      case 2: {
        Tickets::Update update;
        update.text = "Words.";
        update.is_public = random_() % 2 == 0;
        update.assignee = random_() % 2 == 0 ? desk_.agent.user : core::UserId{};
        change(id, std::move(update));
        return;
      }
      default: change_record(id); return;
    }
  }

 private:
  void change(std::uint64_t id, Tickets::Update update) {
    const auto done = desk_.update(core::TicketId{id}, std::move(update));
    ASSERT_TRUE(done || done.error() == ticketing::Errc::kNotFound) << done.error().describe();  // it may be deleted
  }
  // A writer that tells nobody what it does: deletes, merges, sets a field.
  void change_record(std::uint64_t id) {
    desk_.clock.advance(seconds(1));
    storage::Transaction transaction = desk_.store->begin();
    auto draft = ticketing::TicketDraft::open(desk_.helpdesk->services(), transaction, desk_.acme, core::TicketId{id}).value();
    if (random_() % 4 == 0) draft.record().set_deleted_unix_ms(draft.record().deleted_unix_ms() == 0 ? 1 : 0);
    else if (random_() % 3 == 0) draft.record().set_priority(static_cast<std::uint32_t>(random_() % 5));
    else if (random_() % 2 == 0) draft.record().add_tags(fmt::format("t{}", random_() % 100));
    else draft.record().set_merged_into(random_() % 5);
    ASSERT_TRUE(draft.save(random_() % 3 != 0));
    ASSERT_TRUE(desk_.run(desk_.store->commit(std::move(transaction))));
  }

  Desk& desk_;
  std::mt19937 random_;
  unsigned seed_;
  std::vector<std::uint64_t> tickets_;
};

TEST(ChangeFeed, FollowingItRebuildsTheState) {
  for (const unsigned seed : {1U, 2U}) {
    Desk desk;
    History history(desk, seed);
    std::mt19937 random(seed);
    State copy;
    std::uint64_t after = 0;
    const auto follow = [&](std::size_t limit) {
      const auto entries = desk.store->feed(desk.acme, after, limit).value();
      for (const storage::FeedEntry& entry : entries) {
        EXPECT_EQ(entry.sequence, after + 1);
        after = entry.sequence;
        for (const storage::Change& each : entry.changes) {
          const bool is_of_ticket = each.kind.starts_with("ticket.") || each.kind.starts_with("comment.");
          if (is_of_ticket) copy[each.object] = ticket_of(desk, each.object);
        }
      }
      return entries.size();
    };
    for (int step = 0; step < 80; ++step) {
      history.step(step);
      if (random() % 3 == 0) (void)follow(1 + random() % 7);
    }
    while (follow(5) > 0) {
    }
    EXPECT_EQ(copy, whole_state(desk)) << "seed " << seed;
  }
}

TEST(FeedExport, PagesOfAnySizeRebuildTheState) {
  for (const unsigned seed : {5U, 6U}) {
    Desk desk;
    History history(desk, seed);
    std::mt19937 random(seed);
    State copy;
    std::uint64_t after = 0;
    const auto read_page = [&](std::size_t count) {
      const ExportPage page = ticketing::export_tickets(*desk.store, *desk.vault, desk.acme, after, count, true).value();
      after = page.after;
      std::set<std::uint64_t> once;
      for (const ticketing::ExportedTicket& each : page.tickets) {
        EXPECT_TRUE(once.insert(each.id.value).second) << "twice on one page";
        copy[each.id.value] = ticket_of(desk, each.id.value);
      }
      return page.is_end;
    };
    for (int step = 0; step < 80; ++step) {
      history.step(step);
      if (random() % 4 == 0) (void)read_page(1 + random() % 5);
    }
    while (!read_page(3)) {
    }
    EXPECT_EQ(copy, whole_state(desk)) << "seed " << seed;
  }
}

std::vector<std::uint64_t> ids_of(const ExportPage& page) {
  std::vector<std::uint64_t> out;
  for (const auto& each : page.tickets) out.push_back(each.id.value);
  return out;
}

class FeedExportTest : public ::testing::Test {
 protected:
  FeedExportTest() {
    for (int i = 1; i <= 3; ++i) {
      Mail mail;
      mail.message_id = fmt::format("e{}@customer.example", i);
      EXPECT_TRUE(desk.take(mail));
      desk.clock.advance(minutes(1));
    }
  }
  ExportPage read(std::uint64_t after, std::size_t count, auth::Reach reach) {
    return ticketing::export_tickets(*desk.store, *desk.vault, reach, after, count, true).value();
  }
  Desk desk;
};

TEST_F(FeedExportTest, WhatChangesAgainComesOnce) {
  ASSERT_TRUE(desk.reply(core::TicketId{1}, "Try again."));
  EXPECT_THAT(ids_of(read(0, 10, desk.acme)), ElementsAre(2, 3, 1));
  const ExportPage first = read(0, 1, desk.acme);
  EXPECT_THAT(ids_of(first), IsEmpty()) << "ticket 1 comes later, as it is then";
  EXPECT_FALSE(first.is_end);
  const ExportPage second = read(first.after, 2, desk.acme);
  EXPECT_THAT(ids_of(second), ElementsAre(2, 3));
  EXPECT_THAT(ids_of(read(second.after, 2, desk.acme)), ElementsAre(1));
}

TEST_F(FeedExportTest, ATimeIsACursor) {
  const auto entries = desk.store->feed(desk.acme, 0, 100).value();
  const std::int64_t third = entries.back().at_unix_ms;
  const std::uint64_t at = ticketing::feed_cursor_at(*desk.store, desk.acme, third).value();
  EXPECT_THAT(ids_of(read(at, 10, desk.acme)), ElementsAre(3));
  EXPECT_EQ(ticketing::feed_cursor_at(*desk.store, desk.acme, 0).value(), 0U);
  EXPECT_EQ(ticketing::feed_cursor_at(*desk.store, desk.acme, third + 1).value(), entries.back().sequence);
  EXPECT_EQ(ticketing::feed_cursor_at(*desk.store, desk.other, 5).value(), 0U);
}

TEST_F(FeedExportTest, NobodySeesWhatIsBeyondHisReach) {
  ASSERT_TRUE(desk.take({}, {"sales@acme.example"}));
  auth::Reach reach(desk.acme);
  reach.inboxes = auth::InboxScope::only({desk.ticket(core::TicketId{4}).inbox});
  EXPECT_THAT(ids_of(read(0, 10, reach)), ElementsAre(4));
  EXPECT_THAT(ids_of(read(0, 10, desk.other)), IsEmpty());
}

}  // namespace
}  // namespace postern::test
