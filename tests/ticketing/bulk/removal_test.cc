// Deleted tickets are nowhere, restored ones are what they were, and erased ones leave nothing, not on the disk either.
#include <unistd.h>

#include <filesystem>

#include "core/file.h"
#include "storage/rocks_store.h"
#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/drafts/drafts.h"
#include "ticketing/errc.h"
#include "ticketing/purge.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};

TEST(Removal, DeletedTicketIsNowhereAndComesBackAsItWas) {
  BulkDesk desk;
  const std::string before = desk.settled(kFirst);
  const std::uint64_t comment = desk.comments(desk.acme, kFirst).value().front().id.value;
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  EXPECT_EQ(desk.tickets->get(desk.agent, kFirst).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->comment(desk.agent, kFirst, core::CommentId{comment}).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->raw_message(desk.agent, kFirst, core::CommentId{comment}).error(), Errc::kNotFound);
  EXPECT_EQ(desk.reply(kFirst, "Hello").error(), Errc::kNotFound);
  EXPECT_THAT(desk.listed(), ElementsAre(2, 3));
  EXPECT_EQ(desk.counted(), 2U);
  EXPECT_EQ(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)).error(), Errc::kNotFound);
  const DeletedPage page = desk.bulk().deleted(desk.agent, 10, "").value();
  ASSERT_EQ(page.tickets.size(), 1U);
  EXPECT_EQ(page.tickets[0].ticket.id, kFirst);
  EXPECT_EQ(page.tickets[0].by, desk.agent.user);

  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kRestore)));
  EXPECT_EQ(desk.settled(kFirst), before);
  EXPECT_THAT(desk.listed(), ElementsAre(1, 2, 3));
  EXPECT_EQ(desk.counted(), 3U);
  EXPECT_TRUE(desk.bulk().deleted(desk.agent, 10, "").value().tickets.empty());
  EXPECT_THAT(desk.event_kinds(kFirst), ElementsAre("created", "deleted", "restored"));
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.deleted"));
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.restored"));
  EXPECT_EQ(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kRestore)).error(), Errc::kNotFound);
}

TEST(Removal, FeedTellsOfIt) {
  BulkDesk desk(1);
  const std::uint64_t before = desk.store->last_sequence(desk.acme);
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  const auto feed = desk.store->feed(desk.acme, before, 10).value();
  ASSERT_EQ(feed.size(), 1U);
  ASSERT_FALSE(feed[0].changes.empty());
  EXPECT_EQ(feed[0].changes[0].kind, "ticket.deleted");
  EXPECT_EQ(feed[0].changes[0].object, 1U);
}

TEST(Removal, NeedsThePermissionAndTheReach) {
  BulkDesk desk;
  auth::Principal reader = desk.agent;
  reader.permissions = auth::PermissionSet{auth::Permission::kTicketsRead, auth::Permission::kTicketsWrite};
  EXPECT_EQ(desk.run(desk.bulk().remove(reader, kFirst, JobKind::kDelete)).error(), auth::Errc::kForbidden);
  const auth::Principal elsewhere = desk.agent_limited_to("sally", {desk.inbox_of("sales@acme.example")});
  EXPECT_EQ(desk.run(desk.bulk().remove(elsewhere, kFirst, JobKind::kDelete)).error(), Errc::kNotFound);
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  EXPECT_TRUE(desk.bulk().deleted(elsewhere, 10, "").value().tickets.empty());
  EXPECT_EQ(desk.run(desk.bulk().remove(elsewhere, kFirst, JobKind::kRestore)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.bulk().remove(reader, kFirst, JobKind::kRestore)).error(), auth::Errc::kForbidden);
  // For good only by those who may take things out for good.
  auth::Principal plain = desk.agent;
  plain.permissions = auth::permissions_of(auth::Role::kAgent);
  EXPECT_EQ(desk.run(desk.bulk().remove(plain, kFirst, JobKind::kErase)).error(), auth::Errc::kForbidden);
}

TEST(Removal, MailToADeletedTicketMakesANewOne) {
  BulkDesk desk(0);
  const auto sent = test::answered(desk);
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  Mail again = test::answer();
  again.in_reply_to = {test::signed_message_id(sent)};
  const auto receipt = desk.take(again, {sent.mail_from.to_string()});
  ASSERT_TRUE(receipt) << receipt.error().describe();
  EXPECT_THAT(receipt->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 0U);
}

TEST(Removal, ListGoesPageByPageNewestFirst) {
  BulkDesk desk(5);
  for (std::uint64_t id = 1; id <= 5; ++id) {
    desk.clock.advance(std::chrono::seconds(1));
    ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, core::TicketId{id}, JobKind::kDelete)));
  }
  std::vector<std::uint64_t> seen;
  std::string after;
  for (;;) {
    const DeletedPage page = desk.bulk().deleted(desk.agent, 2, after).value();
    for (const DeletedTicket& each : page.tickets) seen.push_back(each.ticket.id.value);
    if (!page.has_more) break;
    after = page.after;
  }
  EXPECT_THAT(seen, ElementsAre(5, 4, 3, 2, 1));
  EXPECT_EQ(desk.bulk().deleted(desk.agent, 2, "x").error(), Errc::kInvalid);
}

TEST(Removal, SpamIsDeletedAndItsSenderStaysFree) {
  BulkDesk desk(1);
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kSpam)));
  EXPECT_TRUE(desk.listed().empty());
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.marked_as_spam"));
  Mail again = BulkDesk::numbered(1);
  again.message_id = "other@customer.example";
  again.subject = "Please";
  EXPECT_TRUE(desk.take(again));
  EXPECT_THAT(desk.listed(), ElementsAre(2));
}

