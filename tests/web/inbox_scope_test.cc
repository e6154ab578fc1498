// Whoever is limited to inboxes finds nothing of the others, on any route (requirements Z-28, C-09, T-03; ASVS 5.0 8.2.2,
// 8.2.3, 8.3.1). What he may not see is not there: 404, or missing from a list.
#include <fmt/format.h>

#include <set>

#include "core/encoding.h"
#include "tests/web/web_app.h"
#include "web/api/routes.h"

namespace postern::test {
namespace {

using web::Inboxes;
using web::Route;

constexpr const char* kSupport = "support@example.com";
constexpr const char* kPayroll = "reports@example.com";
// Words of the payroll's mail: none of them may reach somebody of support.
constexpr const char* kMarks[] = {"Zebra", "zeno@payroll.example", "quagga.txt", "Okapi"};
constexpr const char* kBody =
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Okapi wages</p>\r\n"
    "--b\r\nContent-Type: text/plain; name=quagga.txt\r\nContent-Disposition: attachment; filename=quagga.txt\r\n\r\nZebra list\r\n--b--\r\n";

// One workspace, a ticket and held back mail in each of two inboxes, replies on their way; one colleague of support who may
// do everything there, and one who may do it everywhere.
class TwoInboxes {
 public:
  TwoInboxes() : app(unhurried()) {
    theirs = app.receive("carl@customer.example", "Refund", "\r\nHello\r\n", kSupport);
    secret = app.receive("zeno@payroll.example", "Zebra salaries", kBody, kPayroll);
    app.hold("carl@customer.example", "Cheap", "\r\nbuy\r\n", kSupport);
    app.hold("zeno@payroll.example", "Zebra offer", "\r\nbuy\r\n", kPayroll);
    auth::PermissionSet all;
    for (const auth::PermissionInfo& each : auth::kPermissions) all.add(each.permission);
    everywhere = app.token_of_role("everywhere", all);
    at_support = app.token_of_role("at support", all);
    for (const core::TicketId id : {theirs, secret}) {
      const std::string reply = R"({"ticket":{"comment":{"body":"On its way","public":true}}})";
      EXPECT_EQ(app.put(path_of(id), everywhere, reply).status, 200);
    }
    const auth::User limited = app.accounts->find_by_email("at-support@example.com").value().value();
    auto scope = auth::InboxScope::only({inbox_of(kSupport)});
    EXPECT_TRUE(app.run(app.accounts->set_inboxes(app.operator_of("main"), limited.id, std::move(scope))));
    fill();
  }

