#include "pipeline/redaction/rules/published_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/errc.h"
#include "pipeline/redaction/rules/shipped_rules.h"

namespace postern::pipeline {
namespace {

constexpr core::WorkspaceId kNorth{1};
constexpr core::WorkspaceId kSouth{2};
constexpr core::InboxId kBilling{11};
constexpr core::InboxId kSupport{12};
constexpr core::InboxId kSales{21};

std::optional<core::InboxId> lookup(std::string_view address) {
  if (address == "billing@desk.example") return kBilling;
  if (address == "support@desk.example") return kSupport;
  if (address == "sales@other.example") return kSales;
  return std::nullopt;
}

std::string code_rule(const std::string& more) {
  return "[[rule]]\nid = 'code'\npattern = 'CODE-[0-9]{4}'\nmatches = ['CODE-1234']\n" + more;
}

Envelope envelope_for(std::vector<std::pair<core::WorkspaceId, core::InboxId>> to) {
  Envelope out;
  for (const auto& [workspace, inbox] : to) {
    Recipient one;
    one.workspace = workspace;
    one.inbox = inbox;
    out.rcpts.push_back(one);
  }
  return out;
}

// "enforce", "shadow" or "off": what becomes of a code.
std::string_view fate(const RuleScanner& scanner) {
  for (const Finding& finding : scanner.find("CODE-1234", TextKind::kBody)) {
    if (finding.rule == "code") return to_string(finding.is_shadow ? RuleMode::kShadow : RuleMode::kEnforce);
  }
  return to_string(RuleMode::kOff);
}

TEST(PublishedRules, ShippedRulesHoldUntilSomethingIsPublished) {
  PublishedRules rules;
  EXPECT_EQ(fate(rules.scanner_for_mail(envelope_for({{kNorth, kBilling}}))), "off");
  ASSERT_TRUE(rules.publish(kNorth, code_rule("mode = 'enforce'\n"), lookup));
  EXPECT_EQ(fate(rules.scanner_for_mail(envelope_for({{kNorth, kBilling}}))), "enforce");
  EXPECT_EQ(fate(rules.scanner_for_mail(envelope_for({{kSouth, kSales}}))), "off");
  EXPECT_EQ(fate(rules.scanner_for_mail({})), "off");
  ASSERT_TRUE(rules.publish(kNorth, "", lookup));
  EXPECT_EQ(fate(rules.scanner_for_mail(envelope_for({{kNorth, kBilling}}))), "off");
}

TEST(PublishedRules, ModeHoldsInItsInboxesAndElsewhereInTheOthers) {
  PublishedRules rules;
  const std::string some = "inboxes = ['Billing@Desk.example']\nmode = 'enforce'\n";
  const auto in_billing = envelope_for({{kNorth, kBilling}});
  const auto in_support = envelope_for({{kNorth, kSupport}});
  ASSERT_TRUE(rules.publish(kNorth, code_rule(some), lookup));
  EXPECT_EQ(fate(rules.scanner_for_mail(in_billing)), "enforce");
  EXPECT_EQ(fate(rules.scanner_for_mail(in_support)), "shadow");
  EXPECT_EQ(fate(rules.scanner_for_text({"comment", kNorth, kBilling})), "enforce");
  EXPECT_EQ(fate(rules.scanner_for_text({"comment", kNorth, {}})), "shadow");
  ASSERT_TRUE(rules.publish(kNorth, code_rule(some + "elsewhere = 'off'\n"), lookup));
  EXPECT_EQ(fate(rules.scanner_for_mail(in_support)), "off");
  EXPECT_EQ(fate(rules.scanner_for_text({"comment", kNorth, {}})), "off");
  // The stricter wins for one message to both.
  EXPECT_EQ(fate(rules.scanner_for_mail(envelope_for({{kNorth, kSupport}, {kNorth, kBilling}}))), "enforce");
  // Sparing one inbox is the same the other way round.
  ASSERT_TRUE(rules.publish(kNorth, code_rule("inboxes = ['billing@desk.example']\nmode = 'off'\nelsewhere = 'enforce'\n"), lookup));
  EXPECT_EQ(fate(rules.scanner_for_mail(in_billing)), "off");
  EXPECT_EQ(fate(rules.scanner_for_mail(in_support)), "enforce");
}

TEST(PublishedRules, HitsNameTheInboxesWhereTheRuleIsEnforced) {
  PublishedRules rules;
  ASSERT_TRUE(rules.publish(kNorth, code_rule("mode = 'enforce'\ninboxes = ['billing@desk.example']\nelsewhere = 'shadow'\non_match = 'suspend'\ntags = ['code']\n"), lookup));
  const RuleScanner scanner = rules.scanner_for_mail(envelope_for({{kNorth, kSupport}, {kNorth, kBilling}, {kSouth, kSales}}));
  ASSERT_FALSE(scanner.find("CODE-1234", TextKind::kBody).empty());
  const std::vector<RuleHit> hits = scanner.hits({{"code", "", "1", "text/plain", 1}});
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].workspace, kNorth);
  EXPECT_EQ(hits[0].inboxes, std::vector<core::InboxId>{kBilling});
  EXPECT_EQ(hits[0].on_match, OnMatch::kSuspend);
  EXPECT_EQ(hits[0].tags, std::vector<std::string>{"code"});
  EXPECT_TRUE(scanner.hits({{"other", "", "1", "text/plain", 1}}).empty());
}

