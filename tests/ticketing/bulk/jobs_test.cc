// Jobs: each item once, with the rights of that moment, and told one by one.
#include "tests/ticketing/bulk/bulk_desk.h"
#include "auth/sessions.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr core::TicketId kFirst{1};

class CountingRedactor final : public pipeline::TextRedactor {
 public:
  pipeline::RedactedText redact_text(std::string_view text, const pipeline::TextPlace& place) const override {
    ++calls;
    return marking_.redact_text(text, place);
  }
  pipeline::RedactedHtml redact_html(std::string_view html, const pipeline::TextPlace& place) const override {
    ++calls;
    return marking_.redact_html(html, place);
  }
  pipeline::RedactedFile redact_file(std::string_view name, std::string_view media_type, std::string_view content,
                                     const pipeline::TextPlace& place) const override {
    return marking_.redact_file(name, media_type, content, place);
  }
  mutable std::size_t calls = 0;

 private:
  test::MarkingRedactor marking_;
};

Tickets::Update pending() {
  Tickets::Update out;
  out.status = Status::kPending;
  out.wishes.added_tags = {"bulk"};
  return out;
}

std::vector<core::TicketId> up_to(std::uint64_t last) {
  std::vector<core::TicketId> out;
  for (std::uint64_t id = 1; id <= last; ++id) out.push_back(core::TicketId{id});
  return out;
}

TEST(Jobs, SmallOneIsDoneAtOnce) {
  BulkDesk desk;
  const auto job = desk.run(desk.bulk().update_many(desk.agent, BulkDesk::numbers({1, 2, 2, 99}), pending()));
  ASSERT_TRUE(job) << job.error().describe();
  EXPECT_EQ(job->state, JobState::kCompleted);
  EXPECT_EQ(job->total, 3U);
  EXPECT_EQ(job->progress, 3U);
  EXPECT_THAT(job->message, HasSubstr("Completed at "));
  ASSERT_EQ(job->results.size(), 3U);
  EXPECT_TRUE(job->results[0].is_done);
  EXPECT_TRUE(job->results[1].is_done);
  EXPECT_FALSE(job->results[2].is_done);
  EXPECT_EQ(job->results[2].error, "TicketNotFound");
  EXPECT_TRUE(job->is_undoable);
  for (const core::TicketId id : BulkDesk::numbers({1, 2})) {
    EXPECT_EQ(desk.ticket(id).status, Status::kPending);
    EXPECT_THAT(desk.ticket(id).tags, ElementsAre("bulk"));
  }
  EXPECT_EQ(desk.ticket(core::TicketId{3}).status, Status::kNew);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("job.started"));
  EXPECT_EQ(desk.bulk().show(desk.agent, job->id).value().progress, 3U);
  EXPECT_EQ(desk.bulk().list(desk.agent, 10).value().size(), 1U);
}

TEST(Jobs, LargeOneGoesOnBehindTheRequest) {
  BulkDesk desk(25);
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, up_to(25), pending())).value();
  EXPECT_EQ(job.state, JobState::kWorking);
  EXPECT_EQ(job.progress, desk.bulk().limits().at_once_max);
  EXPECT_EQ(desk.run_jobs(), 15U);
  const JobStatus done = desk.bulk().show(desk.agent, job.id).value();
  EXPECT_EQ(done.state, JobState::kCompleted);
  EXPECT_EQ(done.progress, 25U);
  for (const core::TicketId id : up_to(25)) EXPECT_EQ(desk.ticket(id).status, Status::kPending);
  EXPECT_EQ(desk.run_jobs(), 0U);
}

// After a crash between two items, and when two run the same job, every comment stands once.
TEST(Jobs, NothingIsDoneTwice) {
  BulkDesk desk(30);
  Tickets::Update note;
  note.text = "Once only";
  note.is_public = false;
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, up_to(30), note)).value();
  // A second helpdesk over the same store is what a restart leaves.
  Helpdesk restarted(Helpdesk::Parts{*desk.store, *desk.vault, *desk.accounts, *desk.directory, desk.redactor, desk.ids, desk.clock,
                                     desk.desk_options, nullptr, [&desk] { return desk.directory->workspaces(); }});
  restarted.attach(desk.tickets.get(), nullptr, nullptr, nullptr, nullptr);
  ASSERT_TRUE(desk.run(restarted.chores().run_once("jobs")));
  desk.run_jobs();
  EXPECT_EQ(desk.bulk().show(desk.agent, job.id).value().state, JobState::kCompleted);
  for (const core::TicketId id : up_to(30)) EXPECT_EQ(desk.ticket(id).comment_count, 2U) << id.value;
}


