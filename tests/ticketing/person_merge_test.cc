// Two end users become one (issue 7, people): everything of the one is the other's, at once for mail, exactly for every list.
#include "ticketing/people/person_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "auth/contacts.h"
#include "storage/schema/ticket.pb.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/erasure/person_erasure.h"
#include "ticketing/erasure/personal_data.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/survivors.h"
#include "ticketing/search/ticket_search.h"
#include "ticketing/views/views.h"

namespace postern::ticketing {
namespace {

using test::answer;
using test::answered;
using test::Desk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};

Mail mail_of(const std::string& from, int number) {
  Mail mail;
  mail.from = from;
  mail.from_name = from.substr(0, from.find('@'));
  mail.message_id = "n" + std::to_string(number) + "@" + from.substr(from.find('@') + 1);
  return mail;
}

struct MergeDesk : Desk {
  explicit MergeDesk(PersonMergeLimits limits = {}) : merges(helpdesk->services(), limits) {}
  core::UserId person(const std::string& email) { return helpdesk->people().find_by_email(acme, email).value(); }
  core::Result<void> merge(core::UserId from, core::UserId into) { return run(merges.merge(agent, from, into)); }
  void settle() {
    for (int i = 0; i < 1000 && run(merges.round(acme, never)).value() != 0; ++i) {}
  }
  std::vector<std::uint64_t> numbers(const std::string& query) {
    search::SearchRequest request;
    request.query = query;
    request.count = 1000;
    std::vector<std::uint64_t> out;
    const auto found = run(helpdesk->search().find(agent, std::move(request)));
    EXPECT_TRUE(found) << query << ": " << (found ? "" : found.error().describe());
    if (found) for (const auto& each : found->hits) out.push_back(each.ticket.id.value);
    std::ranges::sort(out);
    return out;
  }
  PersonMerges merges;
  const std::atomic<bool> never{false};
};

TEST(MergedPeople, TicketsCommentsCopiesAddressesAndNotesAreTheSurvivors) {
  MergeDesk desk;
  ASSERT_TRUE(desk.take(mail_of("ann@old.example", 1)));
  Mail copied = mail_of("cleo@else.example", 2);
  copied.cc = {{"Ann", pipeline::split_address("ann@old.example")}};
  ASSERT_TRUE(desk.take(copied));
  ASSERT_TRUE(desk.take(mail_of("ann@new.example", 3)));
  const core::UserId old = desk.person("ann@old.example"), now = desk.person("ann@new.example");
  People::Change first, second;
  first.notes = "likes tea", first.tags = std::vector<std::string>{"vip"}, first.phone = "1", first.external_id = "crm-7";
  second.notes = "likes milk", second.phone = "2";
  ASSERT_TRUE(desk.run(desk.helpdesk->people().update(desk.agent, old, first)));
  ASSERT_TRUE(desk.run(desk.helpdesk->people().update(desk.agent, now, second)));
  ASSERT_TRUE(desk.merge(old, now));
  EXPECT_EQ(desk.ticket(kFirst).requester, now);
  EXPECT_EQ(desk.ticket(kSecond).ccs, std::vector<core::UserId>{now});
  EXPECT_EQ(desk.comments(desk.acme, kFirst).value().front().author, now);
  EXPECT_EQ(desk.person("ann@old.example"), now);
  const Profile profile = desk.helpdesk->people().find(desk.acme, now).value();
  EXPECT_THAT(profile.notes, HasSubstr("likes milk"));
  EXPECT_THAT(profile.notes, HasSubstr("likes tea"));
  EXPECT_EQ(profile.phone, "2") << "his own word wins";
  EXPECT_THAT(profile.tags, Contains("vip"));
  EXPECT_EQ(profile.external_id, "crm-7");
  EXPECT_EQ(desk.helpdesk->people().find_by_external_id(desk.acme, "crm-7").value(), now);
  EXPECT_THAT(profile.other_emails, ElementsAre("ann@old.example"));
  EXPECT_EQ(desk.helpdesk->people().find(desk.acme, old).value().merged_into, now);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("user.merged"));
  EXPECT_THAT(desk.helpdesk->people().search(desk.acme, "ann", 10).value(), ElementsAre(now)) << "nobody is found where nobody is";
  bool is_told = false;
  for (const auto& entry : desk.store->feed(desk.acme, 0, 1000).value()) {
    for (const auto& change : entry.changes) is_told = is_told || (change.kind == "user.merged" && change.object == old.value && change.detail == now.value);
  }
  EXPECT_TRUE(is_told);
}

