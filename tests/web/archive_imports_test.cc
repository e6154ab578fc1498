// Imports of archives over HTTP: what is asked for reaches the importer, the answers have their shape, and who may.
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"
#include "ticketing/errc.h"
#include "web/archive_imports.h"

namespace postern::test {
namespace {

constexpr const char* kArchives = "/api/v2/imports/archives";

// Takes everything and stays at work.
class HeldImports final : public web::ArchiveImports {
 public:
  core::Task<core::Result<web::ArchiveImport>> begin(web::ArchiveWish wish) override {
    if (refusal) co_return *refusal;
    asked = std::move(wish);
    told.id = 7;
    told.kind = asked.kind;
    told.inbox = asked.inbox;
    told.state = "importing";
    told.passed_over["known"] = 2;
    told.begun_unix_ms = 1'700'000'000'000;
    co_return told;
  }
  std::vector<web::ArchiveImport> list(core::WorkspaceId workspace) const override {
    return workspace == asked.by.workspace ? std::vector{told} : std::vector<web::ArchiveImport>();
  }
  std::optional<web::ArchiveImport> find(core::WorkspaceId workspace, std::uint64_t id) const override {
    return workspace == asked.by.workspace && id == told.id ? std::optional(told) : std::nullopt;
  }
  bool stop(core::WorkspaceId workspace, std::uint64_t id) override {
    is_stopped = find(workspace, id).has_value();
    return is_stopped;
  }
  web::ArchiveWish asked;
  web::ArchiveImport told;
  std::optional<core::Error> refusal;
  bool is_stopped = false;
};

struct ImportApp {
  HeldImports imports;
  WebApp app;
  static web::WebOptions small() {
    web::WebOptions options;
    options.archive_bytes_max = 2000;
    return options;
  }
  static WebAppPorts with(HeldImports& imports) {
    WebAppPorts ports;
    ports.archive_imports = &imports;
    return ports;
  }
  ImportApp() : app(small(), WebApp::Rules::kFake, with(imports)) {}
  Reply upload(const std::string& query, const std::string& body, const std::string& token) {
    Call call{"POST", kArchives + query, {}, body};
    return app.send(call.with("Authorization", "Bearer " + token).with("Content-Type", "application/octet-stream"));
  }
};

TEST(ArchiveImports, T_06_AreBegunToldAndStopped) {
  ImportApp with;
  const std::string mail = "From somebody Mon Mar  3 10:00:00 2025\nSubject: x\n\nhello\n";
  const Reply begun = with.upload("?kind=mbox&status=solved&dry_run=true", mail, with.app.admin_token);
  ASSERT_EQ(begun.status, 201) << begun.body;
  EXPECT_EQ(core::view(with.imports.asked.bytes), mail);
  EXPECT_EQ(with.imports.asked.status, ticketing::Status::kSolved);
  EXPECT_TRUE(with.imports.asked.is_rehearsal);
  EXPECT_TRUE(with.imports.asked.inbox);
  EXPECT_EQ(begun.field("location"), "/api/v2/imports/archives/7");
  const Described described(with.app);
  const std::string one = std::string(kArchives) + "/7";
  EXPECT_EQ(described.wrong_with(begun, kArchives, "post"), "");
  const Reply shown = with.app.get(one, with.app.admin_token);
  EXPECT_EQ(described.wrong_with(shown, "/api/v2/imports/archives/{id}", "get"), "");
  EXPECT_EQ(shown.at("import", "passed_over", "known").to_number<int>(), 2);
  EXPECT_EQ(described.wrong_with(with.app.get(kArchives, with.app.admin_token), kArchives, "get"), "");
  EXPECT_EQ(with.app.send(Call{"DELETE", std::string(kArchives) + "/8", {}, ""}.with("Authorization", "Bearer " + with.app.admin_token)).status, 404);
  EXPECT_EQ(with.app.send(Call{"DELETE", one, {}, ""}.with("Authorization", "Bearer " + with.app.admin_token)).status, 204);
  EXPECT_TRUE(with.imports.is_stopped);
}

TEST(ArchiveImports, OnlyForThoseWhoMayAndWithinLimits) {
  ImportApp with;
  EXPECT_EQ(with.upload("?kind=mbox", "x", with.app.agent_token).status, 403);
  const std::string settings = with.app.token_of_role("settings", {auth::Permission::kSettingsManage});
  EXPECT_EQ(with.upload("?kind=mbox", "x", settings).status, 403) << "an import writes tickets";
  EXPECT_EQ(with.upload("?kind=pst", "x", with.app.admin_token).status, 422);
  EXPECT_EQ(with.upload("?kind=mbox", "", with.app.admin_token).status, 422);
  EXPECT_EQ(with.upload("?kind=mbox&dry_run=perhaps", "x", with.app.admin_token).status, 422);
  EXPECT_EQ(with.upload("?kind=mbox&status=asleep", "x", with.app.admin_token).status, 422);
  EXPECT_EQ(with.upload("?kind=mbox", std::string(2001, 'x'), with.app.admin_token).status, 413);
  with.imports.refusal = core::fail(ticketing::Errc::kConflict, "another import of this workspace is at work");
  EXPECT_EQ(with.upload("?kind=mbox", "x", with.app.admin_token).status, 409);
  with.imports.refusal = core::fail(core::Errc::kInvalid, "zip is not read; pack it as tar.gz");
  const Reply refused = with.upload("?kind=mbox", "x", with.app.admin_token);
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, testing::HasSubstr("tar.gz"));
  EXPECT_EQ(with.app.get(std::string(kArchives) + "/7", with.app.foreign_token).status, 403);
}

}  // namespace
}  // namespace postern::test
