#pragma once
// app/known_names.h: the names that strangers like to borrow: domains of the directory, agents of the accounts.
// Thread-safety: all methods from any thread.  Ownership: borrows accounts and clock, shares the directory.
// Errors: none; when the store cannot be read, the names read last stay.
// Limits: KnownNamesLimits. A name that was given or taken away counts after at most age_max; between two readings of a
// workspace's agents no message touches the store.
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "auth/accounts.h"
#include "core/clock.h"
#include "pipeline/api/ports.h"
#include "ticketing/directory.h"

namespace postern::app {

struct KnownNamesLimits {
  core::Duration age_max = std::chrono::minutes(1);
  std::size_t names_max = 10'000;  // agents of a workspace, by id; later ones are not protected
};

class AccountNames final : public pipeline::KnownNames {
 public:
  AccountNames(std::shared_ptr<const ticketing::Directory> directory, const auth::Accounts& accounts,
               const core::Clock& clock, KnownNamesLimits limits = {});

  std::vector<std::string> own_domains() const override;
  // Names of disabled accounts are free again. A name that too many people have is nobody's: see pipeline::name_key().
  bool is_colleague(core::WorkspaceId workspace, std::string_view name) const override;

 private:
  using Keys = std::unordered_set<std::string>;
  struct Agents {
    std::shared_ptr<const Keys> keys;
    core::Instant read_at;
  };
  std::shared_ptr<const Keys> agents_of(core::WorkspaceId workspace) const;

  std::vector<std::string> own_domains_;
  std::unordered_set<core::WorkspaceId> workspaces_;  // nobody else's name makes an entry
  const auth::Accounts& accounts_;
  const core::Clock& clock_;
  KnownNamesLimits limits_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<core::WorkspaceId, Agents> agents_;
};

}  // namespace postern::app