TEST(MergedPeople, OrganisationsOfBothAreTheSurvivorsAndHisNewTicketsGoWhereTheyWent) {
  MergeDesk desk;
  Organizations::Change one, two;
  one.name = "Old Ltd", one.domains = std::vector<std::string>{"old.example"};
  two.name = "New Ltd", two.domains = std::vector<std::string>{"new.example"};
  const auto old_ltd = desk.run(desk.helpdesk->organizations().create(desk.agent, one)).value();
  const auto new_ltd = desk.run(desk.helpdesk->organizations().create(desk.agent, two)).value();
  ASSERT_TRUE(desk.take(mail_of("ann@old.example", 1)));
  ASSERT_TRUE(desk.take(mail_of("ann@new.example", 2)));
  ASSERT_TRUE(desk.merge(desk.person("ann@old.example"), desk.person("ann@new.example")));
  const Profile profile = desk.helpdesk->people().find(desk.acme, desk.person("ann@new.example")).value();
  ASSERT_EQ(profile.organizations.size(), 2U);
  EXPECT_EQ(profile.organizations[0].organization, new_ltd.id);
  EXPECT_EQ(profile.organizations[1].organization, old_ltd.id);
  EXPECT_EQ(desk.ticket(kFirst).organization, old_ltd.id) << "the ticket stays where it was";
  EXPECT_THAT(desk.helpdesk->organizations().members(desk.acme, old_ltd.id, {}, 10).value(), ElementsAre(profile.user));
}

// Invariant 8: whoever was let in stays in, by either address, also while the tickets are on their way.
TEST(MergedPeople, MailOfEitherAddressJoinsTheTicketAlsoBeforeItHasMoved) {
  for (const std::size_t at_once : {std::size_t{0}, std::size_t{20}}) {
    PersonMergeLimits limits;
    limits.at_once_max = at_once;
    MergeDesk desk(limits);
    const auto sent = answered(desk);  // Ann's ticket, answered to ann@customer.example
    ASSERT_TRUE(desk.take(mail_of("ann@new.example", 9)));
    const core::UserId old = desk.person("ann@customer.example"), now = desk.person("ann@new.example");
    ASSERT_TRUE(desk.merge(old, now));
    Mail first = answer();  // from the address that was merged
    ASSERT_TRUE(desk.take(first, {sent.mail_from.to_string()}));
    EXPECT_EQ(desk.ticket(kFirst).comment_count, 3U) << at_once;
    Mail second = answer();  // from the survivor's, to a reply address that was made for the other one
    second.from = "ann@new.example";
    second.message_id = "later@new.example";
    second.text = "And this.";
    ASSERT_TRUE(desk.take(second, {sent.mail_from.to_string()}));
    EXPECT_EQ(desk.ticket(kFirst).comment_count, 4U) << at_once;
    for (const Comment& each : desk.comments(desk.acme, kFirst).value()) EXPECT_NE(each.author == old && each.text.find("And this") != std::string::npos, true);
    ASSERT_TRUE(desk.reply(kFirst, "For you."));
    for (const auto& each : desk.claim()) EXPECT_EQ(each.rcpt.to_string(), "ann@new.example") << "whoever is merged is mailed where the survivor is";
    desk.settle();
    EXPECT_EQ(desk.ticket(kFirst).requester, now);
    EXPECT_FALSE(desk.store->snapshot()->get(people_keys::merge(desk.acme, old)).value());
    const auto left = desk.accounts->find(desk.acme, old).value();
    EXPECT_THAT(left->email, HasSubstr("@merged.invalid"));
  }
}

TEST(MergedPeople, AgentsAreNeverMergedNobodyCrossesAWorkspaceAndTheLimitedDoNot) {
  MergeDesk desk;
  ASSERT_TRUE(desk.take(mail_of("ann@old.example", 1)));
  ASSERT_TRUE(desk.take(mail_of("eve@other.example", 2), {"desk@other.example"}));
  const core::UserId ann = desk.person("ann@old.example"), eve = desk.helpdesk->people().find_by_email(desk.other, "eve@other.example").value();
  ASSERT_TRUE(eve);
  EXPECT_EQ(desk.merge(desk.agent.user, ann).error(), Errc::kInvalid);
  EXPECT_EQ(desk.merge(ann, desk.agent.user).error(), Errc::kInvalid);
  EXPECT_EQ(desk.merge(eve, ann).error(), Errc::kNotFound);
  EXPECT_EQ(desk.merge(ann, eve).error(), Errc::kNotFound);
  EXPECT_EQ(desk.merge(ann, ann).error(), Errc::kInvalid);
  auth::Principal limited = desk.agent;
  limited.role = auth::Role::kAgent;
  limited.inboxes = auth::InboxScope::only({core::InboxId{desk.ticket(kFirst).inbox}});
  ASSERT_TRUE(desk.take(mail_of("bea@old.example", 3)));
  EXPECT_EQ(desk.run(desk.merges.merge(limited, ann, desk.person("bea@old.example"))).error(), auth::Errc::kForbidden);
  ASSERT_TRUE(desk.merge(ann, desk.person("bea@old.example")));
  EXPECT_EQ(desk.merge(ann, desk.person("bea@old.example")).error(), Errc::kInvalid) << "merged already";
  EXPECT_EQ(desk.run(desk.helpdesk->people().update(desk.agent, ann, {})).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.helpdesk->erasures().remove(desk.agent, ann)).error(), Errc::kInvalid);
}

