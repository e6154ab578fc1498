// The audit log as a file, written as it is read. Which filters were used is audited before the first byte leaves.
#include "auth/audit_trail/export.h"
#include "core/log.h"
#include "web/api/audit_shapes.h"
#include "web/api/handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kRowsAtOnce = 500;

struct Export {
  Export(Services& the_services, core::WorkspaceId the_workspace, auth::AuditFilter the_filter, bool csv)
      : services(the_services), workspace(the_workspace), filter(std::move(the_filter)), is_csv(csv) {}
  Services& services;
  core::WorkspaceId workspace;
  auth::AuditFilter filter;
  bool is_csv;
};

// The status is sent already: a store that fails now is told in the body.
core::Task<void> write_export(std::shared_ptr<const Export> job, ChunkWriter& out) {
  if (job->is_csv && !co_await out.write(auth::csv_header())) co_return;
  auth::AuditOrder order;
  order.is_oldest_first = true;
  order.limit = kRowsAtOnce;
  for (bool has_more = true; has_more;) {
    const auto page = auth::search_audit(*job->services.store.snapshot(), job->services.vault, job->workspace, job->filter, order);
    if (!page) {
      core::log::warn("web.audit_export_failed", {{"why", page.error().describe()}});
      (void)co_await out.write(job->is_csv ? "# incomplete: the store failed\r\n" : "{\"error\":\"incomplete: the store failed\"}\n");
      co_return;
    }
    std::string chunk;
    for (const auth::AuditEntry& entry : page->entries) {
      chunk += job->is_csv ? auth::csv_line(entry) : auth::json_line(job->workspace, entry);
    }
    if (!chunk.empty() && !co_await out.write(std::move(chunk))) co_return;
    order.after = page->cursor;
    has_more = page->has_more;
  }
}

}  // namespace

Answer export_audit_logs(Request& request, Context& context) {
  POSTERN_CO_TRY(auth::AuditFilter filter, read_audit_filter(request));
  const std::string_view format = request.query_value("format").value_or("csv");
  if (format != "csv" && format != "jsonl") co_return core::fail(Errc::kInvalid, "format is csv or jsonl");
  const bool is_csv = format == "csv";
  const auto job = std::make_shared<const Export>(context.services, request.who().workspace, std::move(filter), is_csv);
  Response response;
  response.set("Content-Type", is_csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl; charset=utf-8");
  response.set("Content-Disposition", is_csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.jsonl\"");
  response.stream = [job](ChunkWriter& out) { return write_export(job, out); };
  co_return response;
}

}  // namespace postern::web::api
