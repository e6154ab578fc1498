#include "app/imports/import_desk.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>

#include "app/imports/mail_source.h"
#include "app/imports/sample_source.h"
#include "app/imports/zendesk_source.h"
#include "app/services.h"
#include "auth/audit.h"
#include "core/errc.h"
#include "pipeline/api/card_digits.h"
#include "pipeline/redaction/redactor.h"
#include "storage/schema/imports.pb.h"
#include "ticketing/imports/import_marks.h"

namespace postern::app {

using core::Result;
using core::Task;

namespace {

constexpr std::chrono::seconds kStepMax{3};
constexpr std::chrono::seconds kKeepInterval{1};  // between two notes of how far it is

std::string request_text(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

bool request_flag(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_bool() && found->as_bool();
}

}  // namespace

struct ImportDesk::Run {
  std::uint64_t id = 0;
  ImportWish wish;
  std::unique_ptr<ImportSource> source;
  ImportTally tally;
  std::uint64_t done = 0;
  std::int64_t begun_unix_ms = 0;
  bool resumes = false;
  bool is_looked_through = false;
  bool is_busy = false;
  bool has_ended = false;
  std::vector<std::string> examples;  // of the tally, at the end, without card numbers in names

  Json told() const {
    JsonObject passed_over;
    for (const auto& [why, count] : tally.passed_over) passed_over[why] = count;
    JsonObject out{{"import", id}, {"done", done}, {"tickets", tally.tickets}, {"comments", tally.comments}, {"people", tally.people},
                   {"organizations", tally.organizations}, {"dry_run", wish.is_rehearsal}};
    out["state"] = has_ended ? "finished" : is_looked_through ? "importing" : "looking";
    out["total"] = is_looked_through ? Json(source->total()) : Json(nullptr);
    out["passed_over"] = std::move(passed_over);
    if (has_ended) out["examples"] = JsonArray(examples.begin(), examples.end());
    return Json(std::move(out));
  }
};

ImportDesk::ImportDesk(Services& services) : services_(services) {}
ImportDesk::~ImportDesk() = default;

Task<Result<Json>> ImportDesk::begin(ImportWish wish, bool resumes) {
  if (run_ && run_->is_busy) co_return core::fail(core::Errc::kInvalid, "another import is at work");
  auto run = std::make_unique<Run>();
  run->id = services_.ids().next();
  run->resumes = resumes;
  run->begun_unix_ms = core::to_unix_ms(services_.clock().wall_now());
  if (wish.kind == "zendesk") {
    POSTERN_CO_TRY(run->source, ZendeskSource::open(wish, services_));
  } else if (wish.kind == "sample") {
    POSTERN_CO_TRY(run->source, SampleSource::open(wish, services_));
  } else {
    POSTERN_CO_TRY(run->source, MailSource::open(wish, services_));
  }
  run->wish = std::move(wish);
  POSTERN_CO_CHECK(co_await audit(*run, "import.begun"));
  run_ = std::move(run);
  co_return run_->told();
}

Task<Result<Json>> ImportDesk::step(std::uint64_t import) {
  if (!run_ || run_->id != import) co_return core::fail(core::Errc::kInvalid, "that import is not running any more; begin it again with --resume");
  if (run_->is_busy) co_return core::fail(core::Errc::kInvalid, "the import is at work for somebody else");
  Run& run = *run_;
  run.is_busy = true;
  const Result<void> done = co_await go_on(run);
  run.is_busy = false;
  if (!done) co_return done.error();
  co_return run.told();
}

Task<Result<void>> ImportDesk::go_on(Run& run) {
  core::Clock& clock = services_.clock();
  const core::Instant until = clock.now() + kStepMax;
  if (!run.is_looked_through) {
    auto job = [source = run.source.get(), until] { return std::make_shared<Result<bool>>(source->look(until)); };
    POSTERN_CO_TRY(const auto looked, co_await core::offload(services_.cpu(), std::move(job)));
    if (!*looked) co_return looked->error();
    run.is_looked_through = **looked;
    if (!run.is_looked_through) co_return Result<void>();
    if (run.resumes) POSTERN_CO_CHECK(read_progress(run));
  }
  core::Instant kept = clock.now();
  while (run.done < run.source->total() && clock.now() < until) {
    POSTERN_CO_CHECK(co_await run.source->take(run.done, run.tally));
    ++run.done;
    if (clock.now() < kept + kKeepInterval) continue;
    kept = clock.now();
    POSTERN_CO_CHECK(co_await keep(run, false));
  }
  const bool is_over = run.done >= run.source->total();
  if (!run.has_ended) POSTERN_CO_CHECK(co_await keep(run, is_over));
  if (is_over && !run.has_ended) POSTERN_CO_CHECK(co_await audit(run, "import.finished"));
  run.has_ended = is_over;
  if (is_over) run.examples = shown_examples(run);
  co_return Result<void>();
}

// Names of files say what people called them. A path keeps its ids for the redactor, hence the plain look behind it.
std::vector<std::string> ImportDesk::shown_examples(const Run& run) const {
  std::vector<std::string> out;
  for (const std::string& each : run.tally.examples) {
    const std::string text = services_.redactor().redact_text(each, {"file name", run.wish.by.workspace, {}}).text();
    out.push_back(pipeline::mask_card_digits(text));
  }
  return out;
}

namespace {

// The same import is the same kind of the same place into the same inbox.
Result<std::string> run_key(Services& services, const ImportWish& wish) {
  return ticketing::import_key(services.vault(), wish.by.workspace, ticketing::ImportKind::kRun, wish.inbox, wish.kind + '\0' + wish.path);
}

}  // namespace

Task<Result<void>> ImportDesk::keep(const Run& run, bool has_ended) {
  if (run.wish.is_rehearsal) co_return Result<void>();
  POSTERN_CO_TRY(std::string key, run_key(services_, run.wish));
  schema::ImportRun record;
  record.set_kind(run.wish.kind);
  record.set_inbox(run.wish.inbox.value);
  record.set_done(run.done);
  record.set_total(run.source->total());
  record.set_tickets(run.tally.tickets);
  record.set_comments(run.tally.comments);
  record.set_people(run.tally.people);
  record.set_organizations(run.tally.organizations);
  for (const auto& [why, count] : run.tally.passed_over) {
    schema::ImportReason& reason = *record.add_passed_over();
    reason.set_why(why);
    reason.set_count(count);
  }
  record.set_begun_unix_ms(run.begun_unix_ms);
  if (has_ended) record.set_ended_unix_ms(core::to_unix_ms(services_.clock().wall_now()));
  storage::Transaction transaction = services_.store().begin();
  POSTERN_CO_CHECK(storage::put_sealed(transaction, services_.vault(), run.wish.by.workspace, std::move(key), record));
  POSTERN_CO_CHECK(co_await services_.store().commit(std::move(transaction)));
  co_return Result<void>();
}

// An archive that has grown or shrunk since begins anew: its places are others.
Result<void> ImportDesk::read_progress(Run& run) const {
  POSTERN_TRY(const std::string key, run_key(services_, run.wish));
  POSTERN_TRY(const auto value, services_.store().snapshot()->get(key));
  if (!value) return {};
  schema::ImportRun record;
  POSTERN_CHECK(storage::open_record(services_.vault(), run.wish.by.workspace, key, *value, record));
  if (record.total() != run.source->total() || record.ended_unix_ms() != 0) return {};
  run.done = record.done();
  run.begun_unix_ms = record.begun_unix_ms();
  run.tally.tickets = record.tickets();
  run.tally.comments = record.comments();
  run.tally.people = record.people();
  run.tally.organizations = record.organizations();
  for (const schema::ImportReason& each : record.passed_over()) run.tally.passed_over[each.why()] = each.count();
  return {};
}

Task<Result<void>> ImportDesk::audit(const Run& run, std::string_view action) {
  auth::AuditEvent event{std::string(action), "inbox/" + std::to_string(run.wish.inbox.value)};
  event.detail = run.wish.kind + (run.wish.is_rehearsal ? ", nothing stored" : "");
  if (action == "import.finished") {
    std::uint64_t passed_over = 0;
    for (const auto& [why, count] : run.tally.passed_over) passed_over += count;
    event.detail += fmt::format(", tickets {}, comments {}, people {}, organizations {}, passed over {}", run.tally.tickets, run.tally.comments,
                                run.tally.people, run.tally.organizations, passed_over);
  }
  co_return co_await auth::audit_alone(services_.store(), services_.vault(), services_.ids(), services_.clock(), run.wish.by, std::move(event));
}

Task<Result<Json>> run_import_command(std::string action, JsonObject request, auth::Principal by, Services& services) {
  if (action == "step") {
    const Json* id = request.if_contains("import");
    boost::system::error_code wrong;
    const auto import = id == nullptr ? 0 : id->to_number<std::uint64_t>(wrong);
    co_return co_await services.imports().step(wrong ? 0 : import);
  }
  if (action != "begin") co_return core::fail(core::Errc::kInvalid, "no such command: import." + action);
  ImportWish wish;
  wish.by = by;
  wish.kind = request_text(request, "kind");
  wish.path = request_text(request, "path");
  wish.is_rehearsal = request_flag(request, "dry_run");
  if (wish.kind != "sample" && !std::filesystem::path(wish.path).is_absolute()) co_return core::fail(core::Errc::kInvalid, "path: an absolute path is expected");
  const std::string address = request_text(request, "inbox");
  for (const ticketing::Inbox& each : services.directory()->inboxes_of(by.workspace)) {
    const auto found = address.empty() ? Result<pipeline::Recipient>(core::fail(core::Errc::kInvalid)) : services.directory()->resolve(pipeline::split_address(address));
    const bool is_it = address.empty() ? !wish.inbox : found && found->inbox == each.id;
    if (is_it) wish.inbox = each.id;
  }
  if (!wish.inbox) co_return core::fail(core::Errc::kInvalid, "inbox: no such inbox: " + address);
  const std::string status = request_text(request, "status");
  const auto parsed = ticketing::parse_status(status);
  if (!status.empty() && !parsed) co_return core::fail(core::Errc::kInvalid, "status is new, open, pending, hold, solved or closed");
  wish.status = parsed.value_or(ticketing::Status::kClosed);
  co_return co_await services.imports().begin(std::move(wish), request_flag(request, "resume"));
}

}  // namespace postern::app