// I1-14: who asks to be forgotten is forgotten under every address.
TEST(MergedPeople, I1_14_ErasingTheSurvivorErasesTheOtherToo) {
  PersonMergeLimits limits;
  limits.at_once_max = 0;
  MergeDesk desk(limits);
  Mail first = mail_of("ann@old.example", 1);
  first.text = "words of old";
  ASSERT_TRUE(desk.take(first));
  ASSERT_TRUE(desk.take(mail_of("ann@new.example", 2)));
  const core::UserId old = desk.person("ann@old.example"), now = desk.person("ann@new.example");
  ASSERT_TRUE(desk.merge(old, now));
  EXPECT_EQ(desk.run(desk.helpdesk->erasures().remove(desk.agent, now)).error(), Errc::kConflict) << "not while tickets are on their way";
  desk.settle();
  const auto data = personal_data(desk.helpdesk->services(), desk.acme, now, {}).value();
  ASSERT_EQ(data.tickets.size(), 2U);
  ASSERT_TRUE(desk.run(desk.helpdesk->erasures().remove(desk.agent, now)));
  EXPECT_FALSE(desk.person("ann@old.example")) << "the address is nobody's";
  ASSERT_TRUE(desk.run(desk.helpdesk->erasures().begin(desk.agent, now)));
  ASSERT_TRUE(desk.run(desk.helpdesk->chores().run_once("people erased")));
  for (const Comment& each : desk.comments(desk.acme, kFirst).value()) EXPECT_EQ(each.text.find("words of old"), std::string::npos);
  EXPECT_EQ(desk.accounts->find(desk.acme, old).value()->name, "Permanently deleted user");
}

// Random mail, copies, deletions and merges, in small steps and out of order: every index says what a full scan says.
class MergeHistory {
 public:
  explicit MergeHistory(std::uint64_t seed) : random_(seed), desk_(small_steps()) {}

  void happen() {
    switch (pick(8)) {
      case 0: merge(); break;
      case 1: desk_.run(desk_.merges.round(desk_.acme, desk_.never)).value(); break;
      case 2: delete_ticket(); break;
      default: write(); break;
    }
  }
  void check(bool is_settled) {
    std::vector<schema::Ticket> all = scan();
    for (const core::UserId user : users_) {
      std::vector<std::uint64_t> requested, copied;
      for (const schema::Ticket& each : all) {
        if (std::ranges::find(each.ccs(), user.value) != each.ccs().end()) copied.push_back(each.id());  // deleted ones too
        if (each.requester() == user.value && each.deleted_unix_ms() == 0) requested.push_back(each.id());
      }
      EXPECT_EQ(listed(keys::by_requester_prefix(desk_.acme, user)), requested);
      EXPECT_EQ(listed(people_keys::tickets_copied_to(desk_.acme, user)), copied);
      EXPECT_EQ(desk_.numbers("requester:" + std::to_string(user.value)), requested);
      EXPECT_EQ(count_in_view(user), requested.size());
    }
    if (!is_settled) return;
    for (const schema::Ticket& each : all) check_whole(each);
  }
  void settle() {
    desk_.settle();
    EXPECT_TRUE(desk_.store->snapshot()->scan(people_keys::merges_prefix(desk_.acme), storage::Direction::kForward, 1).value().empty());
  }

