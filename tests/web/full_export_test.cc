// Everything of a workspace as one archive: complete, resumable, redacted, audited, one at a time, for whoever may.
#include <gmock/gmock.h>

#include "core/tar.h"
#include "tests/web/web_app.h"
#include "web/api/desk/full_export.h"

namespace postern::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFull = "/api/v2/exports/full";

std::map<std::string, std::string> files_of(const Reply& reply) {
  std::map<std::string, std::string> out;
  const auto files = core::read_tar(reply.body, 1000);
  EXPECT_TRUE(files) << files.error().describe();
  if (files) {
    for (const core::TarFile& each : *files) out[each.name] = reply.body.substr(each.begin, each.size);
  }
  return out;
}

std::vector<std::string> audited(WebApp& app) {
  std::vector<std::string> out;
  for (const auto& each : auth::list_audit(*app.store, *app.vault, app.workspace(), {}, 50).value()) out.push_back(each.action + " " + each.detail);
  return out;
}

constexpr const char* kCard = "\r\nMy card is 4111 1111 1111 1111.\r\nFrom here on nothing.\r\n";

TEST(FullExport, T_06_HoldsTicketsPeopleMailAndDefinitions) {
  WebApp app;
  app.receive("one@customer.example", "Refund", kCard);
  app.receive("two@customer.example", "Other", "\r\nhello");
  const Reply reply = app.get(kFull, app.admin_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.field("content-type"), "application/x-tar");
  const auto files = files_of(reply);
  ASSERT_TRUE(files.contains("tickets-2.jsonl")) << files.size();
  EXPECT_THAT(files.at("tickets-2.jsonl"), HasSubstr("Refund"));
  EXPECT_EQ(std::ranges::count(files.at("tickets-2.jsonl"), '\n'), 2);
  EXPECT_THAT(files.at("mail-2.mbox"), HasSubstr("\n>From here on nothing."));
  EXPECT_THAT(reply.body, Not(HasSubstr("4111 1111 1111 1111")));
  EXPECT_TRUE(files.contains("definitions.jsonl"));
  EXPECT_TRUE(files.contains("groups.jsonl"));
  const auto manifest = boost::json::parse(files.at("manifest.json"));
  EXPECT_EQ(manifest.at("workspace").as_string(), "main");
  EXPECT_GT(manifest.at("feed_sequence_begun").to_number<int>(), 0);
  const auto end = boost::json::parse(files.at("end.json"));
  EXPECT_EQ(end.at("counts").at("tickets").to_number<int>(), 2);
  EXPECT_EQ(end.at("last_ticket").to_number<int>(), 2);
  EXPECT_THAT(audited(app), Contains(HasSubstr("export.begun jsonl mbox files, through the API")));
  EXPECT_THAT(audited(app), Contains(testing::AllOf(HasSubstr("export.finished"), HasSubstr("tickets 2"))));
}

