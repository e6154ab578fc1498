// What DATA and BDAT share: memory and time for content, what makes it unacceptable, and the verdict.
#include "core/errc.h"
#include "core/log.h"
#include "smtp/server/received.h"
#include "smtp/server/session.h"

namespace postern::smtp {
namespace {

double seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

// The pipeline's verdict as a reply, whatever it says.
Answer answer_of(const pipeline::SmtpVerdict& verdict, core::TraceId trace) {
  const bool is_final = verdict.code >= 400 ? verdict.code < 600 : verdict.code == 250;
  if (!is_final) return refuse(451, "4.3.0", "Local error, try again later", Refusal::kInternal);
  Answer answer{verdict.code, verdict.enhanced, verdict.text + " [" + core::to_base32(trace.value) + ']'};
  // 4.3.x is about us, not about the message (RFC 3463 section 3.4): a stage that is full or slow, or the store.
  if (!verdict.is_accepted()) answer.refusal = verdict.enhanced.starts_with("4.3.") ? Refusal::kBusy : Refusal::kContent;
  answer.closes = verdict.code == 421;
  return answer;
}

}  // namespace

// Puts our trace field first. False when the budget has no room.
bool Session::begin_content(Transaction& transaction) {
  transaction.content_since = context_.clock.now();
  transaction.envelope.received_at = context_.clock.wall_now();
  const std::string trace = received_field(transaction.envelope, client_ip_, options_.hostname);
  transaction.content = MessageBuffer(context_.memory, trace.size() + options_.message_bytes_max);
  return transaction.content.append(trace);
}

void Session::keep(Transaction& transaction, std::string_view content) {
  transaction.received_bytes += content.size();
  if (transaction.is_too_big || transaction.has_no_memory || content.empty()) return;
  transaction.is_too_big = transaction.received_bytes > options_.message_bytes_max;
  if (!transaction.is_too_big) transaction.has_no_memory = !transaction.content.append(content);
  if (transaction.is_too_big || transaction.has_no_memory) transaction.content.drop();
}

// The minimum rate counts from `since`, the total from `all_since` (mail.md trap 14: no timeout per read).
core::Deadline Session::content_deadline(core::Instant since, std::uint64_t wire_bytes, core::Instant all_since) const {
  const std::uint64_t rate = std::max<std::uint64_t>(options_.data_rate_min, 1);
  const core::Instant floor = since + options_.data_grace + std::chrono::seconds(wire_bytes / rate);
  return core::Deadline(all_since + options_.data_total_max).earlier_of(core::Deadline(floor));
}

core::Task<Session::ContentEnd> Session::more_content(core::Deadline by) {
  input_.widen();
  const core::Result<void> filled = co_await input_.fill(by);
  if (filled) co_return ContentEnd::kComplete;
  co_return filled.error() == core::Errc::kTimedOut ? ContentEnd::kTimedOut : ContentEnd::kGone;
}

// Why the session cannot go on, when content did not end where it should.
std::optional<Answer> Session::end_failure(ContentEnd end) const {
  switch (end) {
    case ContentEnd::kComplete: return std::nullopt;
    case ContentEnd::kFlood: return refuse_and_close(552, "5.3.4", "Message far over the size limit", Refusal::kSize);
    case ContentEnd::kTimedOut:
      return refuse_and_close(421, "4.4.2", options_.hostname + " timeout waiting for content", Refusal::kTimeout);
    case ContentEnd::kGone: return hang_up();
  }
  return hang_up();
}

// Why complete content is not taken. Bare line ends close the session: whoever sent them may hold another view of
// where the message ended, and what follows could be what it smuggles (traps 1 to 3).
std::optional<Answer> Session::content_failure(const Transaction& transaction, bool has_bare,
                                               std::size_t line_bytes) const {
  if (has_bare) {
    return refuse_and_close(550, "5.6.0", "Bare CR or LF in the message (RFC 5321 section 2.3.8)", Refusal::kSmuggling);
  }
  if (transaction.is_too_big) return refuse(552, "5.3.4", "Message over the size limit", Refusal::kSize);
  if (transaction.has_no_memory) return refuse(452, "4.3.1", "No room for this message now", Refusal::kMemory);
  if (line_bytes > options_.text_line_bytes_max) {
    return refuse(554, "5.6.0", "A line of the message is too long", Refusal::kLineLength);
  }
  return std::nullopt;
}

core::Task<Answer> Session::deliver(Transaction transaction) {
  if (count_hops(transaction.content.view()) > options_.hops_max + 1) {  // ours is one
    co_return refuse(554, "5.4.6", "Too many hops: a mail loop", Refusal::kLoop);
  }
  const std::uint64_t bytes = transaction.received_bytes;
  const core::TraceId trace = transaction.envelope.trace;
  const std::size_t rcpts = transaction.envelope.rcpts.size();
  const core::Instant content_end = context_.clock.now();
  const auto by = core::Deadline::after(options_.intake_total_max, context_.clock);
  context_.metrics.message_bytes.add(bytes);
  context_.budget->charge(Expense::kBytes, client_ip_, bytes);
  std::shared_ptr<const pipeline::Message> message = transaction.content.release();
  const pipeline::SmtpVerdict verdict =
      co_await context_.intake.take(std::move(transaction.envelope), std::move(message), by);
  Answer answer = answer_of(verdict, trace);
  const core::Instant now = context_.clock.now();
  context_.metrics.intake_seconds.observe(seconds(now - content_end));
  context_.metrics.message_seconds.observe(seconds(now - transaction.content_since));
  context_.metrics.messages_with(verdict.action).add();
  core::log::info("smtp.message", {{"session", id_.value},
                                   {"trace", core::to_base32(trace.value)},
                                   {"bytes", bytes},
                                   {"rcpts", rcpts},
                                   {"code", answer.code},
                                   {"action", verdict.action}});
  junk_ = 0;
  deferrals_ = 0;
  co_return answer;
}

}  // namespace postern::smtp
