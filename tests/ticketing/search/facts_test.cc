// Facts of records in the index: whatever happens to tickets, and whenever what waits is merged, each query finds and counts what a
// look at every record finds.
#include <gtest/gtest.h>

#include <random>

#include "storage/records.h"
#include "tests/ticketing/search/search_world.h"
#include "ticketing/detail/keys.h"
#include "ticketing/search/facts.h"

namespace postern::test {
namespace {

using Tickets = std::set<std::uint64_t>;
using ticketing::TicketDraft;
namespace search = ticketing::search;

struct Question {
  std::string query;
  std::function<bool(const schema::Ticket&)> holds;
};

bool has_tag(const schema::Ticket& ticket, std::string_view tag) { return std::ranges::find(ticket.tags(), tag) != ticket.tags().end(); }

std::vector<Question> questions() {
  using T = const schema::Ticket&;
  return {
      {"status:open", [](T t) { return t.status() == 2; }},
      {"status<solved", [](T t) { return t.status() < 5; }},
      {"status:open status:pending priority:high", [](T t) { return (t.status() == 2 || t.status() == 3) && t.priority() == 3; }},
      {"priority>low -tags:red", [](T t) { return t.priority() > 1 && !has_tag(t, "red"); }},
      {"tags:red", [](T t) { return has_tag(t, "red"); }},
      {"tags:red tags:blue zebra", [](T t) { return has_tag(t, "red") || has_tag(t, "blue"); }},
      {"-status:solved -priority:none", [](T t) { return t.status() != 5 && t.priority() != 0; }},
      {"assignee:none", [](T t) { return t.assignee() == 0; }},
      {"assignee:11 status<closed", [](T t) { return t.assignee() == 11 && t.status() < 6; }},
      {"group:none type:task", [](T t) { return t.group() == 0 && t.type() == 4; }},
      {"group:7", [](T t) { return t.group() == 7; }},
      {"requester:77 submitter:77", [](T t) { return t.submitter() == 0; }},
      {"tags:none", [](T t) { return t.tags().empty(); }},
      {"custom_field_3:yes", [](T t) { return !t.fields().empty() && t.fields(0).values(0) == "Yes"; }},
      {"created>2000 tags:red", [](T t) { return has_tag(t, "red"); }},
  };
}

class Life {
 public:
  explicit Life(unsigned seed) : chance_(seed) {}

  void step() {
    const unsigned what = pick(12);
    if (world.store->snapshot()->get(ticketing::keys::ticket_counter(world.workspace)).value() == std::nullopt || what == 0) {
      ++count;
      world.add("zebra", "lion", [this](TicketDraft& draft) { change(draft.record()); });
    } else if (what == 1) {
      world.merge();
    } else if (what == 2) {
      world.change(any(), [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(draft.record().deleted_unix_ms() == 0 ? 1 : 0); });
    } else if (what == 3) {
      world.change(any(), [this](TicketDraft& draft) { draft.record().set_subject("zebra " + std::to_string(pick(9))); change(draft.record()); });
    } else if (what == 4) {
      world.comment(any(), "giraffe", [this](TicketDraft& draft) { change(draft.record()); });
    } else {
      world.change(any(), [this](TicketDraft& draft) { change(draft.record()); });
    }
  }

  void compare() {
    for (const Question& each : questions()) {
      Tickets expected;
      for (std::uint64_t id = 1; id <= count; ++id) {
        const std::string key = ticketing::keys::ticket(world.workspace, core::TicketId{id});
        schema::Ticket ticket;
        ASSERT_TRUE(storage::open_record(*world.vault, world.workspace, key, *world.store->snapshot()->get(key).value(), ticket));
        if (ticket.deleted_unix_ms() == 0 && each.holds(ticket)) expected.insert(id);
      }
      const auto answer = world.answer(each.query);
      Tickets found;
      for (const auto& hit : answer.hits) found.insert(hit.ticket.id.value);
      EXPECT_EQ(found, expected) << each.query;
      EXPECT_EQ(answer.count, expected.size()) << each.query;
      EXPECT_FALSE(answer.is_approximate) << each.query;
    }
  }

  SearchWorld world;
  std::uint64_t count = 0;

 private:
  unsigned pick(unsigned below) { return static_cast<unsigned>(chance_() % below); }
  core::TicketId any() { return core::TicketId{1 + pick(static_cast<unsigned>(count))}; }
  void change(schema::Ticket& of) {
    switch (pick(7)) {
      case 0: of.set_status(1 + pick(6)); break;
      case 1: of.set_priority(pick(5)); break;
      case 2: of.set_type(pick(5)); break;
      case 3: of.set_assignee(pick(2) * 11); break;
      case 4: of.set_group(pick(2) * 7); break;
      case 5:
        of.clear_tags();
        for (const char* tag : {"red", "blue"}) if (pick(2) == 0) of.add_tags(tag);
        break;
      default:
        of.clear_fields();
        if (pick(2) != 0) break;
        auto& field = *of.add_fields();
        field.set_field(3);
        field.add_values("Yes");
    }
  }
  std::mt19937 chance_;
};

TEST(SearchFacts, I7_FindsWhatALookAtEveryRecordFinds) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Life life(seed);
    for (int step = 1; step <= 160; ++step) {
      life.step();
      if (step % 8 == 0) life.compare();
      if (testing::Test::HasFailure()) return;
    }
    life.world.merge();
    life.compare();
  }
}

TEST(SearchFacts, SavesOfDifferentTicketsDoNotConflict) {
  SearchWorld world;
  world.add("one", "hello");
  world.add("two", "hello");
  world.merge();
  std::vector<storage::Transaction> both;
  for (std::uint64_t id = 1; id <= 2; ++id) {
    storage::Transaction& transaction = both.emplace_back(world.store->begin());
    auto draft = TicketDraft::open(*world.with, transaction, world.workspace, core::TicketId{id});
    ASSERT_TRUE(draft);
    draft->record().set_priority(3);
    ASSERT_TRUE(draft->save(true));
  }
  for (storage::Transaction& each : both) world.commit(std::move(each));
  EXPECT_EQ(world.find("priority:high").size(), 2U);
}

TEST(SearchFacts, LongOnesAreToldByTheirDigest) {
  const std::string value(4000, 'v');
  EXPECT_LE(search::fact("field", value).size(), search::kFactBytesMax);
  EXPECT_NE(search::fact("field", value), search::fact("field", value + 'v'));
  SearchWorld world;
  world.add("s", "t", [&](TicketDraft& draft) { draft.record().set_external_id(value); });
  world.add("s", "t", [&](TicketDraft& draft) { draft.record().set_external_id(value + 'v'); });
  EXPECT_EQ(world.find("external_id:" + value), (std::vector<std::uint64_t>{1}));
}

}  // namespace
}  // namespace postern::test
