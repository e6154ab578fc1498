#pragma once
// tests/app/import_fixture.h: a real store with two inboxes and the real redactor, and imports into it, to their end.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "app/imports/import_desk.h"
#include "app/operator_commands.h"
#include "conf/load.h"
#include "core/encoding.h"
#include "core/file.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"

namespace postern::app {

class Imports : public testing::Test {
 protected:
  Imports() {
    char name[] = "/tmp/postern-imports-XXXXXX";
    folder = ::mkdtemp(name);
    std::filesystem::create_directories(folder / "keys");
    std::filesystem::create_directories(folder / "in");
    EXPECT_TRUE(core::write_file(folder / "keys/master.key", std::string(32, 'k'), 0600));
    const std::string text = "[server]\ndata = \"" + folder.string() + "\"\n[smtp]\nlisten = [\"127.0.0.1:2525\"]\n[[inbox]]\nworkspace = \"main\"\n" +
                             "addresses = [\"support@example.com\"]\n[[inbox]]\nworkspace = \"main\"\naddresses = [\"old@example.com\"]\n";
    conf::Loaded loaded = conf::load_text(folder / "postern.toml", text, false);
    EXPECT_TRUE(loaded.ok());
    options = std::move(loaded.options);
    open();
  }
  ~Imports() override {
    services.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    services.reset();
    auto opened = test::run_task(io, Services::open(options, clock));
    ASSERT_TRUE(opened) << opened.error().describe();
    services = std::move(*opened);
    workspace = services->directory()->workspaces().front();
  }
  std::string write(const std::string& name, const std::string& content) {
    const auto path = folder / "in" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  core::Result<Json> command(JsonObject request) { return test::run_task(io, run_operator_command(Json(std::move(request)), *services)); }
  // To its end.
  JsonObject import(JsonObject wish) {
    wish["command"] = "import.begin";
    auto answer = command(std::move(wish));
    EXPECT_TRUE(answer) << answer.error().describe();
    while (answer && answer->at("state").as_string() != "finished") {
      answer = command({{"command", "import.step"}, {"import", answer->at("import")}});
      EXPECT_TRUE(answer) << answer.error().describe();
    }
    return answer ? answer->as_object() : JsonObject();
  }
  static std::uint64_t count(const JsonObject& answer, std::string_view key) { return answer.at(key).to_number<std::uint64_t>(); }
  static std::uint64_t passed_over(const JsonObject& answer, std::string_view why) {
    const Json* found = answer.at("passed_over").as_object().if_contains(why);
    return found == nullptr ? 0 : found->to_number<std::uint64_t>();
  }
  ticketing::Ticket ticket(core::TicketId id) { return services->tickets().get(workspace, id).value(); }
  std::vector<ticketing::Comment> comments(core::TicketId id) {
    return services->tickets().comment_page(workspace, id, {}, 100, 1U << 20U).value().comments;
  }
  std::string at(std::int64_t unix_ms) { return core::to_rfc3339(core::from_unix_ms(unix_ms)); }
  std::string email_of(core::UserId user) { return services->accounts().find(workspace, user).value().value_or(auth::User{}).email; }

  std::filesystem::path folder;
  conf::GatewayOptions options;
  boost::asio::io_context io;
  core::ManualClock clock;
  std::unique_ptr<Services> services;
  core::WorkspaceId workspace;
};

}  // namespace postern::app
