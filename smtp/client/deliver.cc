#include "smtp/client/deliver.h"

#include <algorithm>
#include <cstring>

#include "core/encoding.h"
#include "core/log.h"
#include "core/random.h"
#include "smtp/client/domain.h"
#include "smtp/client/host_tls.h"
#include "smtp/client/letter.h"
#include "smtp/client/route.h"
#include "smtp/client/session.h"
#include "smtp/client/tls_notes.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;
using pipeline::DeliveryReport;

DeliveryReport report_of(DeliveryOutcome outcome, std::string remote, const char* enhanced, std::string reason) {
  DeliveryReport report;
  report.outcome = outcome;
  report.remote = std::move(remote);
  report.enhanced = enhanced;
  report.reply = std::move(reason);
  return report;
}

std::shared_ptr<const net::TlsContext> make_context(bool verify, const DeliveryOptions& options) {
  auto made = net::TlsContext::client(verify, verify ? options.ca_file : std::filesystem::path());
  if (made) return *made;
  core::log::error("delivery.no_tls", {{"what", made.error().describe()}});
  return nullptr;
}

bool requires_tls(const std::string& domain, const DeliveryOptions& options) {
  // "bücher.example" and "xn--bcher-kva.example" are one domain.
  const std::string asked = destination_name(domain);
  auto is_same = [&](const std::string& listed) { return listed == "*" || destination_name(listed) == asked; };
  return std::any_of(options.require_tls_domains.begin(), options.require_tls_domains.end(), is_same);
}

std::uint64_t random_number() {
  const std::string bytes = core::random_bytes(sizeof(std::uint64_t));
  std::uint64_t out = 0;
  std::memcpy(&out, bytes.data(), sizeof out);
  return out;
}

core::Task<Attempt> try_target(const Courier& courier, const Target& target, const Letter& letter, TlsPolicy tls,
                               core::Deadline by) {
  const core::Deadline connect_by = by.earlier_of(core::Deadline::after(courier.options.connect_max, courier.clock));
  auto connected = co_await courier.connect(target.endpoint, connect_by);
  if (!connected) {
    Attempt failed;
    failed.next = Next::kOtherHost;
    failed.report = report_of(DeliveryOutcome::kDeferred, target.host + '[' + target.endpoint.address.to_string() + ']',
                              "4.4.1", connected.error().code().message());
    co_return failed;
  }
  const std::unique_ptr<net::Stream> stream = std::move(*connected);
  ClientSession session(*stream, letter, std::move(tls), courier.options, courier.clock, target.host, by);
  co_return co_await session.run();
}

// One host, with all that it has to prove, and with less where that is a courtesy or a trial.
core::Task<Attempt> try_host(const Courier& courier, const Target& target, const Letter& letter, const HostTls& tls,
                             TlsNotes& notes, core::Deadline by) {
  Attempt out = co_await try_target(courier, target, letter, tls.policy, by);
  notes.host(tls, target, out.tls);
  if (out.next == Next::kSameWithoutTls && tls.is_trial) {
    TlsPolicy as_offered;
    as_offered.context = courier.opportunistic_tls;
    out = co_await try_target(courier, target, letter, std::move(as_offered), by);
  }
  if (out.next == Next::kSameWithoutTls) out = co_await try_target(courier, target, letter, TlsPolicy(), by);
  co_return out;
}

}  // namespace

Courier::Courier(const pipeline::MessageSigner& the_signer, net::DnsResolver& the_resolver, core::Clock& the_clock,
                 DeliveryOptions the_options, Connect the_connect, StsPolicies::Fetch fetch_policy, pipeline::TlsObserver* the_observer)
    : signer(the_signer),
      resolver(the_resolver),
      clock(the_clock),
      options(std::move(the_options)),
      connect(std::move(the_connect)),
      observer(the_observer),
      policies(the_resolver, the_clock, options.uses_mta_sts ? std::move(fetch_policy) : StsPolicies::Fetch()),
      opportunistic_tls(make_context(false, options)) {}

std::shared_ptr<const net::TlsContext> Courier::verified_tls() const {
  std::call_once(has_verified_, [this] { verified_tls_ = make_context(true, options); });
  return verified_tls_;
}

core::Task<Delivery> deliver_once(pipeline::OutboundMessage message, std::shared_ptr<const Courier> courier) {
  const DeliveryOptions& options = courier->options;
  const core::Deadline by = core::Deadline::after(options.attempt_max, courier->clock);
  const std::string domain = message.rcpt.domain_lower();
  std::string bytes = with_crlf_lines(message.message);
  auto signatures = courier->signer.sign(message.from_domain, bytes);
  if (!signatures) co_return Delivery{report_of(DeliveryOutcome::kDeferred, domain, "4.7.0", "the message could not be signed")};
  const auto letter = make_letter(message, std::move(*signatures), std::move(bytes));
  if (!letter) co_return Delivery{report_of(DeliveryOutcome::kFailed, domain, "5.1.3", letter.error().context())};

  const Route route = co_await find_route(message.rcpt.domain, courier->resolver, options, random_number(), by);
  if (route.failure) co_return Delivery{*route.failure};
  TlsWishes wishes;
  // "TLS-Required: No" in a message loosens neither what the operator demands nor what the envelope does (RFC 8689 section 4.2).
  wishes.is_required = letter->requires_tls || requires_tls(domain, options);
  wishes.needs_proof = letter->requires_tls;
  if (const auto name = to_ascii_domain(domain)) wishes.domain = *name;
  wishes.is_report = is_own_tls_report(message);
  const bool is_found_by_name = !wishes.domain.empty() && !route.targets.front().is_chosen;
  TlsNotes notes(is_found_by_name && !wishes.is_report ? courier->observer : nullptr, courier->clock, wishes.domain);
  wishes.is_observed = notes.is_on();
  if (is_found_by_name && !wishes.is_report) {
    StsFinding found = co_await courier->policies.find(wishes.domain, by);
    notes.policy(found);
    wishes.sts = std::move(found.policy);
  }
  Attempt last;
  TlsDemand demand = TlsDemand::kNobody;
  bool may_pass = false;  // a host that failed otherwise may have what this one lacks
  for (const Target& target : route.targets) {
    HostTls tls = co_await tls_for(*courier, target, wishes, by);
    demand = tls.policy.demand;
    if (tls.failure) {
      notes.host(tls, target, std::nullopt);
      last = {std::move(*tls.failure), Next::kOtherHost, {}};
      may_pass = may_pass || last.report.outcome == DeliveryOutcome::kDeferred;
      continue;
    }
    last = co_await try_host(*courier, target, *letter, tls, notes, by);
    if (last.next == Next::kOtherHost) may_pass = may_pass || last.report.outcome == DeliveryOutcome::kDeferred;
    if (last.next == Next::kStop || by.has_passed(courier->clock)) break;
  }
  if (last.report.outcome == DeliveryOutcome::kFailed && last.next == Next::kOtherHost && may_pass) {
    last.report.outcome = DeliveryOutcome::kDeferred;
    last.report.enhanced = "4.7.30";
  }
  co_return Delivery{std::move(last.report), demand};
}

}  // namespace postern::smtp
