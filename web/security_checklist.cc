#include "web/security_checklist.h"

namespace postern::web {

std::string_view to_string(CheckState state) {
  switch (state) {
    case CheckState::kGood: return "good";
    case CheckState::kWarning: return "warning";
    case CheckState::kBad: return "bad";
    case CheckState::kUnknown: return "unknown";
  }
  return "unknown";
}

std::uint32_t SecurityChecklist::score() const {
  std::uint32_t reached = 0;
  std::uint32_t all = 0;
  for (const SecurityCheck& each : checks) {
    if (each.state == CheckState::kUnknown) continue;
    all += 2 * each.weight;
    if (each.state == CheckState::kGood) reached += 2 * each.weight;
    if (each.state == CheckState::kWarning) reached += each.weight;
  }
  return all == 0 ? 0 : reached * 100 / all;
}

}  // namespace postern::web