TEST(PublishedRules, WorkspacesDoNotAnswerForEachOther) {
  PublishedRules rules;
  ASSERT_TRUE(rules.publish(kNorth, code_rule("mode = 'enforce'\ntags = ['north']\n"), lookup));
  ASSERT_TRUE(rules.publish(kSouth, "[[rule]]\nid = 'code'\npattern = 'XYZ[0-9]{4}'\nmatches = ['XYZ1234']\nmode = 'enforce'\ntags = ['south']\non_match = 'reject'\n", lookup));
  const RuleScanner scanner = rules.scanner_for_mail(envelope_for({{kNorth, kBilling}, {kSouth, kSales}}));
  EXPECT_EQ(scanner.find("CODE-1234", TextKind::kBody).size(), 1u);
  const std::vector<RuleHit> hits = scanner.hits({{"code", "", "1", "text/plain", 1}});
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].workspace, kNorth);
  // A value that both find is one finding, and the stricter of the two.
  EXPECT_EQ(scanner.find("card 4111 1111 1111 1111", TextKind::kBody).size(), 1u);
  ASSERT_TRUE(rules.publish(kSouth, code_rule("mode = 'shadow'\n"), lookup));
  const RuleScanner both = rules.scanner_for_mail(envelope_for({{kNorth, kBilling}, {kSouth, kSales}}));
  EXPECT_EQ(both.find("CODE-1234", TextKind::kBody).size(), 1u);
  EXPECT_EQ(fate(both), "enforce");
}

// Mail for two workspaces tells whose a rule is, so that the other one does not learn its name.
TEST(PublishedRules, OwnersOfRulesAreToldWhereThereAreSeveral) {
  PublishedRules rules;
  ASSERT_TRUE(rules.publish(kNorth, code_rule("mode = 'enforce'\n"), lookup));
  const std::vector<Redaction> found = {{"code", "", "1", "text/plain", 1}, {"card", "visa", "1", "text/plain", 1}};
  EXPECT_TRUE(rules.scanner_for_mail(envelope_for({{kNorth, kBilling}})).owners(found, {}).empty());
  const RuleScanner scanner = rules.scanner_for_mail(envelope_for({{kNorth, kBilling}, {kSouth, kSales}}));
  for (const auto& owners : {scanner.owners(found, {}), scanner.owners({}, found)}) {
    ASSERT_EQ(owners.size(), 1u) << "shipped rules are everybody's";
    EXPECT_EQ(owners[0].rule, "code");
    EXPECT_EQ(owners[0].workspaces, std::vector<core::WorkspaceId>{kNorth});
  }
}

