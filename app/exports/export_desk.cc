#include "app/exports/export_desk.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <filesystem>

#include "app/services.h"
#include "auth/audit.h"
#include "auth/contacts.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "ticketing/exports/ticket_walk.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "web/api/desk/definition_lines.h"
#include "web/api/desk/export_lines.h"

namespace postern::app {

using core::Result;
using core::Task;

namespace {

constexpr std::chrono::seconds kStepTime{3};
constexpr std::size_t kPeoplePerPage = 200;
constexpr std::size_t kOrganizationsPerPage = 200;
constexpr std::size_t kTicketsPerPage = 50;       // between two notes of how far it is
constexpr std::size_t kCommentsPerPage = 100;
constexpr std::size_t kTextPerPage = 32U << 20U;
constexpr std::uint64_t kFormatVersion = 1;

std::uint64_t noted_number(const std::map<std::string, std::string>& from, const std::string& name) {
  const auto found = from.find(name);
  std::uint64_t out = 0;
  if (found != from.end()) std::from_chars(found->second.data(), found->second.data() + found->second.size(), out);
  return out;
}

}  // namespace

struct ExportDesk::Run {
  Run(ExportWish the_wish, ExportFolder the_folder) : wish(std::move(the_wish)), folder(std::move(the_folder)) {}
  std::uint64_t id = 0;
  ExportWish wish;
  ExportFolder folder;
  std::map<std::string, std::string> progress;  // "stage", "after" and counts
  bool is_busy = false;
  bool has_ended = false;

