// Erasing a person: what they wrote leaves tickets, search, undo book, queue and disk; what others wrote stays.
#include <unistd.h>

#include <filesystem>

#include "auth/contacts.h"
#include "core/file.h"
#include "storage/rocks_store.h"
#include "storage/schema/satisfaction.pb.h"
#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/erasure/person_erasure.h"
#include "ticketing/erasure/personal_data.h"
#include "ticketing/errc.h"
#include "ticketing/people/people.h"
#include "ticketing/purge.h"
#include "ticketing/satisfaction/rating_keys.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using test::Mail;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr core::TicketId kAnns{4};
constexpr const char* kSecret = "xyzzyplugh";
constexpr const char* kFileSecret = "qwertzfile";

class PersonErasureTest : public testing::Test {
 protected:
  PersonErasureTest() {
    char name[] = "/tmp/postern-erasure-XXXXXX";
    folder = ::mkdtemp(name);
    const auto open = [this](const core::Clock& clock) {
      storage::RocksOptions rocks;
      rocks.folder = folder;
      rocks.encrypt_files = false;
      return storage::open_rocks_store(std::move(rocks), clock).value();
    };
    desk = std::make_unique<BulkDesk>(3, open);
    Mail mail;
    mail.text = std::string("My word is ") + kSecret;
    mail.subject = std::string("About ") + kSecret;
    pipeline::RedactedAttachment file;
    file.name = "plan.txt";
    file.media_type = "text/plain";
    file.content = kFileSecret;
    file.text = std::string("shown ") + kFileSecret;
    mail.attachments.push_back(file);
    EXPECT_TRUE(desk->take(mail));
    owner = desk->agent;
    owner.role = auth::Role::kOwner;
    owner.permissions.reset();
    ann = desk->ticket(kAnns).requester;
  }
  ~PersonErasureTest() override {
    desk.reset();
    std::filesystem::remove_all(folder);
  }
  PersonErasures& erasures() { return desk->helpdesk->erasures(); }
  void erase() {
    ASSERT_TRUE(desk->run(erasures().remove(owner, ann)));
    ASSERT_TRUE(desk->run(erasures().begin(owner, ann)));
    for (int i = 0; i < 10 && desk->run(desk->helpdesk->chores().run_once("people erased")).value() != 0; ++i) {
    }
  }
  void rate(const std::string& words) {
    schema::SatisfactionRating rating;
    rating.set_ticket(kAnns.value);
    rating.set_comment(words);
    storage::Transaction transaction = desk->store->begin();
    EXPECT_TRUE(storage::put_sealed(transaction, *desk->vault, desk->acme, rating_keys::of_ticket(desk->acme, kAnns), rating));
    EXPECT_TRUE(desk->run(desk->store->commit(std::move(transaction))));
  }
  void purge() {
    core::WorkPool pool("purge", 1, 4);
    Purger purger(*desk->store, *desk->vault, desk->ids, desk->clock, pool);
    for (int i = 0; i < 30; ++i) {
      const auto purged = desk->run(purger.run());
      if (purged && *purged == 0) break;
    }
  }
  bool is_on_disk(const std::string& needle) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const auto content = core::read_file(entry.path());
      if (content && content->find(needle) != std::string::npos) return true;
    }
    return false;
  }
  std::string name_of(core::UserId user) { return desk->accounts->find(desk->acme, user).value()->name; }

  std::filesystem::path folder;
  std::unique_ptr<BulkDesk> desk;
  auth::Principal owner;
  core::UserId ann;
};

// I1-14.
TEST_F(PersonErasureTest, I1_14_ContentFilesAndIdentityGoFromStoreAndDisk) {
  ASSERT_TRUE(desk->reply(kAnns, "We look into it."));
  rate("ratedwords");
  ASSERT_TRUE(is_on_disk(kSecret));
  ASSERT_TRUE(is_on_disk("ratedwords"));
  erase();
  const auto comments = desk->comments(desk->acme, kAnns).value();
  ASSERT_EQ(comments.size(), 2U);
  EXPECT_EQ(comments[0].text, kErasedText);
  EXPECT_TRUE(comments[0].attachments.empty());
  EXPECT_EQ(comments[0].author, ann);
  EXPECT_EQ(comments[1].text, "We look into it.");
  EXPECT_EQ(desk->ticket(kAnns).subject, kErasedSubject);
  EXPECT_EQ(desk->tickets->raw_message(desk->agent, kAnns, comments[0].id).error(), Errc::kNotFound);
  EXPECT_EQ(name_of(ann), kErasedName);
  EXPECT_THAT(desk->accounts->find(desk->acme, ann).value()->email, HasSubstr("@erased.invalid"));
  EXPECT_TRUE(desk->claim().empty());  // the answer that waited for her is not sent
  EXPECT_THAT(desk->texts(core::TicketId{1}), testing::ElementsAre("Text of 1"));  // others are as they were
  purge();
  EXPECT_FALSE(is_on_disk(kSecret));
  EXPECT_FALSE(is_on_disk(kFileSecret));
  EXPECT_FALSE(is_on_disk("ratedwords"));
  EXPECT_FALSE(is_on_disk("ann@customer.example"));
  EXPECT_TRUE(is_on_disk("Text of 1"));
  EXPECT_THAT(desk->audit_actions(desk->acme), Contains("user.erased"));
  EXPECT_THAT(desk->audit_actions(desk->acme), Contains("user.purged"));
  for (const auto& each : auth::list_audit(*desk->store, *desk->vault, desk->acme, {}, 100).value()) EXPECT_THAT(each.detail, Not(HasSubstr(kSecret)));
}

