#include "pipeline/sender/sender_list.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/api/author_proof.h"
#include "pipeline/mime/address.h"
#include "pipeline/mime/header.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/from_domains.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kEntryBytesMax = 512;  // an address has at most 254 bytes (RFC 5321); U-labels take more than A-labels

constexpr std::size_t kShownBytesMax = 80;

struct SenderEntry {
  SenderEntryKind kind = SenderEntryKind::kAny;
  std::string compared;  // addresses and domains
  std::optional<net::IpNetwork> network;
};

// What is no domain name (an address literal) is compared as it stands.
std::string compared_domain(std::string_view domain) {
  return to_a_labels(domain).value_or(core::to_lower_ascii(domain));
}

std::string compared_address(std::string_view local, std::string_view domain) {
  return core::to_lower_ascii(local) + '@' + compared_domain(domain);
}

bool has_control_or_blank(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
  });
}

// As the operator wrote it, safe for a terminal.
std::string shown(std::string_view entry) {
  std::string out = "\"";
  for (const char c : entry.substr(0, kShownBytesMax)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (entry.size() > kShownBytesMax ? "…\"" : "\"");
}

bool looks_like_network(std::string_view text) {
  return text.find(':') != std::string_view::npos ||
         text.find_first_not_of("0123456789./") == std::string_view::npos;
}

// Either an entry, or what is wrong with it.
struct ParsedEntry {
  SenderEntry entry;
  std::string complaint;
};

ParsedEntry complain(std::string text) { return {{}, std::move(text)}; }

ParsedEntry parse_domain(std::string_view text) {
  if (text.find('*') != std::string_view::npos) {
    return complain("a star stands alone; a domain covers what is below it, so write \"example.com\"");
  }
  const std::optional<std::string> name = to_a_labels(text);
  if (!name) return complain("is no domain name");
  if (count_labels(*name) < 2) return complain("is one word; write a whole domain, such as \"example.com\"");
  return {{SenderEntryKind::kDomain, *name, std::nullopt}, {}};
}

ParsedEntry parse_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.empty()) return complain("names nobody before the @; for a whole domain write \"example.com\"");
  if (domain.empty()) return complain("has no domain behind the @");
  if (local.find_first_of("@<>()[],;:\\\"") != std::string_view::npos) {
    return complain("holds a sign that no plain address has; write \"a@example.com\"");
  }
  if (local.find('*') != std::string_view::npos) {
    return complain("a star stands alone; for a whole domain write \"example.com\"");
  }
  if (!to_a_labels(domain)) return complain("has no domain name behind the @");
  return {{SenderEntryKind::kAddress, compared_address(local, domain), std::nullopt}, {}};
}

ParsedEntry parse_entry(std::string_view text) {
  if (text.empty()) return complain("is empty");
  if (text.size() > kEntryBytesMax) return complain("is longer than " + std::to_string(kEntryBytesMax) + " bytes");
  if (has_control_or_blank(text)) return complain("holds a blank; write one sender in each entry");
  if (text == "*") return {{SenderEntryKind::kAny, {}, std::nullopt}, {}};
  if (text.find('@') != std::string_view::npos) return parse_address(text);
  if (looks_like_network(text)) {
    const auto network = net::IpNetwork::parse(text);
    if (!network) return complain("is no network; write \"192.0.2.0/24\", \"2001:db8::/32\" or one address");
    return {{SenderEntryKind::kNetwork, {}, *network}, {}};
  }
  return parse_domain(text);
}

void read_addresses(const Message& message, const HeaderBlock& header, std::string_view name_lower,
                    std::vector<EmailAddress>& out) {
  for (const HeaderField& field : header.fields) {
    if (field.name_lower != name_lower) continue;
    for (NamedAddress& one : parse_address_list(message.view(field.value))) {
      if (out.size() >= kSenderAddressesMax) return;
      if (!one.address.empty()) out.push_back(std::move(one.address));
    }
  }
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

ListMatch matched(ListVerdict verdict, SenderList::Found found) {
  return {verdict, found->first, std::move(found->second)};
}

// Address, network, domain, any: the more an entry says, the better it explains.
ListMatch match_allow(const SenderList& list, const SenderFacts& facts) {
  for (const EmailAddress& one : facts.from) {
    if (!contains(facts.proven, compared_domain(one.domain))) continue;
    if (auto found = list.find_address(one)) return matched(ListVerdict::kAllowed, std::move(found));
  }
  if (facts.client) {
    if (auto found = list.find_network(*facts.client)) return matched(ListVerdict::kAllowed, std::move(found));
  }
  for (const std::string& domain : facts.proven) {
    if (auto found = list.find_domain(domain)) return matched(ListVerdict::kAllowed, std::move(found));
  }
  if (auto found = list.find_any()) return matched(ListVerdict::kAllowed, std::move(found));
  return {};
}

ListMatch match_block(const SenderList& list, const SenderFacts& facts) {
  std::vector<EmailAddress> named = facts.from;
  named.insert(named.end(), facts.sender.begin(), facts.sender.end());
  if (!facts.mail_from.empty()) named.push_back(facts.mail_from);
  for (const EmailAddress& one : named) {
    if (auto found = list.find_address(one)) return matched(ListVerdict::kBlocked, std::move(found));
  }
  if (facts.client) {
    if (auto found = list.find_network(*facts.client)) return matched(ListVerdict::kBlocked, std::move(found));
  }
  std::vector<std::string> domains = facts.from_domains;
  for (const EmailAddress& one : named) domains.push_back(compared_domain(one.domain));
  for (const std::string& domain : domains) {
    if (auto found = list.find_domain(domain)) return matched(ListVerdict::kBlocked, std::move(found));
  }
  if (auto found = list.find_any()) return matched(ListVerdict::kBlocked, std::move(found));
  return {};
}

}  // namespace

