// Counts and lists of views against a full scan, after random histories of everything that can change them.
#include <gtest/gtest.h>

#include <random>

#include "tests/ticketing/view_desk.h"

namespace postern::ticketing {
namespace {

using test::ViewDesk;

constexpr std::uint64_t kUsers[] = {11, 12, 13};
constexpr std::uint64_t kGroups[] = {21, 22, 23};

class KnownGroups final : public FactSource {
 public:
  core::Result<const std::string*> folded_text(const schema::Comment&) const override { return &empty_; }
  core::Result<std::string> created_via(const schema::Ticket&) const override { return std::string("system"); }
  core::Result<auth::Role> role_of(core::UserId) const override { return auth::Role::kAgent; }
  core::Result<std::vector<std::uint64_t>> groups_of(core::UserId user) const override { return ViewDesk::groups_of({}, user); }
  std::string address_of(core::InboxId) const override { return {}; }

 private:
  std::string empty_;
};

// A workspace to which random things happen.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), desk_(small_steps()) {}

  void happen() {
    switch (pick(12)) {
      case 0:
      case 1: make_ticket(); break;
      case 2: edit_view(); break;
      case 3: desk_.clock.advance(std::chrono::minutes(pick(90))); break;
      case 4: round(); break;
      case 5:
        if (pick(4) == 0) desk_.restart();
        break;
      case 6: overlap(); break;
      default: change_ticket(); break;
    }
  }

  // What time alone does is up to date after its round.
  void check() {
    while (desk_.run(desk_.views->follow_clock(desk_.acme, desk_.never)).value() != 0) {}
    for (const auto& [id, kept] : shapes_) {
      for (const auth::Principal& by : agents()) check_view(id, by);
    }
  }
  void settle() {
    for (int i = 0; i < 500 && desk_.run(desk_.views->fill(desk_.acme, desk_.never)).value() != 0; ++i) {}
    for (const auto& [id, kept] : shapes_) EXPECT_EQ(desk_.views->count(owner(), id).value().percent, 100);
  }
  // Nothing is left of views that are gone, or of older lists.
  void check_leftovers() {
    std::vector<std::uint64_t> ids;
    for (const schema::View& view : desk_.views->visible(owner()).value()) ids.push_back(view.id());
    for (const std::uint64_t id : ids) ASSERT_TRUE(desk_.run(desk_.views->erase(owner(), id)));
    shapes_.clear();
    settle();
    const std::string all = storage::KeyBuilder(desk_.acme, storage::Space::kView).take();
    for (const storage::Entry& entry : desk_.store->snapshot()->scan(all, storage::Direction::kForward, 1000).value()) {
      const std::uint64_t kind = static_cast<unsigned char>(entry.key[all.size() + 7]);
      EXPECT_TRUE(kind == 1 || kind == 8) << "kind " << kind;  // the version of the plans, and which default views were made
    }
  }

 private:
  struct Kept {
    std::optional<schema::ViewShape> complete;  // last one whose lists were seen complete
    schema::ViewShape now;
  };

  std::uint64_t pick(std::uint64_t below) { return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_); }
  template <class T, std::size_t N>
  std::uint64_t one_of(const T (&of)[N], bool or_none) {
    const std::uint64_t at = pick(N + (or_none ? 1 : 0));
    return at == N ? 0 : of[at];
  }

  static ViewLimits small_steps() {
    ViewLimits limits;
    limits.filled_at_once = 3;
    limits.steps_a_round = 2;
    limits.erased_at_once = 7;
    limits.moved_at_once = 2;
    return limits;
  }

  const auth::Principal& owner() const { return desk_.admin; }
  std::vector<auth::Principal> agents() const {
    auth::Principal second = owner();
    second.user = core::UserId{12};
    auth::Principal limited = second;
    limited.role = auth::Role::kAgent;
    limited.inboxes = auth::InboxScope::only({desk_.inboxes.front()});
    auth::Principal groupless = owner();
    groupless.user = core::UserId{13};
    auth::Principal shut_out = limited;
    shut_out.inboxes = auth::InboxScope::only({});
    return {owner(), second, limited, groupless, shut_out};
  }

