#pragma once
// auth/networks.h: from which networks a workspace lets people and their tokens in: a list of CIDR ranges, for everybody
// or for agents, admins and owners only. It narrows what a right credential opens; no address ever replaces one.
// Thread-safety: any executor; the rules of a workspace are kept in memory until they change.
// Errors: Errc::kForbidden; core::Errc::kInvalid with the field and why; storage::Errc. What cannot be read lets nobody in.
// Limits: Options::allowed_networks_max.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/options.h"
#include "auth/principal.h"
#include "net/ip.h"
#include "storage/records.h"

namespace postern::auth {

struct NetworkRules {
  std::vector<std::string> allowed;  // "192.0.2.0/24", "192.0.2.*"; empty: from everywhere, which "/0" does not stand for
  bool end_users_too = false;
};

// One list of ranges, parsed.
class NetworkList {
 public:
  static core::Result<NetworkList> parse(const std::vector<std::string>& ranges);
  // What somebody wants stored: not everything (/0) either, which is what an empty list says.
  static core::Result<NetworkList> parse_new(const std::vector<std::string>& ranges);
  bool empty() const { return ranges_.empty(); }
  bool contains(const std::string& client_ip) const;  // false for what is no address
  std::vector<std::string> words() const;             // as they are written canonically

 private:
  std::vector<net::IpNetwork> ranges_;
};

// Whether the workspace's rules let somebody with the role in from there.
core::Result<bool> allows(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, Role role,
                          const std::string& client_ip);

class Networks {
 public:
  Networks(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, Options options);

  core::Result<NetworkRules> rules(core::WorkspaceId workspace) const;
  // Refuses rules that would shut out the one who makes them, unless he has confirmed that he means it.
  core::Task<core::Result<void>> change(Principal by, NetworkRules rules, bool is_confirmed);
  // Errc::kForbidden when the rules keep the principal out.
  core::Result<void> check(const Principal& by) const;

 private:
  struct Parsed {
    NetworkList allowed;
    bool end_users_too = false;
  };
  core::Result<std::shared_ptr<const Parsed>> parsed(core::WorkspaceId workspace) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  mutable std::mutex mutex_;
  mutable std::map<core::WorkspaceId, std::shared_ptr<const Parsed>> kept_;
  mutable std::uint64_t turn_ = 0;  // of changes: what was read before one is not kept
};

}  // namespace postern::auth
