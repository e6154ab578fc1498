#include "ticketing/detail/dmarc_rows.h"

#include <algorithm>
#include <set>

#include "core/encoding.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;
using pipeline::DmarcPolicy;
using pipeline::ReportDisposition;

constexpr std::size_t kNameBytesMax = 255;

std::string name_of(std::string_view text) { return core::to_lower_ascii(text.substr(0, kNameBytesMax)); }

bool is_aligned_by(const pipeline::DmarcVerdict& dmarc, std::string_view method) {
  return std::ranges::find(dmarc.aligned_by, method) != dmarc.aligned_by.end();
}

ReportDisposition disposition_of(const pipeline::DmarcVerdict& dmarc) {
  if (dmarc.result == AuthResult::kPass) return dmarc.policy == DmarcPolicy::kNone ? ReportDisposition::kNone : ReportDisposition::kPass;
  switch (dmarc.disposition) {
    case DmarcPolicy::kNone: return ReportDisposition::kNone;
    case DmarcPolicy::kQuarantine: return ReportDisposition::kQuarantine;
    case DmarcPolicy::kReject: return ReportDisposition::kReject;
  }
  return ReportDisposition::kNone;
}

// Section 3.1.1.7: required when the disposition of failing mail is not what its policy asks for.
void add_reason(const pipeline::DmarcVerdict& dmarc, schema::DmarcRow& row) {
  static const std::set<std::string, std::less<>> known{"local_policy", "mailing_list", "other", "policy_test_mode", "trusted_forwarder"};
  const bool differs = dmarc.result != AuthResult::kPass && dmarc.disposition != dmarc.policy;
  if (dmarc.overridden_by.empty() && !differs) return;
  schema::DmarcReason& reason = *row.add_reasons();
  if (dmarc.overridden_by.empty()) {
    reason.set_type("local_policy");
  } else if (known.contains(dmarc.overridden_by)) {
    reason.set_type(dmarc.overridden_by);
  } else {
    reason.set_type("other");
    reason.set_comment(dmarc.overridden_by.substr(0, kNameBytesMax));
  }
}

// Passing ones first (section 3.1.3). What names no domain or selector was never a signature of anybody.
void add_dkim(const std::vector<pipeline::DkimVerdict>& verdicts, std::size_t most, schema::DmarcRow& row) {
  for (const bool wants_pass : {true, false}) {
    for (const auto& one : verdicts) {
      const bool has_passed = one.result == AuthResult::kPass;
      if (has_passed != wants_pass || one.domain.empty() || one.selector.empty()) continue;
      if (static_cast<std::size_t>(row.dkim_size()) == most) return;
      schema::DmarcDkim& dkim = *row.add_dkim();
      dkim.set_domain(name_of(one.domain));
      dkim.set_selector(name_of(one.selector));
      dkim.set_result(static_cast<std::uint32_t>(one.result));
    }
  }
}

// The domain that all recipients share; empty when there are several.
std::string common_domain(const std::vector<pipeline::Recipient>& rcpts) {
  std::set<std::string> domains;
  for (const auto& rcpt : rcpts) domains.insert(name_of(rcpt.address.domain));
  return domains.size() == 1 ? *domains.begin() : std::string();
}

AuthResult auth_result(std::uint32_t value) {
  return value > static_cast<std::uint32_t>(AuthResult::kPermError) ? AuthResult::kNone : static_cast<AuthResult>(value);
}

}  // namespace

schema::DmarcRow make_dmarc_row(const pipeline::Envelope& envelope, const pipeline::AuthVerdicts& verdicts, std::size_t results_max) {
  const pipeline::DmarcVerdict& dmarc = verdicts.dmarc;
  schema::DmarcRow row;
  row.set_source_ip(envelope.client_ip);
  row.set_disposition(static_cast<std::uint32_t>(disposition_of(dmarc)));
  row.set_is_dkim_aligned(is_aligned_by(dmarc, "dkim"));
  row.set_is_spf_aligned(is_aligned_by(dmarc, "spf"));
  add_reason(dmarc, row);
  row.set_header_from(name_of(dmarc.domain));
  row.set_envelope_from(name_of(envelope.mail_from.domain));
  row.set_envelope_to(common_domain(envelope.rcpts));
  add_dkim(verdicts.dkim, results_max, row);
  row.set_spf_domain(name_of(verdicts.spf.domain));
  row.set_spf_result(static_cast<std::uint32_t>(verdicts.spf.result));
  if (verdicts.spf.identity == "mailfrom") row.set_spf_scope("mfrom");
  return row;
}

pipeline::ReportRow read_dmarc_row(const schema::DmarcRow& record, std::uint64_t count) {
  pipeline::ReportRow out;
  out.source_ip = record.source_ip();
  out.count = count;
  if (record.disposition() <= static_cast<std::uint32_t>(ReportDisposition::kReject)) {
    out.disposition = static_cast<ReportDisposition>(record.disposition());
  }
  out.is_dkim_aligned = record.is_dkim_aligned();
  out.is_spf_aligned = record.is_spf_aligned();
  for (const auto& reason : record.reasons()) out.reasons.push_back({reason.type(), reason.comment()});
  out.header_from = record.header_from();
  out.envelope_from = record.envelope_from();
  out.envelope_to = record.envelope_to();
  for (const auto& dkim : record.dkim()) out.dkim.push_back({dkim.domain(), dkim.selector(), auth_result(dkim.result())});
  if (!record.spf_domain().empty()) out.spf.push_back({record.spf_domain(), record.spf_scope(), auth_result(record.spf_result())});
  return out;
}

}  // namespace postern::ticketing
