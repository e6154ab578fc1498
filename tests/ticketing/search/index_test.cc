#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "storage/records.h"
#include "tests/ticketing/search/search_world.h"
#include "ticketing/detail/keys.h"

namespace postern::test {
namespace {

using Tickets = std::vector<std::uint64_t>;
using ticketing::TicketDraft;
namespace search = ticketing::search;

std::vector<storage::Entry> entries(SearchWorld& world, const std::string& prefix) {
  std::vector<storage::Entry> out;
  const auto snapshot = world.store->snapshot();
  for (std::string after;;) {
    auto page = snapshot->scan(prefix, storage::Direction::kForward, 1000, after).value();
    for (auto& each : page) out.push_back(std::move(each));
    if (page.size() < 1000) return out;
    after = out.back().key;
  }
}

std::vector<storage::Entry> index_entries(SearchWorld& world) {
  auto out = entries(world, storage::KeyBuilder(world.workspace, storage::Space::kSearch).bytes());
  std::erase_if(out, [&world](const storage::Entry& each) { return each.key == search::fill_state(world.workspace); });
  return out;
}

// Every word of every text, as a reader who opens all tickets has it.
class Oracle {
 public:
  void add(std::uint64_t ticket, std::uint64_t text, const std::string& words) { texts_[ticket][text] = words; }
  void erase(std::uint64_t ticket) { texts_.erase(ticket); }
  Tickets find(const std::string& word) const {
    Tickets out;
    for (const auto& [ticket, texts] : texts_) {
      for (const auto& [id, text] : texts) {
        if ((' ' + text + ' ').find(' ' + word + ' ') == std::string::npos) continue;
        out.push_back(ticket);
        break;
      }
    }
    return out;
  }
  std::map<std::uint64_t, std::map<std::uint64_t, std::string>> texts_;
};

class History {
 public:
  explicit History(std::uint32_t seed) : random_(seed) {}

  void step() {
    switch (pick(10)) {
      case 0:
      case 1:
      case 2: return add();
      case 3:
      case 4: return reply();
      case 5: return rewrite();
      case 6: return subject();
      case 7: return remove();
      default: break;
    }
    const auto merged = world_.run(world_.search->upkeep().merge(world_.workspace, 1));
    ASSERT_TRUE(merged);
  }

  void compare() {
    for (std::size_t word = 0; word < kWords; ++word) {
      const std::string text = "w" + std::to_string(word);
      Tickets found = world_.find(text);
      std::ranges::sort(found);
      ASSERT_EQ(found, oracle_.find(text)) << text;
    }
    Tickets begun = world_.find("w1*");
    std::set<std::uint64_t> expected;
    for (const char* each : {"w1", "w10", "w11", "w12", "w13", "w14", "w15", "w16", "w17", "w18", "w19"}) {
      for (const std::uint64_t ticket : oracle_.find(each)) expected.insert(ticket);
    }
    ASSERT_EQ(std::set<std::uint64_t>(begun.begin(), begun.end()), expected);
  }

  SearchWorld world_{small_batches()};
  Oracle oracle_;
  static constexpr std::size_t kWords = 24;

 private:
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  std::string some_words() {
    std::string out;
    for (std::size_t count = pick(4); count > 0; --count) out += (out.empty() ? "w" : " w") + std::to_string(pick(kWords));
    return out;
  }
  std::uint64_t some_ticket() {
    if (oracle_.texts_.empty()) return 0;
    auto out = oracle_.texts_.begin();
    std::advance(out, static_cast<std::ptrdiff_t>(pick(oracle_.texts_.size())));
    return out->first;
  }
  void add() {
    const std::string head = some_words();
    const std::string text = some_words();
    std::uint64_t comment = 0;
    const core::TicketId id = world_.add(head, text, [&comment](TicketDraft& draft) { comment = draft.added().front().id(); });
    oracle_.add(id.value, 0, head);
    oracle_.add(id.value, comment, text);
  }
  void reply() {
    const std::uint64_t ticket = some_ticket();
    if (ticket == 0) return;
    const std::string text = some_words();
    oracle_.add(ticket, world_.comment(core::TicketId{ticket}, text).value, text);
  }
  void rewrite() {
    const std::uint64_t ticket = some_ticket();
    if (ticket == 0) return;
    const std::string text = some_words();
    const std::uint64_t comment = oracle_.texts_[ticket].rbegin()->first;
    world_.rewrite(core::TicketId{ticket}, core::CommentId{comment}, text);
    oracle_.add(ticket, comment, text);
  }
  void subject() {
    const std::uint64_t ticket = some_ticket();
    if (ticket == 0) return;
    const std::string text = some_words();
    world_.change(core::TicketId{ticket}, [&text](TicketDraft& draft) { draft.record().set_subject(text); });
    oracle_.add(ticket, 0, text);
  }
  void remove() {
    const std::uint64_t ticket = some_ticket();
    if (ticket == 0 || pick(2) == 0) return;
    world_.change(core::TicketId{ticket}, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(1); });
    oracle_.erase(ticket);
  }

