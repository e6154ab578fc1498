// Fields of people and organisations over HTTP: definitions in Zendesk's shapes, values that are checked, redacted, audited by
// name and handed out with the person (issue 7, custom fields; I1-14 for personal data).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct PersonFieldsApi : testing::Test {
  PersonFieldsApi() {
    app.receive("ann@customer.example", "Help", "\r\nPlease\r\n");
    ann = app.get("/api/v2/users/search?query=ann", app.agent_token).json().at("users").at(0).at("id").to_number<std::uint64_t>();
    user = fmt::format("/api/v2/users/{}", ann);
  }
  std::uint64_t define(const char* list, const std::string& field) {
    std::string one(list);
    one.pop_back();
    const Reply made = app.post(fmt::format("/api/v2/{}", list), app.admin_token, fmt::format(R"({{"{}":{}}})", one, field));
    EXPECT_EQ(made.status, 201) << made.body;
    return made.status == 201 ? made.json().at(one).at("id").to_number<std::uint64_t>() : 0;
  }
  Reply set(const std::string& fields) { return app.put(user, app.agent_token, fmt::format(R"({{"user":{{"user_fields":{}}}}})", fields)); }
  boost::json::value value(const char* key) { return app.get(user, app.agent_token).json().at("user").at("user_fields").at(key); }
  Reply del(const std::string& path) { return app.send(Call{"DELETE", path, {}, ""}.with("Authorization", "Bearer " + app.admin_token)); }

  WebApp app;
  std::uint64_t ann = 0;
  std::string user;
};

TEST_F(PersonFieldsApi, AreDefinedShownChangedOrderedAndEnded) {
  const Described described(app);
  for (const std::string list : {"user_fields", "organization_fields"}) {
    const std::string one = list.substr(0, list.size() - 1), path = "/api/v2/" + list;
    const Reply made = app.post(path, app.admin_token, fmt::format(R"({{"{}":{{"type":"dropdown","title":"Plan","key":"plan","custom_field_options":[{{"name":"Gold","value":"gold"}}]}}}})", one));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(described.wrong_with(made, path.c_str(), "post"), "") << made.body;
    const boost::json::value shape = made.json().at(one);
    EXPECT_EQ(shape.at("type").as_string(), "dropdown");
    EXPECT_EQ(shape.at("key").as_string(), "plan");
    EXPECT_TRUE(shape.at("active").as_bool());
    const auto id = shape.at("id").to_number<std::uint64_t>();
    const std::uint64_t second = define(list.c_str(), R"({"type":"integer","title":"Seats","key":"seats"})");
    const std::string at = fmt::format("{}/{}", path, id);
    EXPECT_EQ(app.put(at, app.admin_token, fmt::format(R"({{"{}":{{"title":"The plan"}}}})", one)).json().at(one).at("title").as_string(), "The plan");
    EXPECT_EQ(app.put(at, app.admin_token, fmt::format(R"({{"{}":{{"type":"text"}}}})", one)).status, 422);
    EXPECT_EQ(app.put(at, app.admin_token, fmt::format(R"({{"{}":{{"key":"other"}}}})", one)).status, 422);
    EXPECT_EQ(app.post(path, app.admin_token, fmt::format(R"({{"{}":{{"type":"text","title":"x","key":"PLAN"}}}})", one)).status, 422) << "taken";
    EXPECT_EQ(app.post(path, app.admin_token, fmt::format(R"({{"{}":{{"type":"text","title":"x","key":"a b"}}}})", one)).status, 422);
    EXPECT_EQ(app.post(path, app.admin_token, fmt::format(R"({{"{}":{{"type":"text","title":"x","key":"12"}}}})", one)).status, 422);
    EXPECT_EQ(app.post(path, app.admin_token, fmt::format(R"({{"{}":{{"type":"lookup","title":"x","key":"x"}}}})", one)).status, 422);
    EXPECT_EQ(app.post(path, app.admin_token, fmt::format(R"({{"{}":{{"type":"text","title":"x"}}}})", one)).status, 422) << "a key is needed";
    EXPECT_EQ(app.post(path, app.agent_token, fmt::format(R"({{"{}":{{"type":"text","title":"x","key":"x"}}}})", one)).status, 403);
    const Reply ordered = app.put(path + "/reorder", app.admin_token, fmt::format(R"({{"{}_ids":[{},{}]}})", one, second, id));
    ASSERT_EQ(ordered.status, 200) << ordered.body;
    const Reply listed = app.get(path, app.agent_token);
    EXPECT_EQ(described.wrong_with(listed, path.c_str(), "get"), "") << listed.body;
    EXPECT_EQ(listed.json().at(list).at(0).at("id").to_number<std::uint64_t>(), second);
    EXPECT_EQ(app.get(path + "/count", app.agent_token).json().at("count").at("value").to_number<int>(), 2);
    const Reply shown = app.get(at, app.agent_token);
    EXPECT_EQ(described.wrong_with(shown, (path + "/{id}").c_str(), "get"), "") << shown.body;
    const Reply stale = app.send(Call{"DELETE", at, {}, ""}.with("Authorization", "Bearer " + app.admin_token).with("If-Match", "\"old\""));
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(del(at).status, 204);
    EXPECT_EQ(app.get(at, app.agent_token).status, 404);
  }
}

