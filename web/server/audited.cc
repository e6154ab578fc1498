#include "web/server/audited.h"

#include <fmt/format.h>

#include "auth/audit.h"
#include "core/log.h"

namespace postern::web {
namespace {

constexpr std::size_t kDeviceBytesMax = 200;
constexpr std::string_view kApi = "/api/v2/";

// Only names of ours: what somebody typed into a path that leads nowhere is not kept.
std::string object_of(const Request& request, const Route& route, bool is_found) {
  const std::string_view path = is_found ? std::string_view(request.path) : route.pattern;
  return std::string(path.starts_with(kApi) ? path.substr(kApi.size()) : path);
}

// Later pages belong to the first.
bool is_later_page(const Request& request) { return request.query_value("page[after]").has_value(); }

}  // namespace

void describe_request(Request& request, const Route& route, const Services& services) {
  if (!request.principal) return;
  request.principal->request = core::from_base32(request.id);
  if (request.session) {
    request.principal->device = request.session->agent;
  } else if (!is_safe(route.verb) || !route.audit_as.empty()) {
    const std::string_view agent = request.field("user-agent").substr(0, kDeviceBytesMax);
    request.principal->device = services.redactor.redact_text(agent, {"agent", request.principal->workspace, {}}).text();
  }
}

core::Task<void> audit_refusal(const Request& request, const Route& route, Services& services) {
  if (!request.principal) co_return;
  auth::AuditEvent event{"request.denied", object_of(request, route, false), std::string(to_string(request.verb))};
  event.outcome = auth::Outcome::kDenied;
  const core::Result<void> done =
      co_await auth::audit_alone(services.store, services.vault, services.ids, services.clock, *request.principal, std::move(event));
  if (!done) core::log::warn("web.audit_failed", {{"request", request.id}, {"why", done.error().describe()}});
}

core::Task<core::Result<void>> audit_use(const Request& request, const Route& route, int status, Services& services) {
  if (route.audit_as.empty() || !request.principal || is_later_page(request)) co_return core::Result<void>();
  const bool is_done = status < 400;
  auth::AuditEvent event{std::string(route.audit_as), object_of(request, route, is_done)};
  // Which filters were used, not what they looked for: that may be anything.
  for (const auto& [name, value] : request.query) {
    if (name.find("filter") != std::string::npos) event.detail += event.detail.empty() ? name : " " + name;
  }
  event.outcome = is_done ? auth::Outcome::kOk : auth::Outcome::kFailed;
  co_return co_await auth::audit_alone(services.store, services.vault, services.ids, services.clock, *request.principal, std::move(event));
}

}  // namespace postern::web
