#pragma once
// pipeline/runner/runner.h: takes a received message through all stages (authenticate, check, redact, classify, store)
// and gives the SMTP answer. No stage is skipped under load: what fails or is full answers 4xx (invariant 3), and 250
// is given only after the sink says that the message is durable (invariant 1). Thread-safety: take() and scan() from
// any executor, many at a time. Ownership: borrows everything that it is given; all of it outlives the runner. Errors:
// none; take() never throws. Limits: RunnerOptions; each stage has a
// budget of time and memory (stage_budget.h), beyond which senders are delayed, then deferred by 451 4.3.x.
#include <functional>
#include <memory>
#include <optional>

#include "core/clock.h"
#include "core/metrics.h"
#include "core/offload.h"
#include "pipeline/api/ports.h"
#include "pipeline/options.h"
#include "pipeline/redaction/redactor.h"
#include "pipeline/runner/stage_gate.h"
#include "pipeline/sender/sender_list.h"
#include "pipeline/spam/classifier.h"

namespace postern::pipeline {

// SenderAuthenticator::authenticate, as a function so that tests put verdicts in its place.
using SenderCheck = std::function<core::Task<AuthVerdicts>(Envelope, std::shared_ptr<const Message>, core::Deadline)>;

struct ScanResult {
  std::optional<RedactedMessage> message;  // none when redaction itself failed
  SmtpVerdict verdict;                     // what a session would have answered, storage aside
};

class Runner final : public MessageIntake {
 public:
  Runner(SenderCheck authenticate, const Redactor& redactor, const SpamClassifier& classifier, MessageSink& sink,
         core::WorkPool& cpu, core::Clock& clock, RunnerOptions options, VerdictObserver* observer = nullptr);
  // Waits for jobs on the pool that nobody waits for any more, which therefore has to be alive.
  ~Runner() override;

  core::Task<SmtpVerdict> take(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by) override;
  // The same stages without the sink, and without stopping at a refusal.
  core::Task<ScanResult> scan(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by);

 private:
  // What is left for the observer when the message has been stored.
  struct Judged {
    Envelope envelope;
    AuthVerdicts auth;
  };
  struct Redacted {
    std::optional<RedactedMessage> message;
    std::optional<core::Error> error;
  };
  struct PoolRun;
  struct Jobs;
  core::Task<SmtpVerdict> take_or_throw(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by);
  core::Task<SmtpVerdict> finish(Envelope envelope, std::shared_ptr<const Message> message, AuthVerdicts auth, core::Deadline by);
  core::Task<core::Result<AuthVerdicts>> authenticate(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by);
  core::Task<Redacted> redact(Envelope envelope, std::shared_ptr<const Message> message, AuthVerdicts auth, core::Deadline by);
  core::Task<Redacted> redact_on_pool(Envelope envelope, std::shared_ptr<const Message> message, AuthVerdicts auth, StageGate& stage,
                                      StageGate::Lease room, core::Deadline by);
  core::Task<SmtpVerdict> store(Envelope envelope, RedactedMessage message, core::Deadline by);
  Redacted redact_now(const Envelope& envelope, std::shared_ptr<const Message> message, AuthVerdicts auth) const;
  std::optional<SmtpVerdict> check_spam(const SpamVerdict& spam, const Envelope& envelope) const;
  std::optional<Judged> remember(const Envelope& envelope, AuthVerdicts& auth) const;
  void tell_observer(const Envelope& envelope, const AuthVerdicts& auth, const SmtpVerdict& verdict) const;
  void report(const Envelope& envelope, std::size_t bytes, const SmtpVerdict& verdict) const;

  SenderCheck authenticate_;
  const Redactor& redactor_;
  const SpamClassifier& classifier_;
  MessageSink& sink_;
  core::WorkPool& cpu_;
  core::Clock& clock_;
  RunnerOptions options_;
  VerdictObserver* observer_;
  SenderListCache lists_;
  StageGate sender_checks_;
  StageGate redaction_;
  StageGate extraction_;
  StageGate intake_;
  core::Counter& spam_slow_;
  std::shared_ptr<Jobs> jobs_;
};

}  // namespace postern::pipeline
