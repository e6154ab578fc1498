#include "ticketing/detail/report_codec.h"

namespace postern::ticketing::codec {
namespace {

pipeline::AuthResult auth_result(std::uint32_t value) {
  return value <= static_cast<std::uint32_t>(pipeline::AuthResult::kPermError) ? static_cast<pipeline::AuthResult>(value)
                                                                               : pipeline::AuthResult::kNone;
}

pipeline::ReportDisposition disposition(std::uint32_t value) {
  return value <= static_cast<std::uint32_t>(pipeline::ReportDisposition::kReject) ? static_cast<pipeline::ReportDisposition>(value)
                                                                                   : pipeline::ReportDisposition::kNone;
}

pipeline::ReportRow decode(const schema::ReportedRow& from) {
  pipeline::ReportRow to;
  to.source_ip = from.source_ip();
  to.count = from.count();
  to.disposition = disposition(from.disposition());
  to.is_dkim_aligned = from.is_dkim_aligned();
  to.is_spf_aligned = from.is_spf_aligned();
  for (const auto& one : from.reasons()) to.reasons.push_back({one.type(), one.comment()});
  to.header_from = from.header_from();
  if (from.has_envelope_from()) to.envelope_from = from.envelope_from();
  to.envelope_to = from.envelope_to();
  for (const auto& one : from.dkim()) to.dkim.push_back({one.domain(), one.selector(), auth_result(one.result())});
  for (const auto& one : from.spf()) to.spf.push_back({one.domain(), one.scope(), auth_result(one.result())});
  return to;
}

pipeline::TlsPolicyReport decode(const schema::ReportedTlsPolicy& from) {
  pipeline::TlsPolicyReport to;
  to.type = from.type();
  to.domain = from.domain();
  to.mx_hosts.assign(from.mx_hosts().begin(), from.mx_hosts().end());
  to.successes = from.successes();
  to.failures = from.failures();
  for (const auto& one : from.details()) {
    to.details.push_back({one.result_type(), one.sending_ip(), one.receiving_host(), one.receiving_helo(), one.receiving_ip(),
                          one.count(), one.reason_code()});
  }
  return to;
}

}  // namespace

void encode(const MailReport& from, schema::MailReport& to) {
  to.set_id(from.id);
  to.set_kind(static_cast<std::uint32_t>(from.kind));
  to.set_received_unix_ms(from.received_unix_ms);
  to.set_trace(from.trace.value);
  to.set_inbox(from.inbox.value);
  to.set_reporter(from.reporter);
  to.set_is_authenticated(from.is_authenticated);
  to.set_not_counted(from.not_counted);
  to.set_organization(from.organization);
  to.set_contact(from.contact);
  to.set_report_id(from.report_id);
  to.set_begin_unix(from.begin_unix);
  to.set_end_unix(from.end_unix);
  for (const auto& domain : from.domains) to.add_domains(domain);
  to.set_total(from.total);
  to.set_passed(from.passed);
}

MailReport decode(const schema::MailReport& from) {
  MailReport to;
  to.id = from.id();
  to.kind = from.kind() == static_cast<std::uint32_t>(ReportKind::kTls) ? ReportKind::kTls : ReportKind::kAggregate;
  to.received_unix_ms = from.received_unix_ms();
  to.trace = core::TraceId{from.trace()};
  to.inbox = core::InboxId{from.inbox()};
  to.reporter = from.reporter();
  to.is_authenticated = from.is_authenticated();
  to.not_counted = from.not_counted();
  to.organization = from.organization();
  to.contact = from.contact();
  to.report_id = from.report_id();
  to.begin_unix = from.begin_unix();
  to.end_unix = from.end_unix();
  to.domains.assign(from.domains().begin(), from.domains().end());
  to.total = from.total();
  to.passed = from.passed();
  return to;
}

void encode_head(const pipeline::AggregateReport& from, schema::MailReportDetail& to) {
  to.set_policy_domain(from.policy.domain);
  to.set_adkim(from.policy.adkim);
  to.set_aspf(from.policy.aspf);
  to.set_p(from.policy.p);
  to.set_sp(from.policy.sp);
  to.set_np(from.policy.np);
  to.set_testing(from.policy.testing);
  to.set_fo(from.policy.fo);
  to.set_discovery_method(from.policy.discovery_method);
  to.set_extra_contact_info(from.metadata.extra_contact_info);
  to.set_generator(from.metadata.generator);
  for (const auto& error : from.metadata.errors) to.add_errors(error);
}

void encode(const pipeline::ReportRow& from, schema::ReportedRow& to) {
  to.set_source_ip(from.source_ip);
  to.set_count(from.count);
  to.set_disposition(static_cast<std::uint32_t>(from.disposition));
  to.set_is_dkim_aligned(from.is_dkim_aligned);
  to.set_is_spf_aligned(from.is_spf_aligned);
  for (const auto& one : from.reasons) {
    auto& reason = *to.add_reasons();
    reason.set_type(one.type);
    reason.set_comment(one.comment);
  }
  to.set_header_from(from.header_from);
  to.set_has_envelope_from(from.envelope_from.has_value());
  to.set_envelope_from(from.envelope_from.value_or(""));
  to.set_envelope_to(from.envelope_to);
  for (const auto& one : from.dkim) {
    auto& dkim = *to.add_dkim();
    dkim.set_domain(one.domain);
    dkim.set_selector(one.selector);
    dkim.set_result(static_cast<std::uint32_t>(one.result));
  }
  for (const auto& one : from.spf) {
    auto& spf = *to.add_spf();
    spf.set_domain(one.domain);
    spf.set_scope(one.scope);
    spf.set_result(static_cast<std::uint32_t>(one.result));
  }
}

void encode_head(const pipeline::TlsPolicyReport& from, schema::ReportedTlsPolicy& to) {
  to.set_type(from.type);
  to.set_domain(from.domain);
  for (const auto& host : from.mx_hosts) to.add_mx_hosts(host);
  to.set_successes(from.successes);
  to.set_failures(from.failures);
}

void encode(const pipeline::TlsFailure& from, schema::ReportedFailure& to) {
  to.set_result_type(from.result_type);
  to.set_sending_ip(from.sending_ip);
  to.set_receiving_host(from.receiving_host);
  to.set_receiving_helo(from.receiving_helo);
  to.set_receiving_ip(from.receiving_ip);
  to.set_count(from.count);
  to.set_reason_code(from.reason_code);
}

MailReportDetail decode(MailReport report, const schema::MailReportDetail& from) {
  MailReportDetail to;
  to.left_out = from.left_out();
  if (report.kind == ReportKind::kTls) {
    to.tls = {report.organization, report.contact, report.report_id, report.begin_unix, report.end_unix, {}};
    for (const auto& policy : from.policies()) to.tls.policies.push_back(decode(policy));
  } else {
    auto& metadata = to.aggregate.metadata;
    metadata = {report.organization, report.contact, from.extra_contact_info(), report.report_id, report.begin_unix, report.end_unix, {}, from.generator()};
    metadata.errors.assign(from.errors().begin(), from.errors().end());
    to.aggregate.policy = {from.policy_domain(), from.adkim(), from.aspf(), from.p(), from.sp(), from.np(), from.testing(),
                           from.discovery_method(), from.fo()};
    for (const auto& row : from.rows()) to.aggregate.rows.push_back(decode(row));
  }
  to.report = std::move(report);
  return to;
}

void add(const ReportSums& more, schema::AggregateSums& to) {
  to.set_messages(to.messages() + more.messages);
  to.set_passed(to.passed() + more.passed);
  to.set_dkim_aligned(to.dkim_aligned() + more.dkim_aligned);
  to.set_spf_aligned(to.spf_aligned() + more.spf_aligned);
  to.set_quarantined(to.quarantined() + more.quarantined);
  to.set_rejected(to.rejected() + more.rejected);
}

ReportSums decode(const schema::AggregateSums& from) {
  return {from.messages(), from.passed(), from.dkim_aligned(), from.spf_aligned(), from.quarantined(), from.rejected()};
}

}  // namespace postern::ticketing::codec
