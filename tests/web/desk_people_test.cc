// Groups, organisations and end users over HTTP (requirement Z-28 for who sees whom).
#include <fmt/format.h>

#include "core/encoding.h"
#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

std::uint64_t id_of(const Reply& reply, const char* object) { return reply.at(object, "id").to_number<std::uint64_t>(); }

struct DeskPeople : WebApp {
  Reply del(const std::string& path, const std::string& token) { return send(Call{"DELETE", path, {}, ""}.with("Authorization", "Bearer " + token)); }
  std::uint64_t make_group(const char* name) {
    return id_of(post("/api/v2/groups", admin_token, fmt::format(R"({{"group":{{"name":"{}"}}}})", name)), "group");
  }
  std::uint64_t requester_of(core::TicketId id) {
    return get(fmt::format("/api/v2/tickets/{}", id.value), agent_token).at("ticket", "requester_id").to_number<std::uint64_t>();
  }
  std::vector<std::uint64_t> ids_in(const Reply& reply, const char* list) {
    std::vector<std::uint64_t> out;
    const boost::json::value all = reply.json();
    for (const auto& each : all.at(list).as_array()) out.push_back(each.at("id").to_number<std::uint64_t>());
    return out;
  }
};

TEST(DeskGroups, AreMadeFilledAndDeleted) {
  DeskPeople app;
  const Described described(app);
  const auto agree = [&described](const Reply& reply, const char* pattern, const char* verb) {
    EXPECT_EQ(reply.status / 100, 2) << verb << ' ' << pattern << ' ' << reply.body;
    EXPECT_EQ(described.wrong_with(reply, pattern, verb), "") << verb << ' ' << pattern << ' ' << reply.body;
  };
  const Reply made = app.post("/api/v2/groups", app.admin_token, R"({"group":{"name":"Billing","description":"Money"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  agree(made, "/api/v2/groups", "post");
  const std::uint64_t id = id_of(made, "group");
  EXPECT_EQ(made.field("location"), fmt::format("/api/v2/groups/{}", id));
  EXPECT_TRUE(made.at("group", "default").as_bool());
  const std::string membership = fmt::format(R"({{"group_membership":{{"user_id":{},"group_id":{}}}}})", app.agent.id.value, id);
  const Reply joined = app.post("/api/v2/group_memberships", app.admin_token, membership);
  ASSERT_EQ(joined.status, 201) << joined.body;
  agree(joined, "/api/v2/group_memberships", "post");
  EXPECT_TRUE(joined.at("group_membership", "default").as_bool());
  const std::string group = fmt::format("/api/v2/groups/{}", id), user = fmt::format("/api/v2/users/{}", app.agent.id.value);
  const std::string one = fmt::format("/api/v2/group_memberships/{}", id_of(joined, "group_membership"));
  const std::pair<std::string, const char*> reads[] = {{"/api/v2/groups", "/api/v2/groups"},
                                                       {"/api/v2/groups/assignable", "/api/v2/groups/assignable"},
                                                       {"/api/v2/groups/count", "/api/v2/groups/count"},
                                                       {group, "/api/v2/groups/{id}"},
                                                       {group + "/users", "/api/v2/groups/{id}/users"},
                                                       {group + "/memberships", "/api/v2/groups/{id}/memberships"},
                                                       {"/api/v2/group_memberships?page[size]=1", "/api/v2/group_memberships"},
                                                       {one, "/api/v2/group_memberships/{id}"},
                                                       {user + "/groups", "/api/v2/users/{id}/groups"},
                                                       {user + "/group_memberships", "/api/v2/users/{id}/group_memberships"}};
  for (const auto& [path, pattern] : reads) agree(app.get(path, app.agent_token), pattern, "get");
  EXPECT_EQ(app.ids_in(app.get(group + "/users", app.agent_token), "users"), std::vector{app.agent.id.value});
  EXPECT_EQ(app.get(user, app.agent_token).at("user", "default_group_id").to_number<std::uint64_t>(), id);
  const std::uint64_t second = app.make_group("Second");
  const Reply renamed = app.put(fmt::format("/api/v2/groups/{}", second), app.admin_token, R"({"group":{"name":"Sales","default":true}})");
  EXPECT_TRUE(renamed.at("group", "default").as_bool()) << renamed.body;
  EXPECT_EQ(app.put(fmt::format("/api/v2/groups/{}", second), app.admin_token, R"({"group":{"nam":"Sales"}})").status, 422);
  EXPECT_EQ(app.put(fmt::format("/api/v2/groups/{}", second), app.admin_token, R"({"group":{"name":"billing"}})").status, 422);
  EXPECT_EQ(app.del(fmt::format("/api/v2/groups/{}", second), app.admin_token).status, 422) << "the default one";
  EXPECT_EQ(app.del(one, app.admin_token).status, 204);
  EXPECT_EQ(app.del(group, app.admin_token).status, 204);
  EXPECT_EQ(app.get(group, app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/groups/count", app.agent_token).at("count", "value").to_number<int>(), 1);
}

TEST(DeskGroups, AreChangedByWhoeverMayChangeSettings) {
  DeskPeople app;
  const std::uint64_t id = app.make_group("Billing");
  const std::string path = fmt::format("/api/v2/groups/{}", id);
  EXPECT_EQ(app.post("/api/v2/groups", app.agent_token, R"({"group":{"name":"Mine"}})").status, 403);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"group":{"name":"Mine"}})").status, 403);
  EXPECT_EQ(app.del(path, app.agent_token).status, 403);
  EXPECT_EQ(app.get(path, app.foreign_token).status, 404) << "of another workspace";
  EXPECT_EQ(app.get(path, app.contact_token).status, 403);
  const std::string contact = fmt::format(R"({{"group_membership":{{"user_id":{},"group_id":{}}}}})", app.contact.id.value, id);
  EXPECT_EQ(app.post("/api/v2/group_memberships", app.admin_token, contact).status, 422);
}

TEST(DeskGroups, PagesOfThemHaveNoGaps) {
  DeskPeople app;
  for (const char* name : {"A", "B", "C"}) app.make_group(name);
  const Reply first = app.get("/api/v2/groups?page[size]=2", app.agent_token);
  ASSERT_TRUE(first.at("meta", "has_more").as_bool()) << first.body;
  const std::string after(first.at("meta", "after_cursor").as_string());
  const Reply second = app.get("/api/v2/groups?page[size]=2&page[after]=" + after, app.agent_token);
  EXPECT_EQ(app.ids_in(first, "groups").size(), 2U);
  EXPECT_EQ(app.ids_in(second, "groups").size(), 1U);
  EXPECT_FALSE(second.at("meta", "has_more").as_bool());
}

TEST(DeskOrganizations, AreMadeFoundAndDeleted) {
  DeskPeople app;
  const Described described(app);
  const auto agree = [&described](const Reply& reply, const char* pattern, const char* verb) {
    EXPECT_EQ(reply.status / 100, 2) << verb << ' ' << pattern << ' ' << reply.body;
    EXPECT_EQ(described.wrong_with(reply, pattern, verb), "") << verb << ' ' << pattern << ' ' << reply.body;
  };
  const char* body = R"({"organization":{"name":"Umbrella","domain_names":["customer.example"],"tags":["vip"],"external_id":"crm 1"}})";
  const Reply made = app.post("/api/v2/organizations", app.admin_token, body);
  ASSERT_EQ(made.status, 201) << made.body;
  agree(made, "/api/v2/organizations", "post");
  const std::string id = std::to_string(id_of(made, "organization")), path = "/api/v2/organizations/" + id;
  const core::TicketId ticket = app.receive("carl@customer.example", "Help", "\r\nHello\r\n");
  EXPECT_EQ(std::to_string(app.get(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token).at("ticket", "organization_id").to_number<std::uint64_t>()), id);
  const std::string user = fmt::format("/api/v2/users/{}", app.requester_of(ticket));
  const std::pair<std::string, const char*> reads[] = {
      {"/api/v2/organizations", "/api/v2/organizations"},
      {"/api/v2/organizations/count", "/api/v2/organizations/count"},
      {"/api/v2/organizations/show_many?ids=" + id + ",99", "/api/v2/organizations/show_many"},
      {"/api/v2/organizations/search?external_id=crm%201", "/api/v2/organizations/search"},
      {"/api/v2/organizations/search?name=uMBRELLA", "/api/v2/organizations/search"},
      {"/api/v2/organizations/autocomplete?name=umb", "/api/v2/organizations/autocomplete"},
      {path, "/api/v2/organizations/{id}"},
      {path + "/users", "/api/v2/organizations/{id}/users"},
      {user + "/organizations", "/api/v2/users/{id}/organizations"},
      {user + "/organization_memberships", "/api/v2/users/{id}/organization_memberships"}};
  for (const auto& [read, pattern] : reads) {
    const Reply reply = app.get(read, app.agent_token);
    agree(reply, pattern, "get");
    if (reply.json().as_object().contains("organizations")) EXPECT_EQ(app.ids_in(reply, "organizations").size(), 1U) << read;
  }
  EXPECT_EQ(app.ids_in(app.get(path + "/tickets", app.agent_token), "tickets"), std::vector{ticket.value});
  EXPECT_EQ(app.ids_in(app.get(path + "/users", app.agent_token), "users"), std::vector{app.requester_of(ticket)});
  EXPECT_EQ(app.post("/api/v2/organizations", app.admin_token, body).status, 422) << "the name is taken";
  EXPECT_EQ(app.post("/api/v2/organizations/create_or_update", app.admin_token, R"({"organization":{"name":"UMBRELLA","notes":"n"}})").status, 200);
  EXPECT_EQ(app.put(path, app.admin_token, R"({"organization":{"group_id":77}})").status, 422);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"organization":{"notes":"n"}})").status, 403);
  EXPECT_EQ(app.get("/api/v2/organizations/search", app.agent_token).status, 422);
  EXPECT_EQ(app.del(path, app.admin_token).status, 204);
  EXPECT_EQ(app.get(path, app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/organizations/count", app.agent_token).at("count", "value").to_number<int>(), 0);
}

TEST(DeskOrganizations, PeopleAreToldToBelongToThem) {
  DeskPeople app;
  const std::uint64_t a = id_of(app.post("/api/v2/organizations", app.admin_token, R"({"organization":{"name":"A"}})"), "organization");
  const std::uint64_t b = id_of(app.post("/api/v2/organizations", app.admin_token, R"({"organization":{"name":"B"}})"), "organization");
  const std::uint64_t user = app.requester_of(app.receive("carl@customer.example", "Help", "\r\nHello\r\n"));
  const auto join = [&](std::uint64_t organization) {
    return app.post("/api/v2/organization_memberships", app.agent_token,
                    fmt::format(R"({{"organization_membership":{{"user_id":{},"organization_id":{}}}}})", user, organization));
  };
  EXPECT_TRUE(join(a).at("organization_membership", "default").as_bool());
  const Reply second = join(b);
  ASSERT_EQ(second.status, 201) << second.body;
  const std::string membership = std::to_string(id_of(second, "organization_membership"));
  const std::string one = "/api/v2/organization_memberships/" + membership, person = fmt::format("/api/v2/users/{}", user);
  EXPECT_FALSE(app.get(one, app.agent_token).at("organization_membership", "default").as_bool());
  EXPECT_EQ(app.put(person + "/organization_memberships/" + membership + "/make_default", app.agent_token, "").status, 200);
  EXPECT_EQ(app.get(person, app.agent_token).at("user", "organization_id").to_number<std::uint64_t>(), b);
  EXPECT_EQ(app.del(one, app.agent_token).status, 204);
  EXPECT_EQ(app.get(person, app.agent_token).at("user", "organization_id").to_number<std::uint64_t>(), a);
  EXPECT_EQ(app.put(person, app.agent_token, R"({"user":{"organization_id":null}})").at("user", "organization_id"), nullptr);
  EXPECT_EQ(join(77).status, 422);
}

TEST(DeskUsers, EndUsersAreMadeAndChangedByAgentsWithATokenToo) {
  DeskPeople app;
  const Described described(app);
  const Reply made = app.post("/api/v2/users", app.agent_token, R"({"user":{"email":"new@customer.example","name":"New Person","phone":"123","tags":["vip"]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("user", "role").as_string(), "end-user");
  EXPECT_FALSE(made.json().as_object().contains("enrolment"));
  const std::string path = fmt::format("/api/v2/users/{}", id_of(made, "user"));
  EXPECT_EQ(made.field("location"), path);
  const Reply changed = app.put(path, app.agent_token, R"({"user":{"name":"Newer","phone":null,"details":"4111 1111 1111 1111","external_id":"x9","time_zone":"Berlin"}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(described.wrong_with(changed, "/api/v2/users/{id}", "put"), "") << changed.body;
  EXPECT_EQ(changed.at("user", "name").as_string(), "Newer");
  EXPECT_TRUE(changed.at("user", "phone").is_null());
  EXPECT_EQ(changed.body.find("4111 1111 1111 1111"), std::string::npos);
  EXPECT_EQ(app.post("/api/v2/users", app.agent_token, R"({"user":{"email":"NEW@customer.example"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/users", app.agent_token, R"({"user":{"email":"y@z.example","user_fields":{"a":1}}})").status, 422) << "nothing is lost in silence";
  EXPECT_EQ(app.post("/api/v2/users/create_or_update", app.agent_token, R"({"user":{"email":"new@customer.example","alias":"N"}})").status, 200);
  EXPECT_EQ(app.post("/api/v2/users/create_or_update", app.agent_token, R"({"user":{"external_id":"x9","alias":"N"}})").status, 200);
  EXPECT_EQ(app.post("/api/v2/users/create_or_update", app.agent_token, R"({"user":{"email":"third@customer.example"}})").status, 201);
  EXPECT_EQ(app.post("/api/v2/users/create_or_update", app.agent_token, R"({"user":{"email":"admin@example.com","alias":"N"}})").status, 403);
  EXPECT_EQ(app.put(path, app.contact_token, R"({"user":{"name":"x"}})").status, 403);
  EXPECT_EQ(app.put(path, app.foreign_token, R"({"user":{"name":"x"}})").status, 404);
}

// The rows are open to whoever works on tickets; what makes a way in, or takes one, is not.
TEST(DeskUsers, AccountsAreMadeAndSuspendedInAFreshSessionOnly) {
  DeskPeople app;
  const char* invitation = R"({"user":{"email":"late@example.com","role":"agent"}})";
  const std::string agent = fmt::format("/api/v2/users/{}", app.agent.id.value);
  EXPECT_EQ(app.post("/api/v2/users", app.admin_token, invitation).status, 403) << "a token";
  EXPECT_EQ(app.put(agent, app.admin_token, R"({"user":{"suspended":true}})").status, 403) << "a token";
  const Browser admin = app.sign_in("admin@example.com"), colleague = app.sign_in("agent@example.com");
  EXPECT_EQ(app.act(colleague, "POST", "/api/v2/users", invitation).status, 403);
  EXPECT_EQ(app.act(colleague, "PUT", fmt::format("/api/v2/users/{}", app.admin.id.value), R"({"user":{"suspended":true}})").status, 403);
  EXPECT_EQ(app.act(colleague, "PUT", fmt::format("/api/v2/users/{}", app.admin.id.value), R"({"user":{"phone":"1"}})").status, 403);
  EXPECT_EQ(app.act(colleague, "PUT", agent, R"({"user":{"phone":"1"}})").status, 200) << "one's own";
  app.clock.advance(std::chrono::minutes(16));
  const Reply stale = app.act(admin, "POST", "/api/v2/users", invitation);
  EXPECT_EQ(stale.status, 403);
  EXPECT_NE(stale.body.find("fresh-factor-required"), std::string::npos) << stale.body;
  const Browser again = app.sign_in("admin@example.com");
  const std::uint64_t group = app.make_group("Everybody");
  const Reply invited = app.act(again, "POST", "/api/v2/users", invitation);
  ASSERT_EQ(invited.status, 201) << invited.body;
  EXPECT_EQ(invited.field("cache-control"), "no-store") << "the link is shown once";
  EXPECT_EQ(invited.at("user", "default_group_id").to_number<std::uint64_t>(), group) << "new agents join the default group";
  EXPECT_EQ(app.act(again, "PUT", agent, R"({"user":{"suspended":true}})").status, 200);
  EXPECT_EQ(app.act(again, "PUT", agent, R"({"user":{"role":"admin"}})").status, 422);
}

TEST(DeskUsers, MailOfASuspendedEndUserWaits) {
  DeskPeople app;
  const std::uint64_t user = app.requester_of(app.receive("carl@customer.example", "Help", "\r\nHello\r\n"));
  const std::string path = fmt::format("/api/v2/users/{}", user);
  EXPECT_TRUE(app.put(path, app.agent_token, R"({"user":{"suspended":true}})").at("user", "suspended").as_bool());
  app.hold("carl@customer.example", "Again", "\r\nHello\r\n");
  EXPECT_EQ(app.get("/api/v2/suspended_tickets/count", app.agent_token).at("count", "value").to_number<int>(), 1);
}

TEST(DeskUsers, AreFoundAndListedInPages) {
  DeskPeople app;
  std::vector<std::uint64_t> made;
  for (const char* name : {"Anna Kern", "Anton Kernel", "Berta Kern"}) {
    app.clock.advance(std::chrono::milliseconds(5));
    const std::string email = core::to_lower_ascii(std::string(name).substr(0, std::string_view(name).find(' '))) + "@customer.example";
    made.push_back(id_of(app.post("/api/v2/users", app.agent_token, fmt::format(R"({{"user":{{"email":"{}","name":"{}"}}}})", email, name)), "user"));
  }
  EXPECT_EQ(app.ids_in(app.get("/api/v2/users/search?query=kern", app.agent_token), "users"), made);
  EXPECT_EQ(app.ids_in(app.get("/api/v2/users/search?query=an%20kern", app.agent_token), "users"), (std::vector{made[0], made[1]}));
  EXPECT_EQ(app.ids_in(app.get("/api/v2/users/search?query=email:berta@customer.example", app.agent_token), "users"), std::vector{made[2]});
  EXPECT_EQ(app.ids_in(app.get("/api/v2/users/autocomplete?name=bert", app.agent_token), "users"), std::vector{made[2]});
  EXPECT_TRUE(app.ids_in(app.get("/api/v2/users/search?external_id=none", app.agent_token), "users").empty());
  EXPECT_EQ(app.get("/api/v2/users/search", app.agent_token).status, 422);
  std::vector<std::uint64_t> listed;
  std::string after;
  for (int pages = 0; pages < 10; ++pages) {
    const Reply page = app.get("/api/v2/users?role=end-user&page[size]=2" + after, app.agent_token);
    ASSERT_EQ(page.status, 200) << page.body;
    const std::vector<std::uint64_t> ids = app.ids_in(page, "users");
    EXPECT_LE(ids.size(), 2U);
    listed.insert(listed.end(), ids.begin(), ids.end());
    if (!page.at("meta", "has_more").as_bool()) break;
    after = "&page[after]=" + std::string(page.at("meta", "after_cursor").as_string());
  }
  EXPECT_EQ(listed, (std::vector{app.contact.id.value, made[0], made[1], made[2]}));
  EXPECT_GT(app.ids_in(app.get("/api/v2/users", app.agent_token), "users").size(), listed.size()) << "everybody";
}

TEST(DeskUsers, HaveTheirTickets) {
  DeskPeople app;
  const core::TicketId first = app.receive("carl@customer.example", "One", "\r\nHello\r\n");
  const core::TicketId second = app.receive("carl@customer.example", "Two", "Cc: cleo@customer.example\r\n\r\nHello\r\n");
  const std::string path = fmt::format("/api/v2/users/{}", app.requester_of(first));
  const std::string mine = fmt::format("/api/v2/users/{}", app.agent.id.value);
  ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", first.value), app.agent_token, fmt::format(R"({{"ticket":{{"assignee_id":{}}}}})", app.agent.id.value)).status, 200);
  EXPECT_EQ(app.ids_in(app.get(path + "/tickets/requested", app.agent_token), "tickets"), (std::vector{second.value, first.value}));
  EXPECT_EQ(app.ids_in(app.get(mine + "/tickets/assigned", app.agent_token), "tickets"), std::vector{first.value});
  const Reply found = app.get("/api/v2/users/search?query=cleo", app.agent_token);
  ASSERT_EQ(app.ids_in(found, "users").size(), 1U) << found.body;
  const std::string cleo = fmt::format("/api/v2/users/{}", app.ids_in(found, "users").front());
  EXPECT_EQ(app.ids_in(app.get(cleo + "/tickets/ccd", app.agent_token), "tickets"), std::vector{second.value});
  const Reply related = app.get(path + "/related", app.agent_token);
  EXPECT_EQ(related.at("user_related", "requested_tickets").to_number<int>(), 2) << related.body;
  EXPECT_EQ(app.get("/api/v2/users/77/tickets/requested", app.agent_token).status, 404);
}

// Where somebody works is his own matter, and that of those who manage people.
TEST(DeskUsers, Z28_InboxesAreToldToThoseWhoManagePeopleAndToOneself) {
  DeskPeople app;
  const std::string me = fmt::format("/api/v2/users/{}", app.agent.id.value), admin = fmt::format("/api/v2/users/{}", app.admin.id.value);
  const auto tells = [&app](const std::string& path, const std::string& token) {
    return app.get(path, token).json().at("user").as_object().contains("inbox_ids");
  };
  EXPECT_TRUE(tells(me, app.agent_token));
  EXPECT_FALSE(tells(admin, app.agent_token));
  EXPECT_TRUE(tells(me, app.admin_token));
  EXPECT_TRUE(tells("/api/v2/users/me", app.agent_token));
  const boost::json::value list = app.get("/api/v2/users?role=agent", app.agent_token).json();
  for (const auto& each : list.at("users").as_array()) {
    const bool is_me = each.at("id").to_number<std::uint64_t>() == app.agent.id.value;
    EXPECT_EQ(each.as_object().contains("inbox_ids"), is_me);
  }
}

}  // namespace
}  // namespace postern::test
