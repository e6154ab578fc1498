#include "pipeline/reports/destinations.h"

#include <algorithm>
#include <utility>

#include "pipeline/sender/dmarc_record.h"
#include "pipeline/sender/dmarc_walk.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

// rua= of the one policy record among the answers, empty when it has none; nullopt without one record.
std::optional<std::string> rua_of(const std::vector<std::string>& records, std::size_t record_bytes_max) {
  if (!select_dmarc_record(records, record_bytes_max)) return std::nullopt;
  for (const std::string& text : records) {
    if (text.size() <= record_bytes_max && parse_dmarc_record(text)) return find_dmarc_tag(text, "rua").value_or("");
  }
  return std::nullopt;
}

void accept(ReportDestinations& out, ReportUri uri, std::size_t most) {
  const auto is_same = [&](const ReportUri& other) { return other.address.canonical() == uri.address.canonical(); };
  if (out.accepted.size() < most && std::ranges::none_of(out.accepted, is_same)) out.accepted.push_back(std::move(uri));
}

// What an external destination says of itself (steps 6 to 9): its own addresses where it names some.
void apply_consent(const std::vector<std::string>& records, ReportUri asked, const std::string& owner, std::size_t most,
                   std::size_t record_bytes_max, ReportDestinations& out) {
  const std::string named = asked.address.to_string();
  bool is_confirmed = false;
  std::vector<ReportUri> overriding;
  for (const std::string& text : records) {
    if (text.size() > record_bytes_max) continue;
    if (!parse_dmarc_record(text)) continue;
    is_confirmed = true;
    const std::string rua = find_dmarc_tag(text, "rua").value_or("");
    if (rua.empty()) continue;
    const auto uris = parse_report_uris(rua, most);
    const auto is_elsewhere = [&](const ReportUri& uri) { return uri.address.domain != asked.address.domain; };
    if (uris.empty() || std::ranges::any_of(uris, is_elsewhere)) {
      out.refused.push_back({named, owner + " sends reports on to another host, which RFC 9990 forbids"});
      return;
    }
    overriding.insert(overriding.end(), uris.begin(), uris.end());
  }
  if (!is_confirmed) {
    out.refused.push_back({named, "no \"v=DMARC1\" TXT record at " + owner + " agrees to receive these reports"});
    return;
  }
  if (overriding.empty()) accept(out, std::move(asked), most);
  for (ReportUri& uri : overriding) accept(out, std::move(uri), most);
}

core::Task<void> check_destination(net::DnsResolver& resolver, std::string policy_domain, std::string organization, ReportUri uri,
                                   std::size_t most, DmarcLimits limits, core::Deadline by, ReportDestinations& out) {
  const DmarcWalk walk = co_await walk_tree(resolver, uri.address.domain, limits, by);
  if (walk.has_failed) {
    out.has_failed = true;
    co_return;
  }
  if (walk.organizational_domain() == organization) {
    accept(out, std::move(uri), most);
    co_return;
  }
  const std::string owner = policy_domain + "._report._dmarc." + uri.address.domain;
  if (!is_dns_name(owner)) {
    out.refused.push_back({uri.address.to_string(), "the name of its consent would be longer than DNS allows"});
    co_return;
  }
  net::DnsQuestion question(owner, net::DnsType::kTxt);
  const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
  if (answer.is_transient_failure()) {
    out.has_failed = true;
    co_return;
  }
  apply_consent(answer.txt(), std::move(uri), owner, most, limits.record_bytes_max, out);
}

}  // namespace

core::Task<ReportDestinations> find_destinations(net::DnsResolver& resolver, std::string policy_domain, std::size_t most,
                                                 DmarcLimits limits, core::Deadline by) {
  ReportDestinations out;
  net::DnsQuestion question("_dmarc." + policy_domain, net::DnsType::kTxt);
  const net::DnsAnswer answer = co_await resolver.query(std::move(question), by);
  out.has_failed = answer.is_transient_failure();
  const std::optional<std::string> rua = rua_of(answer.txt(), limits.record_bytes_max);
  out.has_record = rua.has_value();
  if (!rua) co_return out;
  const std::vector<ReportUri> uris = parse_report_uris(*rua, most);
  if (uris.empty()) co_return out;
  const DmarcWalk walk = co_await walk_tree(resolver, policy_domain, limits, by);
  out.has_failed = walk.has_failed;
  if (walk.has_failed) co_return out;
  const std::string organization = walk.organizational_domain();
  for (const ReportUri& uri : uris) {
    co_await check_destination(resolver, policy_domain, organization, uri, most, limits, by, out);
  }
  co_return out;
}

}  // namespace postern::pipeline
