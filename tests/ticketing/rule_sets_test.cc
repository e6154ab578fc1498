// Stored rule sets: history, one-step rollback, refusals, the audit, and what a start puts to work.
#include "ticketing/rule_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/errc.h"
#include "core/errc.h"
#include "tests/ticketing/desk.h"
#include "tests/ticketing/fake_rule_book.h"
#include "ticketing/rule_mark.h"

namespace postern::ticketing {
namespace {

using pipeline::RuleMode;
using test::Desk;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RuleSetsTest : public testing::Test {
 protected:
  RuleSets make(RuleSetLimits limits = {}) {
    Options options = Desk::options();
    options.rule_sets = limits;
    return RuleSets(*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, book, desk.redactor, options);
  }
  core::Result<RuleSetChange> put(std::string document, std::optional<std::uint64_t> expected = std::nullopt, std::string note = "") {
    desk.clock.advance(std::chrono::seconds(1));
    RuleSetDraft draft{std::move(document), std::move(note), expected, true};
    return desk.run(sets.put_version(desk.agent, std::move(draft)));
  }
  RuleSetChange rollback() { return desk.run(sets.rollback(desk.agent, {})).value(); }
  std::uint64_t active() const { return sets.list(desk.acme).value().active; }
  auth::AuditEntry newest_audit() { return auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 1).value().at(0); }

