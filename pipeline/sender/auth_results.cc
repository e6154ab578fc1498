#include <algorithm>

#include "core/encoding.h"
#include "pipeline/sender/authenticator.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kColumnsMax = 78;  // RFC 5322 section 2.1.1, without CRLF
constexpr std::size_t kValueBytesMax = 255;

bool is_token_char(char c) {
  return c > 0x20 && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

// A value of the RFC 8601 grammar: a token, or a quoted string of printable ASCII.
std::string printable(std::string_view text) {
  std::string plain;
  for (const char c : text.substr(0, kValueBytesMax)) plain += c >= 0x20 && c < 0x7f ? c : '?';
  return plain;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string value_of(std::string_view text) {
  const std::string plain = printable(text);
  return !plain.empty() && std::all_of(plain.begin(), plain.end(), is_token_char) ? plain : quoted(text);
}

// pvalue also allows local@domain and @domain without quotes.
std::string property(std::string_view name, std::string_view text) {
  if (text.empty()) return {};
  const std::size_t at = text.rfind('@');
  const auto is_tokens = [](std::string_view part) { return std::all_of(part.begin(), part.end(), is_token_char); };
  const bool is_address = at != std::string_view::npos && at + 1 < text.size() && text.size() <= kValueBytesMax &&
                          is_tokens(text.substr(0, at)) && is_tokens(text.substr(at + 1));
  return " " + std::string(name) + "=" + (is_address ? std::string(text) : value_of(text));
}

std::string reason(std::string_view text) { return text.empty() ? std::string() : " reason=" + quoted(text); }

// Breaks at blanks that are outside quoted strings.
std::string folded(std::string_view name, const std::vector<std::string>& items) {
  std::string out(name);
  std::size_t column = out.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string item = items[i] + (i + 1 < items.size() ? ";" : "");
    std::size_t at = 0;
    bool is_first = true;
    while (at < item.size()) {
      std::size_t end = at;
      bool in_quotes = false;
      while (end < item.size() && (in_quotes || item[end] != ' ')) {
        if (item[end] == '\\')
          ++end;
        else if (item[end] == '"')
          in_quotes = !in_quotes;
        ++end;
      }
      end = std::min(end, item.size());
      const std::string_view word = std::string_view(item).substr(at, end - at);
      const bool starts_line = (is_first && i > 0) || column + 1 + word.size() > kColumnsMax;
      out += starts_line ? "\r\n\t" : " ";
      column = (starts_line ? 8 : column + 1) + word.size();
      out += word;
      is_first = false;
      at = end + 1;
    }
  }
  return out + "\r\n";
}

std::string spf_item(const SpfVerdict& spf) {
  std::string item = "spf=" + std::string(to_string(spf.result)) + reason(spf.reason);
  return item + property(spf.identity == "helo" ? "smtp.helo" : "smtp.mailfrom", spf.domain);
}

std::string dkim_item(const DkimVerdict& dkim) {
  return "dkim=" + std::string(to_string(dkim.result)) + reason(dkim.reason) + property("header.d", dkim.domain) +
         property("header.s", dkim.selector) + property("header.a", dkim.algorithm);
}

std::string dmarc_item(const DmarcVerdict& dmarc) {
  std::string item = "dmarc=" + std::string(to_string(dmarc.result)) + reason(dmarc.reason);
  if (!dmarc.policy_domain.empty()) item += property("policy.published-domain-policy", to_string(dmarc.policy));
  // RFC 8601 section 2.3: ptype "policy" is where local policy says how it departs from the method's result.
  item += property("policy.override", dmarc.overridden_by);
  return item + property("header.from", dmarc.domain);
}

// RFC 8617 section 5.2.1 knows no result between pass and fail: a chain that cannot be judged now has failed. Its
// registered properties (header.oldest-pass, smtp.remote-ip) say what we do not look for, so sets and sealer stand in a
// comment, as sealers write them; d= is a name of A-labels and cannot end it.
std::string arc_item(const ArcVerdict& arc) {
  if (arc.result == AuthResult::kNone) return "arc=none";
  std::string item = arc.result == AuthResult::kPass ? "arc=pass" : "arc=fail";
  item += " (i=" + std::to_string(arc.instances);
  if (!arc.sealer.empty()) item += " d=" + arc.sealer;
  item += ")" + reason(arc.reason);
  if (!arc.is_trusted) return item;
  return item + property("policy.trusted-sealer", arc.sealer) +
         property("policy.sealed-dmarc", to_string(arc.sealed_dmarc));
}

// RFC 8904: a list in DNS that knows the client for good. There is no such method for lists of senders of spam.
std::string dnswl_item(const DnsListHit& hit) {
  return "dnswl=pass" + property("dns.zone", hit.list) + property("policy.ip", hit.answer);
}

}  // namespace

std::string authentication_results_header(const AuthVerdicts& verdicts, std::string_view authserv_id) {
  std::vector<std::string> items;
  items.push_back(value_of(authserv_id));
  items.push_back("iprev=" + std::string(to_string(verdicts.iprev)) + property("policy.iprev", verdicts.iprev_name));
  items.push_back(spf_item(verdicts.spf));
  for (const DkimVerdict& dkim : verdicts.dkim) items.push_back(dkim_item(dkim));
  if (verdicts.dkim.empty()) items.push_back("dkim=none");
  items.push_back(dmarc_item(verdicts.dmarc));
  items.push_back(arc_item(verdicts.arc));
  for (const DnsListHit& hit : verdicts.lists) {
    if (hit.is_allow) items.push_back(dnswl_item(hit));
  }
  return folded("Authentication-Results:", items);
}

}  // namespace postern::pipeline
