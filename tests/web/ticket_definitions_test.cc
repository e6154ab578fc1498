// Custom fields, forms and statuses over the API, and what tickets make of them.
#include <fmt/format.h>

#include "tests/web/described.h"

namespace postern::test {
namespace {

struct Definitions : WebApp {
  core::TicketId first = receive("ann@customer.example", "First", "\r\nhello");
  std::uint64_t make(const std::string& kind, const char* object, const std::string& json) {
    const Reply reply = post("/api/v2/" + kind, admin_token, fmt::format(R"({{"{}":{}}})", object, json));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.status == 201 ? reply.at(object, static_cast<const char*>("id")).to_number<std::uint64_t>() : 0;
  }
  Reply set(const std::string& json) { return put(fmt::format("/api/v2/tickets/{}", first.value), agent_token, R"({"ticket":)" + json + "}"); }
  Reply drop(const std::string& path) {
    Call call{"DELETE", path, {}, ""};
    return send(call.with("Authorization", "Bearer " + admin_token));
  }
};

TEST(TicketDefinitions, FieldsOfEveryTypeGoThroughTickets) {
  Definitions app;
  const std::uint64_t box = app.make("ticket_fields", "ticket_field", R"({"type":"checkbox","title":"Box","tag":"boxed"})");
  const std::uint64_t drop = app.make("ticket_fields", "ticket_field",
                                      R"({"type":"tagger","title":"Colour","custom_field_options":[{"name":"Red","value":"red"},{"name":"Blue","value":"blue"}]})");
  const std::uint64_t many = app.make("ticket_fields", "ticket_field",
                                      R"({"type":"multiselect","title":"Parts","custom_field_options":[{"name":"A","value":"a"},{"name":"B","value":"b"}]})");
  const std::uint64_t number = app.make("ticket_fields", "ticket_field", R"({"type":"integer","title":"Count"})");
  const Reply reply = app.set(fmt::format(R"({{"custom_fields":[{{"id":{},"value":true}},{{"id":{},"value":"red"}},{{"id":{},"value":["a","b"]}},{{"id":{},"value":7}}]}})",
                                          box, drop, many, number));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::value fields = reply.at("ticket", "custom_fields");
  EXPECT_EQ(boost::json::serialize(fields), fmt::format(R"([{{"id":{},"value":true}},{{"id":{},"value":"red"}},{{"id":{},"value":["a","b"]}},{{"id":{},"value":"7"}}])",
                                                        box, drop, many, number));
  EXPECT_EQ(boost::json::serialize(reply.at("ticket", "tags")), R"(["a","b","boxed","red"])");
  EXPECT_EQ(app.set(fmt::format(R"({{"custom_fields":{{"{}":null}}}})", drop)).status, 200);
  EXPECT_EQ(boost::json::serialize(app.get("/api/v2/tickets/1/tags", app.agent_token).at("tags")), R"(["a","b","boxed"])");
  const Described described(app);
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/ticket_fields", app.agent_token), "/api/v2/ticket_fields", "get"), "");
  EXPECT_EQ(app.drop(fmt::format("/api/v2/ticket_fields/{}", number)).status, 204);
  EXPECT_EQ(app.get("/api/v2/tickets/1", app.agent_token).at("ticket", "custom_fields").as_array().size(), 3U);
}

TEST(TicketDefinitions, WhatIsWrongIsNamed) {
  Definitions app;
  const auto refusal = [&app](const std::string& json) { return app.post("/api/v2/ticket_fields", app.admin_token, R"({"ticket_field":)" + json + "}"); };
  for (const auto& [json, field] : std::vector<std::pair<std::string, std::string>>{{R"({"type":"partialcreditcard","title":"x"})", "ticket_field.type"},
                                                                                     {R"({"type":"text"})", "ticket_field.title"},
                                                                                     {R"({"type":"tagger","title":"x"})", "ticket_field.custom_field_options"},
                                                                                     {R"({"type":"regexp","title":"x","regexp_for_validation":"("})", "ticket_field.regexp_for_validation"},
                                                                                     {R"({"title":"x"})", "ticket_field.type"}}) {
    const Reply reply = refusal(json);
    EXPECT_EQ(reply.status, 422) << json;
    EXPECT_TRUE(reply.at("details").as_object().contains(field)) << json << reply.body;
  }
  EXPECT_NE(refusal(R"({"type":"partialcreditcard","title":"x"})").body.find("card number"), std::string::npos);
  EXPECT_EQ(app.post("/api/v2/ticket_fields", app.agent_token, R"({"ticket_field":{"type":"text","title":"x"}})").status, 403);
  EXPECT_EQ(app.put("/api/v2/ticket_fields/0", app.admin_token, R"({"ticket_field":{"title":"x"}})").status, 404);
  EXPECT_EQ(app.get("/api/v2/ticket_fields", app.foreign_token).at("ticket_fields").as_array().size(), 7U);
}

TEST(TicketDefinitions, OptionsAreChangedOneByOne) {
  Definitions app;
  const std::uint64_t field = app.make("ticket_fields", "ticket_field", R"({"type":"tagger","title":"Colour","custom_field_options":[{"name":"Red","value":"red"}]})");
  const std::string path = fmt::format("/api/v2/ticket_fields/{}/options", field);
  const Reply added = app.post(path, app.admin_token, R"({"custom_field_option":{"name":"Blue","value":"blue"}})");
  ASSERT_EQ(added.status, 201) << added.body;
  const Reply renamed = app.post(path, app.admin_token, R"({"custom_field_option":{"name":"Navy","value":"blue"}})");
  EXPECT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.at("custom_field_option", "name").as_string(), "Navy");
  EXPECT_EQ(app.get(path, app.agent_token).at("count").to_number<int>(), 2);
  EXPECT_EQ(app.drop(fmt::format("{}/{}", path, renamed.at("custom_field_option", "id").to_number<std::uint64_t>())).status, 204);
  EXPECT_EQ(app.drop(path + "/4711").status, 404);
  EXPECT_EQ(app.get(path, app.agent_token).at("count").to_number<int>(), 1);
}

TEST(TicketDefinitions, FormsHaveAnOrderAndADefault) {
  Definitions app;
  const std::uint64_t field = app.make("ticket_fields", "ticket_field", R"({"type":"text","title":"Order"})");
  const std::uint64_t one = app.make("ticket_forms", "ticket_form", fmt::format(R"({{"name":"One","default":true,"ticket_field_ids":[1,{}]}})", field));
  const std::uint64_t two = app.make("ticket_forms", "ticket_form", R"({"name":"Two"})");
  EXPECT_EQ(app.post("/api/v2/ticket_forms", app.admin_token, R"({"ticket_form":{"name":"x","ticket_field_ids":[4711]}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/ticket_forms", app.admin_token, R"({"ticket_form":{"name":"x","agent_conditions":[{}]}})").status, 422);
  EXPECT_EQ(app.get("/api/v2/tickets/1", app.agent_token).at("ticket", "ticket_form_id").to_number<std::uint64_t>(), one);
  EXPECT_EQ(app.set(fmt::format(R"({{"ticket_form_id":{}}})", two)).at("ticket", "ticket_form_id").to_number<std::uint64_t>(), two);
  const Reply ordered = app.put("/api/v2/ticket_forms/reorder", app.admin_token, fmt::format(R"({{"ticket_form_ids":[{},{}]}})", two, one));
  ASSERT_EQ(ordered.status, 200) << ordered.body;
  EXPECT_EQ(ordered.at("ticket_forms").at(0).at("id").to_number<std::uint64_t>(), two);
  const Described described(app);
  EXPECT_EQ(described.wrong_with(ordered, "/api/v2/ticket_forms/reorder", "put"), "");
  EXPECT_EQ(app.put("/api/v2/ticket_forms/reorder", app.admin_token, fmt::format(R"({{"ticket_form_ids":[{}]}})", two)).status, 422);
}

TEST(TicketDefinitions, StatusesStandInCategories) {
  Definitions app;
  const std::uint64_t parts = app.make("custom_statuses", "custom_status", R"({"status_category":"pending","agent_label":"Waiting for parts"})");
  const Reply set = app.set(fmt::format(R"({{"custom_status_id":{}}})", parts));
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.at("ticket", "status").as_string(), "pending");
  EXPECT_EQ(set.at("ticket", "custom_status_id").to_number<std::uint64_t>(), parts);
  const Described described(app);
  const Reply list = app.get("/api/v2/custom_statuses", app.agent_token);
  EXPECT_EQ(described.wrong_with(list, "/api/v2/custom_statuses", "get"), "");
  EXPECT_EQ(list.at("count").to_number<int>(), 6);
  EXPECT_EQ(app.drop(fmt::format("/api/v2/custom_statuses/{}", parts)).status, 204);
  EXPECT_EQ(app.get("/api/v2/tickets/1", app.agent_token).at("ticket", "custom_status_id").to_number<int>(), 3);  // the built-in one
}

TEST(TicketDefinitions, SolvingNamesTheFieldThatIsMissing) {
  Definitions app;
  app.make("ticket_fields", "ticket_field", R"({"type":"text","title":"Order","required":true})");
  const Reply refused = app.set(R"({"status":"solved"})");
  ASSERT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.at("details").as_object().contains("ticket.custom_fields")) << refused.body;
}

}  // namespace
}  // namespace postern::test