  Desk desk;
  test::FakeRuleBook book;
  RuleSets sets = make();
};

TEST_F(RuleSetsTest, AVersionIsStoredAndPutToWork) {
  ASSERT_TRUE(sets.load_all());
  EXPECT_EQ(book.published(desk.acme), "");
  const auto change = put("order enforce ORDER\n", 0, "first");
  ASSERT_TRUE(change) << change.error().describe();
  ASSERT_TRUE(change->is_done());
  EXPECT_EQ(change->version->number, 1U);
  EXPECT_TRUE(change->version->is_active);
  EXPECT_EQ(book.published(desk.acme), "order enforce ORDER\n");
  EXPECT_EQ(book.published(desk.other), "");
  const auto [version, document] = sets.get(desk.acme, 1).value();
  EXPECT_EQ(document, "order enforce ORDER\n");
  EXPECT_EQ(version.author, desk.agent.user);
  EXPECT_EQ(version.note, "first");
  EXPECT_EQ(version.based_on, 0U);
  EXPECT_EQ(sets.effective(desk.acme)->rules.size(), 3U);
  EXPECT_TRUE(sets.list(desk.other)->versions.empty());
  EXPECT_FALSE(sets.get(desk.other, 1));
}

TEST_F(RuleSetsTest, WhatHasProblemsIsNotStored) {
  ASSERT_TRUE(put("order enforce ORDER\n"));
  const auto refused = put("order off ORDER\nbad enforce X\nx enforce X nobody@acme.example\n").value();
  EXPECT_FALSE(refused.is_done());
  ASSERT_EQ(refused.problems.size(), 2U);
  EXPECT_EQ(refused.problems[0].line, 2U);
  EXPECT_EQ(refused.problems[1].rule, "x");
  EXPECT_EQ(active(), 1U);
  EXPECT_EQ(book.published(desk.acme), "order enforce ORDER\n");
  EXPECT_FALSE(put(std::string(pipeline::kRuleDocumentBytesMax + 1, 'x'))->is_done());
}

// An inbox of another workspace, or a reply address, is no place for a rule.
TEST_F(RuleSetsTest, InboxesAreThoseOfTheWorkspace) {
  EXPECT_TRUE(put("x enforce X support@acme.example\n")->is_done());
  EXPECT_FALSE(put("x enforce X desk@other.example\n")->is_done());
  EXPECT_FALSE(put("x enforce X support+abc@acme.example\n")->is_done());
}

TEST_F(RuleSetsTest, TheSecondOfTwoChangesOfOneVersionIsRefused) {
  ASSERT_TRUE(put("a enforce A\n", 0)->is_done());
  const auto late = put("b enforce B\n", 0).value();
  EXPECT_FALSE(late.is_done());
  EXPECT_EQ(late.in_the_way, 1U);
  ASSERT_EQ(late.differences.size(), 2U) << "what it would have undone";
  EXPECT_EQ(late.differences[0].rule, "a");
  EXPECT_EQ(late.differences[0].change, "removed");
  EXPECT_EQ(book.published(desk.acme), "a enforce A\n");
  RuleEdit edit;
  edit.expected = 0;
  EXPECT_EQ(desk.run(sets.activate(desk.agent, 0, edit)).error(), Errc::kConflict);
}

// A colleague has rolled something out since the file was exported (I4_07).
TEST_F(RuleSetsTest, ADocumentSaysOnWhatItStands) {
  put("order shadow ORDER\n").value();
  const std::string exported = with_mark(sets.get(desk.acme, 1)->second, 1);
  ASSERT_TRUE(desk.run(sets.rollout(desk.agent, {"order", RuleMode::kEnforce, {}, RuleMode::kShadow}, {}))->is_done());
  const auto late = put(exported + "new shadow NEW\n").value();
  EXPECT_EQ(late.in_the_way, 2U);
  EXPECT_FALSE(late.is_done());
  EXPECT_EQ(active(), 2U);
  const auto forced = put(exported + "new shadow NEW\n", 2).value();
  ASSERT_TRUE(forced.is_done()) << "who names the version has seen it";
  EXPECT_EQ(sets.get(desk.acme, 3)->second, "order shadow ORDER\nnew shadow NEW\n") << "the mark is not stored";
  EXPECT_TRUE(put(with_mark("order shadow ORDER\n", 3))->is_done());
  RuleSetDraft candidate{exported + "new shadow NEW\n", "", std::nullopt, false};
  EXPECT_TRUE(desk.run(sets.put_version(desk.agent, candidate))->is_done()) << "what is only stored undoes nothing";
  RuleSetDraft careful{"new shadow NEW\n", "", std::nullopt, true, true, false};
  EXPECT_EQ(desk.run(sets.put_version(desk.agent, careful))->in_the_way, 4U) << "no mark, no word of the author";
  RuleSetDraft question{"new shadow NEW\n", "", 4, true, true, true};
  const auto compared = desk.run(sets.put_version(desk.agent, question)).value();
  EXPECT_EQ(compared.differences.size(), 2U);
  EXPECT_FALSE(compared.is_done() || compared.in_the_way);
  EXPECT_EQ(active(), 4U);
}

TEST(RuleMark, StandsInTheOpeningComment) {
  EXPECT_EQ(marked_version("# ours\n\n#  on top of version 12 \r\na"), 12U);
  EXPECT_EQ(marked_version("a\n# on top of version 12\n"), std::nullopt);
  EXPECT_EQ(marked_version("# on top of version 12x"), std::nullopt);
  EXPECT_EQ(marked_version(""), std::nullopt);
  EXPECT_EQ(with_mark("# ours\n# on top of version 3\na", 4), "# on top of version 4\n# ours\na");
  EXPECT_EQ(without_mark("# on top of version 3"), "");
  EXPECT_EQ(without_mark("a\n# on top of version 3\n"), "a\n# on top of version 3\n");
}

TEST_F(RuleSetsTest, WhatChangesNothingMakesNoVersion) {
  const auto empty = put("# nothing of our own\n").value();
  EXPECT_TRUE(empty.is_unchanged);
  EXPECT_EQ(empty.version->number, 0U);
  put("a enforce A\n").value();
  const auto same = put("# said better\na enforce A\n").value();
  EXPECT_TRUE(same.is_unchanged && same.is_done());
  EXPECT_EQ(same.version->number, 1U);
  EXPECT_TRUE(desk.run(sets.rollout(desk.agent, {"a", RuleMode::kEnforce, {}, RuleMode::kOff}, {}))->is_unchanged);
  EXPECT_TRUE(desk.run(sets.activate(desk.agent, 1, {}))->is_unchanged);
  EXPECT_EQ(sets.list(desk.acme)->versions.size(), 1U);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("rules.put").Times(1));
  EXPECT_THAT(desk.audit_actions(desk.acme), Not(Contains("rules.activated")));
  EXPECT_EQ(rollback().version->number, 0U) << "the step back leads somewhere";
}

