#pragma once
// app/living_workspaces.h: the workspaces that can still be read. The directory keeps one that was wiped until the next start;
// whoever goes through all of them in the background would fail at it again and again.
// Thread-safety: any.  Errors: none; a workspace whose keys cannot be read for another reason counts as living.
#include <vector>

#include "core/ids.h"

namespace postern::storage {
class Vault;
}
namespace postern::ticketing {
class Directory;
}

namespace postern::app {

std::vector<core::WorkspaceId> living_workspaces(const ticketing::Directory& directory, const storage::Vault& vault);

}  // namespace postern::app
