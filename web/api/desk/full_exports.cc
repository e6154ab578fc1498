// Everything of a workspace as the answer of one request. Begin and end are audited; whoever hangs up ends it.
#include "auth/audit.h"
#include "core/log.h"
#include "ticketing/errc.h"
#include "web/api/desk/export_handlers.h"
#include "web/api/desk/full_export.h"
#include "web/api/standing.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::chrono::seconds kLookEvery{15};  // at whether he may still have it

struct ExportJob {
  ExportJob(Context& the_context, FullExportWish wish, std::shared_ptr<void> the_place)
      : context(the_context), by(wish.by), walk(the_context.services, std::move(wish)), place(std::move(the_place)) {}
  Context& context;
  const auth::Principal by;
  FullExport walk;
  std::shared_ptr<void> place;
  core::Instant looked;

  bool may_go_on() {
    if (context.drain.is_draining()) return false;
    const core::Instant now = context.services.clock.now();
    if (now < looked + kLookEvery) return true;
    looked = now;
    const auto stands = [this](auth::Permission permission) { return still_stands(context.services, by, permission); };
    return stands(auth::Permission::kSettingsManage) && stands(auth::Permission::kTicketsRead) && stands(auth::Permission::kUsersRead);
  }
};

core::Task<core::Result<void>> audit_export(Services& services, auth::Principal by, std::string action, std::string detail) {
  auth::AuditEvent event{std::move(action), "workspace/" + std::to_string(by.workspace.value), std::move(detail)};
  co_return co_await auth::audit_alone(services.store, services.vault, services.ids, services.clock, std::move(by), std::move(event));
}

core::Task<void> write_full_export(std::shared_ptr<ExportJob> job, ChunkWriter& out) {
  job->looked = job->context.services.clock.now();
  const core::Result<void> done = co_await job->walk.run(out, [job = job.get()] { return job->may_go_on(); });
  std::string detail = job->walk.counts();
  if (!done) detail += ", stopped behind ticket " + std::to_string(job->walk.last().value);
  if (!done) core::log::warn("web.export_stopped", {{"why", done.error().describe()}});
  const auto audited = co_await audit_export(job->context.services, job->by, done ? "export.finished" : "export.stopped", std::move(detail));
  if (!audited) core::log::warn("web.export_end_not_audited", {{"why", audited.error().describe()}});
}

core::Result<FullExportWish> read_export_wish(const Request& request) {
  FullExportWish out;
  out.by = request.who();
  POSTERN_TRY(const std::uint64_t after, query_number(request, "after", 0));
  out.after = core::TicketId{after};
  const auto formats = request.query_value("formats");
  if (!formats || formats->empty()) return out;
  out.has_lines = out.has_mail = out.has_files = false;
  for (std::string_view rest = *formats; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view word = rest.substr(0, comma);
    if (word != "jsonl" && word != "mbox" && word != "files") return core::fail(Errc::kInvalid, "formats: jsonl, mbox and files, separated by commas");
    out.has_lines = out.has_lines || word == "jsonl";
    out.has_mail = out.has_mail || word == "mbox";
    out.has_files = out.has_files || word == "files";
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return out;
}

}  // namespace

// What it holds may be read by whoever may read it elsewhere.
Answer export_workspace(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kUnavailable);
  const auth::Principal& who = request.who();
  POSTERN_CO_TRY(FullExportWish wish, read_export_wish(request));
  std::string detail = std::string(wish.has_lines ? " jsonl" : "") + (wish.has_mail ? " mbox" : "") + (wish.has_files ? " files" : "") + ", through the API";
  if (wish.after) detail += ", behind ticket " + std::to_string(wish.after.value);
  Response response;
  response.set("Content-Type", "application/x-tar");
  response.set("Content-Disposition", "attachment; filename=\"postern-export.tar\"");
  if (request.verb == Verb::kHead) co_return response;
  std::shared_ptr<void> place = context.exports.enter(who.workspace);
  if (place == nullptr) co_return core::fail(ticketing::Errc::kConflict, "another export of this workspace is at work");
  const auto job = std::make_shared<ExportJob>(context, std::move(wish), std::move(place));
  POSTERN_CO_CHECK(co_await audit_export(context.services, who, "export.begun", detail.substr(1)));
  response.stream = [job](ChunkWriter& out) { return write_full_export(job, out); };
  co_return response;
}

}  // namespace postern::web::api
