#pragma once
// smtp/client/sts_policy.h: the MTA-STS policy of a recipient's domain (RFC 8461): its TXT record, its text, the hosts it names.
// Pure.  Errors: none; what is not a policy is nothing.  Limits: kStsBytesMax, kStsHostsMax.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::smtp {

inline constexpr std::size_t kStsBytesMax = 64U << 10U;  // RFC 8461 section 3.3 suggests it
inline constexpr std::size_t kStsHostsMax = 100;
inline constexpr std::chrono::seconds kStsAgeMax{31'557'600};  // section 3.2

struct StsPolicy {
  enum class Mode { kNone, kTesting, kEnforce };
  Mode mode = Mode::kNone;
  std::vector<std::string> mx;  // lower case; "*.example.com" stands for one label
  std::chrono::seconds max_age{0};
};

// The id under which a policy is announced: of the one record that begins so; several are none (section 3.1).
std::optional<std::string> sts_id(const std::vector<std::string>& txt);
std::optional<StsPolicy> parse_sts_policy(std::string_view text);
std::string to_text(const StsPolicy& policy);  // which parse_sts_policy() reads back
bool sts_allows(const StsPolicy& policy, std::string_view host);  // section 4.1

}  // namespace postern::smtp