TEST(Jobs, RightsAreThoseOfTheMoment) {
  BulkDesk desk(12);
  auth::Principal op = desk.agent;
  op.user = {};
  op.role = auth::Role::kOwner;
  op.method = auth::Method::kOperator;
  const auth::Principal carol = desk.agent_limited_to("carol", {desk.inbox_of("support@acme.example")});
  const JobStatus job = desk.run(desk.bulk().update_many(carol, up_to(12), pending())).value();
  EXPECT_EQ(job.progress, 10U);
  // She is moved to another inbox before the rest is done.
  ASSERT_TRUE(desk.run(desk.accounts->set_inboxes(op, carol.user, auth::InboxScope::only({desk.inbox_of("sales@acme.example")}))));
  desk.run_jobs();
  JobStatus done = desk.bulk().show(carol, job.id).value();
  EXPECT_EQ(done.state, JobState::kCompleted);
  EXPECT_EQ(done.results.at(11).error, "TicketNotFound");
  EXPECT_EQ(desk.ticket(core::TicketId{12}).status, Status::kNew);

  const JobStatus second = desk.run(desk.bulk().update_many(desk.agent, up_to(12), pending())).value();
  ASSERT_TRUE(desk.run(desk.accounts->set_disabled(op, desk.agent.user, true)));
  desk.run_jobs();
  done = desk.bulk().show(op, second.id).value();
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.message, HasSubstr("whoever began it may not sign in any more"));
  EXPECT_EQ(done.results.size(), 10U) << "nothing is done in his name";
}

// Whoever revokes a token ends what it began.
TEST(Jobs, AreOverWithTheTokenThatBeganThem) {
  BulkDesk desk(12);
  auth::Sessions sessions(*desk.store, *desk.vault, *desk.accounts, desk.ids, desk.clock, auth::Options());
  auth::Principal op = desk.agent;
  op.user = {};
  op.role = auth::Role::kOwner;
  op.method = auth::Method::kOperator;
  const auto [secret, token] = desk.run(sessions.create_token(op, desk.agent.user, "script", 0)).value();
  const auth::Principal script = desk.run(sessions.resolve_token(secret, "192.0.2.9")).value();
  const JobStatus goes_on = desk.run(desk.bulk().update_many(script, up_to(12), pending())).value();
  desk.run_jobs();
  EXPECT_EQ(desk.bulk().show(script, goes_on.id).value().state, JobState::kCompleted);
  Tickets::Update hold;
  hold.status = Status::kHold;
  const JobStatus job = desk.run(desk.bulk().update_many(script, up_to(12), hold)).value();
  EXPECT_EQ(job.state, JobState::kWorking);
  ASSERT_TRUE(desk.run(sessions.revoke_token(op, token.id)));
  desk.run_jobs();
  const JobStatus done = desk.bulk().show(script, job.id).value();
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.message, HasSubstr("the token that began it was revoked, or has expired"));
  EXPECT_EQ(done.results.size(), 10U);
  EXPECT_EQ(desk.ticket(core::TicketId{12}).status, Status::kPending);
  EXPECT_EQ(desk.bulk().open_jobs(script).value(), 0U);
}

