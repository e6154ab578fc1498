#pragma once
// web/api/audit_shapes.h: audit entries as the audit logs of the Zendesk API, with ours beside: method, role, device, request,
// outcome, changes, and the entry's place in the chain. And their filters, as queries have them.
// Thread-safety: AuditShapes by one request.  Errors: those of the store; web::Errc::kInvalid names the parameter.
#include <map>

#include "auth/audit_trail/search.h"
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web {

class AuditShapes {
 public:
  AuditShapes(Services& services, core::WorkspaceId workspace) : services_(services), workspace_(workspace) {}
  core::Result<json::object> show(const auth::AuditEntry& entry);

 private:
  core::Result<std::string> name_of(const auth::AuditEntry& entry);
  Services& services_;
  core::WorkspaceId workspace_;
  std::map<std::uint64_t, std::string> names_;  // of a page's actors
};

// filter[actor_id], filter[action], filter[source_type] and filter[source_id], filter[ip_address], filter[created_at][] (from,
// then to), filter[outcome], filter[text].
core::Result<auth::AuditFilter> read_audit_filter(const Request& request);
// sort=created_at or -created_at (the default); also Zendesk's older sort_by and sort_order.
core::Result<bool> is_oldest_first(const Request& request);
inline constexpr std::string_view kAuditQuery =
    "filter[actor_id],filter[action],filter[source_type],filter[source_id],filter[ip_address],filter[created_at][],filter[outcome],"
    "filter[text],sort,page[size],page[after]";
inline constexpr std::string_view kAuditExportQuery =
    "format,filter[actor_id],filter[action],filter[source_type],filter[source_id],filter[ip_address],filter[created_at][],"
    "filter[outcome],filter[text]";

}  // namespace postern::web