TEST_F(RuleSetsTest, ACardNumberIsNotStoredWithARule) {
  const auto refused = put("a enforce PAN\n").value();
  EXPECT_FALSE(refused.is_done());
  ASSERT_EQ(refused.problems.size(), 1U);
  EXPECT_EQ(refused.problems[0].text, "a card number");
  EXPECT_TRUE(sets.list(desk.acme)->versions.empty());
  EXPECT_FALSE(desk.run(sets.check(desk.acme, "a enforce PAN\n"))->is_good());
}

TEST_F(RuleSetsTest, RollbackUndoesOneActivationAfterTheOther) {
  put("a enforce A\n").value();
  put("b enforce B\n").value();
  ASSERT_TRUE(desk.run(sets.activate(desk.agent, 1, {})));
  EXPECT_EQ(sets.list(desk.acme)->before, 2U);
  EXPECT_EQ(rollback().version->number, 2U);
  EXPECT_EQ(book.published(desk.acme), "b enforce B\n");
  EXPECT_EQ(rollback().version->number, 1U);
  EXPECT_EQ(rollback().version->number, 0U);
  EXPECT_EQ(book.published(desk.acme), "");
  const auto nothing = desk.run(sets.rollback(desk.agent, {}));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error(), Errc::kInvalid);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("rules.rolled_back").Times(3));
  EXPECT_FALSE(desk.run(sets.activate(desk.agent, 9, {})));
}

TEST_F(RuleSetsTest, AStoredCandidateChangesNothing) {
  RuleSetDraft draft{"a enforce A\n", "", std::nullopt, false};
  ASSERT_TRUE(desk.run(sets.put_version(desk.agent, draft))->is_done());
  EXPECT_EQ(active(), 0U);
  EXPECT_EQ(book.published(desk.acme), "nothing");
  EXPECT_EQ(newest_audit().action, "rules.stored");
  ASSERT_TRUE(desk.run(sets.activate(desk.agent, 1, {})));
  EXPECT_EQ(book.published(desk.acme), "a enforce A\n");
}

TEST_F(RuleSetsTest, TheAuditNamesAuthorAndDifferenceButNoSample) {
  put("order shadow ORDER\n").value();
  put("order enforce SECRETWORD\n").value();
  const auth::AuditEntry entry = newest_audit();
  EXPECT_EQ(entry.action, "rules.put");
  EXPECT_EQ(entry.object, "rule_set/2");
  EXPECT_EQ(entry.actor, desk.agent.user);
  EXPECT_THAT(entry.detail, HasSubstr("order: mode shadow -> enforce"));
  EXPECT_THAT(entry.detail, HasSubstr("order: matches changed"));
  EXPECT_THAT(entry.detail, Not(HasSubstr("a sample of")));
  put("").value();
  EXPECT_EQ(newest_audit().detail, "order: removed (enforce)");
  const auto differences = desk.run(sets.difference(desk.acme, 1, 2)).value();
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[1].field, "mode");
  EXPECT_EQ(differences[1].before, "shadow");
  EXPECT_EQ(differences[1].after, "enforce");
  EXPECT_EQ(differences[2].field, "matches");
  EXPECT_EQ(desk.run(sets.difference(desk.acme, 0, 1))->at(0).change, "added");
}

TEST_F(RuleSetsTest, NotesGoThroughTheRedactor) {
  put("a enforce A\n", std::nullopt, "for 4111111111111111").value();
  EXPECT_EQ(sets.get(desk.acme, 1)->first.note, "for 411111******1111");
}

