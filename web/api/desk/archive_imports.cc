// Archives of another desk, sent in the body: imported in the background, redacted before anything is stored.
#include "web/archive_imports.h"

#include "core/errc.h"
#include "web/api/desk/import_handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

core::Result<ArchiveImports*> archive_imports_of(const Context& context) {
  if (context.services.archive_imports == nullptr) return core::fail(Errc::kNotFound);
  return context.services.archive_imports;
}

json::object archive_import_json(const ArchiveImport& from) {
  json::object passed_over;
  for (const auto& [why, count] : from.passed_over) passed_over[why] = count;
  json::object out;
  out["id"] = from.id;
  out["kind"] = from.kind;
  out["inbox_id"] = from.inbox.value;
  out["dry_run"] = from.is_rehearsal;
  out["state"] = from.state;
  out["done"] = from.done;
  out["total"] = from.total ? json::value(*from.total) : json::value();
  out["tickets"] = from.tickets;
  out["comments"] = from.comments;
  out["people"] = from.people;
  out["organizations"] = from.organizations;
  out["passed_over"] = std::move(passed_over);
  out["examples"] = json::array(from.examples.begin(), from.examples.end());
  out["error"] = from.error.empty() ? json::value() : json::value(from.error);
  out["created_at"] = timestamp(from.begun_unix_ms);
  out["ended_at"] = from.ended_unix_ms == 0 ? json::value() : json::value(timestamp(from.ended_unix_ms));
  return out;
}

Response archive_import_response(int status, const ArchiveImport& from) {
  json::object out;
  out["import"] = archive_import_json(from);
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", "/api/v2/imports/archives/" + std::to_string(from.id));
  return response;
}

core::Result<ArchiveWish> read_archive_wish(Request& request, const Context& context) {
  ArchiveWish out;
  out.by = request.who();
  out.kind = request.query_value("kind").value_or("");
  if (out.kind != "mbox" && out.kind != "maildir" && out.kind != "eml" && out.kind != "zendesk") return core::fail(Errc::kInvalid, "kind: mbox, maildir, eml or zendesk");
  const auto inboxes = context.services.directory()->inboxes_of(out.by.workspace);
  POSTERN_TRY(const std::uint64_t inbox, query_number(request, "inbox_id", inboxes.empty() ? 0 : inboxes.front().id.value));
  out.inbox = core::InboxId{inbox};
  if (const auto word = request.query_value("status"); word && !word->empty()) {
    const auto status = ticketing::parse_status(*word);
    if (!status) return core::fail(Errc::kInvalid, "status: new, open, pending, hold, solved or closed");
    out.status = *status;
  }
  const std::string_view rehearsal = request.query_value("dry_run").value_or("false");
  if (rehearsal != "true" && rehearsal != "false") return core::fail(Errc::kInvalid, "dry_run: true or false");
  out.is_rehearsal = rehearsal == "true";
  if (request.body.empty()) return core::fail(Errc::kInvalid, "the body is the archive");
  out.bytes = core::to_secret(request.body);
  core::wipe(request.body.data(), request.body.size());
  request.body.clear();
  return out;
}

}  // namespace

Answer begin_archive_import(Request& request, Context& context) {
  POSTERN_CO_TRY(ArchiveImports* const imports, archive_imports_of(context));
  POSTERN_CO_TRY(ArchiveWish wish, read_archive_wish(request, context));
  const auto begun = co_await imports->begin(std::move(wish));
  if (!begun && begun.error() == core::Errc::kInvalid) co_return core::fail(Errc::kInvalid, begun.error().context());
  if (!begun) co_return begun.error();
  co_return archive_import_response(201, *begun);
}

Answer list_archive_imports(Request& request, Context& context) {
  POSTERN_CO_TRY(const ArchiveImports* const imports, archive_imports_of(context));
  json::array list;
  for (const ArchiveImport& each : imports->list(request.who().workspace)) list.push_back(archive_import_json(each));
  json::object out;
  out["count"] = list.size();
  out["imports"] = std::move(list);
  co_return json_response(200, out);
}

Answer show_archive_import(Request& request, Context& context) {
  POSTERN_CO_TRY(const ArchiveImports* const imports, archive_imports_of(context));
  const auto found = imports->find(request.who().workspace, read_number(request.param("id")).value());
  if (!found) co_return core::fail(Errc::kNotFound);
  co_return archive_import_response(200, *found);
}

Answer stop_archive_import(Request& request, Context& context) {
  POSTERN_CO_TRY(ArchiveImports* const imports, archive_imports_of(context));
  if (!imports->stop(request.who().workspace, read_number(request.param("id")).value())) co_return core::fail(Errc::kNotFound);
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