TEST(PublishedRules, CardsStayEnforced) {
  PublishedRules rules;
  const std::string text = "card 4111 1111 1111 1111";
  EXPECT_FALSE(rules.publish(kNorth, "[[change]]\nid = 'card'\nmode = 'off'\n", lookup));
  for (const RuleScanner& scanner : {rules.scanner_for_mail(envelope_for({{kNorth, kBilling}})), rules.scanner_for_text({"note", kSouth, {}})}) {
    const std::vector<Finding> findings = scanner.find(text, TextKind::kFilename);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_FALSE(findings[0].is_shadow);
  }
}

TEST(PublishedRules, CheckTellsAllProblemsAndChangesNothing) {
  PublishedRules rules;
  ASSERT_TRUE(rules.publish(kNorth, code_rule("mode = 'enforce'\n"), lookup));
  const std::string bad = code_rule("mode = 'enforce'\ninboxes = ['nobody@desk.example']\n");
  const CheckedRules inbox = rules.check(bad, lookup);
  ASSERT_EQ(inbox.problems.size(), 1u);
  EXPECT_EQ(inbox.problems[0].line, 1u);
  EXPECT_EQ(inbox.problems[0].text, "inboxes: there is no inbox nobody@desk.example");
  EXPECT_TRUE(rules.check(bad, {}).is_good()) << "without a look-up addresses are not judged";
  EXPECT_EQ(rules.publish(kNorth, bad, lookup).error(), core::Errc::kInvalid);
  // A rule that is whole is compiled and tested though another is not.
  const CheckedRules two = rules.check("[[rule]]\nid = 'a'\npattern = '('\nmatches = ['x']\n[[rule]]\nid = 'b'\nmode = 'on'\npattern = 'x'\nmatches = ['x']\n"
                                       "[[rule]]\nid = 'c'\npattern = 'x'\nmatches = ['y']\n", lookup);
  ASSERT_EQ(two.problems.size(), 3u);
  EXPECT_EQ(two.problems[0].rule, "a");
  EXPECT_EQ(two.problems[1].line, 7u);
  EXPECT_EQ(two.problems[2].rule, "c");
  EXPECT_TRUE(two.rules.empty());
  EXPECT_EQ(fate(rules.scanner_for_mail(envelope_for({{kNorth, kBilling}}))), "enforce");
  const CheckedRules good = rules.check(code_rule(""), lookup);
  EXPECT_TRUE(good.is_good());
  EXPECT_EQ(good.rules.size(), shipped_rules().rules.size() + 1);
  EXPECT_EQ(good.tests_run, 1u) << "shipped rules have run theirs";
  EXPECT_GT(rules.check("[[change]]\nid = 'iban'\naction = 'drop'\n", {}).tests_run, 4u);
}

TEST(PublishedRules, EditsOneRuleOfADocument) {
  const PublishedRules rules;
  RuleSpec rule;
  rule.id = "code";
  rule.patterns = {R"(\bCODE-[0-9]{4}\b)"};
  rule.matches = {"CODE-1234"};
  const auto added = rules.with_rule("", rule);
  ASSERT_TRUE(added) << added.error().describe();
  EXPECT_EQ(rules.check(*added, {}).rules.back().id, "code");
  rule.mode = RuleMode::kEnforce;
  const auto replaced = rules.with_rule(*added, rule);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(rules.check(*replaced, {}).rules.size(), shipped_rules().rules.size() + 1);
  EXPECT_EQ(rules.check(*replaced, {}).rules.back().mode, RuleMode::kEnforce);
  // A shipped rule is changed, and unchanged again.
  RuleSpec iban = *std::find_if(shipped_rules().rules.begin(), shipped_rules().rules.end(), [](const RuleSpec& one) { return one.id == "iban"; });
  const RuleMode shipped_mode = iban.mode;
  iban.mode = RuleMode::kEnforce;
  const auto changed = rules.with_rule(*replaced, iban);
  ASSERT_TRUE(changed) << changed.error().describe();
  EXPECT_NE(changed->find("[[change]]\nid = \"iban\"\nmode = \"enforce\"\n"), std::string::npos) << *changed;
  iban.mode = shipped_mode;
  EXPECT_EQ(*rules.with_rule(*changed, iban), *replaced);
  EXPECT_EQ(*rules.without_rule(*changed, "iban"), *replaced);
  EXPECT_EQ(*rules.without_rule(*added, "code"), "");
  iban.patterns = {"x"};
  EXPECT_EQ(rules.with_rule(*replaced, iban).error(), core::Errc::kInvalid);
  rule.patterns = {"("};
  const auto broken = rules.with_rule(*replaced, rule);
  ASSERT_TRUE(broken) << "what is wrong with it is told when it is checked";
  EXPECT_EQ(rules.check(*broken, {}).problems.size(), 1u);
  EXPECT_EQ(rules.without_rule(*added, "none").error(), core::Errc::kInvalid);
  EXPECT_EQ(rules.without_rule("[[", "none").error(), core::Errc::kInvalid);
}

