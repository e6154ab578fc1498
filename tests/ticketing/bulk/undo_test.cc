// Undoing: after any history of changes, undoing all of them from the last to the first leaves every ticket as it was.
#include <random>

#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};

// Random changes of a few tickets, each of which can be undone.
class Story {
 public:
  explicit Story(std::uint32_t seed) : random_(seed), desk_(kTickets) {
    for (std::uint64_t id = 1; id <= kTickets; ++id) {
      Tickets::Update note;
      note.text = "Second comment";
      note.is_public = false;
      EXPECT_TRUE(desk_.update(core::TicketId{id}, note));
    }
    last_ = kTickets;
  }
  BulkDesk& desk() { return desk_; }
  std::map<std::uint64_t, std::string> state() { return desk_.settled_all(kTickets); }
  std::vector<std::vector<std::string>> all_texts() {
    std::vector<std::vector<std::string>> out;
    for (std::uint64_t id = 1; id <= kTickets; ++id) {
      const auto comments = desk_.comments(desk_.acme, core::TicketId{id});
      out.push_back(comments ? desk_.texts(core::TicketId{id}) : std::vector<std::string>{"gone"});
    }
    return out;
  }

  void change() {
    desk_.clock.advance(std::chrono::seconds(7));
    switch (pick(5)) {
      case 0:
      case 1: return keep(desk_.run(desk_.bulk().update_many(desk_.agent, some(), random_update())));
      case 2: return keep(desk_.run(desk_.bulk().remove_many(desk_.agent, some(), pick(2) == 0 ? JobKind::kDelete : JobKind::kRestore)));
      case 3: return merge();
      default: return split();
    }
  }
  void undo_all() {
    while (!undos_.empty()) {
      desk_.clock.advance(std::chrono::seconds(7));
      const auto job = desk_.run(desk_.bulk().undo(desk_.agent, undos_.back()));
      ASSERT_TRUE(job) << job.error().describe();
      for (const JobItem& each : job->results) ASSERT_TRUE(each.is_done) << each.ticket.value << " " << each.error << " " << each.details;
      undos_.pop_back();
    }
  }
  std::size_t count() const { return undos_.size(); }

 private:
  static constexpr int kTickets = 4;
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  core::TicketId any() { return core::TicketId{1 + pick(last_)}; }
  std::vector<core::TicketId> some() {
    std::vector<core::TicketId> out;
    for (std::uint64_t i = 0; i <= pick(3); ++i) out.push_back(any());
    return out;
  }
  Tickets::Update random_update() {
    Tickets::Update out;
    if (pick(2) == 0) out.status = static_cast<Status>(2 + pick(4));
    if (pick(3) == 0) out.assignee = pick(2) == 0 ? desk_.agent.user : core::UserId{};
    if (pick(3) == 0) out.wishes.added_tags = {"tag" + std::to_string(pick(4))};
    if (pick(3) == 0) out.wishes.priority = static_cast<Priority>(pick(5));
    if (pick(4) == 0) out.wishes.subject = "Subject " + std::to_string(pick(100));
    if (pick(4) == 0) out.wishes.external_id = "x" + std::to_string(pick(5));
    if (pick(4) == 0) out.text = "Note " + std::to_string(pick(100));
    out.is_public = false;
    if (!out.status && !out.text && out.wishes.is_empty() && !out.assignee) out.wishes.priority = Priority::kHigh;
    return out;
  }
  void keep(const core::Result<JobStatus>& job) {
    if (job && job->is_undoable) undos_.push_back(job->id);
  }
  void merge() {
    MergeWish wish;
    wish.target = any();
    wish.sources = {any()};
    keep(desk_.run(desk_.bulk().merge(desk_.agent, wish)));
  }
  void split() {
    const core::TicketId id = any();
    const auto comments = desk_.comments(desk_.acme, id);
    if (!comments || comments->size() < 2) return;
    const auto done = desk_.run(desk_.bulk().split(desk_.agent, {id, {(*comments)[pick(comments->size())].id}, {}}));
    if (!done) return;
    undos_.push_back(done->undo);
    last_ = std::max(last_, done->ticket.id.value);
  }

  std::mt19937 random_;
  BulkDesk desk_;
  std::uint64_t last_ = 0;
  std::vector<std::uint64_t> undos_;
};

// Issue 7: any sequence of operations followed by undo restores the tickets.
TEST(Undo, OfAnyHistoryRestoresTheTickets) {
  std::size_t undone = 0;
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Story story(seed);
    const auto before = story.state();
    const auto texts = story.all_texts();
    const auto listed = story.desk().listed();
    for (int i = 0; i < 15; ++i) story.change();
    undone += story.count();
    story.undo_all();
    if (testing::Test::HasFatalFailure()) return;
    EXPECT_EQ(story.state(), before);
    EXPECT_EQ(story.all_texts(), texts);
    EXPECT_EQ(story.desk().listed(), listed);
    EXPECT_EQ(story.desk().counted(), listed.size());
  }
  EXPECT_GT(undone, 40U);  // the histories are not empty ones
}

