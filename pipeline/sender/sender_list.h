#pragma once
// pipeline/sender/sender_list.h: an inbox's lists of senders that are let in and kept out (InboxPolicy::allow, block).
// Thread-safety: free functions; SenderLists is immutable; SenderListCache from any thread.
// Ownership: values; the cache shares the policies it was asked about.
// Errors: sender_entry_complaint() for whoever writes a list; an entry with a complaint matches nothing.
// Limits: kSenderListMax entries of a list, kSenderAddressesMax addresses of a field. Time: independent of the number of
// address and domain entries, linear in networks.
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/ip.h"
#include "pipeline/api/envelope.h"
#include "pipeline/api/inbox_policy.h"
#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

inline constexpr std::size_t kSenderAddressesMax = 64;  // of all From, or all Sender fields; later ones are not looked at
inline constexpr std::size_t kSenderListsKeptMax = 1024;  // policies in a SenderListCache

// Who sent a message, as lists see it.
struct SenderFacts {
  std::optional<net::IpAddress> client;
  EmailAddress mail_from;                 // empty for <>
  std::vector<EmailAddress> from;         // of all From fields
  std::vector<std::string> from_domains;  // all that a reader may take for the author's; A-labels
  std::vector<EmailAddress> sender;       // of all Sender fields
  std::vector<std::string> proven;        // those of from_domains that the verdicts prove
};
SenderFacts find_sender_facts(const Envelope& envelope, const Message& message, const AuthVerdicts& auth);

// "a@example.com" | "example.com" with what is below it | "192.0.2.0/24", "2001:db8::1" | "*".
enum class SenderEntryKind { kAddress, kNetwork, kDomain, kAny };
std::string_view to_string(SenderEntryKind kind);  // "address", "network", "domain", "any"

// Why `entry` is no entry of a list, as a sentence; nullopt when it is one.
std::optional<std::string> sender_entry_complaint(std::string_view entry);

enum class ListVerdict { kNone, kAllowed, kBlocked };
std::string_view to_string(ListVerdict verdict);  // "none", "allowed", "blocked"

struct ListMatch {
  ListVerdict verdict = ListVerdict::kNone;
  SenderEntryKind kind = SenderEntryKind::kAny;
  std::string entry;  // as it stands in the policy; of several that match the most telling kind
};

// One list, ready to be searched.
class SenderList {
 public:
  explicit SenderList(const std::vector<std::string>& entries);
  using Found = std::optional<std::pair<SenderEntryKind, std::string>>;
  Found find_address(const EmailAddress& address) const;  // exactly this one
  Found find_domain(std::string_view domain) const;       // it, or one that it is below
  Found find_network(const net::IpAddress& client) const;
  Found find_any() const;
  bool empty() const { return addresses_.empty() && domains_.empty() && networks_.empty() && any_.empty(); }

 private:
  std::unordered_map<std::string, std::string> addresses_;  // compared form to entry
  std::unordered_map<std::string, std::string> domains_;
  std::vector<std::pair<net::IpNetwork, std::string>> networks_;
  std::string any_;
};

// Both lists of a policy. Allow beats block. An allowed address or domain counts in From only, and only where it is
// proven; networks and "*" need no proof. A blocked one counts wherever it stands: From, Sender or MAIL FROM.
class SenderLists {
 public:
  explicit SenderLists(const InboxPolicy& policy) : allow_(policy.allow), block_(policy.block) {}
  ListMatch match(const SenderFacts& facts) const;
  bool empty() const { return allow_.empty() && block_.empty(); }

 private:
  SenderList allow_;
  SenderList block_;
};

// Policies are shared by all messages, so their lists are prepared once.
class SenderListCache {
 public:
  ListMatch match(const std::shared_ptr<const InboxPolicy>& policy, const SenderFacts& facts);
  // False when no list of the policy has an entry, so that facts need not be gathered.
  static bool has_entries(const InboxPolicy* policy) {
    return policy != nullptr && !(policy->allow.empty() && policy->block.empty());
  }

 private:
  struct Kept {
    std::shared_ptr<const InboxPolicy> policy;  // keeps its address from being used again
    std::shared_ptr<const SenderLists> lists;
  };
  std::mutex mutex_;
  std::map<const InboxPolicy*, Kept> kept_;
};

}  // namespace postern::pipeline