TEST_F(RuleSetsTest, OldVersionsGoButNeverTheOneInForceOrBeforeIt) {
  RuleSetLimits limits;
  limits.versions_max = 3;
  RuleSets few = make(limits);
  const auto store = [&](std::string document, bool is_activated) {
    RuleSetDraft draft{std::move(document), "", std::nullopt, is_activated};
    EXPECT_TRUE(desk.run(few.put_version(desk.agent, std::move(draft)))->is_done());
  };
  store("a enforce A\n", true);
  store("b enforce B\n", true);
  for (int i = 0; i < 4; ++i) store("c shadow C\n", false);
  std::vector<std::uint64_t> numbers;
  const RuleSetList left = few.list(desk.acme).value();
  for (const RuleSetVersion& one : left.versions) numbers.push_back(one.number);
  EXPECT_THAT(numbers, ElementsAre(6U, 2U, 1U));
  EXPECT_FALSE(few.get(desk.acme, 3));
  EXPECT_EQ(desk.run(few.rollback(desk.agent, {}))->version->number, 1U);
}

TEST_F(RuleSetsTest, OneRuleIsChangedRemovedAndRolledOutByInbox) {
  put("order shadow ORDER\n").value();
  ASSERT_TRUE(desk.run(sets.rollout(desk.agent, {"order", RuleMode::kEnforce, {"sales@acme.example"}, RuleMode::kShadow}, {}))->is_done());
  EXPECT_EQ(book.published(desk.acme), "order enforce ORDER sales@acme.example\n");
  ASSERT_TRUE(desk.run(sets.rollout(desk.agent, {"iban", RuleMode::kEnforce, {}, RuleMode::kEnforce}, {}))->is_done());
  EXPECT_THAT(book.published(desk.acme), HasSubstr("iban enforce IBAN\n"));
  EXPECT_EQ(rollback().version->number, 2U);
  ASSERT_TRUE(desk.run(sets.remove_rule(desk.agent, "order", {}))->is_done());
  EXPECT_EQ(book.published(desk.acme), "");
  EXPECT_EQ(desk.run(sets.remove_rule(desk.agent, "order", {}))->problems.size(), 1U);
  EXPECT_EQ(desk.run(sets.rollout(desk.agent, {"nothing", RuleMode::kOff, {}, RuleMode::kOff}, {})).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(sets.rollout(desk.agent, {"card", RuleMode::kOff, {}, RuleMode::kOff}, {})).error(), Errc::kInvalid);
  pipeline::RuleSpec rule;
  rule.id = "mine";
  rule.patterns = {"MINE"};
  rule.mode = RuleMode::kShadow;
  EXPECT_EQ(desk.run(sets.put_rule(desk.agent, rule, {"my note", 3})).error(), Errc::kConflict);
  const auto added = desk.run(sets.put_rule(desk.agent, rule, {"my note", 4})).value();
  EXPECT_EQ(added.version->note, "my note");
  EXPECT_EQ(book.published(desk.acme), "mine shadow MINE\n");
}

TEST_F(RuleSetsTest, AnAgentMayNot) {
  auth::Principal agent = desk.agent;
  agent.role = auth::Role::kAgent;
  RuleSetDraft draft{"a enforce A\n", "", std::nullopt, true};
  EXPECT_EQ(desk.run(sets.put_version(agent, draft)).error(), auth::Errc::kForbidden);
  EXPECT_EQ(desk.run(sets.rollback(agent, {})).error(), auth::Errc::kForbidden);
  EXPECT_EQ(desk.run(sets.remove_rule(agent, "a", {})).error(), auth::Errc::kForbidden);
  EXPECT_EQ(book.published(desk.acme), "nothing");
}

TEST_F(RuleSetsTest, AtStartAnInboxThatIsGoneTakesNoRuleWithIt) {
  put("y enforce Y\nx enforce X sales@acme.example\n").value();
  Options without_sales = Desk::options();
  without_sales.inboxes.erase(without_sales.inboxes.begin() + 1);
  const auto directory = desk.run(Directory::load(*desk.store, *desk.vault, without_sales)).value();
  test::FakeRuleBook fresh;
  RuleSets next(*desk.store, *desk.vault, *directory, desk.ids, desk.clock, fresh, desk.redactor, without_sales);
  ASSERT_TRUE(next.load_all());
  EXPECT_EQ(fresh.published(desk.acme), "y enforce Y\nx enforce X sales@acme.example\n");
  EXPECT_FALSE(next.effective(desk.acme)->is_fallback);
  EXPECT_EQ(next.effective(desk.acme)->rules.size(), 4U);
}