  static search::Limits small_batches() {
    search::Limits out;
    out.merge_batch_max = 5;
    return out;
  }
  std::mt19937 random_;
};

TEST(SearchIndex, AgreesWithReadingEveryTicketWhateverTheHistory) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    History history(seed);
    for (int i = 0; i < 60; ++i) {
      history.step();
      if (i % 6 == 0) history.compare();
      if (testing::Test::HasFatalFailure()) return;
    }
    history.world_.merge();
    history.compare();
  }
}

TEST(SearchIndex, HoldsNothingOfDeletedTickets) {
  SearchWorld world;
  world.add("zebra crossing", "stripes", [](TicketDraft& draft) { draft.record().add_tags("vip"); });
  world.comment(core::TicketId{1}, "more stripes");
  world.merge();
  world.comment(core::TicketId{1}, "and waiting");
  EXPECT_GT(index_entries(world).size(), 4U);
  world.change(core::TicketId{1}, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(1); });
  EXPECT_EQ(index_entries(world).size(), 0U);
}

TEST(SearchIndex, ForgetsATicketForGood) {
  SearchWorld world;
  world.add("zebra crossing", "stripes");
  world.merge();
  storage::Transaction transaction = world.store->begin();
  const std::string key = ticketing::keys::ticket(world.workspace, core::TicketId{1});
  schema::Ticket record;
  ASSERT_TRUE(storage::open_record(*world.vault, world.workspace, key, *transaction.get(key).value(), record));
  ASSERT_TRUE(world.search->index().forget(transaction, world.workspace, record));
  transaction.erase(key);
  world.commit(std::move(transaction));
  EXPECT_EQ(index_entries(world).size(), 0U);
}

TEST(SearchIndex, WordsRemovedByHandLeaveItAtOnceAndAreDueToLeaveTheDisk) {
  SearchWorld world;
  core::CommentId comment;
  const core::TicketId id = world.add("subject", "my password is hunter2 really",
                                      [&comment](TicketDraft& draft) { comment = core::CommentId{draft.added().front().id()}; });
  world.add("other", "really");
  world.merge();
  const std::size_t before = index_entries(world).size();
  world.rewrite(id, comment, "my password is really");
  EXPECT_EQ(world.find("hunter2"), Tickets());
  EXPECT_EQ(world.find("hunt*"), Tickets());
  EXPECT_EQ(world.find("password really"), (Tickets{1}));
  // Its posting and its entry are gone; the whole ticket waits.
  EXPECT_EQ(index_entries(world).size(), before - 2 + 1);
  EXPECT_EQ(entries(world, storage::KeyBuilder(core::WorkspaceId{0}, storage::Space::kPurgeDue).bytes()).size(), 1U);
  world.merge();
  EXPECT_EQ(world.find("password really"), (Tickets{1}));
  EXPECT_EQ(index_entries(world).size(), before - 2);
}

TEST(SearchIndex, NoKeyOrUnsealedValueTellsAWord) {
  SearchWorld world;
  const std::vector<std::string> secrets = {"zebracrossing", "hunter2", "platinumtag", "reportname", "fieldsecret", "externalsecret"};
  const auto fill = [&](TicketDraft& draft) {
    draft.record().add_tags(secrets[2]);
    draft.record().set_external_id(secrets[5]);
    auto& field = *draft.record().add_fields();
    field.set_field(3);
    field.add_values(secrets[4]);
    schema::Comment more = world.made("x");
    more.add_attachments()->set_name(secrets[3] + ".pdf");
    EXPECT_TRUE(draft.add_comment(more, false));
  };
  world.add(secrets[0], secrets[1], fill);
  for (const bool merged : {false, true}) {
    if (merged) world.merge();
    for (const storage::Entry& entry : entries(world, "")) {
      for (const std::string& secret : secrets) {
        for (std::size_t size = 5; size <= secret.size(); ++size) {
          EXPECT_EQ(entry.key.find(secret.substr(0, size)), std::string::npos);
          EXPECT_EQ(entry.value.find(secret.substr(0, size)), std::string::npos);
        }
      }
    }
  }
}

