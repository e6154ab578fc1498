// Custom fields of Zendesk's exports: kept where a field here has that title or key, told of otherwise (issue 7, in and out).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "app/operator_commands.h"
#include "app/services.h"
#include "conf/load.h"
#include "core/file.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"

namespace postern::app {
namespace {

using ticketing::FieldKind;

class ImportedFields : public testing::Test {
 protected:
  ImportedFields() {
    char name[] = "/tmp/postern-fields-XXXXXX";
    folder = ::mkdtemp(name);
    std::filesystem::create_directories(folder / "keys");
    std::filesystem::create_directories(folder / "z");
    EXPECT_TRUE(core::write_file(folder / "keys/master.key", std::string(32, 'k'), 0600));
    const std::string text = "[server]\ndata = \"" + folder.string() + "\"\n[smtp]\nlisten = [\"127.0.0.1:2525\"]\n[[inbox]]\nworkspace = \"main\"\n" +
                             "addresses = [\"support@example.com\"]\n";
    conf::Loaded loaded = conf::load_text(folder / "postern.toml", text, false);
    EXPECT_TRUE(loaded.ok());
    options = std::move(loaded.options);
    auto opened = test::run_task(io, Services::open(options, clock));
    EXPECT_TRUE(opened) << opened.error().describe();
    services = std::move(*opened);
    by.workspace = services->directory()->workspaces().front();
    by.role = auth::Role::kOwner;
    by.method = auth::Method::kOperator;
  }
  ~ImportedFields() override {
    services.reset();
    std::filesystem::remove_all(folder);
  }
  void write(const std::string& name, const std::string& content) { std::ofstream(folder / "z" / name, std::ios::binary) << content; }
  core::Result<Json> command(JsonObject request) { return test::run_task(io, run_operator_command(Json(std::move(request)), *services)); }
  JsonObject import() {
    auto answer = command({{"command", "import.begin"}, {"kind", "zendesk"}, {"path", (folder / "z").string()}});
    EXPECT_TRUE(answer) << answer.error().describe();
    while (answer && answer->at("state").as_string() != "finished") answer = command({{"command", "import.step"}, {"import", answer->at("import")}});
    EXPECT_TRUE(answer);
    return answer ? answer->as_object() : JsonObject();
  }
  static std::uint64_t passed_over(const JsonObject& answer, std::string_view why) {
    const Json* found = answer.at("passed_over").as_object().if_contains(why);
    return found == nullptr ? 0 : found->to_number<std::uint64_t>();
  }
  static auto field(FieldKind kind, std::string title, std::string key = {}) {
    return [=](schema::TicketField& to) -> core::Result<void> {
      to.set_kind(static_cast<std::uint32_t>(kind));
      to.set_title(title);
      to.set_key(key);
      to.set_is_active(true);
      return {};
    };
  }

  std::filesystem::path folder;
  conf::GatewayOptions options;
  boost::asio::io_context io;
  core::ManualClock clock;
  std::unique_ptr<Services> services;
  auth::Principal by;
};

TEST_F(ImportedFields, OfTicketsAreThoseOfTheSameTitleAndTheRestIsTold) {
  const auto seats = test::run_task(io, services->desk().fields().save_field(by, 0, field(FieldKind::kInteger, "Seats")));
  ASSERT_TRUE(seats) << seats.error().describe();
  write("ticket_fields.json", R"({"ticket_fields":[{"id":11,"title":"seats","type":"integer"},{"id":12,"title":"Elsewhere","type":"text"}]})");
  write("tickets.jsonl", R"({"id":1,"subject":"One","description":"D","status":"open","requester_id":5,"created_at":"2024-05-01T08:00:00Z","custom_fields":[{"id":11,"value":12},{"id":12,"value":"x"}]})"
                         "\n"
                         R"({"id":2,"subject":"Two","description":"D","status":"open","requester_id":5,"created_at":"2024-05-01T08:00:00Z","custom_fields":[{"id":11,"value":"many"}]})"
                         "\n"
                         R"({"id":3,"subject":"Three","description":"D","status":"open","requester_id":5,"created_at":"2024-05-01T08:00:00Z","custom_fields":[{"id":11,"value":null}]})"
                         "\n");
  const JsonObject done = import();
  EXPECT_EQ(done.at("tickets").to_number<int>(), 3) << boost::json::serialize(done);
  EXPECT_EQ(passed_over(done, "custom_field_values"), 1U) << "no field of that title";
  EXPECT_EQ(passed_over(done, "ticket_custom_fields"), 1U) << "no integer";
  const auto one = services->tickets().get(by.workspace, core::TicketId{1}).value();
  ASSERT_EQ(one.fields.size(), 1U);
  EXPECT_EQ(one.fields.front(), (ticketing::FieldValue{seats->id(), {"12"}}));
  EXPECT_TRUE(services->tickets().get(by.workspace, core::TicketId{2}).value().fields.empty());
}

TEST_F(ImportedFields, OfPeopleAndOrganisationsAreThoseOfTheSameKey) {
  ASSERT_TRUE(test::run_task(io, services->desk().user_fields().save(by, 0, field(FieldKind::kText, "Nickname", "nickname"))));
  ASSERT_TRUE(test::run_task(io, services->desk().organization_fields().save(by, 0, field(FieldKind::kDate, "Renewal", "renewal"))));
  write("organizations.json", R"({"organizations":[{"id":71,"name":"Customer Ltd","organization_fields":{"renewal":"2027-01-31T00:00:00+00:00","unknown":"x"}}]})");
  write("users.json", R"({"users":[{"id":501,"name":"Ann","email":"ann@customer.example","role":"end-user","user_fields":{"nickname":"Annie 4111 1111 1111 1111","height":null}},
 {"id":502,"name":"Bob","email":"bob@customer.example","role":"end-user","user_fields":{"height":180}}]})");
  const JsonObject done = import();
  EXPECT_EQ(passed_over(done, "organization_field_values"), 1U) << boost::json::serialize(done);
  EXPECT_EQ(passed_over(done, "user_field_values"), 1U);
  const auto ann = services->desk().people().find_by_email(by.workspace, "ann@customer.example").value();
  const auto profile = services->desk().people().find(by.workspace, ann).value();
  ASSERT_EQ(profile.fields.size(), 1U);
  EXPECT_THAT(profile.fields.front().values.front(), testing::StartsWith("Annie"));
  EXPECT_THAT(profile.fields.front().values.front(), testing::Not(testing::HasSubstr("4111 1111 1111 1111")));
  const auto organization = services->desk().organizations().find_by_name(by.workspace, "Customer Ltd").value();
  ASSERT_TRUE(organization);
  ASSERT_EQ(organization->fields.size(), 1U);
  EXPECT_EQ(organization->fields.front().values, std::vector<std::string>{"2027-01-31"});
}

}  // namespace
}  // namespace postern::app
