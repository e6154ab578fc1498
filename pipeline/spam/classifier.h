#pragma once
// pipeline/spam/classifier.h: the first spam verdict: named symbols with weights from one table, summed. Every symbol
// is stored and shown, so that an agent sees why a message was suspended. Thread-safety: const methods from any thread.
// Errors: none. Time: linear in the message.
#include <span>
#include <string_view>

#include "pipeline/api/envelope.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/options.h"

namespace postern::pipeline {

struct SpamRule {
  std::string_view symbol;
  double weight = 0;
  std::string_view meaning;
};
// All symbols that classify() can give.
std::span<const SpamRule> spam_rules();

class SpamClassifier {
 public:
  explicit SpamClassifier(SpamOptions options = {}) : options_(options) {}
  // Looks at redacted content and stored verdicts only.
  SpamVerdict classify(const RedactedMessage& message, const Envelope& envelope) const;

 private:
  SpamOptions options_;
};

}  // namespace postern::pipeline
