#include "smtp/client/sts_policy.h"

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "net/dns.h"

namespace postern::smtp {
namespace {

constexpr std::size_t kIdBytesMax = 32;

bool is_id(std::string_view text) {
  const auto is_sign = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= kIdBytesMax && std::ranges::all_of(text, is_sign);
}

// The text up to a sign, which is taken away with it.
std::string_view take(std::string_view& rest, char until) {
  const std::size_t end = rest.find(until);
  const std::string_view out = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return out;
}

std::optional<StsPolicy::Mode> mode_of(std::string_view word) {
  if (word == "enforce") return StsPolicy::Mode::kEnforce;
  if (word == "testing") return StsPolicy::Mode::kTesting;
  if (word == "none") return StsPolicy::Mode::kNone;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> sts_id(const std::vector<std::string>& txt) {
  std::optional<std::string> out;
  bool is_announced = false;
  for (const std::string& record : txt) {
    std::string_view rest = record;
    if (core::trim_ascii(take(rest, ';')) != "v=STSv1") continue;
    if (is_announced) return std::nullopt;
    is_announced = true;
    while (!rest.empty()) {
      const std::string_view field = core::trim_ascii(take(rest, ';'));
      if (!out && field.starts_with("id=") && is_id(field.substr(3))) out = std::string(field.substr(3));
    }
  }
  return out;
}

std::optional<StsPolicy> parse_sts_policy(std::string_view text) {
  StsPolicy out;
  bool has_version = false;
  std::optional<StsPolicy::Mode> mode;
  std::optional<std::uint64_t> age;
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const std::string_view key = core::trim_ascii(take(line, ':'));
    const std::string_view value = core::trim_ascii(line);
    // Of a key that may stand once, the first counts (section 3.2).
    if (key == "version") {
      if (!has_version && value != "STSv1") return std::nullopt;
      has_version = true;
    } else if (key == "mode" && !mode) {
      mode = mode_of(value);
      if (!mode) return std::nullopt;
    } else if (key == "max_age" && !age) {
      std::uint64_t seconds = 0;
      const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      if (code != std::errc() || end != value.data() + value.size()) return std::nullopt;
      age = seconds;
    } else if (key == "mx" && !value.empty() && out.mx.size() < kStsHostsMax) {
      out.mx.push_back(net::normalize_name(value));
    }
  }
  if (!has_version || !mode || !age) return std::nullopt;
  out.mode = *mode;
  out.max_age = std::chrono::seconds(std::min<std::uint64_t>(*age, static_cast<std::uint64_t>(kStsAgeMax.count())));
  if (out.mode != StsPolicy::Mode::kNone && out.mx.empty()) return std::nullopt;
  return out;
}

std::string to_text(const StsPolicy& policy) {
  constexpr std::string_view kModes[] = {"none", "testing", "enforce"};
  std::string out = "version: STSv1\nmode: ";
  out += kModes[static_cast<std::size_t>(policy.mode)];
  for (const std::string& host : policy.mx) out += "\nmx: " + host;
  return out + "\nmax_age: " + std::to_string(policy.max_age.count()) + '\n';
}

bool sts_allows(const StsPolicy& policy, std::string_view host) {
  const std::string name = net::normalize_name(host);
  const std::size_t dot = name.find('.');
  const auto is_named = [&name, dot](const std::string& pattern) {
    if (!pattern.starts_with("*.")) return pattern == name;
    return dot != std::string::npos && std::string_view(name).substr(dot) == std::string_view(pattern).substr(1);
  };
  return std::ranges::any_of(policy.mx, is_named);
}

}  // namespace postern::smtp