TEST_F(PersonFieldsApi, ValuesAreCheckedByTheirTypeAndShownInIt) {
  define("user_fields", R"({"type":"text","title":"Nickname","key":"nickname"})");
  define("user_fields", R"({"type":"integer","title":"Seats","key":"seats"})");
  define("user_fields", R"({"type":"decimal","title":"Share","key":"share"})");
  define("user_fields", R"({"type":"date","title":"Since","key":"since"})");
  define("user_fields", R"({"type":"checkbox","title":"VIP","key":"vip","tag":"vip_user"})");
  define("user_fields", R"({"type":"regexp","title":"Code","key":"code","regexp_for_validation":"^[A-Z]{3}$"})");
  define("user_fields", R"({"type":"dropdown","title":"Plan","key":"plan","custom_field_options":[{"name":"Gold","value":"gold"},{"name":"Tin","value":"tin"}]})");
  const Reply written = set(R"({"nickname":"Annie","seats":12,"share":5.1,"since":"2012-07-23T00:00:00Z","vip":true,"code":"ABC","plan":"gold"})");
  ASSERT_EQ(written.status, 200) << written.body;
  EXPECT_EQ(value("nickname").as_string(), "Annie");
  EXPECT_EQ(value("seats").to_number<int>(), 12);
  EXPECT_DOUBLE_EQ(value("share").to_number<double>(), 5.1);
  EXPECT_EQ(value("since").as_string(), "2012-07-23T00:00:00Z");
  EXPECT_TRUE(value("vip").as_bool());
  EXPECT_EQ(value("plan").as_string(), "gold");
  EXPECT_THAT(boost::json::serialize(app.get(user, app.agent_token).json().at("user").at("tags")), HasSubstr("vip_user"));
  for (const char* wrong : {R"({"seats":"many"})", R"({"since":"yesterday"})", R"({"code":"abc"})", R"({"plan":"steel"})", R"({"nosuch":"x"})",
                            R"({"nickname":{"a":1}})", R"([1])"}) {
    EXPECT_EQ(set(wrong).status, 422) << wrong;
  }
  EXPECT_THAT(set(R"({"seats":"many"})").body, HasSubstr("user_fields.seats"));
  ASSERT_EQ(set(R"({"plan":null,"vip":false})").status, 200);
  EXPECT_TRUE(value("plan").is_null());
  EXPECT_FALSE(value("vip").as_bool());
  EXPECT_THAT(boost::json::serialize(app.get(user, app.agent_token).json().at("user").at("tags")), Not(HasSubstr("vip_user")));
  EXPECT_EQ(value("nickname").as_string(), "Annie") << "what is not named stays";
}

TEST_F(PersonFieldsApi, Invariant2_WhatIsTypedPassesTheRedactorAndTheAuditNamesFieldsOnly) {
  define("user_fields", R"({"type":"text","title":"Remark","key":"remark"})");
  define("user_fields", R"({"type":"integer","title":"Number","key":"number"})");
  ASSERT_EQ(set(R"({"remark":"card 4111 1111 1111 1111 of Ann"})").status, 200);
  EXPECT_THAT(app.get(user, app.agent_token).body, Not(HasSubstr("4111 1111 1111 1111")));
  EXPECT_EQ(set(R"({"number":4111111111111111})").status, 422) << "what is left of it is no integer";
  const Reply log = app.get("/api/v2/audit_logs", app.owner_token);
  ASSERT_EQ(log.status, 200);
  EXPECT_THAT(log.body, HasSubstr("user_fields.remark"));
  EXPECT_THAT(log.body, Not(HasSubstr("of Ann"))) << "the log outlives an end user's data";
}

