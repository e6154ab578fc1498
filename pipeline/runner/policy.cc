#include "pipeline/runner/policy.h"

#include <set>
#include <string>

#include "pipeline/mime/address.h"
#include "pipeline/mime/header.h"
#include "pipeline/mime/params.h"

namespace postern::pipeline {
namespace {

// A domain goes into a reply line: letters, digits, dots and hyphens only.
std::string reply_domain(const std::string& domain) {
  std::string out;
  for (char c : domain.substr(0, 255)) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    out.push_back(is_plain ? c : '?');
  }
  return out;
}

// Domains of all From fields together: real mail repeats the field with one domain, which deceives nobody (and never
// counts as authenticated); two domains would let one reader see another sender than the next (RFC 9989).
std::set<std::string> from_domains(const Message& message, const HeaderBlock& block) {
  std::set<std::string> out;
  for (const HeaderField& field : block.fields) {
    if (field.name_lower != "from") continue;
    for (const NamedAddress& one : parse_address_list(message.view(field.value))) {
      if (!one.address.domain.empty()) out.insert(one.address.domain_lower());
    }
  }
  return out;
}

}  // namespace

SmtpVerdict refusal(int code, std::string enhanced, std::string text) {
  return {code, std::move(enhanced), std::move(text), "reject"};
}

SmtpVerdict deferral(std::string enhanced, std::string text) {
  return {451, std::move(enhanced), std::move(text), "defer"};
}

std::optional<SmtpVerdict> check_header(const Message& message, const RunnerOptions& options) {
  const HeaderBlock block = parse_message_header(message);
  if (count_fields(block.fields, "received") >= options.hops_max) {
    return refusal(554, "5.4.6", "Too many hops, this message goes in circles");
  }
  if (message.view(block.range).find('\0') != std::string_view::npos) {
    return refusal(550, "5.6.0", "The header holds a NUL character");
  }
  if (from_domains(message, block).size() > 1) return refusal(550, "5.7.1", "The From field names several domains");
  if (const HeaderField* type = find_field(block.fields, "content-type")) {
    // RFC 2046 section 5.2.2: the pieces cannot be scanned before they are joined, and nobody here joins them.
    if (parse_mime_value(message.view(type->value)).value == "message/partial") {
      return refusal(554, "5.6.1", "Fragmented messages (message/partial) are not accepted");
    }
  }
  return std::nullopt;
}

std::optional<SmtpVerdict> check_authentication(const AuthVerdicts& auth, const RunnerOptions& options) {
  if (auth.dmarc.result == AuthResult::kFail && auth.dmarc.disposition == DmarcPolicy::kReject &&
      options.rejects_dmarc_fail) {
    // RFC 7372 section 3.3 has 5.7.26 for several failed checks, which a DMARC failure is.
    return refusal(
        550, "5.7.26",
        "Not authenticated as " + reply_domain(auth.dmarc.domain) + ", whose DMARC policy asks to refuse it");
  }
  if (auth.dmarc.result == AuthResult::kTempError && options.defers_dmarc_temperror) {
    return deferral("4.7.26", "The DMARC policy of " + reply_domain(auth.dmarc.domain) +
                                  " could not be looked up, try again later");
  }
  return std::nullopt;
}

}  // namespace postern::pipeline
