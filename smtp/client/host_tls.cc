#include "smtp/client/host_tls.h"

#include "core/log.h"
#include "smtp/client/deliver.h"
#include "smtp/client/tls_notes.h"
#include "smtp/client/tls_result.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;

HostTls unfit(const Target& target, TlsDemand demand, DeliveryOutcome outcome, const char* enhanced, const char* reason) {
  HostTls out;
  out.policy.demand = demand;
  out.failure.emplace();
  out.failure->outcome = outcome;
  out.failure->remote = target.host + '[' + target.endpoint.address.to_string() + ']';
  out.failure->enhanced = enhanced;
  out.failure->reply = reason;
  return out;
}

struct Signed {
  enum class What { kNothing, kRecords, kUnusable, kFailed } what = What::kNothing;
  std::string base;  // the name under which they are
  std::vector<net::TlsaRecord> records;
  net::DnsStatus status = net::DnsStatus::kOk;  // of a failure
};

// RFC 7672 section 2.2: under the name that signed aliases lead to, else under the one that MX has.
core::Task<Signed> look_up(net::DnsResolver& resolver, Target target, core::Deadline by) {
  Signed out;
  if (!target.is_signed) co_return out;
  std::vector<std::string> bases;
  if (!target.canonical.empty() && target.canonical != target.host) bases.push_back(target.canonical);
  bases.push_back(target.host);
  for (const std::string& base : bases) {
    net::DnsQuestion question('_' + std::to_string(target.endpoint.port) + "._tcp." + base, net::DnsType::kTlsa);
    const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
    if (answer.is_transient_failure()) {
      out.what = Signed::What::kFailed;
      out.base = base;
      out.status = answer.status;
      co_return out;
    }
    if (!answer.is_ok() || !answer.is_secure) continue;
    out.base = base;
    out.records = net::usable_tlsa(answer);
    out.what = out.records.empty() ? Signed::What::kUnusable : Signed::What::kRecords;
    co_return out;
  }
  co_return out;
}

// Where no records decide: MTA-STS, else the operator and the message, else what is offered.
HostTls without_records(const Courier& courier, const Target& target, const TlsWishes& wishes, bool must_encrypt) {
  HostTls out;
  const bool is_wanted = wishes.sts && wishes.sts->mode != StsPolicy::Mode::kNone;
  const bool is_enforced = is_wanted && wishes.sts->mode == StsPolicy::Mode::kEnforce;
  const bool is_named = is_wanted && sts_allows(*wishes.sts, target.host);
  if (is_enforced && !is_named) {
    out = unfit(target, TlsDemand::kMtaSts, DeliveryOutcome::kDeferred, "4.7.5", "the domain's MTA-STS policy does not name this host");
  } else if (wishes.needs_proof && !target.is_signed && !is_named && !target.is_chosen) {
    out = unfit(target, TlsDemand::kOperator, DeliveryOutcome::kFailed, "5.7.30", "REQUIRETLS: neither DNSSEC nor MTA-STS proves that this host is the domain's");
  } else if (is_enforced || wishes.is_required) {
    out.policy = {courier.verified_tls(), true, {}, is_enforced ? TlsDemand::kMtaSts : TlsDemand::kOperator};
  } else {
    out.is_trial = is_named && wishes.is_observed && !must_encrypt && courier.verified_tls();
    out.policy = {out.is_trial ? courier.verified_tls() : courier.opportunistic_tls, must_encrypt, {}, must_encrypt ? TlsDemand::kDane : TlsDemand::kNobody};
  }
  if (is_wanted) out.in_force = sts_in_force(*wishes.sts, wishes.domain);
  if (is_wanted && !is_named) {
    out.fault = tls_result::kFailed;
    out.fault_reason = "the policy does not name this host";
  }
  return out;
}

}  // namespace

core::Task<HostTls> tls_for(const Courier& courier, Target target, TlsWishes wishes, core::Deadline by) {
  Signed dane;
  if (courier.options.uses_dane && !wishes.is_report) dane = co_await look_up(courier.resolver, target, by);
  // Section 2.1: whoever keeps the answer from us must not have us do without.
  if (dane.what == Signed::What::kFailed) {
    HostTls out = unfit(target, TlsDemand::kDane, DeliveryOutcome::kDeferred, "4.7.5", "the host's TLSA records could not be looked up (DANE)");
    out.in_force = tlsa_in_force({}, dane.base);
    out.fault = tls_result::kDnssecInvalid;
    out.fault_reason = "TLSA look-up: " + std::string(net::to_string(dane.status));
    co_return out;
  }
  if (dane.what == Signed::What::kRecords) {
    HostTls out;
    out.in_force = tlsa_in_force(dane.records, dane.base);
    net::Dane demand{std::move(dane.records), {dane.base, wishes.domain}};
    auto made = net::TlsContext::client(std::move(demand));
    if (!made) co_return unfit(target, TlsDemand::kDane, DeliveryOutcome::kDeferred, "4.7.5", "no TLS");
    out.policy = {std::move(*made), true, dane.base, TlsDemand::kDane};
    co_return out;
  }
  // Records that nobody can use still say that the host has TLS (RFC 7672 section 2.2).
  const bool has_records = dane.what == Signed::What::kUnusable;
  HostTls out = without_records(courier, target, wishes, has_records);
  if (has_records) {
    out.in_force = tlsa_in_force({}, dane.base);
    out.fault = tls_result::kTlsaInvalid;
    out.fault_reason = "no TLSA record can be used";
  }
  co_return out;
}

}  // namespace postern::smtp
