#include "app/sender_settings.h"

#include <fmt/format.h>

#include "pipeline/api/address.h"
#include "pipeline/api/inbox_policy.h"
#include "pipeline/sender/dns_lists.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/sender_list.h"

namespace postern::app {
namespace {

void check_zones(const char* key, const std::vector<std::string>& zones, std::vector<std::string>& out) {
  for (const std::string& zone : zones) {
    if (const auto complaint = pipeline::dns_list_complaint(zone)) out.push_back(fmt::format("sender.{}: {}", key, *complaint));
  }
}

void check_word(const std::string& inbox, const char* key, const std::string& word, std::string_view allowed, std::vector<std::string>& out) {
  const std::string padded = " " + word + " ";
  if (pipeline::parse_sender_action(word) && allowed.find(padded) != std::string_view::npos) return;
  out.push_back(fmt::format("inbox {}: {} is \"{}\", but may be one of:{}", inbox, key, word, allowed.substr(0, allowed.size() - 1)));
}

void check_address(const char* key, const std::string& address, std::vector<std::string>& out) {
  if (address.empty()) return;
  const pipeline::EmailAddress parts = pipeline::split_address(address);
  if (!parts.local.empty() && !parts.domain.empty() && address.find_first_of(" <>,\"") == std::string::npos) return;
  out.push_back(fmt::format("{}: \"{}\" is no mail address", key, address));
}

void check_list(const std::string& inbox, const char* key, const std::vector<std::string>& entries, std::vector<std::string>& out) {
  if (entries.size() > pipeline::kSenderListMax) {
    out.push_back(fmt::format("inbox {}: {} has {} entries, at most {} are taken", inbox, key, entries.size(), pipeline::kSenderListMax));
  }
  for (const std::string& entry : entries) {
    if (const auto complaint = pipeline::sender_entry_complaint(entry)) out.push_back(fmt::format("inbox {}: {}: {}", inbox, key, *complaint));
  }
}

}  // namespace

std::vector<std::string> sender_setting_complaints(const conf::GatewayOptions& options) {
  std::vector<std::string> out;
  check_zones("deny_lists", options.pipeline.auth.lists.deny, out);
  check_zones("allow_lists", options.pipeline.auth.lists.allow, out);
  for (const std::string& sealer : options.pipeline.auth.trusted_sealers) {
    const auto name = pipeline::to_a_labels(sealer);
    if (!name || name->find('.') == std::string::npos) out.push_back(fmt::format("sender.trusted_sealers: \"{}\" is no domain name", sealer));
  }
  if (options.pipeline.auth.lists.deny.size() + options.pipeline.auth.lists.allow.size() > pipeline::kDnsListZonesMax) {
    out.push_back(fmt::format("sender.deny_lists, sender.allow_lists: at most {} zones together", pipeline::kDnsListZonesMax));
  }
  check_address("reports.address", options.reports.address, out);
  check_address("reports.tls_address", options.reports.tls_address, out);
  check_address("reports.contact", options.reports.contact, out);
  for (const ticketing::InboxOptions& one : options.ticketing.inboxes) {
    const std::string inbox = one.addresses.empty() ? std::string("without an address") : one.addresses.front();
    check_word(inbox, "on_dmarc_fail", one.senders.on_dmarc_fail, " published accept suspend reject ", out);
    check_word(inbox, "on_no_dmarc", one.senders.on_no_dmarc, " accept suspend reject ", out);
    check_word(inbox, "on_temperror", one.senders.on_temperror, " defer accept suspend ", out);
    check_list(inbox, "allow", one.senders.allow, out);
    check_list(inbox, "block", one.senders.block, out);
  }
  return out;
}

}  // namespace postern::app
