// Who did what, newest first.
#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {

Answer list_audit_logs(Request& request, Context& context) {
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  POSTERN_CO_TRY(std::uint64_t before, query_number(request, "page[after]", 0));
  POSTERN_CO_TRY(std::vector<auth::AuditEntry> entries,
                 auth::list_audit(context.services.store, context.services.vault, request.who().workspace,
                                  core::AuditId{before}, page.size + 1));
  bool has_more = entries.size() > page.size;
  if (has_more) entries.resize(page.size);
  json::array list;
  for (const auth::AuditEntry& each : entries) list.push_back(audit_json(each));
  json::object out;
  out["audit_logs"] = std::move(list);
  std::string after = entries.empty() ? std::string() : std::to_string(entries.back().id.value);
  add_page(out, request, has_more, after, page.size);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