TEST(Erasure, WaitsForItsTimeAndThenNothingIsLeft) {
  BulkDesk desk(2);
  ASSERT_TRUE(desk.reply(kFirst, "A reply that waits to be sent"));
  ASSERT_TRUE(desk.run(desk.helpdesk->drafts().put(desk.agent, kFirst, "Half an answer", false, std::nullopt)));
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  desk.clock.advance(desk.bulk().limits().deleted_life - std::chrono::minutes(1));
  desk.clean_up();
  ASSERT_TRUE(desk.record(kFirst));
  desk.clock.advance(std::chrono::minutes(2));
  EXPECT_GT(desk.clean_up(), 0U);
  EXPECT_FALSE(desk.record(kFirst));
  const auto snapshot = desk.store->snapshot();
  const auto is_empty = [&](const std::string& prefix) { return snapshot->scan(prefix, storage::Direction::kForward, 1).value().empty(); };
  EXPECT_TRUE(is_empty(keys::comments_prefix(desk.acme, kFirst)));
  EXPECT_TRUE(is_empty(keys::events_prefix(desk.acme, kFirst)));
  EXPECT_TRUE(is_empty(keys::outbox_prefix(desk.acme)));
  EXPECT_TRUE(is_empty(keys::due_prefix(desk.acme)));
  EXPECT_TRUE(is_empty(storage::KeyBuilder(desk.acme, storage::Space::kDraft).bytes()));
  EXPECT_TRUE(is_empty(storage::KeyBuilder(desk.acme, storage::Space::kUndo).bytes()));
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.erased"));
  EXPECT_EQ(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kRestore)).error(), Errc::kNotFound);
  EXPECT_TRUE(desk.record(kSecond));
  // Its number is not used again.
  const auto receipt = desk.take(BulkDesk::numbered(9));
  EXPECT_THAT(receipt.value().tickets, ElementsAre(core::TicketId{3}));
}

TEST(Erasure, LargeTicketGoesInSteps) {
  BulkDesk desk(1);
  for (int i = 0; i < 250; ++i) {
    Tickets::Update note;
    note.text = "Note " + std::to_string(i);
    note.is_public = false;
    ASSERT_TRUE(desk.update(kFirst, std::move(note)));
  }
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kDelete)));
  ASSERT_TRUE(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kErase)));
  // From now on it is neither listed nor restored.
  EXPECT_TRUE(desk.bulk().deleted(desk.agent, 10, "").value().tickets.empty());
  EXPECT_EQ(desk.run(desk.bulk().remove(desk.agent, kFirst, JobKind::kRestore)).error(), Errc::kConflict);
  desk.clean_up();
  EXPECT_FALSE(desk.record(kFirst));
}

class TicketOnDisk : public testing::Test {
 protected:
  TicketOnDisk() : folder_(std::filesystem::temp_directory_path() / ("postern-erased-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    desk_ = std::make_unique<BulkDesk>(0, [this](const core::Clock& clock) {
      storage::RocksOptions rocks;
      rocks.folder = folder_;
      rocks.encrypt_files = false;
      return storage::open_rocks_store(std::move(rocks), clock).value();
    });
  }
  ~TicketOnDisk() override {
    desk_.reset();
    std::filesystem::remove_all(folder_);
  }
  bool is_on_disk(const std::string& needle) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      const auto content = core::read_file(entry.path());
      if (content && content->find(needle) != std::string::npos) return true;
    }
    return false;
  }
  std::filesystem::path folder_;
  std::unique_ptr<BulkDesk> desk_;
};

TEST_F(TicketOnDisk, ErasedTicketLeavesTheDisk) {
  constexpr const char* kWord = "canary-Indigo-9";
  Mail mail = BulkDesk::numbered(1);
  mail.subject = std::string("About ") + kWord;
  mail.text = std::string("I said ") + kWord;
  mail.raw_extra = kWord;
  mail.attachments = {{"note.txt", "text/plain", "", false, kWord, false}};
  ASSERT_TRUE(desk_->take(mail));
  ASSERT_TRUE(desk_->take(BulkDesk::numbered(2)));
  ASSERT_TRUE(desk_->reply(kFirst, std::string("You said ") + kWord));
  ASSERT_TRUE(desk_->run(desk_->helpdesk->drafts().put(desk_->agent, kFirst, std::string("Draft ") + kWord, false, std::nullopt)));
  ASSERT_TRUE(is_on_disk(kWord));
  const JobStatus job = desk_->run(desk_->bulk().remove_many(desk_->agent, BulkDesk::numbers({1}), JobKind::kDelete)).value();
  ASSERT_TRUE(job.results.at(0).is_done);
  ASSERT_TRUE(desk_->run(desk_->bulk().remove(desk_->agent, kFirst, JobKind::kErase)));
  desk_->clean_up();
  core::WorkPool pool("purge", 1, 4);
  Purger purger(*desk_->store, *desk_->vault, desk_->ids, desk_->clock, pool);
  for (int i = 0; i < 20; ++i) {
    const auto purged = desk_->run(purger.run());
    if (purged && *purged == 0) break;
  }
  EXPECT_FALSE(is_on_disk(kWord));
  EXPECT_TRUE(is_on_disk("Text of 2"));
  EXPECT_THAT(desk_->audit_actions(desk_->acme), Contains("ticket.purged"));
}

}  // namespace
}  // namespace postern::ticketing