TEST_F(PersonErasureTest, DeletingTakesTheAddressAndNothingElse) {
  ASSERT_TRUE(desk->run(erasures().remove(owner, ann)));
  EXPECT_EQ(desk->ticket(kAnns).subject, std::string("About ") + kSecret);
  EXPECT_EQ(desk->helpdesk->people().find_by_email(desk->acme, "ann@customer.example").value(), core::UserId{});
  const auto listed = erasures().deleted(desk->acme, {}, 10).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].user, ann);
  EXPECT_EQ(desk->run(erasures().remove(owner, ann)).error(), Errc::kNotFound);
  Mail again;
  again.message_id = "again@customer.example";
  again.text = "Hello again";
  ASSERT_TRUE(desk->take(again));
  EXPECT_NE(desk->ticket(core::TicketId{5}).requester, ann);  // somebody new
}

TEST_F(PersonErasureTest, NeedsPermissionsAndAnEndUser) {
  auth::Principal plain = desk->agent;
  plain.permissions = auth::permissions_of(auth::Role::kAgent);
  EXPECT_EQ(desk->run(erasures().remove(plain, ann)).error(), auth::Errc::kForbidden);
  EXPECT_EQ(desk->run(erasures().remove(owner, desk->agent.user)).error(), Errc::kInvalid);
  EXPECT_EQ(desk->run(erasures().begin(owner, ann)).error(), Errc::kNotFound);  // not deleted
  ASSERT_TRUE(desk->run(erasures().remove(owner, ann)));
  auth::Principal without_redact = owner;
  without_redact.permissions = auth::PermissionSet{auth::Permission::kUsersManage, auth::Permission::kTicketsDelete};
  EXPECT_EQ(desk->run(erasures().begin(without_redact, ann)).error(), auth::Errc::kForbidden);
  ASSERT_TRUE(desk->run(erasures().begin(owner, ann)));
  EXPECT_EQ(desk->run(erasures().begin(owner, ann)).error(), Errc::kConflict);
}

TEST_F(PersonErasureTest, PreviewTellsWhatGoes) {
  Mail held;
  held.message_id = "spam@customer.example";
  held.spam = pipeline::SpamAction::kSuspend;
  held.text = "Held words";
  ASSERT_TRUE(desk->take(held));
  const ErasurePreview preview = erasures().preview(desk->acme, ann).value();
  EXPECT_EQ(preview.requested, 1U);
  EXPECT_EQ(preview.comments, 1U);
  EXPECT_EQ(preview.files, 1U);
  EXPECT_EQ(preview.held, 1U);
  EXPECT_TRUE(preview.is_whole);
  erase();
  const ErasurePreview after = erasures().preview(desk->acme, ann).value();
  EXPECT_EQ(after.comments + after.files + after.held, 0U);
  purge();
  EXPECT_FALSE(is_on_disk("Held words"));
}

// Somebody who is neither requester nor copied any more still wrote there.
TEST_F(PersonErasureTest, CommentsInTicketsOfOthersGoToo) {
  Tickets::Update copied;
  copied.wishes.ccs = std::vector<PersonWish>{{ann, {}, {}, false}};
  ASSERT_TRUE(desk->update(core::TicketId{1}, copied));
  Tickets::Update said;
  said.text = "In her name: plover";
  said.author = ann;
  ASSERT_TRUE(desk->update(core::TicketId{1}, said));
  Tickets::Update left;
  left.wishes.ccs = std::vector<PersonWish>{};
  ASSERT_TRUE(desk->update(core::TicketId{1}, left));
  const PersonalDataPage data = personal_data(desk->helpdesk->services(), desk->acme, ann, {}).value();
  ASSERT_EQ(data.tickets.size(), 2U);
  EXPECT_EQ(data.tickets[0].comments.size(), 1U);
  EXPECT_EQ(data.tickets[0].comments[0].text, "In her name: plover");
  EXPECT_FALSE(data.has_more);
  erase();
  EXPECT_THAT(desk->texts(core::TicketId{1}), testing::ElementsAre("Text of 1", std::string(kErasedText)));
}

TEST_F(PersonErasureTest, GoesOnAfterARestartInSmallRounds) {
  PersonErasureLimits limits;
  limits.tickets_per_round_max = 1;
  PersonErasures small(desk->helpdesk->services(), limits);
  ASSERT_TRUE(desk->run(small.remove(owner, ann)));
  ASSERT_TRUE(desk->run(small.begin(owner, ann)));
  const std::atomic<bool> goes_on{false};
  int rounds = 0;
  while (name_of(ann) != kErasedName && rounds < 20) {
    PersonErasures anew(desk->helpdesk->services(), limits);
    ASSERT_TRUE(desk->run(anew.round(desk->acme, goes_on)));
    ++rounds;
  }
  EXPECT_GT(rounds, 3);
  EXPECT_EQ(desk->comments(desk->acme, kAnns).value()[0].text, kErasedText);
  EXPECT_TRUE(erasures().deleted(desk->acme, {}, 10).value().empty());
}

}  // namespace
}  // namespace postern::ticketing