TEST(SearchIndex, TheSameWordHasAnotherDigestInAnotherWorkspace) {
  SearchWorld world;
  ASSERT_TRUE(world.run(world.vault->ensure_workspace(core::WorkspaceId{999})));
  const auto here = search::WordKeys::open(*world.vault, world.workspace).value();
  const auto there = search::WordKeys::open(*world.vault, core::WorkspaceId{999}).value();
  EXPECT_NE(here.digest("hello"), there.digest("hello"));
}

TEST(SearchIndex, ParallelMailsWithTheSameWordsDoNotConflict) {
  SearchWorld world;
  world.add("one", "hello");
  world.add("two", "hello");
  storage::Transaction a = world.store->begin();
  storage::Transaction b = world.store->begin();
  world.add_to(a, core::TicketId{1}, "hello world");
  world.add_to(b, core::TicketId{2}, "hello world");
  world.commit(std::move(a));
  world.commit(std::move(b));
  EXPECT_EQ(world.find("world").size(), 2U);
}

TEST(SearchIndex, ARemovalAndTheMergerDoNotMissEachOther) {
  SearchWorld world;
  core::CommentId comment;
  world.add("s", "secret word", [&comment](TicketDraft& draft) { comment = core::CommentId{draft.added().front().id()}; });
  storage::Transaction removal = world.store->begin();
  auto draft = TicketDraft::open(*world.with, removal, world.workspace, core::TicketId{1});
  ASSERT_TRUE(draft);
  schema::Comment record = draft->read_comment(comment).value();
  record.mutable_text()->set_inline_text("word");
  ASSERT_TRUE(draft->rewrite_comment(record));
  ASSERT_TRUE(draft->save(false));
  world.merge();  // meanwhile
  EXPECT_FALSE(world.run(world.store->commit(std::move(removal))));
  world.rewrite(core::TicketId{1}, comment, "word");
  EXPECT_EQ(world.find("secret"), Tickets());
  EXPECT_EQ(world.find("word"), (Tickets{1}));
}

TEST(SearchIndex, TwoChangesOfOneTicketInOneTransactionAreBothFollowed) {
  SearchWorld world;
  world.add("s", "first");
  storage::Transaction transaction = world.store->begin();
  world.add_to(transaction, core::TicketId{1}, "second");
  auto draft = TicketDraft::open(*world.with, transaction, world.workspace, core::TicketId{1});
  ASSERT_TRUE(draft);
  draft->record().set_subject("third");
  ASSERT_TRUE(draft->save(true));
  world.commit(std::move(transaction));
  for (const char* word : {"first", "second", "third"}) EXPECT_EQ(world.find(word), (Tickets{1})) << word;
  world.change(core::TicketId{1}, [](TicketDraft& each) { each.record().set_deleted_unix_ms(1); });
  EXPECT_EQ(index_entries(world).size(), 0U);
}

TEST(SearchIndex, TextsInBlobsAreFound) {
  SearchWorld world;
  const std::string text = std::string(20'000, ' ') + "needle";
  world.add("s", "", [&](TicketDraft& draft) {
    schema::Comment comment = world.made("");
    comment.mutable_text()->set_blob(storage::put_blob(draft.transaction(), *world.vault, world.workspace, text).value());
    EXPECT_TRUE(draft.add_comment(comment, true));
  });
  EXPECT_EQ(world.find("needle"), (Tickets{1}));
  EXPECT_EQ(world.find("\"needle\""), (Tickets{1}));
  world.change(core::TicketId{1}, [](TicketDraft& draft) { draft.record().set_subject("t"); });
  EXPECT_EQ(world.find("needle"), (Tickets{1}));
}

TEST(SearchIndex, HostileTextStaysWithinItsLimits) {
  search::Limits limits;
  limits.words_max = 100;
  SearchWorld world(limits);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "word" + std::to_string(i) + " ";
  world.add(std::string(1U << 20U, 'x'), many);
  EXPECT_EQ(world.find("word99"), (Tickets{1}));
  EXPECT_EQ(world.find("word100"), Tickets());
  EXPECT_EQ(world.find(std::string(64, 'x')), (Tickets{1}));
  world.merge();
  world.change(core::TicketId{1}, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(1); });
  EXPECT_EQ(index_entries(world).size(), 0U);
}

}  // namespace
}  // namespace postern::test
