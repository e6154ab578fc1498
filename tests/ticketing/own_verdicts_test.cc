// Mail for two workspaces: neither learns the names of the other's rules.
#include "ticketing/detail/own_verdicts.h"

#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/finding_ledger.h"
#include "ticketing/traces.h"

namespace postern::ticketing {
namespace {

pipeline::Verdicts found(core::WorkspaceId owner) {
  pipeline::Verdicts out;
  out.redactions = {{"card", "visa", "1", "text/plain", 1}, {"layoffs", "x", "1", "text/plain", 2}, {"merger", "y", "1", "text/plain", 1}};
  out.shadow_findings = {{"layoffs", "", "0", "header:subject", 1}};
  out.rule_owners = {{"layoffs", {owner}}, {"merger", {owner}}};
  pipeline::RuleHit hit;
  hit.rule = "layoffs";
  hit.workspace = owner;
  hit.tags = {"hr"};
  out.rule_hits = {hit};
  return out;
}

TEST(OwnVerdicts, ForeignRulesHaveNoName) {
  const core::WorkspaceId acme{1}, other{2};
  const pipeline::Verdicts theirs = own_verdicts(found(acme), acme);
  EXPECT_EQ(theirs.redactions, found(acme).redactions);
  EXPECT_EQ(theirs.rule_hits.size(), 1U);
  const pipeline::Verdicts ours = own_verdicts(found(acme), other);
  EXPECT_EQ(ours.redactions, (std::vector<pipeline::Redaction>{{"card", "visa", "1", "text/plain", 1}, {"other_workspace", "", "1", "text/plain", 3}}));
  EXPECT_EQ(ours.shadow_findings, (std::vector<pipeline::Redaction>{{"other_workspace", "", "0", "header:subject", 1}}));
  EXPECT_TRUE(ours.rule_hits.empty());
}

TEST(OwnVerdicts, CommentTraceAndCountsOfTheOtherWorkspaceDoNotNameIt) {
  test::Desk desk;
  const test::Mail mail;
  const pipeline::RedactedMessage plain = mail.build();
  pipeline::Verdicts verdicts = found(desk.acme);
  verdicts.auth = plain.verdicts().auth;
  const auto envelope = desk.envelope(mail, {"support@acme.example", "desk@other.example"});
  const auto receipt = desk.run(desk.intake->accept(envelope, pipeline::Redactor::message(plain.content(), verdicts, plain.raw())));
  ASSERT_TRUE(receipt) << receipt.error().describe();
  const core::TicketId first{1};
  const FindingLedger ledger(*desk.store, *desk.directory, desk.clock, {});
  for (const auto workspace : {desk.acme, desk.other}) {
    const std::string own = workspace == desk.acme ? "layoffs" : "other_workspace";
    EXPECT_EQ(desk.comments(workspace, first)->at(0).redactions.at(1).rule, own);
    EXPECT_EQ(find_trace(*desk.store, *desk.vault, {workspace}, envelope.trace)->verdicts.redactions.at(1).rule, own);
    const auto report = ledger.report(workspace, {ledger.today(), ledger.today(), {}, {}}).value();
    const auto is_named = [](std::string_view name) { return [name](const RuleFindings& one) { return one.rule == name; }; };
    EXPECT_EQ(std::ranges::count_if(report.rules, is_named(own)), 1);
    EXPECT_EQ(std::ranges::count_if(report.rules, is_named("layoffs")), workspace == desk.acme ? 1 : 0);
  }
}

}  // namespace
}  // namespace postern::ticketing
