// What a rule document says is stored, so that it must not hold a card number (Z-35).
#include "pipeline/redaction/rules/document_cards.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pipeline/redaction/rules/published_rules.h"

namespace postern::pipeline {
namespace {

// Nobody's card, and on nobody's list: an issuer's range and a check digit are all that it has.
const std::string kDigits = "45395787" + std::string("63621486");
const std::string kCard = "4539 " + std::string("5787 6362 ") + "1486";
const std::string kTail = "pattern = 'CT-[0-9]+'\nmatches = ['CT-1']\n";

TEST(DocumentCards, AreFoundWhereverTheyStand) {
  const std::string rule = "[[rule]]\nid = 'contract'\n" + kTail;
  EXPECT_TRUE(cards_in_document(rule).empty());
  const std::vector<std::string> lines{"description = '" + kCard + "'", "tags = ['" + kDigits + "']", "ignores = ['" + kCard + "']", "# seen in " + kCard,
                                       "unless = ['" + kCard + "']"};
  for (const std::string& line : lines) {
    const auto problems = cards_in_document(rule + line + "\n");
    ASSERT_EQ(problems.size(), 1U) << line;
    EXPECT_EQ(problems[0].line, 5U) << line;
    EXPECT_EQ(problems[0].rule, "contract");
    EXPECT_EQ(problems[0].text.find("4539"), std::string::npos) << "the number is not told";
  }
  const auto above = cards_in_document("# " + kCard + "\n" + rule);
  ASSERT_EQ(above.size(), 1U);
  EXPECT_EQ(above[0].rule, "");
  // Escapes hide it from who looks at the document as it is typed.
  const auto escaped = cards_in_document(rule + "description = \"\\u0034\\u0035395787\\u00363621486\"\n");
  ASSERT_EQ(escaped.size(), 1U);
  EXPECT_EQ(escaped[0].line, 1U);
  EXPECT_EQ(cards_in_document("[[change]]\nid = 'iban'\ntags = ['" + kDigits + "']\n").size(), 1U);
  EXPECT_EQ(PublishedRules().cards_in("# " + kCard).size(), 1U);
}

// What is wrong with a document is told, kept for repeated requests and printed: it quotes the document without its cards.
TEST(DocumentCards, ProblemsQuoteNoCard) {
  const std::vector<std::string> documents{
      "[[rule]]\nid = 'contract'\npattern = 'CT-[0-9]+'\nmatches = ['no " + kCard + "']\n",
      "[[rule]]\nid = 'contract'\npattern = '[0-9]{4}'\nmatches = ['1234']\nignores = ['" + kCard + "']\n",
      // The end of what is shown of a sample lies in the middle of the number.
      "[[rule]]\nid = 'contract'\npattern = 'CT-[0-9]+'\nmatches = ['" + std::string(50, 'x') + " " + kDigits + "']\n",
      "[[rule]]\nid = 'c" + kDigits + "'\npattern = 'CT-[0-9]+'\nmatches = ['none']\n",
      "[[rule]]\nid = 'contract'\nvalidator = 'card " + kDigits + "'\n" + kTail,
      "[[rule]]\nid = 'contract'\n\"" + kCard + "\" = 1\n" + kTail,
      "[[rule]]\nid = 'contract'\ninboxes = ['" + kDigits + "@desk.example']\n" + kTail,
      "[[rule]]\nid = 'contract'\npatterns = ['(" + kDigits + "']\nmatches = ['x']\n",
      "[[rule]]\nid = 'contract'\nmatches = ['x'] card " + kDigits + "\n",
      kDigits + " = 1\n"};
  for (const std::string& document : documents) {
    const CheckedRules checked = PublishedRules().check(document, [](std::string_view) { return std::optional<core::InboxId>(); });
    ASSERT_FALSE(checked.is_good()) << document;
    for (const RuleProblem& one : checked.problems) {
      EXPECT_EQ((one.rule + one.text).find(kDigits.substr(6, 6)), std::string::npos) << one.text;
      EXPECT_EQ((one.rule + one.text).find("5787"), std::string::npos) << one.text;
    }
  }
  EXPECT_EQ(without_cards("x " + kCard + ", 4111 1111 1111 1111"), "x **** **** **** ****, 4111 1111 1111 1111");
}

// docs/redaction.md: samples of rules about cards need numbers, and these are nobody's.
TEST(DocumentCards, TestNumbersOfTheProcessorsMayStandInSamples) {
  for (const char* number : {"4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "6011111111111117", "3530111333300000", "30569309025904"}) {
    EXPECT_TRUE(cards_in_document("[[rule]]\nid = 'a'\n" + kTail + "ignores = ['" + number + "']\n").empty()) << number;
  }
  EXPECT_TRUE(is_test_card("4242424242424242"));
  EXPECT_FALSE(is_test_card(kDigits));
  EXPECT_FALSE(is_test_card(""));
}

}  // namespace
}  // namespace postern::pipeline
