#pragma once
// pipeline/api/mta_sts.h: the policy of RFC 8461 that we serve for our own domains, and the id under which DNS announces
// it. Whoever serves and whoever advises use the same text, so they cannot disagree.
// Thread-safety: values and free functions.  Limits: max_age as RFC 8461 section 3.2 allows.
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

inline constexpr std::chrono::seconds kMtaStsAgeMax{31'557'600};  // RFC 8461 section 3.2: about one year
inline constexpr std::size_t kMtaStsHostsMax = 20;                // mx lines of one policy; further ones are left out

struct MtaStsOptions {
  // "none": no policy, also a way to withdraw one; "testing": failures are reported only; "enforce": a sender that
  // cannot have verified TLS with one of the hosts does not deliver. Any other word counts as "testing".
  std::string mode = "testing";
  std::vector<std::string> mx;           // MX hosts besides this server, such as a backup; "*.example.com" is allowed
  std::chrono::seconds max_age{604'800};  // how long senders keep the policy; cut to kMtaStsAgeMax
};

// True for the three words of `mode`.
bool is_mta_sts_mode(std::string_view word);
// The policy's text (RFC 8461 section 3.2), lines ending in CRLF. `hostname` is the first mx; none of them in mode none.
std::string mta_sts_policy(const MtaStsOptions& options, const std::string& hostname);
// The id of the TXT record: made of the text, so that it changes exactly when the policy does. 20 letters and digits.
std::string mta_sts_id(std::string_view policy);

}  // namespace postern::pipeline
