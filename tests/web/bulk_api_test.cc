// Changes of many tickets, deleted ones, merges, splits, undoing and drafts through the API, in Zendesk's shapes.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/web_app.h"
#include "ticketing/bulk/bulk.h"

namespace postern::test {
namespace {

class BulkApi : public testing::Test {
 protected:
  BulkApi() {
    for (int i = 1; i <= 3; ++i) app.receive(fmt::format("user{}@customer.example", i), fmt::format("Help {}", i), fmt::format("\r\nText {}\r\n", i));
  }
  boost::json::object ticket(int id) { return app.get(fmt::format("/api/v2/tickets/{}", id), app.agent_token).json().at("ticket").as_object(); }
  Reply erase(const std::string& path, const std::string& token) {
    return app.send(Call{"DELETE", path, {}, ""}.with("Authorization", "Bearer " + token));
  }
  static boost::json::object job_of(const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? reply.json().at("job_status").as_object() : boost::json::object();
  }
  static std::string text_of(const boost::json::value& value) { return std::string(value.as_string()); }
  WebApp app;
};

TEST_F(BulkApi, UpdateManyIsAJobWhoseResultsAreTold) {
  const boost::json::object job = job_of(app.put("/api/v2/tickets/update_many.json?ids=1,2,99", app.agent_token,
                                                 R"({"ticket":{"status":"pending","additional_tags":["outage"]}})"));
  EXPECT_EQ(text_of(job.at("status")), "completed");
  EXPECT_EQ(job.at("total").as_int64(), 3);
  EXPECT_EQ(job.at("progress").as_int64(), 3);
  const boost::json::array& results = job.at("results").as_array();
  EXPECT_TRUE(results[0].at("success").as_bool());
  EXPECT_EQ(text_of(results[0].at("status")), "Updated");
  EXPECT_EQ(text_of(results[0].at("action")), "update");
  EXPECT_FALSE(results[2].at("success").as_bool());
  EXPECT_EQ(text_of(results[2].at("error")), "TicketNotFound");
  EXPECT_EQ(text_of(ticket(2).at("status")), "pending");
  EXPECT_EQ(text_of(ticket(3).at("status")), "new");
  // The job by itself, in a list, among several.
  const std::string id = text_of(job.at("id"));
  EXPECT_EQ(job_of(app.get("/api/v2/job_statuses/" + id, app.agent_token)).at("id"), job.at("id"));
  EXPECT_EQ(app.get("/api/v2/job_statuses", app.agent_token).json().at("count").as_int64(), 1);
  EXPECT_EQ(app.get("/api/v2/job_statuses/show_many?ids=" + id + ",nothing", app.agent_token).json().at("job_statuses").as_array().size(), 1U);
  EXPECT_EQ(app.get("/api/v2/job_statuses/" + id, app.foreign_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/job_statuses/0000000000001", app.agent_token).status, 404);
  // And back.
  const boost::json::object undone = job_of(app.post(text_of(job.at("undo_url")), app.agent_token, ""));
  EXPECT_EQ(undone.at("results").as_array().size(), 2U);
  EXPECT_EQ(text_of(ticket(2).at("status")), "new");
}

TEST_F(BulkApi, UpdateManyTakesAChangeForEach) {
  const boost::json::object job = job_of(app.put("/api/v2/tickets/update_many", app.agent_token,
                                                 R"({"tickets":[{"id":1,"priority":"urgent"},{"id":"2","status":"hold"},
                                                 {"id":3,"status":"hold","safe_update":true,"updated_stamp":"2001-01-01T00:00:00Z"}]})"));
  EXPECT_EQ(text_of(ticket(1).at("priority")), "urgent");
  EXPECT_EQ(text_of(ticket(2).at("status")), "hold");
  EXPECT_EQ(text_of(job.at("results").as_array()[2].at("error")), "UpdateConflict");
}

// Issue 7: a macro on many tickets, as a job that can be undone.
TEST_F(BulkApi, AMacroIsAppliedToMany) {
  const Reply made = app.post("/api/v2/macros", app.admin_token,
                              R"({"macro":{"title":"Outage","actions":[{"field":"status","value":"pending"},{"field":"current_tags","value":"outage"},)"
                              R"({"field":"priority","value":"high"},{"field":"comment_value","value":"Dear {{ticket.requester.email}}, we are on it."}]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto macro = made.at("macro", "id").to_number<std::uint64_t>();
  ASSERT_EQ(app.put("/api/v2/tickets/2", app.agent_token, R"({"ticket":{"tags":["vip"]}})").status, 200);
  const boost::json::object job = job_of(app.post("/api/v2/tickets/apply_macro", app.agent_token, fmt::format(R"({{"macro_id":{},"ids":[1,2,99]}})", macro)));
  EXPECT_EQ(text_of(job.at("status")), "completed");
  const boost::json::array& results = job.at("results").as_array();
  ASSERT_EQ(results.size(), 3U);
  EXPECT_TRUE(results[0].at("success").as_bool());
  EXPECT_EQ(text_of(results[2].at("error")), "TicketNotFound");
  EXPECT_EQ(text_of(ticket(1).at("status")), "pending");
  EXPECT_EQ(text_of(ticket(2).at("priority")), "high");
  EXPECT_EQ(boost::json::serialize(ticket(2).at("tags")), R"(["outage","vip"])");
  EXPECT_EQ(text_of(ticket(3).at("status")), "new");
  const Reply talk = app.get("/api/v2/tickets/2/comments", app.agent_token);
  EXPECT_THAT(text_of(talk.at("comments").at(1).at("body")), testing::HasSubstr("Dear user2@customer.example, we are on it.")) << "filled in for each";
  EXPECT_TRUE(talk.at("comments").at(1).at("public").as_bool());
  EXPECT_EQ(job_of(app.post(text_of(job.at("undo_url")), app.agent_token, "")).at("results").as_array().size(), 2U);
  EXPECT_EQ(text_of(ticket(1).at("status")), "new");
  EXPECT_EQ(boost::json::serialize(ticket(2).at("tags")), R"(["vip"])");
  const auto refused = [&](const std::string& body) { return app.post("/api/v2/tickets/apply_macro", app.agent_token, body).status; };
  EXPECT_EQ(refused(R"({"macro_id":12345,"ids":[1]})"), 422);
  EXPECT_EQ(refused(R"({"ids":[1]})"), 422);
  EXPECT_EQ(refused(fmt::format(R"({{"macro_id":{}}})", macro)), 422);
  EXPECT_EQ(refused(fmt::format(R"({{"macro_id":{},"ids":[1,1]}})", macro)), 422);
  EXPECT_EQ(app.post("/api/v2/tickets/apply_macro", app.contact_token, R"({"macro_id":1,"ids":[1]})").status, 403);
  EXPECT_EQ(app.post("/api/v2/tickets/apply_macro", app.foreign_token, fmt::format(R"({{"macro_id":{},"ids":[1]}})", macro)).status, 422);
}

TEST_F(BulkApi, BadInputIsRefusedWhole) {
  const auto refused = [&](const std::string& path, const std::string& json) { return app.put(path, app.agent_token, json).status; };
  EXPECT_EQ(refused("/api/v2/tickets/update_many?ids=1,x", R"({"ticket":{"status":"open"}})"), 422);
  EXPECT_EQ(refused("/api/v2/tickets/update_many?ids=", R"({"ticket":{"status":"open"}})"), 422);
  EXPECT_EQ(refused("/api/v2/tickets/update_many?ids=1", R"({"ticket":{"status":"sideways"}})"), 422);
  EXPECT_EQ(refused("/api/v2/tickets/update_many?ids=1", R"({"ticket":{}})"), 422);
  EXPECT_EQ(refused("/api/v2/tickets/update_many", R"({"tickets":[{"status":"open"}]})"), 422);
  EXPECT_EQ(refused("/api/v2/tickets/update_many", R"({"tickets":[7]})"), 422);
  EXPECT_EQ(refused("/api/v2/tickets/update_many", R"({"tickets":{}})"), 422);
  std::string ids = "1";
  for (int i = 2; i <= 101; ++i) ids += "," + std::to_string(i);
  EXPECT_EQ(refused("/api/v2/tickets/update_many?ids=" + ids, R"({"ticket":{"status":"open"}})"), 422);
  EXPECT_EQ(app.post("/api/v2/tickets/create_many", app.agent_token, R"({"tickets":[{"subject":"No comment"}]})").status, 422);
  EXPECT_EQ(app.post("/api/v2/tickets/1/merge", app.agent_token, R"({"ids":["x"]})").status, 422);
  EXPECT_EQ(app.post("/api/v2/tickets/1/split", app.agent_token, R"({"comment_ids":[]})").status, 422);
  EXPECT_EQ(app.post("/api/v2/undo/1", app.agent_token, "").status, 404);
  EXPECT_EQ(app.get("/api/v2/job_statuses", app.agent_token).json().at("count").as_int64(), 0);
}

TEST_F(BulkApi, CreateManyAndDestroyMany) {
  const boost::json::object made = job_of(app.post("/api/v2/tickets/create_many", app.agent_token,
                                                   R"({"tickets":[{"subject":"A","comment":{"body":"a","public":false}},
                                                   {"subject":"B","comment":{"body":"b","public":false},"requester":{"email":"zoe@customer.example"}}]})"));
  ASSERT_EQ(made.at("results").as_array().size(), 2U);
  EXPECT_TRUE(made.at("undo_url").is_null());
  const std::int64_t id = made.at("results").as_array()[1].at("id").as_int64();
  EXPECT_EQ(text_of(ticket(static_cast<int>(id)).at("subject")), "B");
  const boost::json::object gone = job_of(erase(fmt::format("/api/v2/tickets/destroy_many?ids=1,{}", id), app.agent_token));
  EXPECT_EQ(text_of(gone.at("job_type")), "delete");
  EXPECT_EQ(app.get("/api/v2/tickets/1", app.agent_token).status, 404);
}

TEST_F(BulkApi, DeletedTicketsAreListedRestoredAndErased) {
  EXPECT_EQ(erase("/api/v2/tickets/1", app.agent_token).status, 204);
  EXPECT_EQ(app.put("/api/v2/tickets/2/mark_as_spam", app.agent_token, "").status, 200);
  EXPECT_EQ(app.get("/api/v2/tickets", app.agent_token).json().at("tickets").as_array().size(), 1U);
  const Reply listed = app.get("/api/v2/deleted_tickets", app.agent_token);
  const boost::json::value body = listed.json();
  const boost::json::array& deleted = body.at("deleted_tickets").as_array();
  ASSERT_EQ(deleted.size(), 2U) << listed.body;
  EXPECT_EQ(text_of(deleted[0].at("actor").at("name")), "agent");
  EXPECT_EQ(text_of(deleted[0].at("previous_state")), "new");
  EXPECT_EQ(app.put("/api/v2/deleted_tickets/1/restore", app.agent_token, "").status, 200);
  EXPECT_EQ(app.get("/api/v2/tickets/1", app.agent_token).status, 200);
  EXPECT_EQ(app.put("/api/v2/deleted_tickets/1/restore", app.agent_token, "").status, 404);
  EXPECT_EQ(erase("/api/v2/deleted_tickets/2", app.agent_token).status, 403);
  EXPECT_EQ(text_of(job_of(erase("/api/v2/deleted_tickets/2", app.admin_token)).at("job_type")), "erase");
  EXPECT_EQ(app.get("/api/v2/deleted_tickets", app.agent_token).json().at("deleted_tickets").as_array().size(), 0U);
  EXPECT_EQ(app.put("/api/v2/deleted_tickets/2/restore", app.agent_token, "").status, 409);
}

TEST_F(BulkApi, MergeAndItsUndo) {
  const boost::json::object job = job_of(app.post("/api/v2/tickets/1/merge", app.agent_token, R"({"ids":[2,"3"],"target_comment":"The same"})"));
  ASSERT_TRUE(job.at("results").as_array()[0].at("success").as_bool());
  EXPECT_EQ(text_of(ticket(2).at("status")), "closed");
  EXPECT_EQ(ticket(1).at("email_cc_ids").as_array().size(), 2U);
  EXPECT_TRUE(job_of(app.post(text_of(job.at("undo_url")), app.agent_token, "")).at("results").as_array()[0].at("success").as_bool());
  EXPECT_EQ(text_of(ticket(2).at("status")), "new");
  EXPECT_EQ(ticket(1).at("email_cc_ids").as_array().size(), 0U);
}

TEST_F(BulkApi, SplitMakesATicketOfAComment) {
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"comment":{"body":"An answer","public":true}}})").status, 200);
  const boost::json::value comments = app.get("/api/v2/tickets/1/comments", app.agent_token).json();
  const std::int64_t last = comments.at("comments").as_array().back().at("id").as_int64();
  const Reply split = app.post("/api/v2/tickets/1/split", app.agent_token, fmt::format(R"({{"comment_ids":[{}],"subject":"Apart"}})", last));
  ASSERT_EQ(split.status, 201) << split.body;
  EXPECT_EQ(split.field("location"), "/api/v2/tickets/4");
  EXPECT_EQ(text_of(split.json().at("ticket").at("subject")), "Apart");
  EXPECT_EQ(app.get("/api/v2/tickets/4/comments", app.agent_token).json().at("comments").as_array().size(), 1U);
  job_of(app.post(text_of(split.json().at("undo_url")), app.agent_token, ""));
  EXPECT_EQ(app.get("/api/v2/tickets/4", app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/tickets/1/comments", app.agent_token).json().at("comments").as_array().size(), 2U);
}

TEST_F(BulkApi, DraftsAndUnsend) {
  EXPECT_TRUE(app.get("/api/v2/tickets/1/draft", app.agent_token).json().at("draft").is_null());
  EXPECT_EQ(app.get("/api/v2/tickets/99/draft", app.agent_token).status, 404);
  EXPECT_EQ(app.put("/api/v2/tickets/1/draft", app.agent_token, R"({"draft":{"public":true}})").status, 422);
  Reply reply = app.put("/api/v2/tickets/1/draft", app.agent_token, R"({"draft":{"body":"Card 4111 1111 1111 1111","public":false}})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body.find("4111 1111 1111 1111"), std::string::npos);
  EXPECT_EQ(app.put("/api/v2/tickets/1/draft", app.agent_token, R"({"draft":{"body":"x","revision":7}})").status, 409);
  EXPECT_EQ(app.get("/api/v2/drafts", app.agent_token).json().at("count").as_int64(), 1);
  EXPECT_EQ(app.get("/api/v2/drafts", app.admin_token).json().at("count").as_int64(), 0);
  EXPECT_EQ(erase("/api/v2/tickets/1/draft", app.agent_token).status, 204);

  EXPECT_EQ(app.put("/api/v2/reply_hold", app.agent_token, R"({"reply_hold":{"seconds":61}})").status, 422);
  EXPECT_EQ(app.put("/api/v2/reply_hold", app.agent_token, R"({"reply_hold":{"seconds":20}})").status, 200);
  reply = app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"solved","comment":{"body":"Too fast","public":true}}})");
  const std::int64_t comment = reply.json().at("comment").at("id").as_int64();
  const std::string path = fmt::format("/api/v2/tickets/1/comments/{}/unsend", comment);
  const boost::json::value until = reply.json().at("comment").at("hold_until");
  EXPECT_EQ(text_of(until), core::to_rfc3339(app.clock.wall_now() + std::chrono::seconds(20)).substr(0, 19) + "Z");
  const auto last = [this](const std::string& token) {
    return app.get("/api/v2/tickets/1/comments?sort_order=desc", token).json().at("comments").at(0);
  };
  EXPECT_EQ(last(app.agent_token).at("hold_until"), until);
  EXPECT_TRUE(last(app.admin_token).at("hold_until").is_null()) << "nobody else takes it back";
  EXPECT_EQ(app.post(path, app.admin_token, "").status, 403);
  reply = app.post(path, app.agent_token, "");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(text_of(reply.json().at("draft").at("body")), "Too fast");
  EXPECT_EQ(text_of(ticket(1).at("status")), "new");
  EXPECT_EQ(app.get("/api/v2/tickets/1/comments", app.agent_token).json().at("comments").as_array().size(), 1U);
}

