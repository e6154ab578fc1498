#pragma once
// web/api/desk/export_door.h: one full export at a time in a workspace: each reads everything there is.
// Thread-safety: all methods from any thread.  Ownership: a place may outlive the door.
#include <memory>
#include <mutex>
#include <set>

#include "core/ids.h"

namespace postern::web {

class ExportDoor {
 public:
  // Held until it is destroyed; null while another export of that workspace is at work.
  std::shared_ptr<void> enter(core::WorkspaceId workspace) {
    const std::lock_guard lock(inside_->mutex);
    if (!inside_->workspaces.insert(workspace).second) return nullptr;
    return {inside_.get(), [inside = inside_, workspace](void*) {
              const std::lock_guard leaving(inside->mutex);
              inside->workspaces.erase(workspace);
            }};
  }

 private:
  struct Inside {
    std::mutex mutex;
    std::set<core::WorkspaceId> workspaces;
  };
  std::shared_ptr<Inside> inside_ = std::make_shared<Inside>();
};

}  // namespace postern::web
