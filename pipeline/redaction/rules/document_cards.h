#pragma once
// pipeline/redaction/rules/document_cards.h: card numbers in a rule document, which is stored as it was typed: what its
// comments show, and what its texts are when escapes are read. Numbers that payment processors publish for tests are nobody's
// card and may stand anywhere.
// Thread-safety: pure functions. Problems name the line and the rule, never the number. Limits: one problem a line.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/redaction_rules.h"

namespace postern::pipeline {

std::vector<RuleProblem> cards_in_document(std::string_view document);
// For words about a document that quote it: the digits of card numbers as '*'.
std::string without_cards(std::string_view text);
// `digits`: ASCII, without separators.
bool is_test_card(std::string_view digits);

}  // namespace postern::pipeline
