// Who did what: search, one entry, the chain of hashes, and people's sign-ins.
#include "auth/audit_trail/trail.h"
#include "core/encoding.h"
#include "web/api/audit_shapes.h"
#include "web/api/handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

core::Result<Response> answer_page(Request& request, Context& context, core::WorkspaceId workspace, const auth::AuditFilter& filter,
                                   std::string_view name) {
  POSTERN_TRY(const Page page, read_page(request, context.options));
  auth::AuditOrder order;
  POSTERN_TRY(order.is_oldest_first, is_oldest_first(request));
  POSTERN_TRY(order.after.value, query_number(request, "page[after]", 0));
  order.limit = page.size;
  POSTERN_TRY(const auth::AuditPage found,
              auth::search_audit(*context.services.store.snapshot(), context.services.vault, workspace, filter, order));
  AuditShapes shapes(context.services, workspace);
  json::array list;
  for (const auth::AuditEntry& each : found.entries) {
    POSTERN_TRY(json::object shown, shapes.show(each));
    list.push_back(std::move(shown));
  }
  json::object out;
  out[name] = std::move(list);
  add_page(out, request, found.has_more, found.cursor ? std::to_string(found.cursor.value) : std::string(), page.size);
  // A page that found little in much: there is more to look through.
  out["meta"].as_object()["is_cut"] = found.is_cut;
  return json_response(200, out);
}

json::value verification_json(const std::optional<auth::ChainReport>& report) {
  if (!report) return nullptr;
  json::object out;
  out["at"] = timestamp(report->at_unix_ms);
  out["is_intact"] = report->is_intact();
  out["entries"] = report->verified;
  out["sequence"] = report->head.sequence;
  out["hash"] = core::to_hex(report->head.hash);
  if (report->fault) {
    out["fault"] = json::object{{"sequence", id_or_null(report->fault->sequence)}, {"id", id_or_null(report->fault->id.value)},
                                {"description", report->fault->what}};
  } else {
    out["fault"] = nullptr;
  }
  return out;
}

core::Result<Response> chain_response(int status, core::WorkspaceId workspace, const auth::AuditTrail& trail) {
  POSTERN_TRY(const auth::AuditTrail::State state, trail.state(workspace));
  json::object chain;
  chain["sequence"] = state.head.sequence;
  chain["hash"] = core::to_hex(state.head.hash);
  chain["linked_at"] = state.head.linked_unix_ms == 0 ? json::value(nullptr) : json::value(timestamp(state.head.linked_unix_ms));
  chain["waiting"] = state.waiting;
  chain["is_verifying"] = state.is_verifying;
  chain["verification"] = verification_json(state.verified);
  json::object out;
  out["chain"] = std::move(chain);
  return json_response(status, out);
}

// Good and bad ones are about the user; who tried a bad one is not known.
auth::AuditFilter sign_ins_of(core::UserId user) {
  auth::AuditFilter out;
  out.object = "user/" + std::to_string(user.value);
  out.action = "sign_in*";
  return out;
}

}  // namespace

Answer list_audit_logs(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::AuditFilter filter, read_audit_filter(request));
  co_return answer_page(request, context, request.who().workspace, filter, "audit_logs");
}

Answer show_audit_log(Request& request, Context& context) {
  const core::WorkspaceId workspace = request.who().workspace;
  POSTERN_CO_TRY(const std::optional<auth::AuditEntry> entry,
                 auth::find_audit(*context.services.store.snapshot(), context.services.vault, workspace, id_param<core::AuditId>(request, "id")));
  if (!entry) co_return core::fail(Errc::kNotFound);
  AuditShapes shapes(context.services, workspace);
  POSTERN_CO_TRY(json::object shown, shapes.show(*entry));
  json::object out;
  out["audit_log"] = std::move(shown);
  co_return json_response(200, out);
}

Answer show_audit_chain(Request& request, Context& context) {
  if (context.services.audit == nullptr) co_return core::fail(Errc::kNotFound);
  co_return chain_response(200, request.who().workspace, *context.services.audit);
}

Answer verify_audit_chain(Request& request, Context& context) {
  if (context.services.audit == nullptr) co_return core::fail(Errc::kNotFound);
  context.services.audit->request_verification(request.who().workspace);
  co_return chain_response(202, request.who().workspace, *context.services.audit);
}

Answer list_own_sign_ins(Request& request, Context& context) {
  co_return answer_page(request, context, request.who().workspace, sign_ins_of(request.who().user), "sign_ins");
}

Answer list_sign_ins(Request& request, Context& context) {
  co_return answer_page(request, context, request.who().workspace, sign_ins_of(id_param<core::UserId>(request, "id")), "sign_ins");
}

}  // namespace postern::web::api
