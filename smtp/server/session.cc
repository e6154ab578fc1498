#include "smtp/server/session.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/log.h"
#include "net/errc.h"
#include "smtp/proto/reply.h"
#include "smtp/proto/text.h"

namespace postern::smtp {
namespace {

constexpr std::size_t kOutBytesMax = 16U << 10U;
constexpr auto kFarewellMax = std::chrono::seconds(5);

}  // namespace

Session::Session(Context& context, std::shared_ptr<SessionControl> control, const net::IpAddress& client)
    : context_(context),
      options_(context.options),
      control_(std::move(control)),
      stream_(*control_->stream),
      input_(stream_, options_.read_buffer_bytes),
      id_(context.ids.next_as<core::SessionId>()),
      session_end_(core::Deadline::after(options_.session_total_max, context.clock)),
      peer_ip_(client),
      client_ip_(client) {
  context_.metrics.connections.add();
  context_.metrics.sessions.add(1);
}

Session::~Session() { context_.metrics.sessions.add(-1); }

core::Task<void> Session::run() {
  if (co_await open()) {
    while (!is_closing_) {
      const LineFramer::Step step = framer_.next(input_.buffered());
      if (step.kind == LineFramer::Kind::kNeedMore) {
        input_.consume(step.consumed);
        if (!co_await await_input()) break;
      } else {
        co_await execute(step);
      }
    }
  }
  end_transaction();
  if (control_->was_dismissed) co_return;  // the server writes its 421 and closes
  co_await flush();
  stream_.close();
}

core::Task<void> Session::apologise() {
  say(refuse_and_close(451, "4.3.0", "Local error, try again later", Refusal::kInternal));
  co_await flush();
  stream_.close();
}

// The banner, or why there is none. False ends the session.
core::Task<bool> Session::open() {
  if (options_.implicit_tls && !co_await handshake()) co_return false;
  if (context_.is_draining.load()) {
    say(refuse_and_close(421, "4.3.2", options_.hostname + " shutting down", Refusal::kDraining));
    co_return false;
  }
  if (!context_.is_healthy()) {
    say(refuse_and_close(421, "4.3.0", options_.hostname + " cannot take mail now", Refusal::kUnhealthy));
    co_return false;
  }
  if (options_.banner_delay.count() > 0) co_await context_.clock.sleep_for(options_.banner_delay);
  if (stream_.has_pending_input()) {
    count_error();
    say(refuse_and_close(554, "5.5.1", "Commands before the greeting", Refusal::kEarlyTalk));
    co_return false;
  }
  Answer banner{220, {}, options_.hostname + " ESMTP " + options_.banner};
  say(banner);
  co_return true;
}

// Writes what is due and reads on. False ends the session.
core::Task<bool> Session::await_input() {
  if (!co_await flush()) co_return false;
  if (context_.is_draining.load() && input_.buffered().empty()) {
    say(refuse_and_close(421, "4.3.2", options_.hostname + " shutting down", Refusal::kDraining));
    co_return false;
  }
  if (!is_waiting_) {
    command_end_ = command_deadline();
    is_waiting_ = true;
  }
  control_->is_idle = input_.buffered().empty();
  const core::Result<void> filled = co_await input_.fill(command_end_);
  control_->is_idle = false;
  if (control_->was_dismissed) co_return false;
  if (filled) co_return true;
  if (filled.error() == core::Errc::kTimedOut) {
    say(refuse_and_close(421, "4.4.2", options_.hostname + " timeout waiting for a command", Refusal::kTimeout));
  } else {
    is_closing_ = true;
    out_.clear();
  }
  co_return false;
}

// Content that waits for its next chunk holds memory: the time of one message goes on.
core::Deadline Session::command_deadline() const {
  const auto idle_end = core::Deadline::after(options_.command_idle_max, context_.clock).earlier_of(session_end_);
  if (!tx_ || !tx_->has_chunks) return idle_end;
  return idle_end.earlier_of(core::Deadline(tx_->content_since + options_.data_total_max));
}

core::Task<void> Session::execute(LineFramer::Step step) {
  is_waiting_ = false;
  const std::string_view line = input_.buffered().substr(0, step.line_bytes);
  input_.consume(step.consumed);  // `line` stays readable until the next fill
  if (context_.is_draining.load()) {
    say(refuse_and_close(421, "4.3.2", options_.hostname + " shutting down", Refusal::kDraining));
    co_return;
  }
  std::optional<Answer> answer;
  if (step.kind != LineFramer::Kind::kLine) {
    answer = explain(step);
  } else {
    const CommandHead head = parse_command(line);
    answer = dispatch(line, head);
    if (!answer) answer = co_await run_verb(head.verb, line.substr(head.argument_at));
  }
  if (is_to_be_delayed(*answer)) {
    co_await flush();  // only this answer is late
    co_await context_.clock.sleep_for(options_.error_delay);
  }
  reply(*answer);
  if (out_.size() > kOutBytesMax) co_await flush();
}

Answer Session::explain(const LineFramer::Step& step) const {
  if (step.resembles_bdat) return refuse_and_close(500, "5.5.2", "Malformed BDAT", Refusal::kSmuggling);
  switch (step.kind) {
    case LineFramer::Kind::kTooLong: return refuse(500, "5.5.6", "Line too long", Refusal::kSyntax);
    case LineFramer::Kind::kNul: return refuse(500, "5.5.2", "NUL in a command", Refusal::kSyntax);
    case LineFramer::Kind::kFlood:
      return refuse_and_close(500, "5.5.6", "Line without end", Refusal::kSyntax);
    default: return refuse_and_close(500, "5.5.2", "Bare CR or LF in a command", Refusal::kSmuggling);
  }
}

std::optional<Answer> Session::dispatch(std::string_view line, CommandHead head) {
  const CommandRow& row = row_of(head.verb);
  const std::string_view argument = line.substr(head.argument_at);
  context_.metrics.commands[static_cast<std::size_t>(head.verb)]->add();
  if (std::optional<Answer> refusal = check_limits(row)) return refusal;
  // What cannot be framed as BDAT desynchronises the session; every other bad line is only an error.
  if (head.verb == Verb::kBdat) return std::nullopt;
  if (resembles_bdat(line)) return refuse_and_close(500, "5.5.2", "Malformed BDAT", Refusal::kSmuggling);
  if (std::optional<Answer> refusal = check_row(row, argument)) return refusal;
  if (!is_utf8(line)) return refuse(501, "5.5.2", "Invalid UTF-8", Refusal::kUtf8);
  if (head.verb == Verb::kData || head.verb == Verb::kStarttls) return std::nullopt;
  return run_plain_verb(head.verb, argument);
}

core::Task<Answer> Session::run_verb(Verb verb, std::string_view argument) {
  if (verb == Verb::kBdat) return bdat(argument);
  return verb == Verb::kData ? data() : starttls();
}

Answer Session::run_plain_verb(Verb verb, std::string_view argument) {
  Handler handler = nullptr;
  switch (verb) {
    case Verb::kEhlo: handler = &Session::ehlo; break;
    case Verb::kHelo: handler = &Session::helo; break;
    case Verb::kMail: handler = &Session::mail; break;
    case Verb::kRcpt: handler = &Session::rcpt; break;
    case Verb::kRset: handler = &Session::rset; break;
    case Verb::kNoop: handler = &Session::noop; break;
    case Verb::kVrfy: handler = &Session::vrfy; break;
    case Verb::kExpn: handler = &Session::expn; break;
    case Verb::kHelp: handler = &Session::help; break;
    case Verb::kQuit: handler = &Session::quit; break;
    case Verb::kXclient: handler = &Session::xclient; break;
    default: return refuse(500, "5.5.1", "Command not recognised", Refusal::kUnknownCommand);
  }
  return (this->*handler)(argument);
}

std::optional<Answer> Session::check_limits(const CommandRow& row) {
  const auto too_many = [&](const char* what) {
    return refuse_and_close(421, "4.7.0", options_.hostname + ' ' + what, Refusal::kTooManyCommands);
  };
  if (++commands_ > options_.commands_max) return too_many("too many commands");
  if (row.has(kJunk) && ++junk_ > options_.junk_max) ++errors_;
  if (row.verb == Verb::kMail && transactions_ >= options_.transactions_max) return too_many("too many transactions");
  if (row.verb == Verb::kMail && aborted_ > options_.aborted_max) return too_many("too many aborted transactions");
  return std::nullopt;
}

std::optional<Answer> Session::check_row(const CommandRow& row, std::string_view argument) {
  if (row.has(kLastInGroup) && has_early_input()) {
    return refuse_and_close(503, "5.5.1", "Input behind a command that must be last in its group (RFC 2920)",
                            Refusal::kPipelining);
  }
  if (options_.require_tls && !row.has(kPreTls) && !stream_.is_tls()) {
    return refuse(530, "5.7.0", "Must issue a STARTTLS command first", Refusal::kTlsRequired);
  }
  if (row.has(kNeedsHello) && helo_.empty()) return refuse(503, "5.5.1", "EHLO first", Refusal::kSequence);
  if (row.has(kNeedsTx) && !tx_) return refuse(503, "5.5.1", "MAIL first", Refusal::kSequence);
  if (row.has(kNoArgument) && !core::trim_ascii(argument).empty()) {
    return refuse(501, "5.5.4", std::string(row.name) + " takes no argument", Refusal::kSyntax);
  }
  return std::nullopt;
}

bool Session::has_early_input() { return !input_.buffered().empty() || stream_.has_pending_input(); }

// Errors are counted, and beyond a number each is answered late: a guesser of addresses gets slower.
bool Session::is_to_be_delayed(const Answer& answer) {
  if (answer.is_silent) return false;
  if (answer.code >= 500 && answer.refusal != Refusal::kContent) count_error();
  if (answer.closes) return false;
  const bool is_error = answer.refusal != Refusal::kNone || junk_ > options_.junk_max;
  const bool is_of_message = answer.refusal == Refusal::kContent || answer.refusal == Refusal::kBusy;
  if (is_error && answer.code < 500 && answer.code >= 400 && !is_of_message) ++deferrals_;
  return is_error && (errors_ + deferrals_ > options_.errors_soft_max || context_.budget->is_suspect(client_ip_));
}

// Of the session and of its client; past the client's allowance the session ends with this answer.
void Session::count_error() {
  ++errors_;
  if (context_.trusts(client_ip_)) return;
  if (context_.budget->count_error(client_ip_)) errors_ = std::max(errors_, options_.errors_hard_max + 1);
}

std::optional<Answer> Session::check_budget(Expense expense, std::size_t amount) {
  if (context_.trusts(client_ip_)) return std::nullopt;
  const auto excess = context_.budget->spend(expense, client_ip_, amount);
  if (!excess) return std::nullopt;
  const char* whose = excess->is_network ? "network" : "address";
  return refuse(450, "4.7.1", std::string("Too much from your ") + whose + ", wait " + std::to_string(excess->wait.count()) + " s",
                Refusal::kRate);
}

void Session::reply(const Answer& answer) {
  if (answer.is_silent) {
    is_closing_ |= answer.closes;
    if (answer.closes) out_.clear();
    return;
  }
  say(answer);
  if (errors_ > options_.errors_hard_max && !is_closing_) {
    say(refuse_and_close(421, "4.7.0", options_.hostname + " too many errors", Refusal::kTooManyErrors));
  }
}

void Session::say(const Answer& answer) {
  append_reply(out_, answer.code, answer.enhanced, answer.text);
  is_closing_ |= answer.closes;
  const auto klass = static_cast<std::size_t>(answer.code / 100);
  if (klass >= 2 && klass <= 5) context_.metrics.replies[klass]->add();
  if (answer.refusal == Refusal::kNone) return;
  context_.metrics.refusals[static_cast<std::size_t>(answer.refusal)]->add();
  core::log::info("smtp.refused", {{"session", id_.value},
                                   {"client", client_ip_.to_string()},
                                   {"code", answer.code},
                                   {"reason", to_string(answer.refusal)}});
  remember(answer);
}

void Session::remember(const Answer& answer) const {
  context_.refusals->add({context_.clock.wall_now(), id_, named_.trace, client_ip_.to_string(), helo_, named_.mail_from, named_.rcpt,
                          answer.code, answer.enhanced, answer.text, answer.refusal});
}

core::Task<bool> Session::flush() {
  if (out_.empty()) co_return true;
  const core::Duration bound = is_closing_ ? core::Duration(kFarewellMax) : core::Duration(options_.write_max);
  const auto by = core::Deadline::after(bound, context_.clock);
  const core::Result<void> written = co_await stream_.write_all(out_, by);
  out_.clear();
  if (!written) is_closing_ = true;
  co_return written.has_value();
}

void Session::end_transaction() {
  if (!tx_) return;
  tx_.reset();
  ++aborted_;
  context_.peers.count_aborted(client_ip_);
}

}  // namespace postern::smtp
