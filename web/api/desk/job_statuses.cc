// Jobs in Zendesk's shape: one's own, as long as they are kept. Their ids are opaque words.
#include <algorithm>

#include "ticketing/errc.h"
#include "web/api/desk/bulk_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kShownMax = 100;

std::string_view done_word(ticketing::JobKind kind) {
  switch (kind) {
    case ticketing::JobKind::kUpdate: return "Updated";
    case ticketing::JobKind::kCreate: return "Created";
    case ticketing::JobKind::kDelete: return "Deleted";
    case ticketing::JobKind::kRestore: return "Restored";
    case ticketing::JobKind::kErase: return "Being erased";
    case ticketing::JobKind::kSpam: return "Marked as spam";
    case ticketing::JobKind::kMerge: return "Merged";
    case ticketing::JobKind::kUndo: return "Undone";
    case ticketing::JobKind::kImport: return "Created";
  }
  return {};
}

json::object result_json(const ticketing::JobStatus& job, const ticketing::JobItem& item) {
  json::object out;
  out["index"] = item.index;
  out["id"] = id_or_null(item.ticket.value);
  out["action"] = ticketing::to_string(job.kind);
  out["success"] = item.is_done;
  out["status"] = item.is_done ? done_word(job.kind) : std::string_view("Failed");
  if (!item.is_done) {
    out["error"] = item.error;
    out["details"] = item.details;
  }
  return out;
}

core::Result<std::uint64_t> job_id(const Request& request) {
  const std::uint64_t id = core::from_base32(std::string(request.param("trace_id")));
  if (id == 0) return core::fail(Errc::kNotFound);
  return id;
}

}  // namespace

json::object job_json(const ticketing::JobStatus& job) {
  const std::string id = core::to_base32(job.id);
  json::array results;
  for (const ticketing::JobItem& each : job.results) results.push_back(result_json(job, each));
  json::object out;
  out["id"] = id;
  out["url"] = "/api/v2/job_statuses/" + id;
  out["job_type"] = ticketing::to_string(job.kind);
  out["total"] = job.total;
  out["progress"] = job.progress;
  out["status"] = ticketing::to_string(job.state);
  out["message"] = job.message.empty() ? json::value() : json::value(job.message);
  out["results"] = job.results.empty() ? json::value() : json::value(std::move(results));
  out["user_id"] = id_or_null(job.author.value);
  out["undo_url"] = job.is_undoable ? json::value("/api/v2/undo/" + std::to_string(job.id)) : json::value();
  out["created_at"] = timestamp(job.created_unix_ms);
  out["ended_at"] = job.ended_unix_ms == 0 ? json::value() : json::value(timestamp(job.ended_unix_ms));
  return out;
}

Response job_response(const ticketing::JobStatus& job) {
  json::object out;
  out["job_status"] = job_json(job);
  return json_response(200, out);
}

core::Result<void> check_job_room(const Request& request, Context& context) {
  const ticketing::Bulk& bulk = context.services.desk->bulk();
  POSTERN_TRY(const std::size_t open, bulk.open_jobs(request.who()));
  if (open >= bulk.limits().open_per_user_max) return core::fail(Errc::kRateLimited, "too many jobs that have not ended yet");
  return {};
}

core::Result<std::vector<core::TicketId>> ticket_ids(const Request& request, Context& context) {
  const std::string_view text = request.query_value("ids").value_or("");
  if (text.empty()) return core::fail(Errc::kInvalid, "ids: a list of ticket ids, with commas");
  std::vector<core::TicketId> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const core::Result<std::uint64_t> id = read_number(text.substr(begin, end - begin));
    if (!id) return core::fail(Errc::kInvalid, "ids: a list of ticket ids, with commas");
    if (out.size() >= context.services.desk->bulk().limits().items_max) return core::fail(Errc::kInvalid, "ids: too many");
    out.push_back(core::TicketId{*id});
    begin = end + 1;
  }
  return out;
}

Answer list_job_statuses(Request& request, Context& context) {
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  const std::uint64_t before = core::from_base32(page.after);
  if (!page.after.empty() && before == 0) co_return core::fail(Errc::kInvalid, "page[after]: not a cursor of ours");
  POSTERN_CO_TRY(std::vector<ticketing::JobStatus> jobs, context.services.desk->bulk().list(request.who(), page.size + 1, before));
  const bool has_more = jobs.size() > page.size;
  if (has_more) jobs.pop_back();
  json::array list;
  for (const ticketing::JobStatus& each : jobs) list.push_back(job_json(each));
  json::object out;
  out["count"] = list.size();
  out["job_statuses"] = std::move(list);
  add_page(out, request, has_more, jobs.empty() ? std::string() : core::to_base32(jobs.back().id), page.size);
  co_return json_response(200, out);
}

Answer show_job_status(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::uint64_t id, job_id(request));
  POSTERN_CO_TRY(const ticketing::JobStatus job, context.services.desk->bulk().show(request.who(), id));
  co_return job_response(job);
}

// Those that there are: as Zendesk, without a word about the others.
Answer show_many_job_statuses(Request& request, Context& context) {
  const std::string_view text = request.query_value("ids").value_or("");
  json::array list;
  for (std::size_t begin = 0; begin <= text.size() && list.size() < kShownMax;) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const core::Result<ticketing::JobStatus> job =
        context.services.desk->bulk().show(request.who(), core::from_base32(text.substr(begin, end - begin)));
    if (job) list.push_back(job_json(*job));
    if (!job && job.error() != ticketing::Errc::kNotFound) co_return job.error();
    begin = end + 1;
  }
  json::object out;
  out["count"] = list.size();
  out["job_statuses"] = std::move(list);
  co_return json_response(200, out);
}

Answer kill_job(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::uint64_t id, job_id(request));
  POSTERN_CO_CHECK(co_await context.services.desk->bulk().kill(request.who(), id));
  POSTERN_CO_TRY(const ticketing::JobStatus job, context.services.desk->bulk().show(request.who(), id));
  co_return job_response(job);
}

}  // namespace postern::web::api
