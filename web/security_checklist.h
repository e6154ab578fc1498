#pragma once
// web/security_checklist.h: how well a workspace is guarded, as rows with a state and a score (I0-06). App fills it in.
// Thread-safety: values.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/task.h"

namespace postern::web {

enum class CheckState : std::uint8_t { kGood, kWarning, kBad, kUnknown };
std::string_view to_string(CheckState state);  // "good", "warning", "bad", "unknown"

struct SecurityCheck {
  std::string id;           // "two_factor_admins"
  std::string title;        // what
  std::string why;
  CheckState state = CheckState::kUnknown;
  std::string found;        // what is so now
  std::string fix;          // what to do; empty when good
  std::string page;         // where in the browser: "#/security"; empty: not there
  std::uint32_t weight = 1; // of the score
};

struct SecurityChecklist {
  std::vector<SecurityCheck> checks;
  // 0 to 100: good counts whole, a warning half; what is not known does not count.
  std::uint32_t score() const;
};

using ChecklistPort = std::function<core::Task<core::Result<SecurityChecklist>>(core::WorkspaceId)>;

}  // namespace postern::web