TEST(Undo, LeavesWhatSomebodyChangedSince) {
  BulkDesk desk;
  Tickets::Update pending;
  pending.status = Status::kPending;
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, BulkDesk::numbers({1, 2}), pending)).value();
  Tickets::Update urgent;
  urgent.wishes.priority = Priority::kUrgent;
  ASSERT_TRUE(desk.update(kSecond, urgent));
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, job.id)).value();
  EXPECT_TRUE(undone.results.at(0).is_done);
  EXPECT_EQ(undone.results.at(1).error, "UpdateConflict");
  EXPECT_EQ(undone.results.at(1).details, "somebody changed it since");
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kNew);
  EXPECT_EQ(desk.ticket(kSecond).status, Status::kPending);
  EXPECT_EQ(desk.ticket(kSecond).priority, Priority::kUrgent);
}

// Delivery of a mail is no change by anybody; the reply itself stays, as its readers have it.
TEST(Undo, KeepsARepliesThatWereMailed) {
  BulkDesk desk(1);
  Tickets::Update reply;
  reply.text = "All of you: it is mended";
  reply.status = Status::kSolved;
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, {kFirst}, reply)).value();
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  desk.report(sent[0], pipeline::DeliveryOutcome::kDelivered);
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, job.id)).value();
  ASSERT_TRUE(undone.results.at(0).is_done) << undone.results.at(0).details;
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kNew);
  EXPECT_THAT(desk.texts(kFirst), ElementsAre("Text of 1", "All of you: it is mended"));
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

// A removal by hand takes what is kept of a ticket along: see comment_redaction.h.
TEST(Undo, IsOverForATicketWhoseValuesWereForgotten) {
  BulkDesk desk;
  MergeWish wish;
  wish.target = kFirst;
  wish.sources = BulkDesk::numbers({2, 3});
  const JobStatus job = desk.run(desk.bulk().merge(desk.agent, wish)).value();
  storage::Transaction transaction = desk.store->begin();
  const auto keys = forget_values(transaction, desk.acme, kSecond);
  ASSERT_TRUE(keys);
  EXPECT_FALSE(keys->empty());
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  const JobStatus undone = desk.run(desk.bulk().undo(desk.agent, job.id)).value();
  EXPECT_EQ(undone.results.at(0).details, "ticket/2 cannot be given back any more");
  EXPECT_EQ(desk.ticket(kSecond).merged_into, kFirst);
  EXPECT_EQ(desk.ticket(core::TicketId{3}).status, Status::kNew);
}

TEST(Undo, NeedsRightsAndReach) {
  BulkDesk desk;
  Tickets::Update pending;
  pending.status = Status::kPending;
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, BulkDesk::numbers({1, 2}), pending)).value();
  auth::Principal reader = desk.agent;
  reader.permissions = auth::PermissionSet{auth::Permission::kTicketsRead};
  EXPECT_EQ(desk.run(desk.bulk().undo(reader, job.id)).error(), auth::Errc::kForbidden);
  const auth::Principal sales = desk.agent_limited_to("sally", {desk.inbox_of("sales@acme.example")});
  EXPECT_EQ(desk.run(desk.bulk().undo(sales, job.id)).error(), Errc::kNotFound);
  auth::Principal foreign = desk.agent;
  foreign.workspace = desk.other;
  EXPECT_EQ(desk.run(desk.bulk().undo(foreign, job.id)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.bulk().undo(desk.agent, job.id + 1)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kPending);
  // Once.
  EXPECT_TRUE(desk.run(desk.bulk().undo(desk.agent, job.id)));
  EXPECT_EQ(desk.run(desk.bulk().undo(desk.agent, job.id)).error(), Errc::kInvalid);
}

// Somebody else's change is not his to undo, and a note goes only with whoever may take it away.
TEST(Undo, IsForItsAuthorAndForWhoeverMayRemoveItsNotes) {
  BulkDesk desk;
  Tickets::Update note;
  note.text = "Seen by accounting.";
  note.is_public = false;
  note.status = Status::kPending;
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, BulkDesk::numbers({1, 2}), note)).value();
  const auth::Principal colleague = desk.agent_limited_to("colleague", {desk.inbox_of("support@acme.example")});
  EXPECT_EQ(desk.run(desk.bulk().undo(colleague, job.id)).error(), Errc::kNotFound);

  auth::Principal admin = desk.agent;
  admin.user = {};
  admin.role = auth::Role::kOwner;
  admin.method = auth::Method::kOperator;
  auth::Principal without = desk.agent;
  without.permissions = auth::PermissionSet{auth::Permission::kTicketsRead, auth::Permission::kTicketsWrite};
  const JobStatus refused = desk.run(desk.bulk().undo(without, job.id)).value();
  EXPECT_EQ(refused.results.at(0).error, "PermissionDenied");
  EXPECT_EQ(desk.texts(kFirst).size(), 2U);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kPending);

  const JobStatus undone = desk.run(desk.bulk().undo(admin, job.id)).value();
  EXPECT_TRUE(undone.results.at(0).is_done) << undone.results.at(0).details;
  EXPECT_EQ(desk.texts(kFirst).size(), 1U);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kNew);
}

}  // namespace
}  // namespace postern::ticketing