TEST(FullExport, T_06_GoesOnBehindATicket) {
  WebApp app;
  for (int i = 0; i < 3; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  const auto files = files_of(app.get(std::string(kFull) + "?after=2&formats=jsonl", app.admin_token));
  EXPECT_FALSE(files.contains("manifest.json")) << "that of the first part stays";
  EXPECT_TRUE(files.contains("manifest-2.json"));
  EXPECT_FALSE(files.contains("mail-3.mbox"));
  ASSERT_TRUE(files.contains("tickets-3.jsonl"));
  EXPECT_EQ(std::ranges::count(files.at("tickets-3.jsonl"), '\n'), 1);
}

TEST(FullExport, I0_10_OnlyForThoseWhoMayReadAllOfIt) {
  WebApp app;
  EXPECT_EQ(app.get(kFull, app.agent_token).status, 403);
  EXPECT_EQ(app.get(kFull, app.contact_token).status, 403);
  const std::string settings = app.token_of_role("settings", {auth::Permission::kSettingsManage});
  EXPECT_EQ(app.get(kFull, settings).status, 403) << "an export is not a way around tickets:read";
  EXPECT_EQ(app.get(std::string(kFull) + "?formats=pdf", app.admin_token).status, 422);
  EXPECT_THAT(audited(app), Not(Contains(HasSubstr("export.begun"))));
  EXPECT_EQ(app.get(kFull, app.owner_token).status, 200);
}

TEST(FullExport, OneAtATimeInAWorkspace) {
  web::ExportDoor door;
  auto first = door.enter(core::WorkspaceId{1});
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(door.enter(core::WorkspaceId{1}), nullptr);
  EXPECT_NE(door.enter(core::WorkspaceId{2}), nullptr);
  auto held = first;
  first.reset();
  EXPECT_EQ(door.enter(core::WorkspaceId{1}), nullptr);
  held.reset();
  EXPECT_NE(door.enter(core::WorkspaceId{1}), nullptr);
}

// Whoever hangs up ends it, and makes room for the next one.
TEST(FullExport, HangingUpEndsIt) {
  WebApp app;
  app.receive("one@customer.example", "Hi", "\r\nhello");
  {
    auto client = app.connect();
    app.run(client->send(std::string("GET ") + kFull + " HTTP/1.1\r\nHost: desk.example\r\nAuthorization: Bearer " + app.admin_token + "\r\n\r\n"));
    EXPECT_FALSE(app.run(client->read_until("manifest.json")).empty());
    client->close();
  }
  for (int i = 0; i < 100; ++i) app.io.poll();
  EXPECT_EQ(app.get(kFull, app.admin_token).status, 200);
}

TEST(FullExport, PersonalMacrosAndViewsOfOthersAreInIt) {
  WebApp app;
  ASSERT_EQ(app.post("/api/v2/macros", app.agent_token, R"({"macro":{"title":"Only mine","actions":[{"field":"status","value":"solved"}],"restriction":{"type":"User","id":)" +
                                                             std::to_string(app.agent.id.value) + "}}}").status, 201);
  ASSERT_EQ(app.post("/api/v2/views", app.agent_token, R"({"view":{"title":"My view","all":[{"field":"status","operator":"less_than","value":"solved"}],"restriction":{"type":"User","id":)" +
                                                            std::to_string(app.agent.id.value) + "}}}").status, 201);
  const auto files = files_of(app.get(std::string(kFull) + "?formats=jsonl", app.admin_token));
  EXPECT_THAT(files.at("definitions.jsonl"), testing::AllOf(HasSubstr("Only mine"), HasSubstr("My view")));
}


class Kept final : public web::ChunkWriter {
 public:
  core::Task<core::Result<void>> write(std::string chunk) override {
    all.body += chunk;
    co_return core::Result<void>();
  }
  Reply all;
};

// Parts end where they are large enough; an export that the server stops says so, and where to go on.
TEST(FullExport, PartsAreBoundedAndAStopIsTold) {
  WebApp app;
  for (int i = 0; i < 3; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  web::Services services{*app.accounts, *app.sessions, *app.tickets, *app.outbox, *app.suspended, *app.mail_reports, *app.redactor,
                         [&app] { return std::shared_ptr<const ticketing::Directory>(std::shared_ptr<void>(), app.directory.get()); },
                         *app.store, *app.vault, app.clock, app.ids};
  services.desk = app.desk.get();
  web::FullExportWish wish;
  wish.by.workspace = app.workspace();
  web::FullExportLimits limits;
  limits.page_bytes_max = 1;
  web::FullExport walk(services, wish, limits);
  Kept out;
  int asked = 0;
  const auto done = app.run(walk.run(out, [&asked] { return ++asked <= 2; }));
  EXPECT_FALSE(done);
  EXPECT_EQ(walk.last(), core::TicketId{2});
  const auto files = files_of(out.all);
  EXPECT_TRUE(files.contains("tickets-1.jsonl"));
  EXPECT_TRUE(files.contains("tickets-2.jsonl"));
  EXPECT_FALSE(files.contains("tickets-3.jsonl"));
  EXPECT_FALSE(files.contains("end.json"));
  EXPECT_THAT(files.at("INCOMPLETE.txt"), HasSubstr("after=2"));
}

}  // namespace
}  // namespace postern::test
