#include "app/living_workspaces.h"

#include "storage/errc.h"
#include "storage/vault.h"
#include "ticketing/directory.h"

namespace postern::app {

std::vector<core::WorkspaceId> living_workspaces(const ticketing::Directory& directory, const storage::Vault& vault) {
  std::vector<core::WorkspaceId> all = directory.workspaces();
  std::erase_if(all, [&vault](core::WorkspaceId each) {
    const auto derived = vault.derive_key(each, "living");
    return !derived && derived.error() == storage::Errc::kNotFound;
  });
  return all;
}

}  // namespace postern::app