TEST(Jobs, AreWeighedBeforeTheirTextsAreLookedThrough) {
  BulkDesk desk;
  const CountingRedactor counting;
  Bulk bulk(desk.helpdesk->services(), counting);
  bulk.use(*desk.tickets);
  Tickets::Update note;
  note.text = std::string((1U << 20U) + 1, 'x');
  EXPECT_EQ(desk.run(bulk.update_many(desk.agent, up_to(3), note)).error(), Errc::kInvalid);
  std::vector<Bulk::Change> many(3);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].ticket = core::TicketId{i + 1};
    many[i].update.text = std::string(400'000, 'x');
  }
  EXPECT_EQ(desk.run(bulk.update_each(desk.agent, many)).error(), Errc::kInvalid);
  for (Bulk::Change& each : many) each.ticket = {};
  EXPECT_EQ(desk.run(bulk.create_many(desk.agent, many)).error(), Errc::kInvalid);
  many[1].update.text = std::string((1U << 20U) + 1, 'x');
  EXPECT_EQ(desk.run(bulk.create_many(desk.agent, many)).error().context(), "tickets.1.comment: too long");
  EXPECT_EQ(counting.calls, 0U);
}

TEST(Jobs, TokenWithFewerRightsGivesTheJobNoMore) {
  BulkDesk desk(12);
  auth::Principal token = desk.agent;
  token.method = auth::Method::kToken;
  token.permissions = auth::PermissionSet{auth::Permission::kTicketsRead, auth::Permission::kNotesWrite};
  auth::Sessions sessions(*desk.store, *desk.vault, *desk.accounts, desk.ids, desk.clock, auth::Options());
  auth::Principal op = desk.agent;
  op.user = {};
  op.role = auth::Role::kOwner;
  op.method = auth::Method::kOperator;
  token.credential = desk.run(sessions.create_token(op, desk.agent.user, "few", 0)).value().second.id.value;
  Tickets::Update note;
  note.text = "May";
  note.is_public = false;
  const JobStatus may = desk.run(desk.bulk().update_many(token, up_to(1), note)).value();
  EXPECT_TRUE(may.results.at(0).is_done);
  const JobStatus may_not = desk.run(desk.bulk().update_many(token, up_to(12), pending())).value();
  desk.run_jobs();
  const JobStatus done = desk.bulk().show(token, may_not.id).value();
  EXPECT_EQ(done.results.size(), 12U);
  for (const JobItem& each : done.results) EXPECT_EQ(each.error, "PermissionDenied");
}

TEST(Jobs, BatchChangesEachDifferently) {
  BulkDesk desk;
  std::vector<Bulk::Change> changes(2);
  changes[0].ticket = kFirst;
  changes[0].update.status = Status::kHold;
  changes[1].ticket = core::TicketId{2};
  changes[1].update.wishes.priority = Priority::kUrgent;
  changes[1].update.expected_version = 99;
  const JobStatus job = desk.run(desk.bulk().update_each(desk.agent, changes)).value();
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kHold);
  EXPECT_EQ(job.results.at(1).error, "UpdateConflict");
  changes[1].ticket = kFirst;
  EXPECT_EQ(desk.run(desk.bulk().update_each(desk.agent, changes)).error(), Errc::kInvalid);
}

TEST(Jobs, CreateManyMakesTickets) {
  BulkDesk desk(0);
  std::vector<Bulk::Change> tickets(2);
  for (Bulk::Change& each : tickets) {
    each.update.text = "Made by import";
    each.update.is_public = false;
    each.update.wishes.subject = "Imported";
    each.update.wishes.requester = PersonWish{{}, "zoe@customer.example", "Zoe", false};
  }
  tickets[1].update.text.reset();
  const JobStatus job = desk.run(desk.bulk().create_many(desk.agent, tickets)).value();
  ASSERT_EQ(job.results.size(), 2U);
  EXPECT_TRUE(job.results[0].is_done);
  EXPECT_EQ(desk.ticket(job.results[0].ticket).subject, "Imported");
  EXPECT_EQ(job.results[1].error, "RecordInvalid");
  EXPECT_FALSE(job.is_undoable);
}