std::string_view to_string(SenderEntryKind kind) {
  switch (kind) {
    case SenderEntryKind::kAddress: return "address";
    case SenderEntryKind::kNetwork: return "network";
    case SenderEntryKind::kDomain: return "domain";
    case SenderEntryKind::kAny: return "any";
  }
  return "any";
}

std::string_view to_string(ListVerdict verdict) {
  switch (verdict) {
    case ListVerdict::kNone: return "none";
    case ListVerdict::kAllowed: return "allowed";
    case ListVerdict::kBlocked: return "blocked";
  }
  return "none";
}

std::optional<std::string> sender_entry_complaint(std::string_view entry) {
  const ParsedEntry parsed = parse_entry(entry);
  if (parsed.complaint.empty()) return std::nullopt;
  return shown(entry) + ": " + parsed.complaint;
}

SenderFacts find_sender_facts(const Envelope& envelope, const Message& message, const AuthVerdicts& auth) {
  SenderFacts facts;
  if (const auto client = net::IpAddress::parse(envelope.client_ip)) facts.client = *client;
  facts.mail_from = envelope.mail_from;
  const HeaderBlock header = parse_message_header(message);
  read_addresses(message, header, "from", facts.from);
  read_addresses(message, header, "sender", facts.sender);
  facts.from_domains = find_from_domains(message, AuthOptions{}).domains;
  for (const std::string& domain : facts.from_domains) {
    if (is_author_proven(auth, domain)) facts.proven.push_back(domain);
  }
  return facts;
}

SenderList::SenderList(const std::vector<std::string>& entries) {
  for (const std::string& text : entries) {
    ParsedEntry parsed = parse_entry(text);
    if (!parsed.complaint.empty()) continue;
    switch (parsed.entry.kind) {
      case SenderEntryKind::kAddress: addresses_.try_emplace(std::move(parsed.entry.compared), text); break;
      case SenderEntryKind::kDomain: domains_.try_emplace(std::move(parsed.entry.compared), text); break;
      case SenderEntryKind::kNetwork: networks_.emplace_back(*parsed.entry.network, text); break;
      case SenderEntryKind::kAny: any_ = text; break;
    }
  }
}

SenderList::Found SenderList::find_address(const EmailAddress& address) const {
  if (addresses_.empty()) return std::nullopt;
  const auto found = addresses_.find(compared_address(address.local, address.domain));
  if (found == addresses_.end()) return std::nullopt;
  return std::pair(SenderEntryKind::kAddress, found->second);
}

SenderList::Found SenderList::find_domain(std::string_view domain) const {
  if (domains_.empty()) return std::nullopt;
  std::optional<std::string> name = to_a_labels(domain);  // at most 253 bytes, so the loop is short
  while (name && !name->empty()) {
    if (const auto found = domains_.find(*name); found != domains_.end()) {
      return std::pair(SenderEntryKind::kDomain, found->second);
    }
    const std::size_t dot = name->find('.');
    name->erase(0, dot == std::string::npos ? dot : dot + 1);
  }
  return std::nullopt;
}

SenderList::Found SenderList::find_network(const net::IpAddress& client) const {
  for (const auto& [network, text] : networks_) {
    if (network.contains(client)) return std::pair(SenderEntryKind::kNetwork, text);
  }
  return std::nullopt;
}

SenderList::Found SenderList::find_any() const {
  if (any_.empty()) return std::nullopt;
  return std::pair(SenderEntryKind::kAny, any_);
}

ListMatch SenderLists::match(const SenderFacts& facts) const {
  ListMatch match = match_allow(allow_, facts);
  return match.verdict == ListVerdict::kAllowed ? match : match_block(block_, facts);
}

ListMatch SenderListCache::match(const std::shared_ptr<const InboxPolicy>& policy, const SenderFacts& facts) {
  if (!has_entries(policy.get())) return {};
  std::shared_ptr<const SenderLists> lists;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(policy.get()); found != kept_.end()) lists = found->second.lists;
  }
  if (!lists) {
    lists = std::make_shared<const SenderLists>(*policy);
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= kSenderListsKeptMax) kept_.clear();  // old policies, of a directory that was replaced
    kept_.insert_or_assign(policy.get(), Kept{policy, lists});
  }
  return lists->match(facts);
}

}  // namespace postern::pipeline
