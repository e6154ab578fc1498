#include "pipeline/redaction/rules/rule_set.h"

#include <gtest/gtest.h>

#include "tests/pipeline/redaction/rules/rule_text.h"

namespace postern::pipeline {
namespace {

std::shared_ptr<const RuleSet> set_of(const std::string& toml) {
  RuleSet::Compiled compiled = test::compile_toml(toml);
  EXPECT_TRUE(compiled.problems.empty()) << test::first_problem(compiled.problems);
  return compiled.set;
}

std::string order_rule(const std::string& more) {
  return "[[rule]]\nid = 'order'\npattern = '\\bORD-(?P<value>[0-9A-Z@/-]{4,30})'\nmode = 'enforce'\nmatches = ['ORD-12345678']\n" + more;
}

TEST(RuleSet, MasksEverythingButTheLayout) {
  const auto set = set_of(order_rule(""));
  EXPECT_EQ(test::redacted(*set, "see ORD-12-AB/9@7 now"), "see ORD-**-**/*** now");
  EXPECT_EQ(test::redacted(*set, "ORD-1234", kBlockMask), "ORD-▇▇▇▇");
}

TEST(RuleSet, KeepsEndsByLettersAndDigits) {
  const auto set = set_of(order_rule("action = 'keep_ends'\nkeep_first = 2\nkeep_last = 3\n"));
  EXPECT_EQ(test::redacted(*set, "ORD-1-23456-789"), "ORD-1-2****-789");
  EXPECT_EQ(test::redacted(*set, "ORD-12345"), "ORD-*****") << "shows no more than it may";
}

TEST(RuleSet, DropLeavesFourMaskCharacters) {
  const auto set = set_of(order_rule("action = 'drop'\n"));
  EXPECT_EQ(test::redacted(*set, "a ORD-12345678 b"), "a ORD-**** b");
  EXPECT_EQ(test::redacted(*set, "a ORD-1-2345678 b"), "a ORD-**** b");
  EXPECT_EQ(test::redacted(*set, "a ORD-1-2/ b"), "a ORD-** b") << "never longer than before";
}

TEST(RuleSet, FindsNothingInItsOwnMask) {
  for (const char* action : {"action = 'mask'\n", "action = 'drop'\n", "action = 'keep_ends'\nkeep_first = 2\nkeep_last = 2\n"}) {
    const auto set = set_of("[[rule]]\nid = 'pw'\npattern = 'pw: (?P<value>\\S+)'\nmode = 'enforce'\nmatches = ['pw: abcdefgh']\n" +
                            std::string(action));
    for (std::string_view mask : {kAsciiMask, kBlockMask}) {
      const std::string once = test::redacted(*set, "pw: s3cr3t!-pass", mask);
      EXPECT_NE(once, "pw: s3cr3t!-pass");
      EXPECT_TRUE(test::findings_in(*set, once).empty()) << once;
      EXPECT_TRUE(test::findings_in(*set, once, TextKind::kBody, RuleMode::kShadow).empty()) << once;
    }
  }
  // Our card form in place, and values that a sender masked.
  const auto set = set_of("[[rule]]\nid = 'n'\npattern = 'no (?P<value>[0-9*]{16})'\naction = 'keep_ends'\nkeep_first = 6\nkeep_last = 4\n"
                          "mode = 'enforce'\nmatches = ['no 1234567890123456']\n");
  EXPECT_TRUE(test::findings_in(*set, "no 411111******1111").empty());
  EXPECT_EQ(test::redacted(*set, "no 41111111****1111"), "no 411111******1111");
}

TEST(RuleSet, ShadowFindsAndHidesNothing) {
  const auto set = set_of(order_rule(""));
  const auto findings = test::findings_in(*set, "ORD-1234", TextKind::kBody, RuleMode::kShadow);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(findings[0].is_shadow);
  EXPECT_TRUE(findings[0].hidden.empty() && findings[0].dropped.empty());
  EXPECT_TRUE(test::findings_in(*set, "ORD-1234", TextKind::kBody, RuleMode::kOff).empty());
}

TEST(RuleSet, SeesThroughDisguisesAndHidesTheSource) {
  const auto set = set_of(order_rule(""));
  const std::string text = "x ＯＲＤ–１２\u200B３４ y";
  const auto findings = test::findings_in(*set, text);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(text.substr(findings[0].span.begin, findings[0].span.size()), "１２\u200B３４");
  EXPECT_EQ(findings[0].hidden.size(), 4u);
  EXPECT_EQ(test::redacted(*set, text), "x ＯＲＤ–**\u200B** y");
  EXPECT_EQ(test::redacted(*set, std::string_view("O\0R\0D\0-\0001\0002\0003\0004\0", 16)), std::string("O\0R\0D\0-\0*\0*\0*\0*\0", 16));
}

TEST(RuleSet, AsksForWordsNearbyAndAgainstThem) {
  const auto set = set_of(R"(
[[rule]]
id = 'account'
pattern = '\b[0-9]{8}\b'
context = ['account', 'numéro de compte']
unless = ['order']
context_within = 24
mode = 'enforce'
matches = ['account 12345678', '12345678 (my ACCOUNT)', "NUMÉRO DE\n  COMPTE: 12345678", 'ac­count 12345678']
ignores = ['12345678', 'accounting 12345678', 'account order 12345678', 'account, which I have had for years: 12345678', 'my_account 1234567']
)");
  EXPECT_EQ(test::redacted(*set, "account 12345678, order 87654321"), "account 12345678, order 87654321");
  EXPECT_EQ(test::redacted(*set, "account 12345678 and 87654321"), "account ******** and ********");
}

TEST(RuleSet, ValidatorDecides) {
  const auto set = set_of("[[rule]]\nid = 'bank'\npattern = '\\b[A-Z]{2}[0-9]{2}(?:[ ]?[0-9]{4}){4}[ ]?[0-9]{2}\\b'\nvalidator = 'iban'\n"
                          "mode = 'enforce'\nmatches = ['DE89 3704 0044 0532 0130 00']\nignores = ['DE88 3704 0044 0532 0130 00']\n");
  EXPECT_EQ(test::redacted(*set, "DE89 3704 0044 0532 0130 00"), "**** **** **** **** **** **");
}

// A candidate that is no value must not swallow the value that begins inside it.
TEST(RuleSet, LooksOnBehindTheFirstWordOfAFailedCandidate) {
  const auto set = set_of("[[rule]]\nid = 'nine'\npattern = '\\b[0-9](?:[ ]?[0-9]){8}'\nvalidator = 'us_aba'\nmode = 'enforce'\n"
                          "matches = ['021000021']\n");
  EXPECT_EQ(test::redacted(*set, "5 021000021"), "5 *********");
}

TEST(RuleSet, OneValueOfSeveralPatternsIsOneFinding) {
  const auto set = set_of("[[rule]]\nid = 'key'\npatterns = ['\\bkey-[a-z]{4,20}', '[a-z]{4,20}-end\\b', 'abcd']\nmode = 'enforce'\nmatches = ['key-abcd']\n");
  EXPECT_EQ(test::findings_in(*set, "key-abcdefgh").size(), 1u);
  // Two that overlap stay: nothing of either may show.
  EXPECT_EQ(test::findings_in(*set, "key-abcdefgh-end").size(), 2u);
  EXPECT_EQ(test::redacted(*set, "key-abcdefgh-end"), "***-********-***");
}

TEST(RuleSet, RulesOverlap) {
  const auto set = set_of(order_rule("action = 'drop'\n") + "[[rule]]\nid = 'digits'\npattern = '[0-9]{6}'\nmode = 'enforce'\nmatches = ['123456']\n");
  // What one masks and the other drops is masked.
  EXPECT_EQ(test::redacted(*set, "ORD-AB123456"), "ORD-********");
}

TEST(RuleSet, LooksOnlyWhereItApplies) {
  const auto set = set_of(order_rule("applies_to = ['header', 'filename']\n"));
  EXPECT_EQ(test::findings_in(*set, "ORD-1234", TextKind::kHeader).size(), 1u);
  EXPECT_EQ(test::findings_in(*set, "ORD-1234", TextKind::kFilename).size(), 1u);
  for (TextKind kind : {TextKind::kBody, TextKind::kAttachment, TextKind::kTyped}) {
    EXPECT_TRUE(test::findings_in(*set, "ORD-1234", kind).empty());
  }
}

TEST(RuleSet, CardsKeepTheirEnds) {
  const auto set = set_of("[[rule]]\nid = 'mine'\ndetector = 'card'\naction = 'keep_ends'\nkeep_first = 6\nkeep_last = 4\nmode = 'enforce'\n"
                          "matches = ['4111 1111 1111 1111']\n");
  EXPECT_EQ(test::redacted(*set, "visa 4111-1111-1111-1111 x"), "visa 4111-11**-****-1111 x");
  EXPECT_EQ(test::findings_in(*set, "visa 4111-1111-1111-1111 x").at(0).label, "visa");
}

TEST(RuleSet, SamplesAreTested) {
  EXPECT_EQ(test::first_problem(test::compile_toml("[[rule]]\nid = 'a'\npattern = 'abc'\nmatches = [\n  'abc',\n  'abd',\n]\n").problems),
            "6: matches, sample 2: nothing is found in \"abd\"");
  EXPECT_EQ(test::first_problem(test::compile_toml("[[rule]]\nid = 'a'\npattern = 'abc'\nmatches = ['abc']\nignores = ['xabc']\n").problems),
            "5: ignores, sample 1: something is found in \"xabc\"");
  const auto compiled = test::compile_toml("[[rule]]\nid = 'a'\npattern = 'abc'\nmatches = ['abc', 'abcd']\nignores = ['x']\n");
  EXPECT_EQ(compiled.tests_run, 3u);
  // A rule whose rest matches again would never come to rest.
  EXPECT_EQ(test::first_problem(test::compile_toml("[[rule]]\nid = 'a'\npattern = '(?:^|[▇])(?P<value>[a-z])'\nmatches = ['ab', 'abcdefgh']\n").problems),
            "4: matches, sample 2: what the rule leaves is found again in \"abcdefgh\"");
}

TEST(RuleSet, PatternProblemsNameTheReason) {
  const auto problem = [](const std::string& pattern) {
    return test::first_problem(test::compile_toml("[[rule]]\nid = 'a'\nmatches = ['x']\npattern = '" + pattern + "'\n").problems);
  };
  EXPECT_EQ(problem("a(b"), "4: patterns, number 1: RE2 does not take it: missing ): a(b");
  EXPECT_EQ(problem("a*"), "4: patterns, number 1: it matches the empty text");
  EXPECT_EQ(problem("(?=a)b"), "4: patterns, number 1: RE2 does not take it: invalid perl operator: (?=");
  EXPECT_NE(problem("(?U)[a-z]+[A-Z]").find("Hyperscan does not take it"), std::string::npos) << problem("(?U)[a-z]+[A-Z]");
  const auto compiled = test::compile_toml("[[rule]]\nid = 'a'\nmatches = ['x']\nvalidator = 'none_such'\ndetector = 'nobody'\n");
  ASSERT_EQ(compiled.problems.size(), 2u);
  EXPECT_EQ(compiled.problems[0].text, "detector: there is no \"nobody\"");
  EXPECT_EQ(compiled.problems[1].text, "validator: there is no \"none_such\"");
}

TEST(RuleSet, LongTextsAndLongMatches) {
  const auto set = set_of("[[rule]]\nid = 'block'\npattern = 'BEGIN SECRET(?P<value>[\\s\\S]*?)END'\naction = 'drop'\nmode = 'enforce'\nmatches = ['BEGIN SECRETabcdefEND']\n");
  const std::string secret(100'000, 'k');
  EXPECT_EQ(test::redacted(*set, "a BEGIN SECRET" + secret + "END b"), "a BEGIN SECRET****END b");
}

}  // namespace
}  // namespace postern::pipeline
