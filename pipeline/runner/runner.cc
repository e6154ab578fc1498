#include "pipeline/runner/runner.h"

#include <algorithm>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <mutex>

#include "core/log.h"
#include "core/metrics.h"
#include "pipeline/api/errc.h"
#include "pipeline/reports/report_reader.h"
#include "pipeline/runner/inbox_rules.h"
#include "pipeline/runner/mask.h"
#include "pipeline/runner/policy.h"
#include "pipeline/runner/rule_hits.h"
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

constexpr std::chrono::seconds kGraceOfChecks{1};  // for checks that keep their own deadline to say what they know

core::Error late(std::string_view stage) { return core::fail_transient(Errc::kStageTimedOut, std::string(stage)); }

// The context of the first two is the name of a stage, or of a pool.
SmtpVerdict verdict_of(const core::Error& error) {
  const std::string where = error.context().empty() ? "" : " (" + error.context() + ")";
  if (error == core::Errc::kOverloaded) return deferral("4.3.2", "Too busy" + where + ", try again later");
  if (error == Errc::kMemoryFull) return deferral("4.3.1", "No room for another message, try again later");
  if (error == Errc::kStageTimedOut) return deferral("4.3.0", "Took too long" + where + ", try again later");
  if (error == core::Errc::kTimedOut) return deferral("4.3.0", "Took too long, try again later");
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

core::Task<core::Result<AuthVerdicts>> check_or_fail(const SenderCheck& check, Envelope envelope, std::shared_ptr<const Message> message,
                                                     core::Deadline by) {
  try {
    co_return co_await check(std::move(envelope), std::move(message), by);
  } catch (const std::exception&) {  // what() may quote content
  }
  co_return core::fail_transient(Errc::kStageFailed);
}

std::string action_of(const Envelope& envelope, const SpamVerdict& spam) {
  const auto is_held = [](const Recipient& rcpt) { return !rcpt.held_cause.empty(); };
  const auto is_allowed = [](const Recipient& rcpt) { return rcpt.is_allowed; };
  if (std::ranges::any_of(envelope.rcpts, is_held)) return std::string(to_string(SpamAction::kSuspend));
  const bool are_allowed = !envelope.rcpts.empty() && std::ranges::all_of(envelope.rcpts, is_allowed);
  return std::string(to_string(are_allowed ? SpamAction::kAccept : spam.action));
}

SmtpVerdict timed_out() { return verdict_of(core::fail_transient(Errc::kStageTimedOut)); }

}  // namespace

// Jobs that run, or wait on the pool, and use the runner.
struct Runner::Jobs {
  void begin() {
    const std::lock_guard lock(mutex);
    ++count;
  }
  void end() {
    const std::lock_guard lock(mutex);
    if (--count == 0) none.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex);
    none.wait(lock, [this] { return count == 0; });
  }
  std::mutex mutex;
  std::condition_variable none;
  std::size_t count = 0;
};

// A job that its message may leave behind: the room in its stage is taken until the job has ended.
struct Runner::PoolRun {
  PoolRun(const boost::asio::any_io_executor& executor, StageGate::Lease the_room)
      : ended(executor, boost::asio::steady_timer::time_point::max()), room(std::move(the_room)) {}
  boost::asio::steady_timer ended;  // never fires: it is cancelled
  StageGate::Lease room;
  std::optional<Redacted> done;
};

Runner::Runner(SenderCheck authenticate, const Redactor& redactor, const SpamClassifier& classifier, MessageSink& sink,
               core::WorkPool& cpu, core::Clock& clock, RunnerOptions options, VerdictObserver* observer)
    : authenticate_(std::move(authenticate)),
      redactor_(redactor),
      classifier_(classifier),
      sink_(sink),
      cpu_(cpu),
      clock_(clock),
      options_(std::move(options)),
      observer_(observer),
      sender_checks_("sender checks", options_.stages.sender_checks, options_.stages, clock),
      redaction_("redaction", options_.stages.redaction, options_.stages, clock),
      extraction_("extraction", options_.stages.extraction, options_.stages, clock),
      intake_("intake", options_.stages.intake, options_.stages, clock),
      spam_slow_(deferrals_of("spam", "slow")),
      jobs_(std::make_shared<Jobs>()) {}

Runner::~Runner() { jobs_->wait(); }

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

