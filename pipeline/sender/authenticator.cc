#include "pipeline/sender/authenticator.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <iterator>

#include "pipeline/sender/arc_verifier.h"
#include "pipeline/sender/dkim_verifier.h"
#include "pipeline/sender/dmarc.h"
#include "pipeline/sender/dns_lists.h"
#include "pipeline/sender/dns_trail.h"
#include "pipeline/sender/from_domains.h"
#include "pipeline/sender/helo_check.h"
#include "pipeline/sender/iprev.h"
#include "pipeline/sender/spf.h"

namespace postern::pipeline {
namespace {

// One trail a method: what each asked DNS for this message. None for lists: their names may hold a customer's key, and
// what they answer is in the verdict.
struct Trails {
  Trails(net::DnsResolver& resolver, const TrailLimits& limits)
      : iprev(resolver, "iprev", limits), helo(resolver, "helo", limits), spf(resolver, "spf", limits),
        dkim(resolver, "dkim", limits), arc(resolver, "arc", limits), dmarc(resolver, "dmarc", limits) {}
  // At most `limits.steps_max` in all: a method with many questions does not crowd out the next ones.
  std::vector<DnsStep> take(const TrailLimits& limits) {
    std::vector<DnsStep> out;
    for (DnsTrail* trail : {&dmarc, &dkim, &spf, &arc, &iprev, &helo}) {
      std::vector<DnsStep> steps = trail->take();
      const std::size_t room = limits.steps_max - std::min(limits.steps_max, out.size());
      if (steps.size() > room) steps.resize(room);
      std::ranges::move(steps, std::back_inserter(out));
    }
    return out;
  }
  DnsTrail iprev, helo, spf, dkim, arc, dmarc;
};

bool is_trusted_forwarder(const std::vector<net::IpNetwork>& networks, const std::string& client_ip) {
  const auto client = net::IpAddress::parse(client_ip);
  return client && std::ranges::any_of(networks, [&client](const net::IpNetwork& one) { return one.contains(*client); });
}

// Forwarding breaks SPF and often DKIM: whom the operator trusts to have looked before may stand in for them.
void forgive_forwarding(AuthVerdicts& verdicts, bool is_forwarder) {
  if (verdicts.dmarc.result == AuthResult::kPass || verdicts.dmarc.result == AuthResult::kPermError) return;
  const bool is_vouched_for = verdicts.arc.is_trusted && verdicts.arc.sealed_dmarc == AuthResult::kPass;
  if (!is_forwarder && !is_vouched_for) return;
  verdicts.dmarc.disposition = DmarcPolicy::kNone;
  verdicts.dmarc.overridden_by = "trusted_forwarder";
}

// The author's policy is looked up beside the rest: a sender whose own DNS is silent cannot use up the time for it.
core::Task<DmarcWalk> walk_author(net::DnsResolver& resolver, std::string author, DmarcLimits limits, core::Deadline by) {
  if (author.empty()) co_return DmarcWalk{};
  co_return co_await walk_tree(resolver, std::move(author), limits, by);
}

}  // namespace

SenderAuthenticator::SenderAuthenticator(net::DnsResolver& resolver, core::Clock& clock, AuthOptions options,
                                         core::WorkPool* cpu)
    : resolver_(resolver),
      clock_(clock),
      options_(std::move(options)),
      cpu_(cpu),
      lists_(std::make_unique<DnsLists>(clock, options_.lists)) {}
SenderAuthenticator::~SenderAuthenticator() = default;

core::Task<AuthVerdicts> SenderAuthenticator::authenticate(Envelope envelope, std::shared_ptr<const Message> message,
                                                           core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  Trails trails(resolver_, options_.trail);
  SpfChecker spf_checker(trails.spf, clock_, options_.spf);
  DkimVerifier dkim_verifier(trails.dkim, clock_, options_.dkim, cpu_);
  ArcVerifier arc_verifier(trails.arc, clock_, options_.dkim, options_.arc, options_.trusted_sealers, cpu_);
  FromDomains from = find_from_domains(*message, options_);
  std::optional<std::string> defect = from_defect(from);
  const std::string author = from.domains.size() == 1 ? from.domains[0] : std::string();
  SpfQuery query(envelope.client_ip, envelope.helo, envelope.mail_from);
  core::Task<SpfVerdict> spf = spf_checker.check(std::move(query), by);
  core::Task<std::vector<DkimVerdict>> dkim = dkim_verifier.verify(message, by);
  core::Task<ArcVerdict> arc = arc_verifier.verify(message, author, by);
  const core::Deadline evidence = by.earlier_of(core::Deadline::after(options_.evidence_max, clock_));
  core::Task<IprevVerdict> iprev = check_iprev(trails.iprev, envelope.client_ip, options_.iprev_names_max, evidence);
  core::Task<AuthResult> helo = check_helo(trails.helo, envelope.helo, envelope.client_ip, evidence);
  core::Task<std::vector<DnsListHit>> lists = lists_->look_up(resolver_, envelope.client_ip, by);
  core::Task<DmarcWalk> walk = walk_author(trails.dmarc, defect ? std::string() : author, options_.dmarc, by);
  auto found = co_await (std::move(spf) && std::move(dkim) && std::move(arc) && std::move(iprev) && std::move(helo) && std::move(lists) &&
                         std::move(walk));
  AuthVerdicts verdicts;
  verdicts.spf = std::move(std::get<0>(found));
  verdicts.dkim = std::move(std::get<1>(found));
  verdicts.arc = std::move(std::get<2>(found));
  verdicts.iprev = std::get<3>(found).result;
  verdicts.iprev_name = std::move(std::get<3>(found).name);
  verdicts.helo = std::get<4>(found);
  verdicts.lists = std::move(std::get<5>(found));
  // Authors that readers may take differently are a permanent error, which the runner refuses (mail.md trap 29).
  if (defect) {
    verdicts.dmarc.result = AuthResult::kPermError;
    verdicts.dmarc.reason = std::move(*defect);
    verdicts.dmarc.domain = author;
  } else {
    DmarcEvaluator dmarc(trails.dmarc, options_.dmarc);
    if (author.empty()) {
      verdicts.dmarc = co_await dmarc.evaluate(std::move(from.domains), verdicts.spf, verdicts.dkim, by);
    } else {
      verdicts.dmarc = co_await dmarc.evaluate_walk(std::move(std::get<6>(found)), verdicts.spf, verdicts.dkim, by);
    }
    forgive_forwarding(verdicts, is_trusted_forwarder(options_.trusted_forwarders, envelope.client_ip));
  }
  verdicts.dns = trails.take(options_.trail);
  co_return verdicts;
}

}  // namespace postern::pipeline
