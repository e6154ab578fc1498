#pragma once
// smtp/server/refusal_log.h: whom we turned away lately, with which reply and why, so that "your server refused my mail" can
// be looked up (issue 5: every refusal can be found by `postern trace`). In memory only and bounded: an attacker chooses how
// many there are; card numbers in it are masked, as they may stand in an address or in the reply that repeats it. What names a sender is kept apart from what does not, so that noise pushes none of it out.
// Thread-safety: any thread.  Limits: kept_max entries of each sort, the oldest go first; texts are cut.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "smtp/server/answer.h"

namespace postern::smtp {

struct RefusedAttempt {
  core::WallTime at;
  core::SessionId session;
  core::TraceId trace;    // 0: no transaction had begun
  std::string client_ip;  // textual address
  std::string helo;
  std::string mail_from;  // empty: none was named, or <>
  std::string rcpt;       // the last one that was named; empty: none
  int code = 0;
  std::string enhanced;
  std::string text;
  Refusal reason = Refusal::kNone;
};

class RefusalLog {
 public:
  static constexpr std::size_t kUsualKept = 10'000;
  static constexpr std::size_t kTextBytesMax = 320;

  explicit RefusalLog(std::size_t kept_max = kUsualKept) : kept_max_(kept_max) {}
  void add(RefusedAttempt attempt);

  // Every field that is given has to fit: the address of the client in text, addresses of the envelope without case
  // ("@domain" for all of a domain).
  struct Wish {
    std::string client_ip;
    std::string mail_from;
    std::string rcpt;
    std::optional<core::TraceId> trace;
    std::size_t count_max = 50;
  };
  // Newest first.
  std::vector<RefusedAttempt> find(const Wish& wanted) const;
  // How many were pushed out by newer ones since the start.
  std::uint64_t forgotten() const;

 private:
  const std::size_t kept_max_;
  mutable std::mutex mutex_;
  std::deque<RefusedAttempt> named_;    // oldest first
  std::deque<RefusedAttempt> unnamed_;  // the same
  std::uint64_t forgotten_ = 0;
};

}  // namespace postern::smtp
