#pragma once
// auth/audit_trail/options.h: what operators decide about the audit log.
#include "auth/audit_trail/shipping/options.h"

namespace postern::auth {

// Shorter would take the trail from under the alerts, the weekly digest and whoever looks into a break-in.
inline constexpr std::uint32_t kAuditRetentionDaysMin = 30;

struct AuditOptions {
  std::uint32_t retention_days = 0;  // entries older than this are removed; 0: never
  ShipOptions shipping;
};

}  // namespace postern::auth
