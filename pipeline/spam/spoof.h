#pragma once
// pipeline/spam/spoof.h: signs that a sender pretends to be one of us, as names of spam symbols: one of our domains
// without proof, a colleague's name, another address in the name, a domain that looks like ours, answers that go
// elsewhere.
// Thread-safety: find() from any thread.  Ownership: borrows the names.  Errors: none.
// Limits: kMailboxesMax of each field. What a forwarder that the operator trusts has passed on is not held against it.
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/envelope.h"
#include "pipeline/api/ports.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/spam/lookalike.h"

namespace postern::pipeline {

inline constexpr std::size_t kMailboxesMax = 16;  // of From, and of Reply-To, that are looked at

// Domains that a display name shows: those of addresses in it, and bare ones. A-labels, lower case.
// A bare word is a domain when it ends in .com, .net or .org, begins with "www.", or is one of `own`.
std::vector<std::string> domains_in_name(std::string_view name, const LookalikeDomains& own);

class SpoofDetector {
 public:
  explicit SpoofDetector(const KnownNames& names) : names_(names) {}
  // Symbols of SpamClassifier, each at most once.
  std::vector<std::string_view> find(const MessageContent& content, const AuthVerdicts& auth,
                                     const Envelope& envelope) const;

 private:
  struct Own {
    std::vector<std::string> domains;
    LookalikeDomains look;
  };
  // Our domains, prepared again when they have changed.
  std::shared_ptr<const Own> own() const;

  const KnownNames& names_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Own> own_;
};

// A trusted forwarder's seal says that the author's domain was authenticated there.
bool is_proven_by_seal(const AuthVerdicts& auth);
// True when SPF, DKIM and DMARC say nothing of the author because a forwarder that the operator trusts stands between.
bool is_from_trusted_forwarder(const AuthVerdicts& auth);

}  // namespace postern::pipeline
