#include "app/domain_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "web/api/domain_shapes.h"

namespace postern::app {
namespace {

using pipeline::AdviceState;
using pipeline::RecordAdvice;

// Text of others for a terminal: log::printable() cuts after 200 bytes, which would make a key useless for comparison.
std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? '?' : c;
  return out;
}

std::string headline(const RecordAdvice& record) {
  return fmt::format("{:<9}  {:<12}  {} {}: {}", to_string(record.state), record.purpose, record.publish.owner, record.publish.type,
                     visible(record.explanation));
}

// "https://help.example.com:8443" -> "help.example.com"
std::string host_of(std::string_view origin) {
  if (const auto slashes = origin.find("://"); slashes != std::string_view::npos) origin.remove_prefix(slashes + 3);
  return std::string(origin.substr(0, origin.find_first_of(":/")));
}

void add_paste(const RecordAdvice& record, std::vector<std::string>& out) {
  const bool is_published = std::ranges::find(record.found, record.publish.value) != record.found.end();
  const bool is_settled = record.state == AdviceState::kOk || record.state == AdviceState::kUnknown;
  const bool is_to_paste = !is_settled && !is_published && !record.publish.value.empty();
  if (!is_to_paste && record.notes.empty()) return;
  out.push_back("");
  out.push_back(fmt::format("{}{}: {}", record.purpose, record.is_required ? "" : " (mail flows without it, worse)", record.why));
  if (is_to_paste) {
    for (const std::string& value : record.found) out.push_back("  published now:  " + visible(value));
    out.push_back("  zone file:      " + visible(record.publish.zone_text));
    out.push_back(fmt::format("  or in a form:   host {}   type {}   value {}", record.publish.host, record.publish.type,
                              visible(record.publish.value)));
  }
  for (const std::string& note : record.notes) out.push_back("  " + visible(note));
}

void add_budget(const pipeline::SpfBudget& budget, std::vector<std::string>& out) {
  if (budget.terms.empty()) return;
  out.push_back("");
  out.push_back(fmt::format("SPF look-ups: {}{} of {}, of which void: {} of {}", budget.lookups, budget.is_complete ? "" : " or more",
                            budget.lookups_max, budget.void_lookups, budget.void_lookups_max));
  for (const pipeline::SpfCost& cost : budget.terms) {
    if (cost.lookups == 0 && cost.problem.empty()) continue;
    out.push_back(fmt::format("  {:>2}  {:{}}{}{}", cost.lookups, "", 2 * cost.depth, visible(cost.term),
                              cost.problem.empty() ? "" : "  " + visible(cost.problem)));
  }
}

}  // namespace

pipeline::AdvisorOptions advisor_options(const conf::GatewayOptions& options) {
  pipeline::AdvisorOptions out;
  out.hostname = options.process.hostname;
  out.web_host = host_of(options.web.public_origin);
  for (const auto& inbox : options.ticketing.inboxes) {
    const bool is_usable = !inbox.addresses.empty() && !inbox.addresses.front().starts_with('@');
    if (inbox.senders.takes_reports && out.report_address.empty() && is_usable) {
      out.report_address = inbox.addresses.front();
    }
  }
  out.dkim_folder = options.resolve("dkim");
  out.smtp_certificate = options.resolve(options.smtp_listen.certificate_file);
  out.web_certificate = options.resolve(options.web_listen.certificate_file);
  out.mta_sts = options.web.mta_sts;
  out.validates_dnssec = !options.dns.trust_anchor_file.empty();
  return out;
}

std::vector<std::string> domain_report(const pipeline::DomainAdvice& advice) {
  std::vector<std::string> out;
  for (const RecordAdvice& record : advice.records) out.push_back(headline(record));
  out.push_back(fmt::format("{:<9}  {:<12}  {}", to_string(advice.reply.state), "reply", visible(advice.reply.summary)));
  for (const RecordAdvice& record : advice.records) add_paste(record, out);
  add_budget(advice.spf_budget, out);
  if (!advice.notes.empty()) out.push_back("");
  for (const std::string& note : advice.notes) out.push_back(visible(note));
  return out;
}

std::vector<Json> domain_report_json(const pipeline::DomainAdvice& advice) {
  std::vector<Json> out;
  for (const RecordAdvice& record : advice.records) {
    JsonObject row = web::record_advice_json(record);
    row["result"] = row["state"];
    row["publish"] = row["value"];
    if (record.purpose == "spf") row["budget"] = web::spf_budget_json(advice.spf_budget);
    out.emplace_back(std::move(row));
  }
  JsonObject reply = web::forecast_json(advice.reply);
  reply["purpose"] = "reply";
  reply["owner"] = advice.domain;
  reply["type"] = "";
  reply["publish"] = "";
  reply["required"] = false;
  reply["result"] = reply["state"];
  reply["explanation"] = reply["summary"];
  reply["found"] = JsonArray();
  out.emplace_back(std::move(reply));
  return out;
}

}  // namespace postern::app
