#include "pipeline/sender/spf_record.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "pipeline/sender/spf_macro.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kVersion = "v=spf1";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct MechanismName {
  std::string_view name;
  SpfMechanism mechanism;
};
constexpr std::array kMechanisms{
    MechanismName{"all", SpfMechanism::kAll}, MechanismName{"include", SpfMechanism::kInclude},
    MechanismName{"a", SpfMechanism::kA},     MechanismName{"mx", SpfMechanism::kMx},
    MechanismName{"ptr", SpfMechanism::kPtr}, MechanismName{"ip4", SpfMechanism::kIp4},
    MechanismName{"ip6", SpfMechanism::kIp6}, MechanismName{"exists", SpfMechanism::kExists}};

// Prefix length without leading zeros, at most `most`.
std::optional<unsigned> read_bits(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned bits = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  return bits <= most ? std::optional(bits) : std::nullopt;
}

bool is_number(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// Cuts a dual-cidr-length from the end of `text`. A "/" inside a macro is a delimiter, so only digits to the end of
// the text make a length.
bool cut_bits(std::string_view& text, SpfTerm& term) {
  if (const std::size_t at = text.rfind("//"); at != std::string_view::npos && is_number(text.substr(at + 2))) {
    const std::optional<unsigned> bits = read_bits(text.substr(at + 2), 128);
    if (!bits) return false;
    term.bits_v6 = *bits;
    text = text.substr(0, at);
  }
  if (const std::size_t at = text.rfind('/'); at != std::string_view::npos && is_number(text.substr(at + 1))) {
    const std::optional<unsigned> bits = read_bits(text.substr(at + 1), 32);
    if (!bits) return false;
    term.bits_v4 = *bits;
    text = text.substr(0, at);
  }
  return true;
}

// ":" domain-spec.
bool read_domain(std::string_view text, SpfTerm& term) {
  if (text.empty() || text[0] != ':' || !is_domain_spec(text.substr(1))) return false;
  term.domain_spec = text.substr(1);
  return true;
}

bool read_network(std::string_view text, SpfTerm& term) {
  if (text.empty() || text[0] != ':') return false;
  text.remove_prefix(1);
  const bool is_v4 = term.mechanism == SpfMechanism::kIp4;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::optional<unsigned> bits = read_bits(text.substr(slash + 1), is_v4 ? 32 : 128);
    if (!bits) return false;
    (is_v4 ? term.bits_v4 : term.bits_v6) = *bits;
    text = text.substr(0, slash);
  }
  // The form decides, not the value: ::ffff:192.0.2.1 is an ip6-network.
  if ((text.find(':') == std::string_view::npos) != is_v4) return false;
  boost::system::error_code error;
  const boost::asio::ip::address address = boost::asio::ip::make_address(std::string(text), error);
  if (error || text.find('%') != std::string_view::npos) return false;
  term.network = address;
  return true;
}

std::optional<SpfTerm> read_mechanism(std::string_view text) {
  SpfTerm term;
  if (std::string_view("+-?~").find(text[0]) != std::string_view::npos) {
    term.qualifier = text[0];
    text.remove_prefix(1);
  }
  std::size_t end = 0;
  while (end < text.size() && (is_alpha(text[end]) || is_digit(text[end]))) ++end;
  const std::string name = core::to_lower_ascii(text.substr(0, end));
  const auto* row =
      std::find_if(kMechanisms.begin(), kMechanisms.end(), [&](const MechanismName& it) { return it.name == name; });
  if (row == kMechanisms.end()) return std::nullopt;
  term.mechanism = row->mechanism;
  std::string_view rest = text.substr(end);
  bool is_valid = false;
  switch (term.mechanism) {
    case SpfMechanism::kAll: is_valid = rest.empty(); break;
    case SpfMechanism::kInclude:
    case SpfMechanism::kExists: is_valid = read_domain(rest, term); break;
    case SpfMechanism::kPtr: is_valid = rest.empty() || read_domain(rest, term); break;
    case SpfMechanism::kA:
    case SpfMechanism::kMx: is_valid = cut_bits(rest, term) && (rest.empty() || read_domain(rest, term)); break;
    case SpfMechanism::kIp4:
    case SpfMechanism::kIp6: is_valid = read_network(rest, term); break;
  }
  return is_valid ? std::optional(term) : std::nullopt;
}

// "name=" at the start of a term makes it a modifier; gives the size of the name.
std::optional<std::size_t> modifier_name_size(std::string_view text) {
  if (!is_alpha(text[0])) return std::nullopt;
  std::size_t end = 0;
  while (end < text.size() &&
         (is_alpha(text[end]) || is_digit(text[end]) || text[end] == '-' || text[end] == '_' || text[end] == '.'))
    ++end;
  return end < text.size() && text[end] == '=' ? std::optional(end) : std::nullopt;
}

bool read_modifier(std::string_view name, std::string_view value, SpfRecord& record) {
  const bool is_redirect = core::equals_ignoring_case(name, "redirect");
  if (!is_redirect && !core::equals_ignoring_case(name, "exp")) return is_macro_string(value, SpfMacroUse::kDomain);
  std::optional<std::string>& slot = is_redirect ? record.redirect : record.explanation;
  if (slot || !is_domain_spec(value)) return false;  // each may appear once (section 6)
  slot = std::string(value);
  return true;
}

}  // namespace

bool is_spf_record(std::string_view text) {
  return core::equals_ignoring_case(text.substr(0, kVersion.size()), kVersion) &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

std::optional<SpfRecord> parse_spf_record(std::string_view text) {
  if (!is_spf_record(text)) return std::nullopt;
  if (std::any_of(text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; })) return std::nullopt;
  SpfRecord record;
  std::size_t at = kVersion.size();
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view term = text.substr(at, end - at);
    at = end + 1;
    if (term.empty()) continue;
    if (const std::optional<std::size_t> size = modifier_name_size(term); size) {
      if (!read_modifier(term.substr(0, *size), term.substr(*size + 1), record)) return std::nullopt;
      continue;
    }
    std::optional<SpfTerm> mechanism = read_mechanism(term);
    if (!mechanism) return std::nullopt;
    record.terms.push_back(std::move(*mechanism));
  }
  return record;
}

}  // namespace postern::pipeline
