#include "auth/networks.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/transact.h"
#include "auth/errc.h"
#include "core/errc.h"
#include "storage/schema/access.pb.h"

namespace postern::auth {
namespace {

constexpr std::string_view kName = "networks";

core::Result<NetworkRules> parse_rules(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                       const std::optional<std::string>& value) {
  NetworkRules out;
  if (!value) return out;
  schema::NetworkRules record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  out.allowed.assign(record.allowed().begin(), record.allowed().end());
  out.end_users_too = record.end_users_too();
  return out;
}

core::Result<NetworkRules> read_rules(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace) {
  const std::string key = keys::access_policy(workspace, kName);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  return parse_rules(vault, workspace, key, value);
}

// "192.0.*.*" as Zendesk has it, as CIDR; everything else as it is.
std::string without_stars(std::string_view range) {
  unsigned bits = 32;
  std::string zeros;
  while (range.ends_with(".*") && bits > 8) {
    range.remove_suffix(2);
    bits -= 8;
    zeros += ".0";
  }
  return bits == 32 ? std::string(range) : std::string(range) + zeros + "/" + std::to_string(bits);
}

bool is_bound(Role role, bool end_users_too) { return end_users_too || role != Role::kContact; }

std::string words_of(const NetworkRules& rules) {
  if (rules.allowed.empty()) return "everywhere";
  std::string out;
  for (const std::string& each : rules.allowed) out += (out.empty() ? "" : " ") + each;
  return out + (rules.end_users_too ? " (everybody)" : " (agents)");
}

}  // namespace

core::Result<NetworkList> NetworkList::parse(const std::vector<std::string>& ranges) {
  NetworkList out;
  for (const std::string& each : ranges) {
    core::Result<net::IpNetwork> range = net::IpNetwork::parse(without_stars(each));
    if (!range) return core::fail(core::Errc::kInvalid, "not an address or a range such as 192.0.2.0/24: " + each.substr(0, 50));
    out.ranges_.push_back(*range);
  }
  return out;
}

core::Result<NetworkList> NetworkList::parse_new(const std::vector<std::string>& ranges) {
  POSTERN_TRY(NetworkList out, parse(ranges));
  for (const net::IpNetwork& range : out.ranges_) {
    if (range.prefix_bits() == 0) return core::fail(core::Errc::kInvalid, range.to_string() + " is everywhere: leave the list empty instead");
  }
  return out;
}

bool NetworkList::contains(const std::string& client_ip) const {
  const core::Result<net::IpAddress> address = net::IpAddress::parse(client_ip);
  if (!address) return false;
  return std::ranges::any_of(ranges_, [&address](const net::IpNetwork& range) { return range.contains(*address); });
}

std::vector<std::string> NetworkList::words() const {
  std::vector<std::string> out;
  for (const net::IpNetwork& range : ranges_) out.push_back(range.to_string());
  return out;
}

core::Result<bool> allows(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, Role role,
                          const std::string& client_ip) {
  POSTERN_TRY(const NetworkRules rules, read_rules(snapshot, vault, workspace));
  if (rules.allowed.empty() || !is_bound(role, rules.end_users_too)) return true;
  POSTERN_TRY(const NetworkList list, NetworkList::parse(rules.allowed));
  return list.contains(client_ip);
}

Networks::Networks(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, Options options)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), options_(std::move(options)) {}

core::Result<NetworkRules> Networks::rules(core::WorkspaceId workspace) const {
  return read_rules(*store_.snapshot(), vault_, workspace);
}

core::Task<core::Result<void>> Networks::change(Principal by, NetworkRules rules, bool is_confirmed) {
  if (!may(by, Permission::kSecurityManage)) co_return core::fail(Errc::kForbidden);
  if (rules.allowed.size() > options_.allowed_networks_max) co_return core::fail(core::Errc::kInvalid, "allowed: too many ranges");
  POSTERN_CO_TRY(const NetworkList list, NetworkList::parse_new(rules.allowed));
  const bool shuts_out = by.method != Method::kOperator && !list.empty() && !list.contains(by.client_ip);
  if (shuts_out && !is_confirmed) {
    co_return core::fail(core::Errc::kInvalid, "allowed: your own address, " + by.client_ip + ", is not in it: confirm to be shut out");
  }
  rules.allowed = list.words();
  const std::string key = keys::access_policy(by.workspace, kName);
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    POSTERN_TRY(const NetworkRules before, parse_rules(vault_, by.workspace, key, value));
    schema::NetworkRules record;
    for (const std::string& each : rules.allowed) record.add_allowed(each);
    record.set_end_users_too(rules.end_users_too);
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
    return audit(transaction, vault_, ids_, clock_, by, "networks.changed", "networks", words_of(before) + " -> " + words_of(rules));
  };
  const auto changed = co_await transact(store_, options_.commit_attempts_max, change);
  {
    std::lock_guard lock(mutex_);
    ++turn_;
    kept_.erase(by.workspace);
  }
  co_return changed;
}

core::Result<std::shared_ptr<const Networks::Parsed>> Networks::parsed(core::WorkspaceId workspace) const {
  std::uint64_t turn = 0;
  {
    std::lock_guard lock(mutex_);
    if (const auto known = kept_.find(workspace); known != kept_.end()) return known->second;
    turn = turn_;
  }
  POSTERN_TRY(const NetworkRules rules, read_rules(*store_.snapshot(), vault_, workspace));
  POSTERN_TRY(NetworkList list, NetworkList::parse(rules.allowed));
  auto made = std::make_shared<const Parsed>(Parsed{std::move(list), rules.end_users_too});
  std::lock_guard lock(mutex_);
  if (turn == turn_) kept_[workspace] = made;
  return std::shared_ptr<const Parsed>(made);
}

core::Result<void> Networks::check(const Principal& by) const {
  POSTERN_TRY(const std::shared_ptr<const Parsed> known, parsed(by.workspace));
  if (known->allowed.empty() || !is_bound(by.role, known->end_users_too) || known->allowed.contains(by.client_ip)) return {};
  return core::fail(Errc::kForbidden, "your network is not allowed here");
}

}  // namespace postern::auth
