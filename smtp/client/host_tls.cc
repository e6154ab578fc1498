#include "smtp/client/host_tls.h"

#include "core/log.h"
#include "smtp/client/deliver.h"

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

}  // namespace

core::Task<HostTls> tls_for(const Courier& courier, Target target, TlsWishes wishes, core::Deadline by) {
  HostTls out;
  Signed dane;
  if (courier.options.uses_dane) dane = co_await look_up(courier.resolver, target, by);
  // Section 2.1: whoever keeps the answer from us must not have us do without.
  if (dane.what == Signed::What::kFailed) {
    co_return unfit(target, TlsDemand::kDane, DeliveryOutcome::kDeferred, "4.7.5", "the host's TLSA records could not be looked up (DANE)");
  }
  if (dane.what == Signed::What::kRecords) {
    net::Dane demand{std::move(dane.records), {dane.base, wishes.domain}};
    auto made = net::TlsContext::client(std::move(demand));
    if (!made) co_return unfit(target, TlsDemand::kDane, DeliveryOutcome::kDeferred, "4.7.5", "no TLS");
    out.policy = {std::move(*made), true, dane.base, TlsDemand::kDane};
    co_return out;
  }
  const bool is_enforced = wishes.sts && wishes.sts->mode == StsPolicy::Mode::kEnforce;
  const bool is_named = wishes.sts && wishes.sts->mode != StsPolicy::Mode::kNone && sts_allows(*wishes.sts, target.host);
  if (is_enforced && !is_named) {
    co_return unfit(target, TlsDemand::kMtaSts, DeliveryOutcome::kDeferred, "4.7.5", "the domain's MTA-STS policy does not name this host");
  }
  if (wishes.needs_proof && !target.is_signed && !is_named && !target.is_chosen) {
    co_return unfit(target, TlsDemand::kOperator, DeliveryOutcome::kFailed, "5.7.30", "REQUIRETLS: neither DNSSEC nor MTA-STS proves that this host is the domain's");
  }
  if (is_enforced || wishes.is_required) {
    out.policy = {courier.verified_tls(), true, {}, is_enforced ? TlsDemand::kMtaSts : TlsDemand::kOperator};
  } else {
    // Records that nobody can use still say that the host has TLS (RFC 7672 section 2.2).
    const bool has_records = dane.what == Signed::What::kUnusable;
    out.policy = {courier.opportunistic_tls, has_records, {}, has_records ? TlsDemand::kDane : TlsDemand::kNobody};
  }
  co_return out;
}

}  // namespace postern::smtp
