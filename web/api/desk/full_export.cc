#include "web/api/desk/full_export.h"

#include "auth/contacts.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/tar.h"
#include "ticketing/errc.h"
#include "ticketing/exports/ticket_walk.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/helpdesk.h"
#include "web/api/desk/definition_lines.h"
#include "web/api/desk/export_lines.h"
#include "web/errc.h"

namespace postern::web {

using core::Result;
using core::Task;

namespace {

constexpr std::size_t kPeoplePerFile = 200;
constexpr std::size_t kOrganizationsPerFile = 200;
constexpr std::size_t kCommentsAtOnce = 100;
constexpr std::size_t kTextAtOnce = 8U << 20U;
constexpr std::uint64_t kFormatVersion = 1;

std::string numbered(std::string_view stem, std::uint64_t number, std::string_view ending) {
  return std::string(stem) + "-" + std::to_string(number) + std::string(ending);
}

}  // namespace

FullExport::FullExport(Services& services, FullExportWish wish, FullExportLimits limits)
    : services_(services), wish_(std::move(wish)), limits_(limits), last_(wish_.after), page_end_(wish_.after) {}

std::string FullExport::counts() const {
  std::string out;
  for (const auto& [what, count] : counts_) out += (out.empty() ? "" : ", ") + what + " " + std::to_string(count);
  return out.empty() ? "nothing" : out;
}

Task<Result<void>> FullExport::write_file(ChunkWriter& out, std::string name, std::string content) {
  std::string bytes = core::tar_head(name, content.size(), core::to_unix_ms(services_.clock.wall_now()));
  bytes += content;
  bytes += core::tar_padding(content.size());
  Result<void> written = co_await out.write(std::move(bytes));
  is_gone_ = is_gone_ || !written;
  co_return written;
}

json::object FullExport::manifest() const {
  const core::WorkspaceId workspace = wish_.by.workspace;
  json::array formats;
  if (wish_.has_lines) formats.emplace_back("jsonl");
  if (wish_.has_mail) formats.emplace_back("mbox");
  if (wish_.has_files) formats.emplace_back("files");
  return {{"product", "postern"}, {"format", kFormatVersion}, {"workspace", services_.directory()->name_of(workspace)},
          {"begun_at", core::to_rfc3339(services_.clock.wall_now())}, {"feed_sequence_begun", services_.store.last_sequence(workspace)},
          {"after", wish_.after.value}, {"formats", std::move(formats)}};
}

Task<Result<void>> FullExport::run(ChunkWriter& out, std::function<bool()> may_go_on) {
  const Result<void> done = co_await write_all(out, may_go_on);
  if (done || is_gone_) co_return done;
  // The status is sent already: what failed now is told in the archive.
  (void)co_await write_file(out, "INCOMPLETE.txt", "The server stopped. Go on with after=" + std::to_string(last_.value) + "\n");
  (void)co_await out.write(core::tar_end());
  co_return done;
}

Task<Result<void>> FullExport::write_all(ChunkWriter& out, const std::function<bool()>& may_go_on) {
  const bool goes_on = wish_.after.value != 0;
  POSTERN_CO_CHECK(co_await write_file(out, goes_on ? numbered("manifest", wish_.after.value, ".json") : "manifest.json", export_line(manifest())));
  if (wish_.has_lines && !goes_on) {
    POSTERN_CO_CHECK(co_await write_set_up(out));
    POSTERN_CO_CHECK(co_await write_people(out));
  }
  POSTERN_CO_CHECK(co_await write_tickets(out, may_go_on));
  json::object end{{"ended_at", core::to_rfc3339(services_.clock.wall_now())}, {"feed_sequence_ended", services_.store.last_sequence(wish_.by.workspace)},
                   {"last_ticket", last_.value}};
  json::object counts;
  for (const auto& [what, count] : counts_) counts[what] = count;
  end["counts"] = std::move(counts);
  POSTERN_CO_CHECK(co_await write_file(out, "end.json", export_line(end)));
  co_return co_await out.write(core::tar_end());
}

Task<Result<void>> FullExport::write_set_up(ChunkWriter& out) {
  const core::WorkspaceId workspace = wish_.by.workspace;
  ticketing::Helpdesk& desk = *services_.desk;
  std::size_t definitions = 0;
  POSTERN_CO_TRY(std::string set_up, definition_lines(desk, wish_.by, definitions));
  counts_["definitions"] = definitions;
  POSTERN_CO_CHECK(co_await write_file(out, "definitions.jsonl", std::move(set_up)));
  POSTERN_CO_TRY(const auto fields, desk.organization_fields().definitions().all(workspace));
  for (std::uint64_t after = 0;;) {
    POSTERN_CO_TRY(const auto page, desk.organizations().page(workspace, after, kOrganizationsPerFile));
    std::string lines;
    for (const ticketing::Organization& each : page) lines += organization_line(each, *fields);
    if (!page.empty()) {
      after = page.back().id;
      counts_["organizations"] += page.size();
      POSTERN_CO_CHECK(co_await write_file(out, numbered("organizations", after, ".jsonl"), std::move(lines)));
    }
    if (page.size() < kOrganizationsPerFile) break;
  }
  POSTERN_CO_TRY(const auto groups, desk.groups().all(workspace));
  std::string lines;
  for (const ticketing::Group& each : groups) lines += group_line(each);
  counts_["groups"] = groups.size();
  co_return co_await write_file(out, "groups.jsonl", std::move(lines));
}

Task<Result<void>> FullExport::write_people(ChunkWriter& out) {
  const core::WorkspaceId workspace = wish_.by.workspace;
  POSTERN_CO_TRY(const auto fields, services_.desk->user_fields().definitions().all(workspace));
  for (core::UserId after;;) {
    POSTERN_CO_TRY(const auto page, auth::list_users(*services_.store.snapshot(), services_.vault, workspace, after, kPeoplePerFile));
    std::string lines;
    for (const auth::User& each : page) {
      after = each.id;
      POSTERN_CO_TRY(const ticketing::Profile profile, services_.desk->people().find(workspace, each.id));
      if (profile.merged_into) continue;  // what they had is the survivor's
      lines += person_line(each, profile, *fields);
      ++counts_["users"];
    }
    if (!lines.empty()) POSTERN_CO_CHECK(co_await write_file(out, numbered("users", after.value, ".jsonl"), std::move(lines)));
    if (page.size() < kPeoplePerFile) break;
  }
  co_return Result<void>();
}

Task<Result<void>> FullExport::write_tickets(ChunkWriter& out, const std::function<bool()>& may_go_on) {
  for (;;) {
    POSTERN_CO_TRY(const auto page, ticketing::walk_tickets(services_.desk->services(), wish_.by.workspace, page_end_, limits_.tickets_per_page));
    for (const ticketing::Ticket& each : page.tickets) {
      if (!may_go_on()) co_return core::fail(Errc::kUnavailable);
      POSTERN_CO_CHECK(co_await write_ticket(out, each));
      page_end_ = each.id;
      if (lines_.size() + mail_.size() >= limits_.page_bytes_max) POSTERN_CO_CHECK(co_await end_page(out));
    }
    if (page.passed_over > 0) counts_["passed_over"] += page.passed_over;
    page_end_ = page.after;
    POSTERN_CO_CHECK(co_await end_page(out));
    if (page.is_end) co_return Result<void>();
  }
}

// Its lines come last: whoever has them has all of it.
Task<Result<void>> FullExport::end_page(ChunkWriter& out) {
  const std::uint64_t number = page_end_.value;
  if (!mail_.empty()) POSTERN_CO_CHECK(co_await write_file(out, numbered("mail", number, ".mbox"), std::exchange(mail_, {})));
  if (!lines_.empty()) POSTERN_CO_CHECK(co_await write_file(out, numbered("tickets", number, ".jsonl"), std::exchange(lines_, {})));
  last_ = page_end_;
  co_return Result<void>();
}

Task<Result<void>> FullExport::write_ticket(ChunkWriter& out, const ticketing::Ticket& ticket) {
  json::array comments;
  core::CommentId after;
  for (bool has_more = true; has_more;) {
    const auto page = services_.tickets.comment_page(wish_.by.workspace, ticket.id, after, kCommentsAtOnce, kTextAtOnce);
    if (!page && page.error() == ticketing::Errc::kNotFound) co_return Result<void>();  // deleted meanwhile: the feed tells
    if (!page) co_return page.error();
    for (const ticketing::Comment& each : page->comments) {
      after = each.id;
      POSTERN_CO_TRY(json::array files, co_await write_attachments(out, each));
      if (wish_.has_mail && each.via == "mail") POSTERN_CO_CHECK(add_mail(ticket, each));
      if (mail_.size() >= limits_.page_bytes_max) {  // of one long conversation
        const std::string name = numbered("mail", ticket.id.value, "") + numbered("", each.id.value, ".mbox");
        POSTERN_CO_CHECK(co_await write_file(out, name, std::exchange(mail_, {})));
      }
      if (wish_.has_lines) comments.push_back(exported_comment(each, std::move(files)));
      ++counts_["comments"];
    }
    has_more = page->has_more;
  }
  ++counts_["tickets"];
  if (wish_.has_lines) lines_ += ticket_line(ticket, services_.directory().get(), std::move(comments));
  co_return Result<void>();
}

Task<Result<json::array>> FullExport::write_attachments(ChunkWriter& out, const ticketing::Comment& comment) {
  json::array told;
  for (const ticketing::Attachment& each : comment.attachments) {
    json::object file = exported_file(each);
    if (wish_.has_files) {
      auto content = services_.tickets.attachment(wish_.by.workspace, each.id);
      if (content) {
        file["sha256"] = core::to_hex(core::sha256(content->second));
        POSTERN_CO_CHECK(co_await write_file(out, "attachments/" + std::to_string(each.id.value), std::move(content->second)));
        ++counts_["attachments"];
      } else {
        ++counts_["passed_over"];
      }
    }
    told.push_back(std::move(file));
  }
  co_return told;
}

Result<void> FullExport::add_mail(const ticketing::Ticket& ticket, const ticketing::Comment& comment) {
  const auto raw = services_.tickets.raw_message(wish_.by.workspace, ticket.id, comment.id);
  if (!raw && raw.error() == ticketing::Errc::kNotFound) return {};
  if (!raw) return raw.error();
  mail_ += mbox_message(*raw, comment.created_unix_ms);
  ++counts_["messages"];
  return {};
}

}  // namespace postern::web
