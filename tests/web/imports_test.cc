// Zendesk's ticket import through the API.
#include <gmock/gmock.h>

#include "tests/web/web_app.h"
#include "ticketing/outbox.h"

namespace postern::test {
namespace {

constexpr const char* kTicket = R"({"ticket":{"subject":"Old trouble","status":"solved","requester":{"email":"ann@customer.example","name":"Ann"},
 "tags":["vip"],"priority":"high","external_id":"77","created_at":"2024-01-02T03:04:05Z","updated_at":"2024-01-04T00:00:00Z","solved_at":"2024-01-03T00:00:00Z",
 "comments":[{"value":"My card 4111 1111 1111 1111","created_at":"2024-01-02T03:04:05Z"},
             {"author_id":%,"body":"Seen to","public":false,"created_at":"2024-01-03T00:00:00Z"}]}})";

std::string with_author(std::string text, std::uint64_t id) { return text.replace(text.find('%'), 1, std::to_string(id)); }

class ImportApi : public testing::Test {
 protected:
  std::uint64_t me() { return app.get("/api/v2/users/me", app.owner_token).json().at("user").at("id").to_number<std::uint64_t>(); }
  WebApp app;
};

TEST_F(ImportApi, TicketComesWithItsTimesAndItsNumberOfElsewhere) {
  const Reply reply = app.post("/api/v2/imports/tickets", app.owner_token, with_author(kTicket, me()));
  ASSERT_EQ(reply.status, 201) << reply.body;
  const boost::json::value ticket = reply.json().at("ticket");
  EXPECT_EQ(ticket.at("created_at").as_string(), "2024-01-02T03:04:05Z");
  EXPECT_EQ(ticket.at("updated_at").as_string(), "2024-01-04T00:00:00Z");
  EXPECT_EQ(ticket.at("status").as_string(), "solved");
  EXPECT_EQ(ticket.at("priority").as_string(), "high");
  const auto& tags = ticket.at("tags").as_array();
  EXPECT_EQ(tags.size(), 2U);
  const Reply found = app.get("/api/v2/tickets?external_id=77", app.agent_token);
  EXPECT_EQ(found.json().at("tickets").as_array().size(), 1U) << found.body;
  const boost::json::value comments = app.get("/api/v2/tickets/1/comments", app.agent_token).json().at("comments");
  ASSERT_EQ(comments.as_array().size(), 2U);
  EXPECT_EQ(comments.as_array()[0].at("created_at").as_string(), "2024-01-02T03:04:05Z");
  EXPECT_THAT(std::string(comments.as_array()[0].at("body").as_string()), testing::Not(testing::HasSubstr("1111 1111 1111")));
  EXPECT_EQ(comments.as_array()[0].at("author_id"), ticket.at("requester_id"));
  EXPECT_EQ(comments.as_array()[1].at("author_id").to_number<std::uint64_t>(), me());
  EXPECT_FALSE(comments.as_array()[1].at("public").as_bool());
  EXPECT_TRUE(app.outbox->list(app.workspace(), 10).value().empty());
}

TEST_F(ImportApi, ArchivedAtOnceIsClosed) {
  const Reply reply = app.post("/api/v2/imports/tickets?archive_immediately=true", app.owner_token, with_author(kTicket, me()));
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.json().at("ticket").at("status").as_string(), "closed");
}

TEST_F(ImportApi, ManyAreAJobThatHasEnded) {
  const Reply reply = app.post("/api/v2/imports/tickets/create_many", app.owner_token,
                               R"({"tickets":[{"subject":"A","description":"one","requester":{"email":"a@customer.example"},"created_at":"2024-01-01"},
                                              {"subject":"B","description":"two","requester":{"email":"b@customer.example"},"group_id":99}]})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::value job = reply.json().at("job_status");
  EXPECT_EQ(job.at("status").as_string(), "completed");
  EXPECT_EQ(job.at("job_type").as_string(), "import");
  EXPECT_TRUE(job.at("results").as_array()[0].at("success").as_bool());
  EXPECT_FALSE(job.at("results").as_array()[1].at("success").as_bool());
  EXPECT_EQ(app.get("/api/v2/job_statuses/" + std::string(job.at("id").as_string()), app.owner_token).status, 200);
  EXPECT_EQ(app.get("/api/v2/tickets/2", app.agent_token).status, 404);  // what was refused took no number
}

TEST_F(ImportApi, NeedsSettingsAndSense) {
  EXPECT_EQ(app.post("/api/v2/imports/tickets", app.agent_token, with_author(kTicket, 0)).status, 403);
  const auto refused = [&](const std::string& body) { return app.post("/api/v2/imports/tickets", app.owner_token, body).status; };
  EXPECT_EQ(refused(R"({"ticket":{"subject":"A","requester":{"email":"a@customer.example"}}})"), 422);
  EXPECT_EQ(refused(R"({"ticket":{"subject":"A","description":"x"}})"), 422);
  EXPECT_EQ(refused(R"({"ticket":{"subject":"A","description":"x","requester":{"email":"a@customer.example"},"created_at":"yesterday"}})"), 422);
  EXPECT_EQ(refused(R"({"ticket":{"subject":"A","comments":[7],"requester":{"email":"a@customer.example"}}})"), 422);
  EXPECT_EQ(refused(R"({"ticket":{"subject":"A","comments":[{"value":"x","author_id":123}],"requester":{"email":"a@customer.example"}}})"), 422);
  const Reply nobody = app.post("/api/v2/imports/tickets", app.owner_token,
                                R"({"ticket":{"subject":"A","description":"x","submitter_id":123,"requester":{"email":"a@customer.example"}}})");
  EXPECT_EQ(nobody.status, 422) << nobody.body;
  EXPECT_THAT(nobody.body, testing::HasSubstr("submitter_id"));
  EXPECT_EQ(app.post("/api/v2/imports/tickets/create_many", app.owner_token, R"({"tickets":[]})").status, 422);
}

}  // namespace
}  // namespace postern::test