// Otherwise a removed inbox would hold every later change back.
TEST_F(RuleSetsTest, WhileAnInboxIsGoneRulesGoOnAndBack) {
  put("y shadow Y\nx enforce X sales@acme.example\n").value();
  Options without_sales = Desk::options();
  without_sales.inboxes.erase(without_sales.inboxes.begin() + 1);
  const auto directory = desk.run(Directory::load(*desk.store, *desk.vault, without_sales)).value();
  test::FakeRuleBook fresh;
  RuleSets next(*desk.store, *desk.vault, *directory, desk.ids, desk.clock, fresh, desk.redactor, without_sales);
  ASSERT_TRUE(next.load_all());
  const auto rolled = desk.run(next.rollout(desk.agent, {"y", RuleMode::kEnforce, {}, RuleMode::kShadow}, {})).value();
  ASSERT_TRUE(rolled.is_done());
  ASSERT_EQ(rolled.warnings.size(), 1U);
  EXPECT_THAT(rolled.warnings[0], HasSubstr("sales@acme.example"));
  EXPECT_FALSE(desk.run(next.rollout(desk.agent, {"y", RuleMode::kEnforce, {"gone@acme.example"}, RuleMode::kShadow}, {}))->is_done());
  RuleSetDraft without{"y enforce Y\n", "", std::nullopt, true};
  ASSERT_TRUE(desk.run(next.put_version(desk.agent, without))->is_done());
  const auto back = desk.run(next.rollback(desk.agent, {})).value();
  ASSERT_TRUE(back.is_done()) << "although no rule in force names the inbox";
  EXPECT_EQ(back.warnings.size(), 1U);
}

// Never less than the shipped rules, and the history stays.
TEST_F(RuleSetsTest, AtStartAnUnusableVersionFallsBackToTheShippedRules) {
  put("x enforce X sales@acme.example\n").value();
  test::FakeRuleBook fresh;
  fresh.refused = "x";
  RuleSets next(*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, fresh, desk.redactor, Desk::options());
  ASSERT_TRUE(next.load_all());
  EXPECT_EQ(fresh.published(desk.acme), "");
  EXPECT_TRUE(next.effective(desk.acme)->is_fallback);
  EXPECT_EQ(next.effective(desk.acme)->rules.size(), 2U);
  EXPECT_EQ(next.list(desk.acme)->active, 1U);
  RuleSetDraft draft{"z enforce X\n", "", 1, true};
  ASSERT_TRUE(desk.run(next.put_version(desk.agent, draft))->is_done());
  EXPECT_FALSE(next.effective(desk.acme)->is_fallback);
  EXPECT_EQ(fresh.published(desk.acme), "z enforce X\n");
}

TEST_F(RuleSetsTest, ARestartPutsToWorkWhatWasInForce) {
  put("a enforce A\n").value();
  put("b enforce B\n").value();
  rollback();
  test::FakeRuleBook fresh;
  RuleSets next(*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, fresh, desk.redactor, Desk::options());
  ASSERT_TRUE(next.load_all());
  EXPECT_EQ(fresh.published(desk.acme), "a enforce A\n");
  EXPECT_EQ(next.effective(desk.acme)->version, 1U);
}

TEST_F(RuleSetsTest, ATextIsTriedAgainstAnyDocument) {
  put("order enforce ORDER\n").value();
  const auto now = desk.run(sets.try_text(desk.acme, std::nullopt, "an ORDER", pipeline::TextKind::kTyped)).value();
  EXPECT_EQ(now.trial.after, "an *****");
  ASSERT_EQ(now.trial.findings.size(), 1U);
  EXPECT_EQ(now.trial.findings[0].range, (pipeline::ByteRange{3, 8}));
  EXPECT_EQ(desk.run(sets.try_text(desk.acme, "bad enforce X\n", "an ORDER", pipeline::TextKind::kTyped))->problems.size(), 1U);
  EXPECT_FALSE(desk.run(sets.try_text(desk.acme, "", std::string((256U << 10U) + 1, 'x'), pipeline::TextKind::kTyped)));
}

}  // namespace
}  // namespace postern::ticketing
