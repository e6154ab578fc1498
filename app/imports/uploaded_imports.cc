#include "app/imports/uploaded_imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/imports/import_desk.h"
#include "app/imports/packed_files.h"
#include "app/services.h"
#include "auth/audit.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/log.h"
#include "pipeline/redaction/redactor.h"
#include "ticketing/errc.h"

namespace postern::app {

using core::Result;
using core::Task;

struct UploadedImports::Run {
  auth::Principal by;
  web::ArchiveImport told;                // under the mutex
  std::unique_ptr<ImportDesk> desk;       // of the task that works
  std::uint64_t import = 0;               // as that names it
  std::atomic<bool> stops{false};
};

UploadedImports::UploadedImports(boost::asio::any_io_executor executor, Services& services, UploadedLimits limits)
    : executor_(std::move(executor)), services_(services), limits_(limits), tasks_("uploaded imports", services.clock()) {}

UploadedImports::~UploadedImports() = default;

Result<std::shared_ptr<UploadedImports::Run>> UploadedImports::enter(const web::ArchiveWish& wish) {
  auto run = std::make_shared<Run>();
  run->by = wish.by;
  run->told.id = services_.ids().next();
  run->told.kind = wish.kind;
  run->told.inbox = wish.inbox;
  run->told.is_rehearsal = wish.is_rehearsal;
  run->told.state = "looking";
  run->told.begun_unix_ms = core::to_unix_ms(services_.clock().wall_now());
  const std::lock_guard lock(mutex_);
  auto& runs = runs_[wish.by.workspace];
  if (stops_) return core::fail_transient(core::Errc::kOverloaded, "the server stops");
  if (std::ranges::any_of(runs, [](const auto& each) { return each->told.ended_unix_ms == 0; })) {
    return core::fail(ticketing::Errc::kConflict, "another import of this workspace is at work");
  }
  if (running_ >= limits_.running_max) return core::fail_transient(core::Errc::kOverloaded, "imports");
  ++running_;
  runs.push_front(run);
  if (runs.size() > limits_.kept_max) runs.pop_back();
  return run;
}

Task<Result<web::ArchiveImport>> UploadedImports::begin(web::ArchiveWish wish) {
  const auto inboxes = services_.directory()->inboxes_of(wish.by.workspace);
  const bool is_known = std::ranges::any_of(inboxes, [&wish](const ticketing::Inbox& each) { return each.id == wish.inbox; });
  if (!is_known) co_return core::fail(core::Errc::kInvalid, "inbox_id: there is no such inbox");
  POSTERN_CO_TRY(const std::shared_ptr<Run> run, enter(wish));
  const core::WorkspaceId workspace = wish.by.workspace;
  const auto begun = co_await open(run, std::move(wish));
  if (!begun) {
    end(*run, "failed", clean(workspace, begun.error().context()));
    const std::lock_guard lock(mutex_);
    std::erase(runs_[workspace], run);  // nothing was begun
    // Names of files in an archive are words of customers too.
    if (!(begun.error() == core::Errc::kInvalid)) co_return begun.error();
    co_return core::fail(core::Errc::kInvalid, clean(workspace, begun.error().context()));
  }
  run->import = begun->at("import").to_number<std::uint64_t>();
  note(*run, *begun);
  web::ArchiveImport told = *find(workspace, run->told.id);
  tasks_.spawn(executor_, work(run));
  co_return told;
}

// Unpacks it, and looks whether it is what was said.
Task<Result<Json>> UploadedImports::open(std::shared_ptr<Run> run, web::ArchiveWish wish) {
  ImportWish inner;
  inner.by = wish.by;
  inner.kind = wish.kind;
  inner.inbox = wish.inbox;
  inner.status = wish.status;
  inner.is_rehearsal = wish.is_rehearsal;
  struct Unpacked {
    std::string digest;
    Result<std::shared_ptr<const PackedFiles>> files = core::fail(core::Errc::kInvalid);
  };
  auto job = [bytes = std::make_shared<core::SecretBuffer>(std::move(wish.bytes)), kind = wish.kind] {
    auto out = std::make_shared<Unpacked>();
    out->digest = core::to_hex(core::sha256(core::view(*bytes)));
    const bool is_lines = core::view(*bytes).find("}\n{") != std::string_view::npos;
    const std::string alone = kind == "zendesk" ? (is_lines ? "upload.jsonl" : "upload.json") : kind == "eml" ? "upload.eml" : kind == "maildir" ? "cur/upload" : "upload.mbox";
    out->files = PackedFiles::unpack(std::move(*bytes), alone);
    return out;
  };
  POSTERN_CO_TRY(const std::shared_ptr<Unpacked> unpacked, co_await core::offload(services_.cpu(), std::move(job)));
  if (!unpacked->files) co_return unpacked->files.error();
  inner.packed = *unpacked->files;
  inner.path = "upload " + unpacked->digest;
  run->desk = std::make_unique<ImportDesk>(services_);
  co_return co_await run->desk->begin(std::move(inner), false);
}

void UploadedImports::note(Run& run, const Json& told) {
  const JsonObject& from = told.as_object();
  const auto number = [&from](std::string_view name) { return from.at(name).to_number<std::uint64_t>(); };
  const std::lock_guard lock(mutex_);
  web::ArchiveImport& into = run.told;
  into.state = from.at("state").as_string();
  into.done = number("done");
  into.tickets = number("tickets");
  into.comments = number("comments");
  into.people = number("people");
  into.organizations = number("organizations");
  if (from.at("total").is_number()) into.total = number("total");
  into.passed_over.clear();
  for (const auto& each : from.at("passed_over").as_object()) into.passed_over[std::string(each.key())] = each.value().to_number<std::uint64_t>();
  const Json* examples = from.if_contains("examples");
  if (examples == nullptr) return;
  for (const Json& each : examples->as_array()) into.examples.emplace_back(each.as_string());
}

std::string UploadedImports::clean(core::WorkspaceId workspace, const std::string& text) const {
  return services_.redactor().redact_text(text, {"file name", workspace, {}}).text();
}

void UploadedImports::end(Run& run, const char* state, std::string error) {
  run.desk.reset();  // and the bytes
  const std::lock_guard lock(mutex_);
  run.told.state = state;
  run.told.error = std::move(error);
  run.told.ended_unix_ms = core::to_unix_ms(services_.clock().wall_now());
  --running_;
}

Task<void> UploadedImports::work(std::shared_ptr<Run> run) {
  for (;;) {
    if (stops_ || run->stops) {
      end(*run, "stopped", {});
      break;
    }
    const Result<Json> told = co_await run->desk->step(run->import);
    if (!told) {
      core::log::warn("import.failed", {{"why", told.error().code().message()}});
      end(*run, "failed", clean(run->by.workspace, told.error().describe()));
      break;
    }
    note(*run, *told);
    if (told->at("state").as_string() != "finished") continue;
    end(*run, "finished", {});  // audited by the desk
    co_return;
  }
  if (const auto told = find(run->by.workspace, run->told.id)) co_await audit_end(run->by, *told);
}

Task<void> UploadedImports::audit_end(auth::Principal by, web::ArchiveImport told) {
  auth::AuditEvent event{"import." + told.state, "inbox/" + std::to_string(told.inbox.value)};
  event.detail = fmt::format("{}, tickets {}, comments {}, people {}, organizations {}", told.kind, told.tickets, told.comments, told.people, told.organizations);
  const auto done = co_await auth::audit_alone(services_.store(), services_.vault(), services_.ids(), services_.clock(), std::move(by), std::move(event));
  if (!done) core::log::warn("import.end_not_audited", {{"why", done.error().describe()}});
}

std::vector<web::ArchiveImport> UploadedImports::list(core::WorkspaceId workspace) const {
  const std::lock_guard lock(mutex_);
  std::vector<web::ArchiveImport> out;
  const auto found = runs_.find(workspace);
  if (found == runs_.end()) return out;
  for (const auto& each : found->second) out.push_back(each->told);
  return out;
}

std::optional<web::ArchiveImport> UploadedImports::find(core::WorkspaceId workspace, std::uint64_t id) const {
  const std::vector<web::ArchiveImport> all = list(workspace);
  const auto found = std::ranges::find(all, id, &web::ArchiveImport::id);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

bool UploadedImports::stop(core::WorkspaceId workspace, std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  for (const auto& each : runs_[workspace]) {
    if (each->told.id != id || each->told.ended_unix_ms != 0) continue;
    each->stops = true;
    return true;
  }
  return false;
}

Task<void> UploadedImports::stop_all(core::Deadline by) {
  stops_ = true;
  co_await tasks_.drain(by);
}

}  // namespace postern::app
