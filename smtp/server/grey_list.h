#pragma once
// smtp/server/grey_list.h: asks mail from networks that never completed one to come again later (RFC 6647): 450 4.7.1 at RCPT. What
// sends junk once does not; what queues mail does. Off by default: it delays the first mail of every newcomer.
// Gentle with pools of senders, which try again from another address: what counts is that the same sender asks for the same
// recipient again after the delay, wherever from; then all the networks that tried, or that stand for the sender now, are known
// and wait no more, for as long as they are seen within `known_for`.
// Everything is kept as keyed digests of 64 bits: no address is stored, in memory or in the file.
// Thread-safety: any thread.  Limits: tried_max and known_max entries; with all places taken a newcomer is let in rather than lost.
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.h"
#include "core/result.h"
#include "net/ip.h"
#include "smtp/options.h"

namespace postern::smtp {

class GreyList {
 public:
  // `clock`'s wall time counts, as entries outlive the process.
  GreyList(GreyListOptions options, const core::Clock& clock);

  bool is_on() const { return options_.is_on; }
  // Seconds to wait, or nothing: let in. Addresses in canonical form; the null sender is "".
  std::optional<std::chrono::seconds> check(const net::IpAddress& client, std::string_view mail_from, std::string_view rcpt);

  // What is known, with the key of its digests, as text of lines; for the next start. Errors of read(): kInvalid for a text that is not
  // of that form; then nothing has changed.
  std::string write() const;
  core::Result<void> read(std::string_view text);
  std::size_t known() const;

 private:
  struct Attempt {
    std::int64_t first_s = 0;                   // unix seconds
    std::array<std::uint64_t, 4> networks{};    // that tried, the last ones
    std::size_t count = 0;
  };
  std::uint64_t digest(char kind, std::string_view text) const;
  void learn(std::uint64_t network, std::int64_t now);
  void forget_old(std::int64_t now);

  const GreyListOptions options_;
  const core::Clock& clock_;
  mutable std::mutex mutex_;
  std::string key_;
  std::unordered_map<std::uint64_t, Attempt> tried_;       // by sender and recipient
  std::unordered_map<std::uint64_t, std::int64_t> known_;  // network -> last seen
  std::int64_t swept_s_ = 0;
};

}  // namespace postern::smtp
