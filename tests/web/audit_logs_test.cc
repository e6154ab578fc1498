#include <gtest/gtest.h>

#include <set>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/export.h"
#include "core/encoding.h"
#include "tests/web/web_app.h"
#include "web/api/routes.h"

namespace postern::test {
namespace {

boost::json::array logs_of(WebApp& app, const std::string& query, const std::string& token) {
  const Reply reply = app.get("/api/v2/audit_logs?" + query, token);
  EXPECT_EQ(reply.status, 200) << reply.body;
  return reply.status == 200 ? reply.json().at("audit_logs").as_array() : boost::json::array();
}

std::string text_at(const boost::json::value& entry, const char* name) { return std::string(entry.at(name).as_string()); }

TEST(AuditLogs, I1_10_ShowWhoDidWhatFromWhereWithTheRequest) {
  WebApp app;
  const core::TicketId ticket = app.receive("eve@customer.example", "Hello", "\r\nHi.\r\n");
  Call call{"PUT", "/api/v2/tickets/" + std::to_string(ticket.value), {}, R"({"ticket":{"status":"pending"}})"};
  call.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json").with("User-Agent", "probe/1.0");
  const Reply reply = app.send(call);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::array found = logs_of(app, "filter[action]=ticket.status", app.owner_token);
  ASSERT_EQ(found.size(), 1U);
  const boost::json::value& entry = found.front();
  EXPECT_EQ(entry.at("actor_id").to_number<std::uint64_t>(), app.agent.id.value);
  EXPECT_EQ(text_at(entry, "actor_name"), app.agent.name);
  EXPECT_EQ(text_at(entry, "ip_address"), "192.0.2.1");
  EXPECT_EQ(text_at(entry, "device"), "probe/1.0");
  EXPECT_EQ(text_at(entry, "method"), "token");
  EXPECT_EQ(text_at(entry, "role"), "agent");
  EXPECT_EQ(text_at(entry, "outcome"), "ok");
  EXPECT_EQ(text_at(entry, "request_id"), reply.field("x-request-id"));
  EXPECT_EQ(text_at(entry, "source_type"), "ticket");
  EXPECT_EQ(entry.at("source_id").to_number<std::uint64_t>(), ticket.value);
  EXPECT_EQ(text_at(entry, "action_label"), "Ticket status");
}

TEST(AuditLogs, FiltersCombineAndWrongOnesAreNamed) {
  WebApp app;
  app.sign_in("agent@example.com");
  const std::string actor = std::to_string(app.agent.id.value);
  EXPECT_EQ(logs_of(app, "filter[actor_id]=" + actor + "&filter[action]=sign_in", app.owner_token).size(), 1U);
  EXPECT_EQ(logs_of(app, "filter[source_type]=user&filter[source_id]=" + actor + "&filter[action]=sign_in*", app.owner_token).size(), 1U);
  EXPECT_EQ(logs_of(app, "filter[created_at][]=2001-01-01&filter[created_at][]=2001-01-02", app.owner_token).size(), 0U);
  EXPECT_EQ(logs_of(app, "filter[ip_address]=203.0.113.77", app.owner_token).size(), 0U);
  for (const char* wrong : {"filter[actor_id]=x", "filter[created_at][]=yesterday", "filter[outcome]=good", "sort=id", "filter[source_type]=user",
                            "page[after]=x", "page[size]=0"}) {
    EXPECT_EQ(app.get(std::string("/api/v2/audit_logs?") + wrong, app.owner_token).status, 422) << wrong;
  }
}

TEST(AuditLogs, PagesGoThroughAllOnce) {
  WebApp app;
  std::set<std::string> seen;
  std::string next = "/api/v2/audit_logs?page%5Bsize%5D=3";
  std::size_t count = 0;
  for (int pages = 0; !next.empty() && pages < 50; ++pages) {
    const Reply reply = app.get(next, app.owner_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const boost::json::value body = reply.json();
    for (const auto& entry : body.at("audit_logs").as_array()) seen.insert(boost::json::serialize(entry.at("id"))), ++count;
    const auto& link = body.at("links").at("next");
    next = link.is_null() ? std::string() : std::string(link.as_string());
  }
  EXPECT_EQ(seen.size(), count);
  EXPECT_GE(count, 10U);  // the accounts and tokens of the fixture
}

TEST(AuditLogs, ReadingThemIsInThemOnceAPage) {
  WebApp app;
  (void)app.get("/api/v2/audit_logs?filter[text]=secret-words", app.owner_token);
  const boost::json::array found = logs_of(app, "filter[action]=audit.read", app.owner_token);
  ASSERT_EQ(found.size(), 1U);
  // What was looked for may be anything: its name is kept, its value is not.
  EXPECT_EQ(text_at(found.front(), "change_description"), "filter[text]");
}

TEST(AuditLogs, Asvs16_3_2_RefusalsOfKnownPeopleAreIn) {
  WebApp app;
  EXPECT_EQ(app.get("/api/v2/audit_logs", app.agent_token).status, 403);
  const boost::json::array found = logs_of(app, "filter[outcome]=denied", app.owner_token);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(text_at(found.front(), "action"), "request.denied");
  EXPECT_EQ(text_at(found.front(), "source_label"), "audit_logs");
  EXPECT_EQ(found.front().at("actor_id").to_number<std::uint64_t>(), app.agent.id.value);
}

TEST(AuditLogs, RawMessagesAreReadUnderEyes) {
  WebApp app;
  const core::TicketId ticket = app.receive("eve@customer.example", "Hello", "\r\nHi.\r\n");
  const std::string base = "/api/v2/tickets/" + std::to_string(ticket.value) + "/comments";
  const Reply comments = app.get(base, app.agent_token);
  const std::string id = boost::json::serialize(comments.json().at("comments").as_array().front().at("id"));
  ASSERT_EQ(app.get(base + "/" + id + "/raw", app.agent_token).status, 200);
  EXPECT_EQ(logs_of(app, "filter[action]=comment.raw_read", app.owner_token).size(), 1U);
}

TEST(AuditLogs, ExportIsCsvOrVerifiableLinesAndAudited) {
  WebApp app;
  ASSERT_TRUE(app.run(app.audit->link_all()));
  Reply reply = app.get("/api/v2/audit_logs/export", app.owner_token);
  ASSERT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.starts_with(auth::csv_header())) << reply.body.substr(0, 200);
  EXPECT_EQ(reply.field("content-disposition"), "attachment; filename=\"audit.csv\"");
  EXPECT_EQ(logs_of(app, "filter[action]=audit.exported", app.owner_token).size(), 1U);
  reply = app.get("/api/v2/audit_logs/export?format=jsonl", app.owner_token);
  auth::ExportVerifier verifier;
  std::string_view rest = reply.body;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    EXPECT_TRUE(verifier.add_line(rest.substr(0, end))) << verifier.fault()->what;
    rest.remove_prefix(end + 1);
  }
  EXPECT_TRUE(verifier.finish());
  EXPECT_GE(verifier.lines(), 10U);
  EXPECT_EQ(app.get("/api/v2/audit_logs/export?format=xml", app.owner_token).status, 422);
}

TEST(AuditLogs, TheChainIsShownAndVerifiedOnDemand) {
  WebApp app;
  ASSERT_TRUE(app.run(app.audit->link_all()));
  boost::json::value chain = app.get("/api/v2/audit_logs/chain", app.owner_token).json().at("chain");
  EXPECT_GE(chain.at("sequence").to_number<std::uint64_t>(), 10U);
  EXPECT_TRUE(chain.at("verification").is_null());
  const Reply asked = app.post("/api/v2/audit_logs/chain/verify", app.owner_token, "{}");
  EXPECT_EQ(asked.status, 202) << asked.body;
  EXPECT_TRUE(asked.json().at("chain").at("is_verifying").as_bool());
  ASSERT_TRUE(app.run(app.audit->verify(app.workspace())));
  chain = app.get("/api/v2/audit_logs/chain", app.owner_token).json().at("chain");
  EXPECT_TRUE(chain.at("verification").at("is_intact").as_bool());
}

TEST(AuditLogs, InvariantFiveOneEntryOfAnotherWorkspaceIsNotFound) {
  WebApp app;
  const auto foreign = auth::list_audit(*app.store, *app.vault, app.foreign_agent.workspace, {}, 1).value();
  const std::string path = "/api/v2/audit_logs/";
  EXPECT_EQ(app.get(path + std::to_string(foreign.front().id.value), app.owner_token).status, 404);
  const auto own = auth::list_audit(*app.store, *app.vault, app.workspace(), {}, 1).value();
  const Reply reply = app.get(path + std::to_string(own.front().id.value), app.owner_token);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(text_at(reply.json().at("audit_log"), "action"), own.front().action);
}

// T-10: each sign-in, good or bad, with device and address.
TEST(AuditLogs, T_10_PeopleSeeTheirOwnSignInsAndAuditorsEverybodys) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  EXPECT_EQ(app.post("/api/v2/session", "", R"({"email":"agent@example.com","password":"wrong wrong wrong"})").status, 401);
  EXPECT_EQ(app.get("/api/v2/users/me/sign_ins", app.agent_token).status, 403) << "no token learns where its owner is";
  const std::string about = "/api/v2/users/" + std::to_string(app.agent.id.value) + "/sign_ins";
  for (const Reply& reply : {app.act(agent, "GET", "/api/v2/users/me/sign_ins", ""), app.get(about, app.owner_token)}) {
    ASSERT_EQ(reply.status, 200) << reply.body;
    const boost::json::value body = reply.json();
    const boost::json::array& list = body.at("sign_ins").as_array();
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(text_at(list[0], "outcome"), "failed");
    EXPECT_EQ(text_at(list[1], "outcome"), "ok");
    EXPECT_EQ(text_at(list[1], "ip_address"), "192.0.2.1");
  }
  EXPECT_EQ(app.get("/api/v2/users/" + std::to_string(app.owner.id.value) + "/sign_ins", app.agent_token).status, 403);
}

