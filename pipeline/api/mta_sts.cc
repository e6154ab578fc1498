#include "pipeline/api/mta_sts.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kIdSize = 20;  // RFC 8461 section 3.1 allows 32

// Policy lines hold host names; anything else could break out of its line.
bool is_host_pattern(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '*' || c == '_';
  });
}

}  // namespace

bool is_mta_sts_mode(std::string_view word) { return word == "none" || word == "testing" || word == "enforce"; }

std::string mta_sts_policy(const MtaStsOptions& options, const std::string& hostname) {
  const std::string mode = is_mta_sts_mode(options.mode) ? options.mode : "testing";
  std::string text = "version: STSv1\r\nmode: " + mode + "\r\n";
  if (mode != "none") {
    std::vector<std::string> seen;
    const auto add = [&](std::string_view host) {
      std::string name = core::to_lower_ascii(host);
      while (name.ends_with('.')) name.pop_back();
      if (!is_host_pattern(name) || seen.size() >= kMtaStsHostsMax) return;
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) return;
      text += "mx: " + name + "\r\n";
      seen.push_back(std::move(name));
    };
    add(hostname);
    for (const std::string& host : options.mx) add(host);
  }
  const auto age = std::clamp(options.max_age, std::chrono::seconds(0), kMtaStsAgeMax);
  return text + "max_age: " + std::to_string(age.count()) + "\r\n";
}

std::string mta_sts_id(std::string_view policy) { return core::to_hex(core::sha256(policy)).substr(0, kIdSize); }

}  // namespace postern::pipeline
