#include "pipeline/runner/runner.h"

#include <algorithm>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "core/log.h"
#include "core/metrics.h"
#include "pipeline/api/card_digits.h"
#include "pipeline/api/errc.h"
#include "pipeline/runner/policy.h"
#include "pipeline/runner/trace_headers.h"

namespace postern::pipeline {
namespace {

// Observes how long a stage took, also when it is left by an exception.
class StageTimer {
 public:
  StageTimer(const core::Clock& clock, std::string_view label)
      : clock_(clock),
        histogram_(
            core::metrics().histogram("postern_pipeline_stage_seconds", "time of one stage of the pipeline", label)),
        from_(clock.now()) {}
  ~StageTimer() { histogram_.observe(std::chrono::duration<double>(clock_.now() - from_).count()); }
  StageTimer(const StageTimer&) = delete;

 private:
  const core::Clock& clock_;
  core::Histogram& histogram_;
  core::Instant from_;
};

SmtpVerdict verdict_of(const core::Error& error) {
  if (error == core::Errc::kOverloaded) return deferral("4.3.2", "Too busy, try again later");
  if (error == Errc::kMemoryFull) return deferral("4.3.1", "No room for another message, try again later");
  if (error == core::Errc::kTimedOut || error == Errc::kStageTimedOut)
    return deferral("4.3.0", "Took too long, try again later");
  return deferral("4.3.0", "Temporary failure, try again later");
}

// `||` below waits for the other side when one throws, so exceptions become errors here.
core::Task<core::Result<Receipt>> accept_or_fail(MessageSink& sink, Envelope envelope, RedactedMessage message) {
  try {
    co_return co_await sink.accept(std::move(envelope), std::move(message));
  } catch (const std::exception&) {  // what() may quote content
  }
  co_return core::fail_transient(Errc::kStoreFailed, "sink threw");
}

SmtpVerdict timed_out() { return verdict_of(core::fail_transient(Errc::kStageTimedOut)); }

// From here on the envelope is stored and shown.
void mask_envelope(Envelope& envelope) {
  for (std::string* text : {&envelope.helo, &envelope.client_name, &envelope.mail_from.local, &envelope.mail_from.domain,
                            &envelope.dsn_envid}) {
    *text = mask_card_digits(*text);
  }
  for (Recipient& rcpt : envelope.rcpts) {
    for (std::string* text : {&rcpt.address.local, &rcpt.reply_token, &rcpt.dsn_orcpt}) *text = mask_card_digits(*text);
  }
}

}  // namespace

Runner::Runner(SenderCheck authenticate, const Redactor& redactor, const SpamClassifier& classifier, MessageSink& sink,
               core::WorkPool& cpu, core::Clock& clock, RunnerOptions options)
    : authenticate_(std::move(authenticate)),
      redactor_(redactor),
      classifier_(classifier),
      sink_(sink),
      cpu_(cpu),
      clock_(clock),
      options_(std::move(options)) {}

core::Task<SmtpVerdict> Runner::take(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by) {
  SmtpVerdict verdict = deferral("4.3.0", "Temporary failure, try again later");
  bool has_failed = false;
  try {
    verdict = co_await take_or_throw(envelope, message, by);
  } catch (const std::exception&) {  // what() may quote content
    has_failed = true;
  }
  if (has_failed) core::log::error("pipeline.failed", {{"trace", core::to_base32(envelope.trace.value)}});
  report(envelope, message->size(), verdict);
  co_return verdict;
}

// One answer serves all recipients, so an inbox that wants disowned mail refused decides for the message.
RunnerOptions Runner::options_for(const Envelope& envelope) const {
  RunnerOptions out = options_;
  const auto refuses = [](const Recipient& rcpt) { return rcpt.refuses_dmarc_fail; };
  out.rejects_dmarc_fail = options_.rejects_dmarc_fail && (envelope.rcpts.empty() || std::ranges::any_of(envelope.rcpts, refuses));
  return out;
}

core::Task<SmtpVerdict> Runner::take_or_throw(Envelope envelope, std::shared_ptr<const Message> message,
                                              core::Deadline by) {
  if (auto refused = check_header(*message, options_)) co_return std::move(*refused);
  AuthVerdicts auth = co_await authenticate(envelope, message, by);
  if (auto refused = check_authentication(auth, options_for(envelope))) co_return std::move(*refused);
  if (by.has_passed(clock_)) co_return timed_out();
  mask_envelope(envelope);
  Redacted redacted = co_await redact(envelope, std::move(message), std::move(auth));
  if (!redacted.message) co_return verdict_of(*redacted.error);
  if (auto refused = check_spam(redacted.message->verdicts().spam, envelope)) co_return std::move(*refused);
  if (by.has_passed(clock_)) co_return timed_out();
  co_return co_await store(std::move(envelope), std::move(*redacted.message), by);
}

core::Task<ScanResult> Runner::scan(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by) {
  ScanResult result;
  std::optional<SmtpVerdict> refused = check_header(*message, options_);
  AuthVerdicts auth = co_await authenticate(envelope, message, by);
  if (!refused) refused = check_authentication(auth, options_for(envelope));
  Redacted redacted = co_await redact(envelope, std::move(message), std::move(auth));
  if (!redacted.message) {
    result.verdict = refused ? *refused : verdict_of(*redacted.error);
    co_return result;
  }
  const SpamVerdict& spam = redacted.message->verdicts().spam;
  if (!refused) refused = check_spam(spam, envelope);
  result.verdict = refused ? *refused : SmtpVerdict{250, "2.0.0", "Accepted", std::string(to_string(spam.action))};
  result.message = std::move(redacted.message);
  co_return result;
}

core::Task<AuthVerdicts> Runner::authenticate(Envelope envelope, std::shared_ptr<const Message> message,
                                              core::Deadline by) {
  const StageTimer timer(clock_, "stage=\"authenticate\"");
  const core::Deadline until = by.earlier_of(core::Deadline::after(options_.authenticate_max, clock_));
  co_return co_await authenticate_(std::move(envelope), std::move(message), until);
}

core::Task<Runner::Redacted> Runner::redact(Envelope envelope, std::shared_ptr<const Message> message,
                                            AuthVerdicts auth) {
  const StageTimer timer(clock_, "stage=\"redact\"");
  if (message->size() < options_.inline_bytes_max) co_return redact_now(envelope, std::move(message), std::move(auth));
  auto job = [this, envelope, message, auth]() mutable {
    return redact_now(envelope, std::move(message), std::move(auth));
  };
  core::Result<Redacted> done = co_await core::offload(cpu_, std::move(job));
  if (done) co_return std::move(*done);
  Redacted failed;
  failed.error = done.error();
  co_return failed;
}

Runner::Redacted Runner::redact_now(const Envelope& envelope, std::shared_ptr<const Message> message,
                                    AuthVerdicts auth) const {
  Redacted out;
  const ResultHeaders headers{trace_headers(envelope, auth, options_.authserv_id), options_.authserv_id};
  core::Result<RedactedMessage> redacted = redactor_.redact(std::move(message), envelope, std::move(auth), headers);
  if (!redacted) {
    out.error = redacted.error();
    return out;
  }
  out.message = std::move(*redacted);
  out.message->set_spam(classifier_.classify(*out.message, envelope));
  return out;
}

std::optional<SmtpVerdict> Runner::check_spam(const SpamVerdict& spam, const Envelope& envelope) const {
  if (spam.action != SpamAction::kReject) return std::nullopt;
  return refusal(550, "5.7.1", "Refused as spam, reference " + core::to_base32(envelope.trace.value));
}

core::Task<SmtpVerdict> Runner::store(Envelope envelope, RedactedMessage message, core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const StageTimer timer(clock_, "stage=\"store\"");
  const std::string id = core::to_base32(envelope.trace.value);
  const std::string action(to_string(message.verdicts().spam.action));
  const core::Deadline until = by.earlier_of(core::Deadline::after(options_.store_max, clock_));
  // A sink that is cancelled or late may have stored the message: the sender tries again, and the fingerprint tells.
  auto outcome =
      co_await (accept_or_fail(sink_, std::move(envelope), std::move(message)) || clock_.sleep_until(until.at()));
  if (outcome.index() != 0) co_return timed_out();
  core::Result<Receipt>& receipt = std::get<0>(outcome);
  if (!receipt) {
    core::log::warn("pipeline.store_failed", {{"trace", id}, {"error", receipt.error().describe()}});
    co_return verdict_of(receipt.error());
  }
  co_return SmtpVerdict{250, "2.0.0", "Accepted as " + id, action};
}

void Runner::report(const Envelope& envelope, std::size_t bytes, const SmtpVerdict& verdict) const {
  core::metrics()
      .counter("postern_pipeline_messages_total", "messages by final action", "action=\"" + verdict.action + "\"")
      .add();
  core::log::info("pipeline.verdict", {{"trace", core::to_base32(envelope.trace.value)},
                                       {"client", envelope.client_ip},
                                       {"from", core::log::hashed(envelope.mail_from.canonical())},
                                       {"rcpts", envelope.rcpts.size()},
                                       {"bytes", bytes},
                                       {"code", verdict.code},
                                       {"enhanced", verdict.enhanced},
                                       {"action", verdict.action}});
}

}  // namespace postern::pipeline