core::Task<SmtpVerdict> Runner::take_or_throw(Envelope envelope, std::shared_ptr<const Message> message,
                                              core::Deadline by) {
  if (auto refused = check_header(*message, options_)) co_return std::move(*refused);
  core::Result<AuthVerdicts> checked = co_await authenticate(envelope, message, by);
  if (!checked) co_return verdict_of(checked.error());
  AuthVerdicts& auth = *checked;
  std::optional<SmtpVerdict> refused = apply_inbox_rules(envelope, auth, *message, options_, lists_);
  mask_envelope(envelope);
  mask_verdicts(auth);
  if (refused) {
    tell_observer(envelope, auth, *refused);
    co_return std::move(*refused);
  }
  if (by.has_passed(clock_)) co_return timed_out();
  const std::optional<Judged> judged = remember(envelope, auth);
  SmtpVerdict verdict = co_await finish(std::move(envelope), std::move(message), std::move(auth), by);
  if (judged) tell_observer(judged->envelope, judged->auth, verdict);
  co_return verdict;
}

core::Task<SmtpVerdict> Runner::finish(Envelope envelope, std::shared_ptr<const Message> message, AuthVerdicts auth,
                                       core::Deadline by) {
  Redacted redacted = co_await redact(envelope, std::move(message), std::move(auth), by);
  if (!redacted.message) co_return verdict_of(*redacted.error);
  if (auto refused = check_spam(redacted.message->verdicts().spam, envelope)) co_return std::move(*refused);
  if (auto refused = apply_rule_hits(envelope, redacted.message->verdicts(), redactor_.suspends_unread())) co_return std::move(*refused);
  if (by.has_passed(clock_)) co_return timed_out();
  co_return co_await store(std::move(envelope), std::move(*redacted.message), by);
}

std::optional<Runner::Judged> Runner::remember(const Envelope& envelope, AuthVerdicts& auth) const {
  if (observer_ == nullptr) return std::nullopt;
  std::vector<DnsStep> dns = std::exchange(auth.dns, {});  // by far the largest part, which no report needs
  Judged out{envelope, auth};
  auth.dns = std::move(dns);
  return out;
}

// A sender that is told to try again will be counted when it does.
void Runner::tell_observer(const Envelope& envelope, const AuthVerdicts& auth, const SmtpVerdict& verdict) const {
  const bool is_final = verdict.code < 400 || verdict.code >= 500;
  if (observer_ != nullptr && is_final) observer_->note(envelope, auth);
}

core::Task<ScanResult> Runner::scan(Envelope envelope, std::shared_ptr<const Message> message, core::Deadline by) {
  ScanResult result;
  std::optional<SmtpVerdict> refused = check_header(*message, options_);
  core::Result<AuthVerdicts> checked = co_await authenticate(envelope, message, by);
  if (!checked) {
    result.verdict = refused ? *refused : verdict_of(checked.error());
    co_return result;
  }
  AuthVerdicts& auth = *checked;
  std::optional<SmtpVerdict> judged = apply_inbox_rules(envelope, auth, *message, options_, lists_);
  if (!refused) refused = std::move(judged);
  mask_verdicts(auth);
  Redacted redacted = co_await redact(envelope, std::move(message), std::move(auth), by);
  if (!redacted.message) {
    result.verdict = refused ? *refused : verdict_of(*redacted.error);
    co_return result;
  }
  const SpamVerdict& spam = redacted.message->verdicts().spam;
  if (!refused) refused = check_spam(spam, envelope);
  if (!refused) refused = apply_rule_hits(envelope, redacted.message->verdicts(), redactor_.suspends_unread());
  result.verdict = refused ? *refused : SmtpVerdict{250, "2.0.0", "Accepted", action_of(envelope, spam)};
  result.message = std::move(redacted.message);
  co_return result;
}

core::Task<core::Result<AuthVerdicts>> Runner::authenticate(Envelope envelope, std::shared_ptr<const Message> message,
                                                            core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator||;
  POSTERN_CO_TRY(const StageGate::Lease room, co_await sender_checks_.enter(message->size(), by));
  const StageTimer timer(clock_, "stage=\"authenticate\"");
  const core::Deadline until = by.earlier_of(core::Deadline::after(sender_checks_.time_max(), clock_));
  const core::Instant end = until.is_never() ? until.at() : until.at() + kGraceOfChecks;
  auto outcome = co_await (check_or_fail(authenticate_, std::move(envelope), std::move(message), until) || clock_.sleep_until(end));
  if (outcome.index() == 0) co_return std::move(std::get<0>(outcome));
  sender_checks_.count_slow();
  co_return late(sender_checks_.name());
}

