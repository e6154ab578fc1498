#include "pipeline/runner/policy.h"

#include <string>

#include "pipeline/mime/header.h"
#include "pipeline/mime/params.h"
#include "pipeline/sender/from_domains.h"

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

// A reason goes into a reply line: printable ASCII, within its 512 bytes (RFC 5321 section 4.5.3.1.5).
std::string printable(const std::string& reason) {
  if (reason.empty()) return "The From field does not tell one author";
  std::string out;
  for (char c : reason.substr(0, 255)) out.push_back(c >= 0x20 && c < 0x7F ? c : '?');
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
  // Several From fields of one domain deceive nobody, and DMARC judges that domain; two domains would let one reader
  // see another sender than the next (RFC 9989).
  if (auto defect = from_defect(find_from_domains(message, AuthOptions{}))) {
    return refusal(550, "5.7.1", std::move(*defect));
  }
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
  // What check_header() could not see: the authenticator's limits may be tighter.
  if (auth.dmarc.result == AuthResult::kPermError) return refusal(550, "5.7.1", printable(auth.dmarc.reason));
  if (auth.dmarc.result != AuthResult::kTempError || !options.defers_dmarc_temperror) return std::nullopt;
  if (auth.dmarc.policy_domain.empty()) {
    return deferral("4.7.26", "The DMARC policy of " + reply_domain(auth.dmarc.domain) +
                                  " could not be looked up, try again later");
  }
  // A domain that asks for nothing gets nothing: its broken records must not keep its mail out.
  if (auth.dmarc.policy == DmarcPolicy::kNone) return std::nullopt;
  return deferral("4.7.26", "The SPF or DKIM records for " + reply_domain(auth.dmarc.domain) +
                                " could not be looked up, try again later");
}

}  // namespace postern::pipeline
