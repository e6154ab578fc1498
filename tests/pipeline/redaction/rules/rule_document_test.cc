#include "pipeline/redaction/rules/rule_document.h"

#include <gtest/gtest.h>

#include "pipeline/redaction/rules/shipped_rules.h"
#include "tests/pipeline/redaction/rules/rule_text.h"

namespace postern::pipeline {
namespace {

using Told = std::vector<std::string>;  // "line rule: text"

Told told(const std::vector<RuleProblem>& problems) {
  Told out;
  for (const RuleProblem& one : problems) out.push_back(std::to_string(one.line) + " " + one.rule + ": " + one.text);
  return out;
}
Told problems_of(std::string_view document, const RuleDocumentLimits& limits = {}) {
  return told(parse_rules(document, RuleSource::kOperator, limits).problems);
}

constexpr std::string_view kWhole = R"([[rule]]
id = "contract"
description = "Contract number"
patterns = ['\bCT-(?P<value>[0-9]{8})\b', "\u00a7[0-9]{3}"]
validator = "luhn"
context = ["contract", "Vertrag"]
unless = ["invoice"]
context_within = 40
applies_to = ["body", "typed"]
action = "keep_ends"
keep_first = 2
keep_last = 1
tags = ["contract"]
on_match = "suspend"
mode = "enforce"
inboxes = ["billing@desk.example"]
elsewhere = "off"
matches = ["contract CT-12345674", "a\tb\u0000\"\\'"]
ignores = ["CT-1"]

[[change]]
id = "iban"
mode = "enforce"
inboxes = []
elsewhere = "shadow"
action = "keep_ends"
keep_first = 2
keep_last = 2
tags = ["bank"]
on_match = "accept"
applies_to = ["body"]
unless = ["example"]
)";

TEST(RuleDocument, ReadsEveryKey) {
  const ParsedRules parsed = parse_rules(kWhole);
  ASSERT_EQ(told(parsed.problems), Told{});
  ASSERT_EQ(parsed.document.rules.size(), 1u);
  const RuleSpec& rule = parsed.document.rules[0];
  EXPECT_EQ(rule.id, "contract");
  EXPECT_EQ(rule.patterns.size(), 2u);
  EXPECT_EQ(rule.validator, "luhn");
  EXPECT_EQ(rule.context, (std::vector<std::string>{"contract", "Vertrag"}));
  EXPECT_EQ(rule.unless, std::vector<std::string>{"invoice"});
  EXPECT_EQ(rule.context_within, 40u);
  EXPECT_EQ(rule.applies_to, (std::vector<TextKind>{TextKind::kBody, TextKind::kTyped}));
  EXPECT_EQ(rule.action, RuleAction::kKeepEnds);
  EXPECT_EQ(rule.keep_first, 2u);
  EXPECT_EQ(rule.keep_last, 1u);
  EXPECT_EQ(rule.on_match, OnMatch::kSuspend);
  EXPECT_EQ(rule.mode, RuleMode::kEnforce);
  EXPECT_EQ(rule.elsewhere, RuleMode::kOff);
  EXPECT_EQ(rule.inboxes, std::vector<std::string>{"billing@desk.example"});
  EXPECT_EQ(rule.matches[1], std::string("a\tb\0\"\\'", 7));
  EXPECT_FALSE(rule.is_shipped || rule.is_locked);
  const RuleChange& change = parsed.document.changes.at(0);
  EXPECT_EQ(change.mode, RuleMode::kEnforce);
  EXPECT_EQ(change.inboxes, std::vector<std::string>{});
  EXPECT_EQ(change.keep_last, 2u);
}

TEST(RuleDocument, RendersToTheSame) {
  const ParsedRules first = parse_rules(kWhole);
  const std::string text = render_rules(first.document);
  const ParsedRules second = parse_rules(text);
  ASSERT_EQ(told(second.problems), Told{}) << text;
  EXPECT_EQ(render_rules(second.document), text);
  EXPECT_EQ(second.document.changes, first.document.changes);
  EXPECT_EQ(second.document.rules[0].patterns, first.document.rules[0].patterns);
  EXPECT_EQ(second.document.rules[0].matches, first.document.rules[0].matches);
  EXPECT_EQ(second.document.rules[0].elsewhere, RuleMode::kOff);
}

TEST(RuleDocument, TellsEveryProblemWithItsLine) {
  EXPECT_EQ(problems_of(R"(title = "mine"
[[rule]]
id = "Bad-Id"
pattern = 'abc'
matches = ["abc"]

[[rule]]
id = "one"
pattern = 'abc'
patterns = ['abc']
colour = "red"
mode = "on"
keep_first = 2
applies_to = ["body", "subject"]
tags = ["two words"]
inboxes = ["nobody"]
context_within = -1
context = "word"
matches = ["abc", 5]
[[rule]]
pattern = 5
id = "one"
matches = []
[[change]]
mode = "off"
patterns = ['x']
)"),
            (Told{"1 : there is no \"title\" here: a document is made of [[rule]] and [[change]]", "2 : id: small letters, digits and '_', a letter first",
                  "7 one: applies_to: none of header, body, attachment, filename, typed", "7 one: inboxes: an entry is not an address",
                  "7 one: keep_first, keep_last: only with action = \"keep_ends\"", "7 one: tags: a blank or comma in a tag",
                  "9 one: pattern: \"patterns\" is there too", "11 one: there is no key \"colour\"", "12 one: mode: none of off, shadow, enforce",
                  "17 one: context_within: not within 0 to 1000", "18 one: context: not a list of texts", "19 one: matches: an entry is not a text",
                  "20 one: id: \"one\" stands there twice", "20 one: matches: missing: a rule shows by samples what it finds",
                  "21 one: pattern: not a text", "24 : id: missing", "26 : there is no key \"patterns\""}));
  EXPECT_EQ(problems_of("[rule]\nid = 'a'\n"), Told{"1 : write [[rule]], not [rule] or rule ="});
  EXPECT_EQ(problems_of("rule = 5\n"), Told{"1 : write [[rule]], not [rule] or rule ="});
  ASSERT_EQ(problems_of("[[rule]]\nid = 'a\n").size(), 1u);
  EXPECT_EQ(problems_of("[[rule]]\nid = 'a\n")[0].substr(0, 12), "2 : not TOML");
  EXPECT_EQ(problems_of("[[rule]]\nid = 'a'\ndetector = 'card'\npattern = 'x'\nmatches = ['x']\n"),
            Told{"4 a: patterns: a rule with a detector of its own has none"});
  EXPECT_EQ(problems_of("[[rule]]\nid = 'a'\nlocked = true\npattern = 'x'\nmatches = ['x']\n"), Told{"3 a: there is no key \"locked\""});
}

TEST(RuleDocument, ANewRuleOnlyCountsUnlessToldOtherwise) {
  const std::string rule = "[[rule]]\nid = 'a'\npattern = 'x'\nmatches = ['x']\n";
  EXPECT_EQ(parse_rules(rule).document.rules.at(0).mode, RuleMode::kShadow);
  EXPECT_EQ(parse_rules(rule + "mode = 'off'\n").document.rules.at(0).mode, RuleMode::kOff);
}

// Without inboxes there is no elsewhere.
TEST(RuleDocument, ElsewhereStandsBesideInboxes) {
  const std::string rule = "[[rule]]\nid = 'a'\npattern = 'x'\nmatches = ['x']\nelsewhere = 'off'\n";
  EXPECT_EQ(problems_of(rule), Told{"5 a: elsewhere: only beside inboxes; without them the mode holds everywhere"});
  EXPECT_EQ(problems_of(rule + "inboxes = []\n").size(), 1u);
  EXPECT_EQ(problems_of(rule + "inboxes = ['a@b.c']\n"), Told{});
  RuleDocument document;
  document.rules.emplace_back();
  document.rules[0].id = "a";
  document.rules[0].elsewhere = RuleMode::kOff;
  EXPECT_EQ(render_rules(document).find("elsewhere"), std::string::npos);
}

TEST(RuleDocument, EveryLimitHolds) {
  RuleDocumentLimits limits;
  limits.description_bytes_max = limits.pattern_bytes_max = limits.word_bytes_max = limits.tag_bytes_max = limits.sample_bytes_max = 5;
  limits.address_bytes_max = 8;
  limits.patterns_max = limits.words_max = limits.tags_max = limits.inboxes_max = limits.samples_max = 2;
  limits.context_within_max = limits.keep_max = 9;
  const std::string head = "[[rule]]\nid = 'a'\n";
  const std::string tail = "pattern = 'x'\nmatches = ['x']\n";
  const std::pair<const char*, const char*> cases[] = {
      {"description = '12345'", "description = '123456'"},
      {"context = ['12345', 'b']", "context = ['123456']"},
      {"unless = ['a', 'b']", "unless = ['a', 'b', 'c']"},
      {"context_within = 9", "context_within = 10"},
      {"action = 'keep_ends'\nkeep_first = 9", "action = 'keep_ends'\nkeep_last = 10"},
      {"tags = ['a', '12345']", "tags = ['a', 'b', 'c']"},
      {"tags = ['a']", "tags = ['123456']"},
      {"inboxes = ['a@b.c', 'b@b.c']", "inboxes = ['a@b.c', 'b@b.c', 'd@b.c']"},
      {"inboxes = ['abcd@b.c']", "inboxes = ['abcde@b.c']"},
      {"ignores = ['12345', 'b']", "ignores = ['123456']"},
      {"ignores = []", "ignores = ['a', 'b', 'c']"},
  };
  for (const auto& [good, bad] : cases) {
    EXPECT_EQ(problems_of(head + good + "\n" + tail, limits), Told{}) << good;
    EXPECT_EQ(problems_of(head + bad + "\n" + tail, limits).size(), 1u) << bad;
  }
  EXPECT_EQ(problems_of(head + "patterns = ['a', 'b', 'c']\nmatches = ['x']\n", limits).size(), 1u);
  EXPECT_EQ(problems_of(head + "patterns = ['123456']\nmatches = ['x']\n", limits).size(), 1u);
  EXPECT_EQ(problems_of(std::string(kRuleDocumentBytesMax + 1, '\n')), Told{"0 : longer than 262144 bytes"});
  std::string many;
  for (std::size_t i = 0; i <= kRulesMax; ++i) many += "[[rule]]\nid='r" + std::to_string(i) + "'\npattern='x'\nmatches=['x']\n";
  EXPECT_EQ(problems_of(many), Told{"1 : more than 200 [[rule]]"});
  std::string bad;
  for (std::size_t i = 0; i < 150; ++i) bad += "x" + std::to_string(i) + " = 1\n";
  const Told all = problems_of(bad);
  ASSERT_EQ(all.size(), 101u);
  EXPECT_EQ(all.back(), "0 : 50 more problems");
}

TEST(RuleDocument, ChangesShippedRules) {
  const std::vector<RuleSpec>& shipped = shipped_rules().rules;
  const auto merge = [&](std::string_view toml) { return merged(shipped, parse_rules(toml).document); };
  const MergedRules good = merge("[[change]]\nid = 'iban'\nmode = 'enforce'\naction = 'drop'\n[[change]]\nid = 'card'\ntags = ['pci']\non_match = 'suspend'\n");
  ASSERT_EQ(told(good.problems), Told{});
  for (const RuleSpec& rule : good.rules) {
    if (rule.id == "iban") {
      EXPECT_EQ(rule.mode, RuleMode::kEnforce);
      EXPECT_EQ(rule.action, RuleAction::kDrop);
      EXPECT_EQ(rule.keep_first, 0u);
    }
    if (rule.id == "card") {
      EXPECT_EQ(rule.tags, std::vector<std::string>{"pci"});
      EXPECT_EQ(rule.on_match, OnMatch::kSuspend);
    }
  }
  EXPECT_EQ(told(merge("[[change]]\nid = 'none_such'\nmode = 'off'\n").problems), Told{"1 none_such: id: no shipped rule is called \"none_such\""});
  for (const char* weaker : {"mode = 'off'", "mode = 'enforce'", "inboxes = ['a@b.c']", "elsewhere = 'off'", "action = 'mask'", "keep_first = 8",
                             "keep_last = 8", "applies_to = ['body']", "unless = ['order']"}) {
    EXPECT_EQ(told(merge("\n[[change]]\nid = 'card'\n" + std::string(weaker) + "\n").problems),
              Told{"2 card: \"card\" is enforced everywhere as it is; only its tags and on_match can be changed"})
        << weaker;
  }
  EXPECT_EQ(told(merge("[[rule]]\nid = 'iban'\npattern = 'x'\nmatches = ['x']\n").problems),
            Told{"1 iban: id: \"iban\" is a shipped rule: write [[change]]"});
  EXPECT_EQ(told(merge("[[change]]\nid = 'iban'\naction = 'mask'\nkeep_first = 3\n").problems),
            Told{"1 iban: keep_first, keep_last: only with action = \"keep_ends\""});
}

TEST(RuleDocument, ChangesLeadFromOneToTheOther) {
  const std::vector<RuleSpec>& shipped = shipped_rules().rules;
  const auto iban = std::find_if(shipped.begin(), shipped.end(), [](const RuleSpec& rule) { return rule.id == "iban"; });
  ASSERT_NE(iban, shipped.end());
  RuleSpec wanted = *iban;
  wanted.mode = RuleMode::kEnforce;
  wanted.tags = {"bank"};
  RuleDocument document;
  document.changes = {change_between(*iban, wanted).value()};
  document.change_lines = {1};
  const MergedRules all = merged(shipped, document);
  const RuleSpec& now = all.rules[static_cast<std::size_t>(iban - shipped.begin())];
  EXPECT_EQ(now.mode, RuleMode::kEnforce);
  EXPECT_EQ(now.tags, wanted.tags);
  EXPECT_EQ(now.keep_first, iban->keep_first);
  wanted.patterns.push_back("x");
  EXPECT_FALSE(change_between(*iban, wanted).has_value());
}

}  // namespace
}  // namespace postern::pipeline
