#include "pipeline/runner/policy.h"

#include <string>

#include "pipeline/mime/header.h"
#include "pipeline/mime/params.h"
#include "pipeline/sender/from_domains.h"

namespace postern::pipeline {
std::string reply_domain(const std::string& domain) {
  std::string out;
  for (char c : domain.substr(0, 255)) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    out.push_back(is_plain ? c : '?');
  }
  return out;
}

std::string printable(const std::string& reason) {
  std::string out;
  for (char c : reason.substr(0, 255)) out.push_back(c >= 0x20 && c < 0x7F ? c : '?');
  return out;
}

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

}  // namespace postern::pipeline