TEST(PublishedRules, TrialTouchesNothing) {
  PublishedRules rules;
  const auto trial = rules.trial(code_rule("mode = 'enforce'\ninboxes = ['billing@desk.example']\nelsewhere = 'off'\n") +
                                 "[[rule]]\nid = 'word'\npattern = 'secretword'\nmode = 'shadow'\nmatches = ['secretword']\n");
  ASSERT_TRUE(trial);
  const TextTrial text = (*trial)->run_text("CODE-1234 and secretword", TextKind::kBody);
  ASSERT_EQ(text.findings.size(), 2u);
  EXPECT_EQ(text.findings[0].mode, RuleMode::kEnforce);
  EXPECT_EQ(text.findings[0].range, (ByteRange{0, 9}));
  EXPECT_EQ(text.findings[1].mode, RuleMode::kShadow);
  EXPECT_EQ(text.after, "▇▇▇▇-▇▇▇▇ and secretword");
  const std::vector<TrialCount> counts = (*trial)->run_message("Subject: CODE-1111\r\nFrom: a@b.example\r\n\r\nCODE-1234, CODE-2345, secretword\r\n");
  std::uint32_t codes = 0;
  std::uint32_t words = 0;
  for (const TrialCount& one : counts) (one.rule == "code" ? codes : words) += one.count;
  EXPECT_EQ(codes, 3u);
  EXPECT_EQ(words, 1u);
  EXPECT_EQ(fate(rules.scanner_for_mail({})), "off");
  EXPECT_EQ(rules.trial("[[").error(), core::Errc::kInvalid);
}

class OneLineExtractor final : public TextExtractor {
 public:
  ExtractedText extract(DocumentKind /*kind*/, std::string_view /*bytes*/) const override {
    ExtractedText out;
    out.outcome = ExtractOutcome::kText;
    constexpr std::string_view kLine = "contract CODE-1234";
    out.text.assign(kLine.begin(), kLine.end());
    return out;
  }
  bool reads(DocumentKind kind) const override { return kind == DocumentKind::kPdf; }
};

// I4_07: a replay finds what the rule would find in live mail.
TEST(PublishedRules, TrialReadsPdfFilesWithTheExtractor) {
  const OneLineExtractor extractor;
  const std::string mail = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=a.pdf\r\n"
                           "Content-Transfer-Encoding: 7bit\r\n\r\n%PDF-1.4\r\n%%EOF\r\n";
  const PublishedRules without;
  EXPECT_TRUE((*without.trial(code_rule("")))->run_message(mail).empty());
  const PublishedRules with(TrialMeans{{}, {}, {}, &extractor});
  const auto counts = (*with.trial(code_rule("")))->run_message(mail);
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].rule, "code");
}

// Z-35: a message sees one rule set from first to last; TSan watches the rest.
TEST(PublishedRules, ScannersKeepTheirRulesWhileOthersArePublished) {
  PublishedRules rules;
  const std::string on = code_rule("mode = 'enforce'\n");
  const std::string off = code_rule("mode = 'off'\n");
  std::atomic<bool> is_done = false;
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!is_done) {
        const RuleScanner scanner = rules.scanner_for_mail(envelope_for({{kNorth, kBilling}}));
        const std::string_view first = fate(scanner);
        for (int again = 0; again < 20; ++again) wrong += fate(scanner) != first;
      }
    });
  }
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(rules.publish(kNorth, i % 2 == 0 ? on : off, lookup));
  is_done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace postern::pipeline
