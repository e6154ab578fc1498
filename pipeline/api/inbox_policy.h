#pragma once
// pipeline/api/inbox_policy.h: what one inbox does with mail whose sender is not proven, and whom it lets in or keeps
// out. Immutable once made: recipients of all messages share it.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

enum class SenderAction {
  kPublished,  // what the author's domain asks for: reject, quarantine (suspend) or none (accept)
  kAccept,     // becomes a ticket that shows the verdict
  kSuspend,    // waits for a person
  kReject,     // 550 in session
  kDefer,      // 451: the sender's server tries again
};
std::string_view to_string(SenderAction action);  // "published", "accept", "suspend", "reject", "defer"
std::optional<SenderAction> parse_sender_action(std::string_view word);

inline constexpr std::size_t kSenderListMax = 1000;  // entries of one list

struct InboxPolicy {
  SenderAction on_dmarc_fail = SenderAction::kPublished;  // any but defer
  SenderAction on_no_dmarc = SenderAction::kAccept;       // no policy, and neither SPF nor DKIM prove the author: accept, suspend, reject
  SenderAction on_temperror = SenderAction::kDefer;       // DNS cannot tell now: accept, suspend, defer
  // "a@example.com", "example.com" (and what is below it), "192.0.2.0/24", "*". Allow beats block; an address or a
  // domain is allowed only when it is proven.
  std::vector<std::string> allow;
  std::vector<std::string> block;
  bool takes_reports = false;  // aggregate and TLS reports sent here are counted and make no ticket
};

}  // namespace postern::pipeline
