#pragma once
// app/security_checklist.h: looks at a workspace as it is now, and at the configuration, and says what guards it and what does not
// (requirement I0-06). Nothing is stored; every answer is computed.
// Thread-safety: any executor; blocks for reads of the store.  Ownership: borrows the services. What only
// a running server knows (DNS, how shipping goes) is told as unknown without one.
// Errors: those of the store.  Limits: domains_max domains are checked in DNS, within check_max in all.
#include "app/services.h"
#include "web/security_checklist.h"

namespace postern::app {

struct ChecklistLimits {
  std::size_t domains_max = 10;
  core::Duration check_max = std::chrono::seconds(10);
  std::uint32_t certificate_days_min = 14;
  std::uint32_t token_idle_days_max = 90;
  std::uint32_t verification_days_max = 7;
  std::uint32_t feed_age_days_max = 2;
};

core::Task<core::Result<web::SecurityChecklist>> make_security_checklist(Services& services, core::WorkspaceId workspace,
                                                                         ChecklistLimits limits = ChecklistLimits());

}  // namespace postern::app