TEST_F(BulkApi, PresenceIsSeenByOthers) {
  EXPECT_EQ(app.post("/api/v2/tickets/1/presence", app.agent_token, R"({"presence":{"state":"asleep"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/tickets/99/presence", app.agent_token, R"({"presence":{"state":"typing"}})").status, 404);
  EXPECT_EQ(app.post("/api/v2/tickets/1/presence", app.agent_token, R"({"presence":{"state":"typing"}})").status, 200);
  const boost::json::value seen = app.get("/api/v2/tickets/1/presence", app.admin_token).json();
  const boost::json::array& others = seen.at("presence").at("others").as_array();
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(text_of(others[0].at("state")), "typing");
  EXPECT_EQ(others[0].at("user_id").to_number<std::uint64_t>(), app.agent.id.value);
  EXPECT_EQ(app.get("/api/v2/tickets/1/presence", app.agent_token).json().at("presence").at("others").as_array().size(), 0U);
  EXPECT_EQ(app.post("/api/v2/tickets/1/presence", app.agent_token, R"({"presence":{"state":"gone"}})").status, 200);
  EXPECT_EQ(app.get("/api/v2/tickets/1/presence", app.admin_token).json().at("presence").at("others").as_array().size(), 0U);
}

}  // namespace
}  // namespace postern::test
