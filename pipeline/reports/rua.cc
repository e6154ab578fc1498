#include "pipeline/reports/rua.h"

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kScheme = "mailto:";
constexpr std::size_t kLocalPartMax = 64;  // RFC 5321 section 4.5.3.1
constexpr std::size_t kAddressMax = 254;
constexpr unsigned kUnitShift = 10;  // RFC 7489 section 6.3: units are powers of two

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = core::from_hex(core::to_lower_ascii(text.substr(i + 1, 2)));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += *byte;
    i += 2;
  }
  return out;
}

// "10m" as bytes.
std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, wrong] = std::from_chars(text.data(), end, value);
  if (wrong != std::errc() || end - at > 1) return std::nullopt;
  if (at == end) return value;
  constexpr std::string_view kUnits = "kmgt";
  const std::size_t unit = kUnits.find(core::to_lower_ascii(std::string_view(at, 1)));
  if (unit == std::string_view::npos) return std::nullopt;
  const unsigned shift = kUnitShift * (static_cast<unsigned>(unit) + 1);
  if (value > (UINT64_MAX >> shift)) return std::nullopt;
  return value << shift;
}

// RFC 5322 dot-atom-text: a quoted local part is nobody's report address and is not worth its ways to go wrong.
bool is_plain_local_part(std::string_view local) {
  constexpr std::string_view kSpecial = "!#$%&'*+-/=?^_`{|}~";
  if (local.empty() || local.size() > kLocalPartMax || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(local, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           kSpecial.find(c) != std::string_view::npos;
  });
}

std::optional<ReportUri> parse_uri(std::string_view text) {
  if (!core::equals_ignoring_case(text.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  ReportUri out;
  if (const std::size_t mark = text.rfind('!'); mark != std::string_view::npos) {
    out.bytes_max = parse_size(text.substr(mark + 1));
    if (!out.bytes_max) return std::nullopt;
    text = text.substr(0, mark);
  }
  const auto decoded = percent_decoded(text.substr(0, text.find('?')));
  if (!decoded) return std::nullopt;
  out.address = split_address(*decoded);
  const auto domain = to_a_labels(out.address.domain);
  if (!domain || !is_dns_name(*domain) || count_labels(*domain) < 2 || !is_plain_local_part(out.address.local)) return std::nullopt;
  out.address.domain = *domain;
  if (out.address.to_string().size() > kAddressMax) return std::nullopt;
  return out;
}

}  // namespace

std::vector<ReportUri> parse_report_uris(std::string_view rua, std::size_t most) {
  std::vector<ReportUri> out;
  for (const std::string& text : split_list(rua, ',')) {
    if (out.size() == most) break;
    auto uri = parse_uri(text);
    if (!uri) continue;
    const auto is_same = [&](const ReportUri& other) { return other.address.canonical() == uri->address.canonical(); };
    if (std::ranges::none_of(out, is_same)) out.push_back(std::move(*uri));
  }
  return out;
}

}  // namespace postern::pipeline