 private:
  static PersonMergeLimits small_steps() {
    PersonMergeLimits out;
    out.at_once_max = 1;
    out.round_tickets_max = 3;
    out.comments_per_transaction_max = 1;
    return out;
  }
  std::uint64_t pick(std::uint64_t below) { return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_); }
  std::string address() { return std::string(1, static_cast<char>('a' + pick(6))) + "@people.example"; }

  void write() {
    Mail mail = mail_of(address(), ++number_);
    if (pick(3) == 0) mail.cc = {{"", pipeline::split_address(address())}, {"", pipeline::split_address(address())}};
    ASSERT_TRUE(desk_.take(mail));
    if (pick(2) != 0 || last_.message_id.empty()) last_ = mail;
    mail.message_id = "r" + std::to_string(++number_) + "@people.example";
    mail.references = {last_.message_id};
    if (pick(2) == 0) ASSERT_TRUE(desk_.take(mail));
    for (char c = 'a'; c < 'g'; ++c) {
      const core::UserId user = desk_.person(std::string(1, c) + "@people.example");
      if (user && std::ranges::find(users_, user) == users_.end()) users_.push_back(user);
    }
  }
  void merge() {
    const core::UserId from = desk_.person(address()), into = desk_.person(address());
    if (!from || !into || from == into) return;
    ASSERT_TRUE(desk_.merge(from, into));
  }
  void delete_ticket() {
    const std::vector<schema::Ticket> all = scan();
    if (all.empty()) return;
    storage::Transaction transaction = desk_.store->begin();
    auto ticket = TicketDraft::open(desk_.helpdesk->services(), transaction, desk_.acme, core::TicketId{all[pick(all.size())].id()}).value();
    ticket.record().set_deleted_unix_ms(ticket.record().deleted_unix_ms() == 0 ? 5 : 0);
    ASSERT_TRUE(ticket.save(false));
    ASSERT_TRUE(desk_.run(desk_.store->commit(std::move(transaction))));
  }
  std::vector<schema::Ticket> scan() {
    std::vector<schema::Ticket> out;
    for (const auto& entry : desk_.store->snapshot()->scan(keys::tickets_prefix(desk_.acme), storage::Direction::kForward, 10'000).value()) {
      EXPECT_TRUE(storage::open_record(*desk_.vault, desk_.acme, entry.key, entry.value, out.emplace_back()));
    }
    return out;
  }
  std::vector<std::uint64_t> listed(const std::string& prefix) {
    std::vector<std::uint64_t> out;
    for (const auto& entry : desk_.store->snapshot()->scan(prefix, storage::Direction::kForward, 10'000).value()) {
      out.push_back(~people_keys::last_number(entry.key));
    }
    std::ranges::sort(out);
    return out;
  }
  std::uint64_t count_in_view(core::UserId user) {
    std::uint64_t& id = views_[user.value];
    if (id == 0) {
      const auto edit = [user](schema::View& view) -> core::Result<void> {
        view.set_title("Of " + std::to_string(user.value));
        schema::Condition& condition = *view.mutable_shape()->mutable_conditions()->add_all();
        condition.set_field("requester_id");
        condition.set_op("is");
        condition.add_values(std::to_string(user.value));
        return {};
      };
      const auto made = desk_.run(desk_.helpdesk->views().save(desk_.agent, 0, edit));
      EXPECT_TRUE(made) << made.error().describe();
      id = made->id();
    }
    for (int i = 0; i < 1000 && desk_.run(desk_.helpdesk->views().fill(desk_.acme, desk_.never)).value() != 0; ++i) {}
    return desk_.helpdesk->views().count(desk_.agent, id).value().value.value_or(999'999);
  }
  // Nobody who was merged is named anywhere any more, in deleted tickets neither.
  void check_whole(const schema::Ticket& ticket) {
    std::vector<std::uint64_t> named(ticket.ccs().begin(), ticket.ccs().end());
    named.push_back(ticket.requester());
    if (ticket.submitter() != 0) named.push_back(ticket.submitter());
    for (const auto& entry :
         desk_.store->snapshot()->scan(keys::comments_prefix(desk_.acme, core::TicketId{ticket.id()}), storage::Direction::kForward, 1000).value()) {
      schema::Comment comment;
      EXPECT_TRUE(storage::open_record(*desk_.vault, desk_.acme, entry.key, entry.value, comment));
      named.push_back(comment.author());
    }
    for (const std::uint64_t each : named) {
      const core::UserId user{each};
      EXPECT_EQ(survivor_of(*desk_.store->snapshot(), *desk_.vault, desk_.acme, user).value(), user) << "ticket " << ticket.id();
    }
  }

  std::mt19937_64 random_;
  MergeDesk desk_;
  int number_ = 0;
  Mail last_;
  std::vector<core::UserId> users_;
  std::map<std::uint64_t, std::uint64_t> views_;
};

TEST(MergedPeople, PropertyListsSearchAndCountsEqualAFullScanAfterAnyHistory) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    MergeHistory history(seed);
    for (int i = 0; i < 60; ++i) {
      history.happen();
      if (i % 12 == 0) history.check(false);
      if (testing::Test::HasFailure()) FAIL() << "seed " << seed << ", step " << i;
    }
    history.settle();
    history.check(true);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace postern::ticketing
