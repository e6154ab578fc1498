#pragma once
// pipeline/spam/classifier.h: the first spam verdict: named symbols with weights from one table, summed. Every symbol
// is stored and shown, so that an agent sees why a message was suspended. Thread-safety: const methods from any thread.
// Ownership: borrows the names. Errors: none. Time: linear in the message.
#include <memory>
#include <span>
#include <string_view>

#include "pipeline/api/envelope.h"
#include "pipeline/api/ports.h"
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

class SpoofDetector;

class SpamClassifier {
 public:
  // Without `names` nobody can pretend to be one of us: no signs of spoofing are looked for.
  explicit SpamClassifier(SpamOptions options = {}, const KnownNames* names = nullptr);
  // Looks at redacted content and stored verdicts only.
  SpamVerdict classify(const RedactedMessage& message, const Envelope& envelope) const;

 private:
  SpamOptions options_;
  std::shared_ptr<const SpoofDetector> spoof_;  // copies share it
};

}  // namespace postern::pipeline
