// How well the workspace is guarded: what, why, how it is, and how to do better.
#include "web/security_checklist.h"

#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {

Answer show_security_checklist(Request& request, Context& context) {
  if (!context.services.security_checklist) co_return core::fail(Errc::kNotFound);
  const core::WorkspaceId workspace = request.who().workspace;
  POSTERN_CO_TRY(const SecurityChecklist found, co_await context.services.security_checklist(workspace));
  json::array checks;
  for (const SecurityCheck& each : found.checks) {
    json::object row;
    row["id"] = each.id;
    row["title"] = each.title;
    row["why"] = each.why;
    row["state"] = to_string(each.state);
    row["found"] = each.found;
    row["fix"] = each.fix;
    row["page"] = each.page.empty() ? json::value(nullptr) : json::value(each.page);
    row["weight"] = each.weight;
    checks.push_back(std::move(row));
  }
  json::object shown;
  shown["score"] = found.score();
  shown["checks"] = std::move(checks);
  json::object out;
  out["security_checklist"] = std::move(shown);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