  std::string stage() const { return progress.contains("stage") ? progress.at("stage") : "organizations"; }
  void enter(std::string stage) { progress["stage"] = std::move(stage), progress.erase("after"); }
  std::uint64_t count(const std::string& what) const { return noted_number(progress, what); }
  void add(const std::string& what, std::uint64_t more = 1) { progress[what] = std::to_string(count(what) + more); }
  Json told() const {
    JsonObject out{{"export", id}, {"state", has_ended ? "finished" : stage()}, {"folder", wish.folder}};
    for (const char* what : {"tickets", "comments", "users", "organizations", "groups", "definitions", "messages", "attachments", "passed_over"}) out[what] = count(what);
    return Json(std::move(out));
  }
};

ExportDesk::ExportDesk(Services& services) : services_(services) {}
ExportDesk::~ExportDesk() = default;

Task<Result<Json>> ExportDesk::begin(ExportWish wish, bool resumes) {
  if (run_ && run_->is_busy) co_return core::fail(core::Errc::kInvalid, "another export is at work");
  POSTERN_CO_TRY(ExportFolder folder, ExportFolder::open(wish.folder, resumes));
  if (folder.is_finished()) co_return core::fail(core::Errc::kInvalid, wish.folder + ": the export there is finished");
  std::string formats;
  for (const std::string& each : wish.formats) formats += (formats.empty() ? "" : " ") + each;
  auto run = std::make_unique<Run>(std::move(wish), std::move(folder));
  run->id = services_.ids().next();
  run->progress = run->folder.progress();
  const std::string mark = std::to_string(run->wish.by.workspace.value) + " " + formats;
  if (run->progress.empty()) {
    run->progress["what"] = mark;
    run->progress["sequence"] = std::to_string(services_.store().last_sequence(run->wish.by.workspace));
    run->progress["begun"] = core::to_rfc3339(services_.clock().wall_now());
    POSTERN_CO_CHECK(run->folder.note(run->progress));
  } else if (run->progress["what"] != mark) {
    co_return core::fail(core::Errc::kInvalid, run->wish.folder + ": an export of another workspace or of other formats has begun there");
  }
  POSTERN_CO_CHECK(co_await audit(*run, "export.begun"));
  run_ = std::move(run);
  co_return run_->told();
}

Task<Result<Json>> ExportDesk::step(std::uint64_t id) {
  if (!run_ || run_->id != id) co_return core::fail(core::Errc::kInvalid, "that export is not running any more; begin it again with --resume");
  if (run_->is_busy) co_return core::fail(core::Errc::kInvalid, "the export is at work for somebody else");
  Run& run = *run_;
  run.is_busy = true;
  auto job = [this, &run, until = services_.clock().now() + kStepTime] { return std::make_shared<Result<void>>(go_on(run, until)); };
  const auto done = co_await core::offload(services_.cpu(), std::move(job));
  run.is_busy = false;
  if (!done) co_return done.error();
  if (!**done) {
    const core::Error error = (*done)->error();
    run_.reset();  // what it wrote behind its last note is cut off when it is resumed
    co_return error;
  }
  if (run.has_ended) POSTERN_CO_CHECK(co_await audit(run, "export.finished"));
  co_return run.told();
}

Result<void> ExportDesk::go_on(Run& run, core::Instant until) const {
  do {
    const std::string stage = run.stage();
    const bool is_known = stage == "organizations" || stage == "users" || stage == "tickets" || stage == "digests";
    if (!is_known) return core::fail(core::Errc::kInvalid, "the folder's notes are none of ours");
    if (stage == "organizations") POSTERN_CHECK(write_organizations(run));
    if (stage == "users") POSTERN_CHECK(write_people(run, until));
    if (stage == "tickets") POSTERN_CHECK(write_tickets(run, until));
    if (stage == "digests") {
      POSTERN_CHECK(finish(run, until));
      return {};
    }
    POSTERN_CHECK(run.folder.note(run.progress));
  } while (services_.clock().now() < until);
  return {};
}

Result<void> ExportDesk::write_organizations(Run& run) const {
  const core::WorkspaceId workspace = run.wish.by.workspace;
  if (!run.wish.formats.contains("jsonl")) return run.enter("tickets"), Result<void>();
  std::string lines;
  std::uint64_t after = 0;
  POSTERN_TRY(const auto fields, services_.desk().organization_fields().definitions().all(workspace));
  for (bool is_over = false; !is_over;) {
    POSTERN_TRY(const auto page, services_.desk().organizations().page(workspace, after, kOrganizationsPerPage));
    for (const ticketing::Organization& each : page) {
      after = each.id;
      lines += web::organization_line(each, *fields);
      run.add("organizations");
    }
    is_over = page.size() < kOrganizationsPerPage;
  }
  POSTERN_CHECK(run.folder.append("organizations.jsonl", lines));
  std::string groups;
  POSTERN_TRY(const auto all, services_.desk().groups().all(workspace));
  for (const ticketing::Group& each : all) {
    groups += web::group_line(each);
    run.add("groups");
  }
  POSTERN_CHECK(run.folder.append("groups.jsonl", groups));
  std::size_t definitions = 0;
  POSTERN_TRY(const std::string set_up, web::definition_lines(services_.desk(), run.wish.by, definitions));
  POSTERN_CHECK(run.folder.append("definitions.jsonl", set_up));
  run.add("definitions", definitions);
  run.enter("users");
  return {};
}

Result<void> ExportDesk::write_people(Run& run, core::Instant until) const {
  const core::WorkspaceId workspace = run.wish.by.workspace;
  std::uint64_t after = noted_number(run.progress, "after");
  POSTERN_TRY(const auto fields, services_.desk().user_fields().definitions().all(workspace));
  do {
    POSTERN_TRY(const auto page, auth::list_users(*services_.store().snapshot(), services_.vault(), workspace, core::UserId{after}, kPeoplePerPage));
    std::string lines;
    std::size_t merged = 0;
    for (const auth::User& each : page) {
      after = each.id.value;
      POSTERN_TRY(const ticketing::Profile profile, services_.desk().people().find(workspace, each.id));
      if (profile.merged_into) {  // what they had is the survivor's
        ++merged;
        continue;
      }
      lines += web::person_line(each, profile, *fields);
    }
    POSTERN_CHECK(run.folder.append("users.jsonl", lines));
    run.add("users", page.size() - merged);
    run.progress["after"] = std::to_string(after);
    if (page.size() < kPeoplePerPage) return run.enter("tickets"), Result<void>();
  } while (services_.clock().now() < until);
  return {};
}

Result<void> ExportDesk::write_tickets(Run& run, core::Instant until) const {
  const core::WorkspaceId workspace = run.wish.by.workspace;
  do {
    const core::TicketId after{noted_number(run.progress, "after")};
    POSTERN_TRY(const auto page, ticketing::walk_tickets(services_.desk().services(), workspace, after, kTicketsPerPage));
    for (const ticketing::Ticket& each : page.tickets) POSTERN_CHECK(write_ticket(run, each));
    run.add("tickets", page.tickets.size());
    run.add("passed_over", page.passed_over);
    run.progress["after"] = std::to_string(page.after.value);
    if (page.is_end) return run.enter("digests"), Result<void>();
    POSTERN_CHECK(run.folder.note(run.progress));
  } while (services_.clock().now() < until);
  return {};
}

Result<void> ExportDesk::write_ticket(Run& run, const ticketing::Ticket& ticket) const {
  const core::WorkspaceId workspace = run.wish.by.workspace;
  JsonArray comments;
  core::CommentId after;
  for (bool has_more = true; has_more;) {
    const auto page = services_.tickets().comment_page(workspace, ticket.id, after, kCommentsPerPage, kTextPerPage);
    if (!page && page.error() == ticketing::Errc::kNotFound) return {};  // deleted meanwhile: the feed tells
    if (!page) return page.error();
    for (const ticketing::Comment& each : page->comments) {
      after = each.id;
      POSTERN_TRY(JsonObject line, comment_line(run, ticket, each));
      comments.push_back(std::move(line));
      if (run.wish.formats.contains("mbox") && each.via == "mail") POSTERN_CHECK(write_mail(run, ticket, each));
      run.add("comments");
    }
    has_more = page->has_more;
  }
  if (!run.wish.formats.contains("jsonl")) return {};
  return run.folder.append("tickets.jsonl", web::ticket_line(ticket, services_.directory().get(), std::move(comments)));
}

Result<JsonObject> ExportDesk::comment_line(Run& run, const ticketing::Ticket& /*ticket*/, const ticketing::Comment& comment) const {
  JsonArray files;
  for (const ticketing::Attachment& each : comment.attachments) {
    JsonObject file = web::exported_file(each);
    if (run.wish.formats.contains("files")) {
      const auto content = services_.tickets().attachment(run.wish.by.workspace, each.id);
      if (content) {
        POSTERN_CHECK(run.folder.put("attachments", std::to_string(each.id.value), content->second));
        file["sha256"] = core::to_hex(core::sha256(content->second));
        run.add("attachments");
      } else {
        run.add("passed_over");
      }
    }
    files.push_back(std::move(file));
  }
  return web::exported_comment(comment, std::move(files));
}

Result<void> ExportDesk::write_mail(Run& run, const ticketing::Ticket& ticket, const ticketing::Comment& comment) const {
  const auto raw = services_.tickets().raw_message(run.wish.by.workspace, ticket.id, comment.id);
  if (!raw && raw.error() == ticketing::Errc::kNotFound) return {};
  if (!raw) return raw.error();
  POSTERN_CHECK(run.folder.append("mail.mbox", web::mbox_message(*raw, comment.created_unix_ms)));
  run.add("messages");
  return {};
}

Result<void> ExportDesk::finish(Run& run, core::Instant until) const {
  const core::WorkspaceId workspace = run.wish.by.workspace;
  JsonObject manifest{{"product", "postern"}, {"format", kFormatVersion}, {"workspace", services_.directory()->name_of(workspace)},
                      {"begun_at", run.progress["begun"]}, {"ended_at", core::to_rfc3339(services_.clock().wall_now())}};
  manifest["feed_sequence_begun"] = noted_number(run.progress, "sequence");
  manifest["feed_sequence_ended"] = services_.store().last_sequence(workspace);
  manifest["formats"] = JsonArray(run.wish.formats.begin(), run.wish.formats.end());
  JsonObject counts;
  for (const char* what : {"tickets", "comments", "users", "organizations", "groups", "definitions", "messages", "attachments", "passed_over"}) counts[what] = run.count(what);
  manifest["counts"] = std::move(counts);
  POSTERN_TRY(run.has_ended, run.folder.finish(manifest, until, services_.clock()));
  return {};
}

Task<Result<void>> ExportDesk::audit(const Run& run, std::string_view action) {
  auth::AuditEvent event{std::string(action), "workspace/" + std::to_string(run.wish.by.workspace.value)};
  for (const std::string& each : run.wish.formats) event.detail += (event.detail.empty() ? "" : " ") + each;
  if (action == "export.finished") {
    event.detail += fmt::format(", tickets {}, comments {}, users {}, messages {}, attachments {}", run.count("tickets"), run.count("comments"),
                                run.count("users"), run.count("messages"), run.count("attachments"));
  }
  co_return co_await auth::audit_alone(services_.store(), services_.vault(), services_.ids(), services_.clock(), run.wish.by, std::move(event));
}

Task<Result<Json>> run_export_command(std::string action, JsonObject request, auth::Principal by, Services& services) {
  const auto text = [&request](std::string_view key) {
    const Json* found = request.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
  };
  if (action == "step") {
    const Json* id = request.if_contains("export");
    boost::system::error_code wrong;
    const auto number = id == nullptr ? 0 : id->to_number<std::uint64_t>(wrong);
    co_return co_await services.exports().step(wrong ? 0 : number);
  }
  if (action != "begin") co_return core::fail(core::Errc::kInvalid, "no such command: export." + action);
  ExportWish wish{by, text("folder"), {}};
  if (!std::filesystem::path(wish.folder).is_absolute()) co_return core::fail(core::Errc::kInvalid, "folder: an absolute path is expected");
  if (const Json* formats = request.if_contains("formats"); formats != nullptr && formats->is_array()) {
    for (const Json& each : formats->as_array()) {
      const std::string word = each.is_string() ? std::string(each.as_string()) : std::string();
      if (word != "jsonl" && word != "mbox" && word != "files") co_return core::fail(core::Errc::kInvalid, "format is jsonl, mbox or files");
      wish.formats.insert(word);
    }
  }
  if (wish.formats.empty()) wish.formats = {"jsonl", "mbox", "files"};
  const Json* resume = request.if_contains("resume");
  co_return co_await services.exports().begin(std::move(wish), resume != nullptr && resume->is_bool() && resume->as_bool());
}

}  // namespace postern::app