// Design invariant 2: a job is stored, so what was typed for it is redacted before, and gone when it has ended.
TEST(Jobs, WhatIsTypedIsRedactedBeforeItIsStored) {
  BulkDesk desk(12);
  Tickets::Update note;
  note.text = "Card 4111111111111111";
  note.is_public = false;
  note.wishes.subject = "4111111111111111";
  note.wishes.removed_tags = {"4111111111111111"};
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, up_to(12), note)).value();
  const auto stored = [&] {
    const std::string key = bulk_keys::job(desk.acme, job.id);
    schema::Job out;
    EXPECT_TRUE(storage::open_record(*desk.vault, desk.acme, key, desk.store->snapshot()->get(key).value().value(), out));
    return out;
  };
  EXPECT_THAT(stored().SerializeAsString(), Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(stored().changes_size(), 1);
  desk.run_jobs();
  EXPECT_EQ(stored().changes_size(), 0);
  const auto comment = desk.comments(desk.acme, core::TicketId{12}).value().back();
  EXPECT_THAT(comment.text, Not(HasSubstr("4111111111111111")));
  EXPECT_FALSE(comment.redactions.empty());
}

TEST(Jobs, KilledOneLeavesTheRest) {
  BulkDesk desk(15);
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, up_to(15), pending())).value();
  ASSERT_TRUE(desk.run(desk.bulk().kill(desk.agent, job.id)));
  EXPECT_EQ(desk.run_jobs(), 0U);
  const JobStatus done = desk.bulk().show(desk.agent, job.id).value();
  EXPECT_EQ(done.state, JobState::kKilled);
  EXPECT_EQ(done.progress, 10U);
  EXPECT_EQ(desk.ticket(core::TicketId{15}).status, Status::kNew);
}

TEST(Jobs, AreSeenByTheirAuthorAndAdmins) {
  BulkDesk desk;
  const core::InboxId support = desk.inbox_of("support@acme.example");
  const auth::Principal carol = desk.agent_limited_to("carol", {support});
  const auth::Principal dave = desk.agent_limited_to("dave", {support});
  const JobStatus job = desk.run(desk.bulk().update_many(carol, up_to(2), pending())).value();
  EXPECT_TRUE(desk.bulk().show(carol, job.id));
  EXPECT_TRUE(desk.bulk().show(desk.agent, job.id));
  EXPECT_EQ(desk.bulk().show(dave, job.id).error(), Errc::kNotFound);
  EXPECT_TRUE(desk.bulk().list(dave, 10).value().empty());
  auth::Principal foreign = desk.agent;
  foreign.workspace = desk.other;
  EXPECT_EQ(desk.bulk().show(foreign, job.id).error(), Errc::kNotFound);
}

TEST(Jobs, LimitsHold) {
  BulkDesk desk(12);
  EXPECT_EQ(desk.run(desk.bulk().update_many(desk.agent, {}, pending())).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.bulk().update_many(desk.agent, up_to(101), pending())).error(), Errc::kInvalid);
  Tickets::Update with_file;
  with_file.text = "x";
  with_file.files = {{"a.txt", "text/plain", "a"}};
  EXPECT_EQ(desk.run(desk.bulk().update_many(desk.agent, up_to(1), with_file)).error(), Errc::kInvalid);
  BulkLimits few;
  few.open_per_user_max = 1;
  Bulk bulk(desk.helpdesk->services(), desk.redactor, nullptr, few);
  bulk.use(*desk.tickets);
  ASSERT_TRUE(desk.run(bulk.update_many(desk.agent, up_to(12), pending())));
  const auto refused = desk.run(bulk.update_many(desk.agent, up_to(12), pending()));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().context(), HasSubstr("jobs"));
}

TEST(Jobs, OldOnesAreErased) {
  BulkDesk desk(2);
  const JobStatus job = desk.run(desk.bulk().update_many(desk.agent, up_to(2), pending())).value();
  desk.clock.advance(desk.bulk().limits().job_life + std::chrono::minutes(1));
  desk.clean_up();
  EXPECT_EQ(desk.bulk().show(desk.agent, job.id).error(), Errc::kNotFound);
  const auto rest = desk.store->snapshot()->scan(storage::KeyBuilder(desk.acme, storage::Space::kJob).bytes(), storage::Direction::kForward, 5);
  EXPECT_TRUE(rest.value().empty());
  const auto undos = desk.store->snapshot()->scan(storage::KeyBuilder(desk.acme, storage::Space::kUndo).bytes(), storage::Direction::kForward, 5);
  EXPECT_TRUE(undos.value().empty());
}

}  // namespace
}  // namespace postern::ticketing
