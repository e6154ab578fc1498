#include "smtp/client/tls_notes.h"

#include "core/encoding.h"
#include "smtp/client/tls_result.h"

namespace postern::smtp {
namespace {

constexpr std::string_view kReportField = "TLS-Report-Domain:";

// The lines of a text, without their ends.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

}  // namespace

TlsNotes::TlsNotes(pipeline::TlsObserver* observer, core::Clock& clock, std::string domain)
    : observer_(domain.empty() ? nullptr : observer), clock_(clock), domain_(std::move(domain)) {}

void TlsNotes::tell(pipeline::AppliedTlsPolicy policy, pipeline::TlsFailure shown) {
  if (policy.domain.empty()) policy.domain = domain_;
  observer_->note({domain_, std::move(policy), std::move(shown), clock_.wall_now()});
}

void TlsNotes::policy(const StsFinding& found) {
  if (!is_on() || found.trouble.empty()) return;
  pipeline::AppliedTlsPolicy policy;
  policy.type = pipeline::kStsType;
  pipeline::TlsFailure shown;
  shown.result_type = found.trouble;
  shown.reason_code = tls_result::reason_text(found.why);
  tell(std::move(policy), std::move(shown));
}

void TlsNotes::host(const HostTls& tls, const Target& target, const std::optional<pipeline::TlsFailure>& shown) {
  if (!is_on() || (!shown && !tls.failure)) return;
  pipeline::TlsFailure told = shown.value_or(pipeline::TlsFailure());
  // What was wrong before the session began is why it counts as failed, however TLS went then.
  if (!tls.fault.empty()) {
    told.result_type = tls.fault;
    told.reason_code = tls_result::reason_text(tls.fault_reason);
  }
  if (tls.failure && told.result_type.empty()) return;  // this message's demand, not the host's TLS
  told.receiving_host = target.host;
  if (told.receiving_ip.empty()) told.receiving_ip = target.endpoint.address.to_string();
  tell(tls.in_force, std::move(told));
}

pipeline::AppliedTlsPolicy sts_in_force(const StsPolicy& policy, const std::string& domain) {
  return {std::string(pipeline::kStsType), domain, lines_of(to_text(policy)), policy.mx};
}

pipeline::AppliedTlsPolicy tlsa_in_force(const std::vector<net::TlsaRecord>& records, const std::string& base) {
  pipeline::AppliedTlsPolicy out;
  out.type = pipeline::kTlsaType;
  out.domain = base;
  for (const net::TlsaRecord& each : records) {
    out.text.push_back(std::to_string(each.usage) + ' ' + std::to_string(each.selector) + ' ' + std::to_string(each.matching) + ' ' +
                       core::to_hex(each.data));
  }
  return out;
}

bool is_own_tls_report(const pipeline::OutboundMessage& message) {
  if (message.ticket.value != 0) return false;
  std::string_view rest = message.message;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    if (line.empty()) return false;  // the end of the header
    if (core::equals_ignoring_case(line.substr(0, kReportField.size()), kReportField)) return true;
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
  }
  return false;
}

}  // namespace postern::smtp
