#include "app/known_names.h"

#include <algorithm>

#include "core/log.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/spam/name_key.h"

namespace postern::app {

AccountNames::AccountNames(std::shared_ptr<const ticketing::Directory> directory, const auth::Accounts& accounts,
                           const core::Clock& clock, KnownNamesLimits limits)
    : accounts_(accounts), clock_(clock), limits_(limits) {
  for (const std::string& domain : directory->domains()) {
    // An address literal or a bare host name is no domain that somebody could register beside ours.
    if (auto plain = pipeline::to_a_labels(domain)) own_domains_.push_back(std::move(*plain));
  }
  for (const core::WorkspaceId workspace : directory->workspaces()) workspaces_.insert(workspace);
}

std::vector<std::string> AccountNames::own_domains() const { return own_domains_; }

bool AccountNames::is_colleague(core::WorkspaceId workspace, std::string_view name) const {
  const std::string key = pipeline::name_key(name);
  if (key.empty() || !workspaces_.contains(workspace)) return false;
  return agents_of(workspace)->contains(key);
}

std::shared_ptr<const AccountNames::Keys> AccountNames::agents_of(core::WorkspaceId workspace) const {
  const core::Instant now = clock_.now();
  std::shared_ptr<const Keys> before;
  {
    const std::lock_guard lock(mutex_);
    Agents& kept = agents_[workspace];
    if (kept.keys && now - kept.read_at < limits_.age_max) return kept.keys;
    kept.read_at = now;  // one caller reads; the others go on with what is known
    before = kept.keys;
  }
  auto keys = std::make_shared<Keys>();
  const auto users = accounts_.accounts(workspace);
  if (!users) {
    core::log::warn("known_names.read_failed", {{"workspace", workspace.value}, {"error", users.error().describe()}});
    return before ? before : keys;
  }
  for (const auth::User& user : *users) {
    if (keys->size() >= limits_.names_max) break;
    std::string key = user.is_disabled ? std::string() : pipeline::name_key(user.name);
    if (!key.empty()) keys->insert(std::move(key));
  }
  const std::lock_guard lock(mutex_);
  agents_[workspace].keys = keys;
  return keys;
}

}  // namespace postern::app