  static web::WebOptions unhurried() {
    web::WebOptions options;
    options.rate_per_ip = options.rate_per_principal = options.rate_per_token = options.rate_per_route = options.rate_costly = {1e6, 1e6};
    return options;
  }
  static std::string path_of(core::TicketId id) { return fmt::format("/api/v2/tickets/{}", id.value); }
  core::InboxId inbox_of(const char* address) {
    for (const ticketing::Inbox& each : app.directory->inboxes_of(app.workspace())) {
      if (each.address.to_string() == address) return each.id;
    }
    return {};
  }
  // Of what stands in the other inbox: what a route's parameters are to be.
  std::string path_into_payroll(const Route& route) const {
    std::string path(route.pattern);
    const auto fill_in = [&path](std::string_view name, const std::string& value) {
      if (const std::size_t at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    };
    const bool is_user = path.starts_with("/api/v2/users");
    const bool is_file = path.starts_with("/api/v2/attachments");
    const bool is_mail = path.starts_with("/api/v2/outbox");
    if (path.starts_with("/api/v2/views")) fill_in("{id}", std::to_string(view));
    if (path.starts_with("/api/v2/triggers")) fill_in("{id}", std::to_string(trigger));
    if (path.starts_with("/api/v2/organizations")) fill_in("{id}", std::to_string(organization));
    if (path.starts_with("/api/v2/satisfaction_ratings")) fill_in("{id}", std::to_string(rating));
    if (path.starts_with("/api/v2/inboxes")) fill_in("{id}", std::to_string(payroll.value));
    if (path.starts_with("/api/v2/organization_memberships")) fill_in("{id}", std::to_string(membership));
    fill_in("{id}", std::to_string(is_user ? zeno : is_file ? file : is_mail ? letter : secret.value));
    fill_in("{comment_id}", std::to_string(comment));
    fill_in("{attachment_id}", std::to_string(file));
    fill_in("{trace}-{inbox}", held);
    fill_in("{trace_id}", trace);
    fill_in("{domain}", "example.com");
    fill_in("{rule}", "cards");
    fill_in("{number}", "1");
    fill_in("{membership_id}", std::to_string(membership));
    fill_in("{invocation_id}", "1");
    fill_in("{macro_id}", std::to_string(macro));
    fill_in("{made_id}", "1");
    fill_in("{identity_id}", std::to_string(identity));
    return path;
  }
  // Of routes that want to be asked something.
  std::string question_for(const Route& route) const {
    const std::string_view pattern = route.pattern;
    if (route.verb == web::Verb::kDelete && pattern.ends_with("redaction_feedback")) return "?rule=cards";
    if (route.verb != web::Verb::kGet) return "";
    if (pattern.ends_with("/explain")) return fmt::format("?ticket_id={}", secret.value);
    if (pattern == "/api/v2/organizations/search") return "?name=Zebra%20Herd";
    if (pattern == "/api/v2/users/search") return "?query=zeno@payroll.example";
    if (pattern.ends_with("/search") || pattern.starts_with("/api/v2/search")) return "?query=Okapi";
    if (pattern == "/api/v2/views/show_many") return fmt::format("?ids={}", view);
    return "";
  }
  std::string body_for(const Route& route) const {
    const std::string_view pattern = route.pattern;
    if (pattern.ends_with("/redact")) return R"({"text":"Okapi"})";
    if (pattern.starts_with("/api/v2/comment_redactions")) return fmt::format(R"({{"ticket_id":{},"html_body":"<p><redact>Okapi</redact> wages</p>"}})", secret.value);
    if (pattern.ends_with("/tags")) return R"({"tags":["urgent"]})";
    if (pattern.ends_with("redaction_feedback")) return R"({"redaction_feedback":{"rule":"cards"}})";
    return R"({"ticket":{"status":"solved"}})";
  }
  Reply ask(const Route& route, const std::string& token) {
    Call call{std::string(web::to_string(route.verb)), path_into_payroll(route), {}, ""};
    call.path += question_for(route);
    call.with("Authorization", "Bearer " + token);
    if (route.body == web::Body::kJson) {
      call.body = body_for(route);
      call.with("Content-Type", "application/json");
    }
    return app.send(call);
  }

  WebApp app;
  core::TicketId theirs, secret;
  core::InboxId payroll;
  std::uint64_t rating = 0;
  std::uint64_t zeno = 0, identity = 0, file = 0, letter = 0, comment = 0, organization = 0, membership = 0, view = 0, macro = 0, trigger = 0;
  std::string held, trace;
  std::string everywhere, at_support;

 private:
  void fill() {
    const boost::json::value comments = app.get(path_of(secret) + "/comments", everywhere).json();
    const boost::json::value& first = comments.at("comments").as_array().at(0);
    comment = first.at("id").to_number<std::uint64_t>();
    file = first.at("attachments").as_array().at(0).at("id").to_number<std::uint64_t>();
    zeno = app.get(path_of(secret), everywhere).at("ticket", "requester_id").to_number<std::uint64_t>();
    const boost::json::value addresses = app.get(fmt::format("/api/v2/users/{}/identities", zeno), everywhere).json();
    identity = addresses.at("identities").as_array().at(0).at("id").to_number<std::uint64_t>();
    const boost::json::value queue = app.get("/api/v2/outbox", everywhere).json();
    for (const auto& each : queue.at("outbox").as_array()) {
      if (each.at("ticket_id").to_number<std::uint64_t>() == secret.value) letter = each.at("id").to_number<std::uint64_t>();
    }
    payroll = inbox_of(kPayroll);
    const Reply rated = app.post(path_of(secret) + "/satisfaction_rating", everywhere, R"({"satisfaction_rating":{"score":"good","comment":"Zebra"}})");
    rating = rated.at("satisfaction_rating", "id").to_number<std::uint64_t>();
    const boost::json::value waiting = app.get("/api/v2/suspended_tickets", everywhere).json();
    for (const auto& each : waiting.at("suspended_tickets").as_array()) {
      const std::string id(each.at("id").as_string());
      if (!id.ends_with("-" + std::to_string(inbox_of(kPayroll).value))) continue;
      held = id;
      trace = core::to_base32(std::stoull(id));
    }
    const Reply herd = app.post("/api/v2/organizations", everywhere, R"({"organization":{"name":"Zebra Herd"}})");
    organization = herd.at("organization", "id").to_number<std::uint64_t>();
    const std::string joins = fmt::format(R"({{"organization_membership":{{"user_id":{},"organization_id":{}}}}})", zeno, organization);
    membership = app.post("/api/v2/organization_memberships", everywhere, joins).at("organization_membership", "id").to_number<std::uint64_t>();
    const std::string listed = R"({"view":{"title":"Unsolved","all":[{"field":"status","operator":"less_than","value":"solved"}]}})";
    view = app.post("/api/v2/views", everywhere, listed).at("view", "id").to_number<std::uint64_t>();
    const std::string wait = R"({"macro":{"title":"Wait","actions":[{"field":"status","value":"pending"}]}})";
    macro = app.post("/api/v2/macros", everywhere, wait).at("macro", "id").to_number<std::uint64_t>();
    const std::string tag = R"({"trigger":{"title":"Tag","active":false,"conditions":{"all":[{"field":"status","operator":"is","value":"solved"}]},)"
                            R"("actions":[{"field":"current_tags","value":"done"}]}})";
    trigger = app.post("/api/v2/triggers", everywhere, tag).at("trigger", "id").to_number<std::uint64_t>();
    EXPECT_TRUE(view != 0 && macro != 0 && trigger != 0);
    EXPECT_TRUE(zeno != 0 && file != 0 && letter != 0 && !held.empty());
  }
};

void expect_no_marks(const Reply& reply, const std::string& where) {
  for (const char* mark : kMarks) EXPECT_EQ(reply.body.find(mark), std::string::npos) << where << " tells of " << mark << ": " << reply.body;
}

TEST(InboxScopes, Asvs_8_2_2_NoRouteShowsOrTouchesAnotherInbox) {
  TwoInboxes two;
  std::set<std::string> shown;
  for (const Route& route : web::api_routes()) {
    if (route.access != web::Access::kPermission || route.pattern == "/api/v2/changes/stream" || route.session_only) continue;
    const std::string where = fmt::format("{} {}", web::to_string(route.verb), route.pattern);
    const Reply reply = two.ask(route, two.at_support);
    expect_no_marks(reply, where);
    // A shared view is everybody's; which tickets it lists is not, and the marks tell.
    const bool is_of_object = route.pattern.find('{') != std::string_view::npos && !route.pattern.starts_with("/api/v2/views");
    if (route.inboxes == Inboxes::kWhole) {
      EXPECT_EQ(reply.status, 403) << where;
    } else if (route.inboxes == Inboxes::kWithin && is_of_object) {
      EXPECT_EQ(reply.status, 404) << where << " " << reply.body;
    }
    // The same question by a colleague without a limit does find it, or the test would prove nothing.
    if (route.inboxes != Inboxes::kWithin || route.verb != web::Verb::kGet) continue;
    if (route.pattern.ends_with("/picture")) continue;  // somebody else has it: comment_pictures_test.cc
    const Reply whole = two.ask(route, two.everywhere);
    EXPECT_EQ(whole.status, 200) << where << " " << whole.body;
    for (const char* mark : kMarks) {
      if (whole.body.find(mark) != std::string::npos) shown.insert(where);
    }
  }
  EXPECT_GE(shown.size(), 9U);
  // Nothing was changed by any of it.
  EXPECT_NE(two.app.get(two.path_of(two.secret), two.everywhere).at("ticket", "status").as_string(), "solved");
}

TEST(InboxScopes, Z28_HisOwnInboxIsHisAsBefore) {
  TwoInboxes two;
  const Reply list = two.app.get("/api/v2/tickets", two.at_support);
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_EQ(list.json().at("tickets").as_array().size(), 1U);
  EXPECT_EQ(list.json().at("tickets").as_array().at(0).at("id").to_number<std::uint64_t>(), two.theirs.value);
  EXPECT_EQ(two.app.get("/api/v2/tickets/count", two.at_support).at("count", "value").to_number<int>(), 1);
  EXPECT_EQ(two.app.get("/api/v2/tickets/count", two.everywhere).at("count", "value").to_number<int>(), 2);
  EXPECT_EQ(two.app.get("/api/v2/suspended_tickets", two.at_support).json().at("suspended_tickets").as_array().size(), 1U);
  EXPECT_EQ(two.app.get("/api/v2/suspended_tickets/count", two.at_support).at("count", "value").to_number<int>(), 1);
  EXPECT_EQ(two.app.get("/api/v2/outbox", two.at_support).json().at("outbox").as_array().size(), 1U);
  EXPECT_EQ(two.app.get("/api/v2/inboxes", two.at_support).json().at("inboxes").as_array().size(), 1U);
  EXPECT_EQ(two.app.put(two.path_of(two.theirs), two.at_support, R"({"ticket":{"status":"pending"}})").status, 200);
  const Reply people = two.app.get("/api/v2/users?role=end-user", two.at_support);
  EXPECT_NE(people.body.find("carl@customer.example"), std::string::npos);
}

TEST(InboxScopes, C09_TheChangeFeedTellsOfHisInboxOnly) {
  TwoInboxes two;
  const Reply whole = two.app.get("/api/v2/changes?limit=500", two.everywhere);
  const Reply part = two.app.get("/api/v2/changes?limit=500", two.at_support);
  ASSERT_EQ(part.status, 200) << part.body;
  const auto objects_of = [](const Reply& reply, std::string_view kind) {
    std::set<std::uint64_t> out;
    const boost::json::value changes = reply.json();
    for (const auto& entry : changes.at("changes").as_array()) {
      for (const auto& change : entry.at("changes").as_array()) {
        if (change.at("kind").as_string() == kind) out.insert(change.at("object").to_number<std::uint64_t>());
      }
    }
    return out;
  };
  EXPECT_EQ(objects_of(whole, "ticket.created").size(), 2U);
  EXPECT_EQ(objects_of(part, "ticket.created"), std::set<std::uint64_t>{two.theirs.value});
  EXPECT_EQ(objects_of(part, "comment.added"), std::set<std::uint64_t>{two.theirs.value});
  EXPECT_EQ(objects_of(whole, "mail.suspended").size(), 2U);
  EXPECT_EQ(objects_of(part, "mail.suspended").size(), 1U);
  // He goes on from the same place as everybody else, and misses nothing.
  EXPECT_EQ(part.at("after").to_number<std::uint64_t>(), whole.at("after").to_number<std::uint64_t>());
}

core::Task<std::string> open_as(HttpClient& client, std::string token) {
  co_await client.send("GET /api/v2/changes/stream HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + token + "\r\n\r\n");
  (void)co_await client.read_until("\r\n\r\n");
  co_return co_await client.read_until("\n\n");
}

TEST(InboxScopes, C09_TheEventStreamTellsOfHisInboxOnly) {
  TwoInboxes two;
  std::unique_ptr<HttpClient> client = two.app.connect();
  two.app.run(open_as(*client, two.at_support));
  const core::TicketId hidden = two.app.receive("zeno@payroll.example", "Zebra again", "\r\nHello\r\n", kPayroll);
  const core::TicketId seen = two.app.receive("carl@customer.example", "Again", "\r\nHello\r\n", kSupport);
  const std::string first = two.app.run(client->read_until("\n\n"));
  EXPECT_NE(first.find(fmt::format("\"object\":{},", seen.value)), std::string::npos) << first;
  EXPECT_EQ(first.find(fmt::format("\"object\":{},", hidden.value)), std::string::npos) << first;
}

// The wall between workspaces (design invariant 5), tried with every permission and the ids of what is on the other side.
TEST(SecurityAttacks, Asvs_8_2_2_ForeignObjectsAreNotThereOnAnyRoute) {
  TwoInboxes two;
  WebApp& app = two.app;
  auth::CustomRole draft;
  draft.name = "all";
  for (const auth::PermissionInfo& each : auth::kPermissions) draft.permissions.add(each.permission);
  const auth::CustomRole role = app.run(app.roles->create(app.operator_of("other"), draft)).value();
  ASSERT_TRUE(app.run(app.accounts->set_role(app.operator_of("other"), app.foreign_agent.id, auth::Role::kAgent, role.id)));
  std::size_t tried = 0;
  for (const Route& route : web::api_routes()) {
    if (route.access != web::Access::kPermission || route.pattern == "/api/v2/changes/stream" || route.session_only) continue;
    const std::string where = fmt::format("{} {}", web::to_string(route.verb), route.pattern);
    const Reply reply = two.ask(route, app.foreign_token);
    expect_no_marks(reply, where);
    EXPECT_NE(reply.status, 403) << where;
    if (route.inboxes != Inboxes::kWithin || route.pattern.find('{') == std::string_view::npos) continue;
    EXPECT_EQ(reply.status, 404) << where << " " << reply.body;
    ++tried;
  }
  EXPECT_GE(tried, 20U);
}

TEST(InboxScopes, ATicketIsNotGivenToSomebodyWhoDoesNotWorkThere) {
  TwoInboxes two;
  const auth::User limited = two.app.accounts->find_by_email("at-support@example.com").value().value();
  const std::string give = fmt::format(R"({{"ticket":{{"assignee_id":{}}}}})", limited.id.value);
  EXPECT_EQ(two.app.put(two.path_of(two.secret), two.everywhere, give).status, 422);
  EXPECT_EQ(two.app.put(two.path_of(two.theirs), two.everywhere, give).status, 200);
}

TEST(InboxScopes, Z28_AreSetByWhoManagesRolesAndTakenBackByNobodyLess) {
  TwoInboxes two;
  WebApp& app = two.app;
  const Browser owner = app.sign_in("owner@example.com");
  const Browser agent = app.sign_in("agent@example.com");
  const std::string path = fmt::format("/api/v2/users/{}/inboxes", app.agent.id.value);
  const std::string limit = fmt::format(R"({{"user":{{"inbox_ids":[{}]}}}})", two.inbox_of(kSupport).value);
  EXPECT_EQ(app.act(agent, "PUT", path, limit).status, 403);
  EXPECT_EQ(app.act(owner, "PUT", path, R"({"user":{"inbox_ids":[987654]}})").status, 422) << "no such inbox";
  EXPECT_EQ(app.act(owner, "PUT", path, R"({"user":{}})").status, 422);
  EXPECT_EQ(app.act(owner, "PUT", path, R"({"user":{"inbox_ids":"all"}})").status, 422);
  const std::uint64_t foreign = app.directory->inboxes_of(app.directory->workspace_named("other")).at(0).id.value;
  EXPECT_EQ(app.act(owner, "PUT", path, fmt::format(R"({{"user":{{"inbox_ids":[{}]}}}})", foreign)).status, 422) << "another workspace";
  EXPECT_EQ(app.get(two.path_of(two.secret), app.agent_token).status, 200);
  const Reply limited = app.act(owner, "PUT", path, limit);
  ASSERT_EQ(limited.status, 200) << limited.body;
  EXPECT_EQ(limited.at("user", "inbox_ids").as_array().size(), 1U);
  EXPECT_EQ(app.get(two.path_of(two.secret), app.agent_token).status, 404) << "from the next request on";
  EXPECT_EQ(app.act(agent, "GET", two.path_of(two.secret)).status, 404);
  ASSERT_EQ(app.act(owner, "PUT", path, R"({"user":{"inbox_ids":null}})").status, 200);
  EXPECT_EQ(app.get(two.path_of(two.secret), app.agent_token).status, 200);
}

}  // namespace
}  // namespace postern::test