// Issue 7: searching users by their own fields.
TEST_F(PersonFieldsApi, PeopleAreFoundByTheValueOfAField) {
  define("user_fields", R"({"type":"dropdown","title":"Plan","key":"plan","custom_field_options":[{"name":"Gold","value":"gold"},{"name":"Iron","value":"iron"}]})");
  define("user_fields", R"({"type":"text","title":"City","key":"city"})");
  const auto found = [this](const std::string& query) {
    const Reply reply = app.get("/api/v2/users/search?query=" + query, app.agent_token);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::uint64_t> out;
    const boost::json::value body = reply.json();
    for (const auto& each : body.at("users").as_array()) out.push_back(each.at("id").to_number<std::uint64_t>());
    return out;
  };
  ASSERT_EQ(set(R"({"plan":"gold","city":"New York"})").status, 200);
  EXPECT_THAT(found("plan:gold"), testing::ElementsAre(ann));
  EXPECT_THAT(found("city:%22new%20york%22"), testing::ElementsAre(ann)) << "whole, whatever its case";
  EXPECT_THAT(found("city:york"), testing::IsEmpty());
  EXPECT_THAT(found("plan:iron"), testing::IsEmpty());
  ASSERT_EQ(set(R"({"plan":"iron","city":null})").status, 200);
  EXPECT_THAT(found("plan:gold"), testing::IsEmpty()) << "the index follows in the same commit";
  EXPECT_THAT(found("city:%22New%20York%22"), testing::IsEmpty());
  EXPECT_THAT(found("plan:iron"), testing::ElementsAre(ann));
  ASSERT_EQ(app.put(user, app.agent_token, R"({"user":{"external_id":"crm-7"}})").status, 200);
  EXPECT_THAT(found("external_id:crm-7"), testing::ElementsAre(ann));
  EXPECT_EQ(app.get("/api/v2/users/search?query=plan:iron", app.foreign_token).json().at("users").as_array().size(), 0U);
}

TEST_F(PersonFieldsApi, I1_14_PersonalDataHaveValuesAlsoOfDeletedFieldsAndErasureTakesThem) {
  define("user_fields", R"({"type":"text","title":"Kept","key":"kept"})");
  const std::uint64_t gone = define("user_fields", R"({"type":"text","title":"Gone","key":"gone"})");
  ASSERT_EQ(set(R"({"kept":"kept words","gone":"hidden words"})").status, 200);
  ASSERT_EQ(del(fmt::format("/api/v2/user_fields/{}", gone)).status, 204);
  EXPECT_THAT(app.get(user, app.agent_token).body, Not(HasSubstr("hidden words")));
  const Browser owner = app.sign_in("owner@example.com");
  const Reply data = app.act(owner, "GET", user + "/personal_data");
  ASSERT_EQ(data.status, 200) << data.body;
  EXPECT_THAT(data.body, HasSubstr("kept words"));
  EXPECT_THAT(data.body, HasSubstr("hidden words"));
  ASSERT_EQ(app.act(owner, "DELETE", user).status, 200);
  ASSERT_EQ(app.act(owner, "DELETE", fmt::format("/api/v2/deleted_users/{}", ann)).status, 200);
  app.run(app.desk->chores().run_once("people erased")).value();
  const Reply after = app.act(owner, "GET", user + "/personal_data");
  ASSERT_EQ(after.status, 200) << after.body;
  EXPECT_THAT(after.body, Not(HasSubstr("kept words")));
  EXPECT_THAT(after.body, Not(HasSubstr("hidden words")));
}

TEST_F(PersonFieldsApi, OrganisationsHaveTheirOwnAndExportsHaveBoth) {
  define("user_fields", R"({"type":"text","title":"Nickname","key":"nickname"})");
  define("organization_fields", R"({"type":"date","title":"Renewal","key":"renewal"})");
  const Reply made = app.post("/api/v2/organizations", app.admin_token, R"({"organization":{"name":"Umbrella","organization_fields":{"renewal":"2027-01-31"}}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("organization", "organization_fields").at("renewal").as_string(), "2027-01-31T00:00:00Z");
  EXPECT_EQ(app.post("/api/v2/organizations", app.admin_token, R"({"organization":{"name":"Other","organization_fields":{"nickname":"x"}}})").status, 422)
      << "a field of people";
  ASSERT_EQ(set(R"({"nickname":"Annie"})").status, 200);
  EXPECT_THAT(app.get("/api/v2/incremental/users/cursor?start_time=0", app.admin_token).body, HasSubstr("Annie"));
  EXPECT_THAT(app.get("/api/v2/incremental/organizations/cursor?start_time=0", app.admin_token).body, HasSubstr("2027-01-31"));
}

}  // namespace
}  // namespace postern::test