  void alter(schema::Ticket& ticket) {
    switch (pick(10)) {
      case 0:
      case 1: ticket.set_status(static_cast<std::uint32_t>(pick(6) + 1)); break;
      case 2: ticket.set_assignee(one_of(kUsers, true)); break;
      case 3: ticket.set_group(one_of(kGroups, true)); break;
      case 4: ticket.set_priority(static_cast<std::uint32_t>(pick(5))); break;
      case 5:
        ticket.clear_tags();
        if (pick(2) == 0) ticket.add_tags("vip");
        break;
      case 6: ticket.set_due_unix_ms(pick(3) == 0 ? 0 : core::to_unix_ms(desk_.clock.wall_now()) + static_cast<std::int64_t>(pick(300) * 60'000)); break;
      case 7: ticket.set_deleted_unix_ms(ticket.deleted_unix_ms() != 0 ? 0 : 5); break;
      case 8: ticket.set_requester(one_of(kUsers, false)); break;
      default: {
        ticket.clear_fields();
        if (pick(2) == 0) {
          schema::FieldValue& field = *ticket.add_fields();
          field.set_field(31);
          field.add_values(std::to_string(pick(3)));
        }
      }
    }
  }

  void make_ticket() {
    const auto fill_in = [this](schema::Ticket& ticket) {
      ticket.set_requester(one_of(kUsers, false));
      for (int i = 0; i < 4; ++i) alter(ticket);
    };
    last_ticket_ = desk_.add(pick(2), fill_in).value;
  }
  core::Result<void> prepare(storage::Transaction& transaction, const Services& with) {
    const auto alter_some = [this](schema::Ticket& ticket) {
      for (std::uint64_t i = pick(3) + 1; i > 0; --i) alter(ticket);
    };
    return desk_.prepare(transaction, with, core::TicketId{pick(last_ticket_) + 1}, alter_some, pick(4) != 0);
  }
  void change_ticket() {
    if (last_ticket_ == 0) return;
    const Services with = desk_.services();
    storage::Transaction transaction = desk_.store->begin();
    const auto prepared = prepare(transaction, with);
    if (!prepared) return;  // a number whose transaction met another one
    ASSERT_TRUE(desk_.run(desk_.store->commit(std::move(transaction))));
  }
  // Something else happens between what a change read and its commit, which may then fail.
  void overlap() {
    if (last_ticket_ == 0) return;
    const Services with = desk_.services();
    storage::Transaction transaction = desk_.store->begin();
    if (!prepare(transaction, with)) return;
    if (pick(3) == 0) {
      edit_view();
    } else {
      round();
    }
    const auto committed = desk_.run(desk_.store->commit(std::move(transaction)));
    if (!committed) {
      EXPECT_TRUE(committed.error() == storage::Errc::kConflict) << committed.error().describe();
      ++conflicts;
    }
  }
  void round() {
    ASSERT_TRUE(desk_.run(desk_.views->fill(desk_.acme, desk_.never)));
    ASSERT_TRUE(desk_.run(desk_.views->follow_clock(desk_.acme, desk_.never)));
  }

  schema::ViewShape random_shape() {
    constexpr auto condition = &ViewDesk::condition;
    schema::ViewShape shape;
    schema::Conditions& conditions = *shape.mutable_conditions();
    *conditions.add_all() = pick(2) == 0 ? condition("status", "less_than", {"solved"}) : condition("status", "includes", {"new", "solved", "pending"});
    switch (pick(9)) {
      case 0: *conditions.add_all() = condition("assignee_id", "is", {"current_user"}); break;
      case 1: *conditions.add_all() = condition("group_id", "is", {"current_groups"}); break;
      case 2:
        *conditions.add_any() = condition("group_id", "is", {"current_groups"});
        *conditions.add_any() = condition("assignee_id", "is", {"current_user"});
        *conditions.add_any() = condition("requester_id", "is", {"current_user"});
        break;
      case 3:
        *conditions.add_any() = condition("assignee_id", "is", {"current_user"});
        *conditions.add_any() = condition("priority", "greater_than", {"normal"});
        break;
      case 4: *conditions.add_all() = condition("OPEN", "greater_than", {"1"}); break;
      case 5: *conditions.add_any() = condition("updated_at", "is", {"0.5"}); [[fallthrough]];
      case 6: *conditions.add_any() = condition("until_due_date", "less_than", {"2"}); break;
      case 7:
        *conditions.add_all() = condition("assignee_id", "is", {"current_user"});
        *conditions.add_all() = condition("group_id", "is", {"current_groups"});
        *conditions.add_any() = condition("current_tags", "includes", {"vip"});
        break;
      default: *conditions.add_all() = condition("custom_fields_31", "is_not", {"1"}); break;
    }
    const char* sorts[] = {"nice_id", "updated", "priority", "due_date", "assignee"};
    shape.set_sort_by(sorts[pick(5)]);
    shape.set_sort_descending(pick(2) == 0);
    const char* groups[] = {"", "status", "group"};
    shape.set_group_by(groups[pick(3)]);
    shape.set_group_descending(pick(2) == 0);
    return shape;
  }

  void edit_view() {
    const std::uint64_t what = pick(5);
    if (shapes_.size() < 4 || what == 0) {
      if (shapes_.size() < 6) save_view(0);
      return;
    }
    auto any = shapes_.begin();
    std::advance(any, static_cast<std::ptrdiff_t>(pick(shapes_.size())));
    const std::uint64_t id = any->first;
    if (what == 1) {
      ASSERT_TRUE(desk_.run(desk_.views->erase(owner(), id)));
      shapes_.erase(id);
      return;
    }
    save_view(id);
  }
  void save_view(std::uint64_t id) {
    note_complete();
    const schema::ViewShape shape = random_shape();
    const auto saved = desk_.save(id, shape);
    ASSERT_TRUE(saved) << saved.error().describe();
    shapes_[saved->id()].now = shape;
  }
  void note_complete() {
    for (auto& [id, kept] : shapes_) {
      if (desk_.views->count(owner(), id).value().percent == 100) kept.complete = kept.now;
    }
  }

  std::vector<core::TicketId> scan(const schema::ViewShape& shape, const auth::Principal& by) {
    const KnownGroups known;
    const ChangeSource source{by.user, by.role, "api"};
    const auto conditions = CompiledConditions::compile(shape.conditions(), ConditionContext::kView).value();
    std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>> found;
    const auto flip = [](std::uint64_t value, bool is_descending) { return is_descending ? ~value : value; };
    for (std::uint64_t number = 1; number <= last_ticket_; ++number) {
      const std::string key = keys::ticket(desk_.acme, core::TicketId{number});
      const auto value = desk_.store->snapshot()->get(key).value();
      schema::Ticket ticket;
      if (!value || !storage::open_record(desk_.vault, desk_.acme, key, *value, ticket)) continue;
      TicketFacts facts;
      facts.after = &ticket;
      facts.source = &source;
      facts.more = &known;
      facts.now_ms = core::to_unix_ms(desk_.clock.wall_now());
      if (ticket.deleted_unix_ms() != 0 || !by.inboxes.has(core::InboxId{ticket.inbox()}) || !conditions.holds(facts).value()) continue;
      const auto group = find_view_column(shape.group_by());
      const auto sort = find_view_column(shape.sort_by());
      found.emplace_back(group ? flip(sort_value(ticket, group->row->column), shape.group_descending()) : 0,
                         flip(sort_value(ticket, sort->row->column), shape.sort_descending()), flip(number, shape.sort_descending()));
    }
    std::ranges::sort(found);
    std::vector<core::TicketId> out;
    for (const auto& each : found) out.push_back(core::TicketId{flip(std::get<2>(each), shape.sort_descending())});
    return out;
  }

  void check_view(std::uint64_t id, const auth::Principal& by) {
    const Views::Count count = desk_.views->count(by, id).value();
    const Kept& kept = shapes_.at(id);
    if (!count.value) {
      EXPECT_LT(count.percent, 100);
      return;
    }
    ASSERT_TRUE(count.percent == 100 || kept.complete);
    const std::vector<core::TicketId> expected = scan(count.percent == 100 ? kept.now : *kept.complete, by);
    EXPECT_EQ(*count.value, expected.size());
    const std::vector<core::TicketId> listed = list(id, by, storage::Direction::kForward);
    EXPECT_EQ(listed, expected);
    std::vector<core::TicketId> backward = list(id, by, storage::Direction::kBackward);
    std::ranges::reverse(backward);
    EXPECT_EQ(backward, expected);
    ++checks;
    tickets_seen += listed.size();
  }

  std::vector<core::TicketId> list(std::uint64_t id, const auth::Principal& by, storage::Direction direction) {
    std::vector<core::TicketId> out;
    Views::Page page;
    do {
      page = desk_.views->page(by, id, 2, page.after, direction).value();
      out.insert(out.end(), page.tickets.begin(), page.tickets.end());
    } while (page.has_more);
    return out;
  }

 public:
  std::size_t conflicts = 0, checks = 0, tickets_seen = 0;

 private:
  std::mt19937_64 random_;
  ViewDesk desk_;
  std::map<std::uint64_t, Kept> shapes_;
  std::uint64_t last_ticket_ = 0;
};

TEST(ViewsProperty, CountsAndListsEqualAFullScanAfterAnyHistory) {
  std::size_t conflicts = 0, checks = 0, tickets = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    History history(seed);
    for (int i = 0; i < 220 && !testing::Test::HasFailure(); ++i) {
      history.happen();
      if (i % 8 == 7) history.check();
    }
    history.settle();
    history.check();
    history.check_leftovers();
    conflicts += history.conflicts;
    checks += history.checks;
    tickets += history.tickets_seen;
    if (testing::Test::HasFailure()) break;
  }
  // The histories had what they are to prove.
  EXPECT_GT(conflicts, 5U);
  EXPECT_GT(checks, 500U);
  EXPECT_GT(tickets, 1000U);
}

}  // namespace
}  // namespace postern::ticketing
