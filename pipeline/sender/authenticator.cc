#include "pipeline/sender/authenticator.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "core/encoding.h"
#include "pipeline/sender/dkim_verifier.h"
#include "pipeline/sender/dmarc.h"
#include "pipeline/sender/from_domains.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/resolve_all.h"
#include "pipeline/sender/spf.h"

namespace postern::pipeline {
namespace {

struct Iprev {
  AuthResult result = AuthResult::kNone;
  std::string name;
};

// RFC 8601 section 3: a PTR name that leads back to the address.
core::Task<Iprev> check_iprev(net::DnsResolver& resolver, std::string client_ip, std::uint32_t names_max,
                              core::Deadline by) {
  Iprev found;
  const auto ip = net::IpAddress::parse(client_ip);
  if (!ip) co_return found;
  net::DnsQuestion question(ip->to_reverse_name(), net::DnsType::kPtr);
  const net::DnsAnswer pointers = co_await resolver.query(std::move(question), by);
  if (!pointers.is_ok()) {
    found.result = pointers.is_absent() ? AuthResult::kFail : AuthResult::kTempError;
    co_return found;
  }
  std::vector<std::string> names = pointers.names();
  if (names.size() > names_max) names.resize(names_max);
  std::vector<net::DnsQuestion> questions;
  for (const std::string& name : names)
    questions.emplace_back(name, ip->is_v4() ? net::DnsType::kA : net::DnsType::kAaaa);
  const std::vector<net::DnsAnswer> answers = co_await resolve_all(resolver, std::move(questions), by);
  found.result = AuthResult::kFail;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].is_transient_failure()) found.result = AuthResult::kTempError;
    for (const net::IpAddress& address : answers[i].addresses()) {
      if (address != *ip) continue;
      found.result = AuthResult::kPass;
      found.name = names[i];
      co_return found;
    }
  }
  co_return found;
}

// Sets present: ARC-Seal fields. They are evidence for a later version; no chain is validated here.
std::uint32_t count_arc_sets(const Message& message, const DkimLimits& limits) {
  const HeaderPart header = read_header(message.bytes(), limits.header_bytes_max, limits.header_fields_max);
  std::uint32_t count = 0;
  for (const SignedField& field : header.layout.fields) {
    const std::string_view name = core::view(header.bytes).substr(field.name.begin, field.name.size());
    if (core::equals_ignoring_case(name, "arc-seal")) ++count;
  }
  return count;
}

}  // namespace

SenderAuthenticator::SenderAuthenticator(net::DnsResolver& resolver, core::Clock& clock, AuthOptions options,
                                         core::WorkPool* cpu)
    : resolver_(resolver),
      options_(options),
      spf_(std::make_unique<SpfChecker>(resolver, clock, options.spf)),
      dkim_(std::make_unique<DkimVerifier>(resolver, clock, options.dkim, cpu)),
      dmarc_(std::make_unique<DmarcEvaluator>(resolver, options.dmarc)) {}
SenderAuthenticator::~SenderAuthenticator() = default;

core::Task<AuthVerdicts> SenderAuthenticator::authenticate(Envelope envelope, std::shared_ptr<const Message> message,
                                                           core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  SpfQuery query(envelope.client_ip, envelope.helo, envelope.mail_from);
  core::Task<SpfVerdict> spf = spf_->check(std::move(query), by);
  core::Task<std::vector<DkimVerdict>> dkim = dkim_->verify(message, by);
  core::Task<Iprev> iprev = check_iprev(resolver_, envelope.client_ip, options_.iprev_names_max, by);
  auto found = co_await (std::move(spf) && std::move(dkim) && std::move(iprev));
  AuthVerdicts verdicts;
  verdicts.spf = std::move(std::get<0>(found));
  verdicts.dkim = std::move(std::get<1>(found));
  verdicts.iprev = std::get<2>(found).result;
  verdicts.iprev_name = std::move(std::get<2>(found).name);
  verdicts.arc.instances = count_arc_sets(*message, options_.dkim);
  FromDomains from = find_from_domains(*message, options_);
  // Authors that readers may take differently are a permanent error, which the runner refuses (mail.md trap 29).
  if (std::optional<std::string> defect = from_defect(from); defect) {
    verdicts.dmarc.result = AuthResult::kPermError;
    verdicts.dmarc.reason = std::move(*defect);
    if (from.domains.size() == 1) verdicts.dmarc.domain = std::move(from.domains[0]);
    co_return verdicts;
  }
  verdicts.dmarc = co_await dmarc_->evaluate(std::move(from.domains), verdicts.spf, verdicts.dkim, by);
  co_return verdicts;
}

}  // namespace postern::pipeline
