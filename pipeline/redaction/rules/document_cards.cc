#include "pipeline/redaction/rules/document_cards.h"

#include <algorithm>
#include <array>

#include "core/secret.h"
#include "pipeline/redaction/rules/detectors.h"
#include "pipeline/redaction/rules/rule_document.h"

namespace postern::pipeline {
namespace {

// Numbers that payment services publish for tests ("Test card numbers" of PayPal's developer documentation, "Testing" of
// Stripe's, "Test cards" of Adyen's): no account has them, whoever lists them. PCI DSS 4.0 requirement 6.5.5 keeps real numbers out of tests; these are for them.
constexpr std::array<std::string_view, 28> kTestCards{
    "30569309025904",   "3056930009020004", "3530111333300000", "3566002020360505", "36227206271667",   "371449635398431",  "378282246310005",
    "378734493671000",  "38520000023237",   "4000056655665556", "4012888888881881", "4111111111111111", "4111111145551142", "4222222222222",
    "4242424242424242", "4917610000000000", "5105105105105100", "5200828282828210", "5555341244441115", "5555555555554444", "2223003122003222",
    "2222400070000005", "6011000990139424", "6011111111111117", "6011981111111113", "6200000000000005", "6205500000000000004", "6759649826438453"};

constexpr std::string_view kWords =
    "a card number, which must not be stored; take a test number of the card brands, such as 4111 1111 1111 1111";

bool is_for_tests(std::string_view text, const RawMatch& match) {
  core::SecretBuffer digits;
  for (const ByteRange one : match.characters) {
    for (const char c : text.substr(one.begin, one.size())) digits.push_back(c);
  }
  return is_test_card(core::view(digits));
}

std::vector<RawMatch> real_cards(std::string_view text) {
  static const ValueDetector* const detector = detector_called("card");
  std::vector<RawMatch> found;
  detector->find(text, found);
  std::erase_if(found, [text](const RawMatch& one) { return is_for_tests(text, one); });
  return found;
}

// Where the cards begin.
std::vector<std::size_t> cards_in_text(std::string_view text) {
  std::vector<std::size_t> out;
  for (const RawMatch& one : real_cards(text)) out.push_back(one.span.begin);
  return out;
}

// The rule or change whose table a line is in; empty: above the first.
std::string rule_at(std::uint32_t line, const RuleDocument& document) {
  std::uint32_t nearest = 0;
  std::string id;
  const auto offer = [&](std::uint32_t begin, const std::string& of) {
    if (begin > line || begin <= nearest) return;
    nearest = begin;
    id = of;
  };
  for (std::size_t i = 0; i < document.rules.size(); ++i) offer(document.rule_lines[i].rule, document.rules[i].id);
  for (std::size_t i = 0; i < document.changes.size(); ++i) offer(document.change_lines[i], document.changes[i].id);
  return id;
}

// What is no card as it was typed may be one when it is read.
bool holds_card(const RuleSpec& rule) {
  const auto any = [](const std::vector<std::string>& texts) {
    return std::ranges::any_of(texts, [](const std::string& one) { return !cards_in_text(one).empty(); });
  };
  return any({rule.description, rule.validator}) || any(rule.patterns) || any(rule.context) || any(rule.unless) || any(rule.tags) ||
         any(rule.inboxes) || any(rule.matches) || any(rule.ignores);
}

bool holds_card(const RuleChange& change) {
  const auto any = [](const std::optional<std::vector<std::string>>& texts) {
    return texts && std::ranges::any_of(*texts, [](const std::string& one) { return !cards_in_text(one).empty(); });
  };
  return any(change.inboxes) || any(change.tags) || any(change.unless);
}

}  // namespace

std::string without_cards(std::string_view text) {
  std::string out(text);
  for (const RawMatch& one : real_cards(text)) {
    for (const ByteRange character : one.characters) {
      std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(character.begin), character.size(), '*');
    }
  }
  return out;
}

bool is_test_card(std::string_view digits) { return std::ranges::find(kTestCards, digits) != kTestCards.end(); }

std::vector<RuleProblem> cards_in_document(std::string_view document) {
  const RuleDocument parsed = parse_rules(document).document;
  std::vector<RuleProblem> out;
  std::uint32_t line = 1;
  std::size_t counted = 0;
  for (const std::size_t begin : cards_in_text(document)) {
    line += static_cast<std::uint32_t>(std::ranges::count(document.substr(counted, begin - counted), '\n'));
    counted = begin;
    if (out.empty() || out.back().line != line) out.push_back({line, rule_at(line, parsed), std::string(kWords)});
  }
  const auto is_told = [&out](const std::string& id) {
    return std::ranges::any_of(out, [&id](const RuleProblem& one) { return one.rule == id; });
  };
  for (std::size_t i = 0; i < parsed.rules.size(); ++i) {
    if (holds_card(parsed.rules[i]) && !is_told(parsed.rules[i].id)) out.push_back({parsed.rule_lines[i].rule, parsed.rules[i].id, std::string(kWords)});
  }
  for (std::size_t i = 0; i < parsed.changes.size(); ++i) {
    if (holds_card(parsed.changes[i]) && !is_told(parsed.changes[i].id)) out.push_back({parsed.change_lines[i], parsed.changes[i].id, std::string(kWords)});
  }
  return out;
}

}  // namespace postern::pipeline