TEST(SecurityContactApi, I0_20_IsVerifiedByItsLinkAndFeedsSecurityTxt) {
  WebApp app;
  EXPECT_EQ(app.send({"GET", "/.well-known/security.txt", {}, ""}).status, 404);
  auth::Principal by;
  by.workspace = app.workspace();
  by.user = app.owner.id;
  by.role = auth::Role::kOwner;
  const auto made = app.run(app.contacts->set(by, "security@partner.example"));
  ASSERT_TRUE(made);
  EXPECT_EQ(app.send({"GET", "/.well-known/security.txt", {}, ""}).status, 404);
  const std::string mark = "/#/security-contact/";
  const std::string& text = app.letters.at(0).text;
  const std::size_t at = text.find(mark) + mark.size();
  const std::string secret = text.substr(at, text.find('\n', at) - at);
  EXPECT_EQ(app.post("/api/v2/security_contact/verify", "", R"({"token":"guess"})").status / 100, 4);
  EXPECT_EQ(app.post("/api/v2/security_contact/verify", "", R"({"token":")" + secret + R"("})").status, 200);
  EXPECT_EQ(app.get("/api/v2/security_contact", app.owner_token).at("security_contact", "email").as_string(), "security@partner.example");
  const Reply reply = app.send({"GET", "/.well-known/security.txt", {}, ""});
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.starts_with("Contact: mailto:security@partner.example\r\n")) << reply.body;
  EXPECT_EQ(app.get("/api/v2/security_contact", app.agent_token).status, 403);
}

// Everything that changes something is looked at by WebApp::send(), in every test. A route whose work is not in the store says
// itself how it is audited.
TEST(AuditLogs, I0_11_WhatTheServerAuditsItself) {
  std::set<std::string> actions;
  for (const web::Route& route : web::api_routes()) {
    if (!route.audit_as.empty()) actions.insert(std::string(route.audit_as));
  }
  for (const char* each : {"audit.read", "audit.exported", "audit.verification_asked", "comment.raw_read", "upload.received", "redaction.checked",
                           "redaction.tested", "redaction_replay.started", "redaction_replay.cancelled"}) {
    EXPECT_TRUE(actions.contains(each)) << each;
  }
}

}  // namespace
}  // namespace postern::test
