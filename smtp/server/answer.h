#pragma once
// smtp/server/answer.h: what a verb says, with why it refuses (for metrics and logs) and whether the session ends.
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::smtp {

enum class Refusal {
  kNone, kSyntax, kUnknownCommand, kSequence, kUtf8, kUnknownUser, kRelay, kDirectory, kRcptCount, kSize, kMemory,
  kSmuggling, kLineLength, kLoop, kContent, kEarlyTalk, kPipelining, kTlsRequired, kTls, kTimeout, kTooManyErrors,
  kTooManyCommands, kNetwork, kRate, kBlocked, kGreylisted, kProxy, kDraining, kUnhealthy, kXclient, kBusy, kInternal
};
inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::kInternal) + 1;
std::string_view to_string(Refusal refusal);

struct Answer {
  int code = 250;
  std::string enhanced;  // empty: the reply carries none (RFC 2034 section 4)
  std::string text;
  Refusal refusal = Refusal::kNone;
  bool closes = false;
  bool is_silent = false;  // nothing to say: it has been said, or the peer is gone
};

inline Answer ok(std::string enhanced, std::string text) { return {250, std::move(enhanced), std::move(text)}; }
inline Answer refuse(int code, std::string enhanced, std::string text, Refusal why) {
  return {code, std::move(enhanced), std::move(text), why};
}
inline Answer refuse_and_close(int code, std::string enhanced, std::string text, Refusal why) {
  return {code, std::move(enhanced), std::move(text), why, true};
}
inline Answer said_already() { return {0, {}, {}, Refusal::kNone, false, true}; }
inline Answer hang_up() { return {421, {}, {}, Refusal::kNone, true, true}; }

// The reply to a command that could not be parsed. `is_sender`: the path is that of MAIL.
Answer answer_of(const core::Error& error, bool is_sender);

}  // namespace postern::smtp