core::Task<Runner::Redacted> Runner::redact(Envelope envelope, std::shared_ptr<const Message> message, AuthVerdicts auth,
                                            core::Deadline by) {
  const bool may_block = redactor_.may_block(*message);
  StageGate& stage = may_block ? extraction_ : redaction_;
  core::Result<StageGate::Lease> room = co_await stage.enter(message->size(), by);
  if (!room) co_return Redacted{std::nullopt, room.error()};
  const StageTimer timer(clock_, may_block ? "stage=\"extract\"" : "stage=\"redact\"");
  // A small report may unpack to a large one.
  const bool reads_reports = std::ranges::any_of(envelope.rcpts, [](const Recipient& rcpt) { return rcpt.policy && rcpt.policy->takes_reports; });
  const bool is_quick = message->size() < options_.inline_bytes_max && !may_block;
  if (!reads_reports && is_quick) co_return redact_now(envelope, std::move(message), std::move(auth));
  co_return co_await redact_on_pool(std::move(envelope), std::move(message), std::move(auth), stage, std::move(*room), by);
}

// A job cannot be stopped: when its time is over the sender is told so, and the job keeps its room until it ends.
core::Task<Runner::Redacted> Runner::redact_on_pool(Envelope envelope, std::shared_ptr<const Message> message, AuthVerdicts auth,
                                                    StageGate& stage, StageGate::Lease room, core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const boost::asio::any_io_executor home = co_await boost::asio::this_coro::executor;
  const auto run = std::make_shared<PoolRun>(home, std::move(room));
  jobs_->begin();
  const std::shared_ptr<void> busy(nullptr, [jobs = jobs_](void*) { jobs->end(); });
  if (!cpu_.try_enter()) co_return Redacted{std::nullopt, core::fail_transient(core::Errc::kOverloaded, std::string(stage.name()))};
  auto job = [this, busy, run, home, keep = boost::asio::make_work_guard(home), envelope, message, auth]() mutable {
    Redacted done{std::nullopt, core::fail_transient(Errc::kStageFailed)};
    try {
      done = redact_now(envelope, std::move(message), std::move(auth));
    } catch (const std::exception&) {  // what() may quote content
    }
    cpu_.leave();
    // The guard travels along: this thread touches nothing of the caller's loop once it is posted.
    boost::asio::post(home, [run = std::move(run), keep = std::move(keep), done = std::move(done)]() mutable {
      run->done = std::move(done);
      run->ended.cancel();
    });
  };
  const auto await_end = [](std::shared_ptr<PoolRun> mine) -> core::Task<void> {
    boost::system::error_code ignored;
    if (!mine->done) co_await mine->ended.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  };
  const core::Deadline until = by.earlier_of(core::Deadline::after(stage.time_max(), clock_));
  boost::asio::post(cpu_.threads(), std::move(job));
  co_await (await_end(run) || clock_.sleep_until(until.at()));
  if (run->done) co_return std::move(*run->done);
  stage.count_slow();
  co_return Redacted{std::nullopt, late(stage.name())};
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
  const core::Instant classified = clock_.now();
  SpamVerdict spam = classifier_.classify(*redacted, envelope);
  if (clock_.now() - classified > options_.stages.spam_time_max) {
    spam_slow_.add();
    out.error = late("spam");
    return out;
  }
  out.message = std::move(*redacted);
  out.message->set_spam(std::move(spam));
  attach_reports(*out.message, envelope);
  return out;
}

std::optional<SmtpVerdict> Runner::check_spam(const SpamVerdict& spam, const Envelope& envelope) const {
  const bool is_allowed = std::ranges::any_of(envelope.rcpts, [](const Recipient& rcpt) { return rcpt.is_allowed; });
  if (spam.action != SpamAction::kReject || is_allowed) return std::nullopt;
  return refusal(550, "5.7.1", "Refused as spam, reference " + core::to_base32(envelope.trace.value));
}

core::Task<SmtpVerdict> Runner::store(Envelope envelope, RedactedMessage message, core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto room = co_await intake_.enter(message.raw().size(), by);
  if (!room) co_return verdict_of(room.error());
  const StageTimer timer(clock_, "stage=\"store\"");
  const std::string id = core::to_base32(envelope.trace.value);
  const std::string action = action_of(envelope, message.verdicts().spam);
  const core::Deadline until = by.earlier_of(core::Deadline::after(intake_.time_max(), clock_));
  // A sink that is cancelled or late may have stored the message: the sender tries again, and the fingerprint tells.
  auto outcome =
      co_await (accept_or_fail(sink_, std::move(envelope), std::move(message)) || clock_.sleep_until(until.at()));
  if (outcome.index() != 0) {
    intake_.count_slow();
    co_return verdict_of(late(intake_.name()));
  }
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
