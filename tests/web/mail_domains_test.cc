// Own mail domains and their DNS records; the host that serves the MTA-STS policy.
#include <fmt/format.h>

#include <map>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

core::Task<Reply> ask(HttpClient& client, std::string request, bool is_head) {
  co_await client.send(std::move(request));
  co_return co_await client.read_reply(is_head);
}

Reply get_from(WebApp& app, const std::string& host, const std::string& path, const std::string& verb = "GET") {
  const auto client = app.connect();
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", verb, path, host);
  return app.run(ask(*client, std::move(request), verb == "HEAD"));
}

constexpr const char* kPolicyPath = "/.well-known/mta-sts.txt";

TEST(MailDomains, TheListHasTheWorkspacesOwnAndTheirState) {
  WebApp app;
  Reply reply = app.get("/api/v2/mail_domains", app.owner_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  ASSERT_EQ(reply.at("count").to_number<int>(), 1);
  const auto one = reply.at("mail_domains").as_array().at(0).as_object();
  EXPECT_EQ(one.at("domain").as_string(), "example.com");
  EXPECT_EQ(one.at("url").as_string(), "https://help.example.com/api/v2/mail_domains/example.com/dns");
  EXPECT_EQ(one.at("state").as_string(), "missing");
  EXPECT_EQ(boost::json::serialize(one.at("problems")), R"(["mx","host","spf","dkim","dmarc"])");
}

TEST(MailDomains, BeyondTheLimitTheyAreListedUnchecked) {
  web::WebOptions options;
  options.domains_checked_max = 0;
  WebApp app(options);
  Reply reply = app.get("/api/v2/mail_domains", app.owner_token);
  EXPECT_TRUE(reply.at("mail_domains").as_array().at(0).at("state").is_null()) << reply.body;
  EXPECT_EQ(app.zone.query_count(), 0U);
}

TEST(MailDomains, EachRecordWithWhatToPaste) {
  WebApp app;
  app.zone.add_mx("example.com", 10, "mx.example.com");
  app.zone.add_a("mx.example.com", "192.0.2.1");
  app.zone.add_txt("example.com", "v=spf1 mx -all");
  Reply reply = app.get("/api/v2/mail_domains/Example.com/dns", app.owner_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto domain = reply.at("mail_domain").as_object();
  EXPECT_EQ(domain.at("hostname").as_string(), "mx.example.com");
  EXPECT_EQ(domain.at("state").as_string(), "missing");
  std::map<std::string, boost::json::object> records;
  for (const auto& record : domain.at("records").as_array()) {
    records.emplace(std::string(record.at("purpose").as_string()), record.as_object());
  }
  EXPECT_EQ(records.at("mx").at("state").as_string(), "ok");
  EXPECT_EQ(records.at("spf").at("explanation").as_string(), "the record passes mail from 192.0.2.1 and needs 1 of 10 DNS look-ups");
  EXPECT_EQ(records.at("dmarc").at("host").as_string(), "_dmarc");
  EXPECT_EQ(records.at("dmarc").at("zone_text").as_string(),
            "_dmarc.example.com. 3600 IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.com\"");
  EXPECT_EQ(domain.at("spf_budget").at("lookups").to_number<int>(), 1);
  EXPECT_EQ(domain.at("reply").at("spf").at("passes").as_bool(), true);
  // Asked again at once, DNS is left alone.
  const std::size_t asked = app.zone.query_count();
  EXPECT_EQ(app.get("/api/v2/mail_domains/example.com/dns", app.owner_token).status, 200);
  EXPECT_EQ(app.zone.query_count(), asked);
}

TEST(MailDomains, NobodyElsesDomainAndNobodyWithoutThePermission) {
  WebApp app;
  EXPECT_EQ(app.get("/api/v2/mail_domains/other.example/dns", app.owner_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/mail_domains/unknown.example/dns", app.owner_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/mail_domains/example.com/dns", app.agent_token).status, 403);
  EXPECT_EQ(app.get("/api/v2/mail_domains/example.com/dns", "").status, 401);
  EXPECT_EQ(app.get("/api/v2/mail_domains/a%20b/dns", app.owner_token).status, 404);
  EXPECT_EQ(app.zone.query_count(), 0U);
}

TEST(MtaStsHost, ServesThePolicyToAnybody) {
  WebApp app;
  for (const char* host : {"mta-sts.example.com", "MTA-STS.Example.com:443", "mta-sts.other.example", "mta-sts.example.com."}) {
    Reply reply = get_from(app, host, kPolicyPath);
    EXPECT_EQ(reply.status, 200) << host;
    EXPECT_EQ(reply.field("content-type"), "text/plain");
    EXPECT_EQ(reply.body, "version: STSv1\r\nmode: testing\r\nmx: mx.example.com\r\nmax_age: 604800\r\n");
  }
  EXPECT_EQ(get_from(app, "mta-sts.example.com", kPolicyPath, "HEAD").status, 200);
  EXPECT_EQ(get_from(app, "mta-sts.example.com", kPolicyPath, "POST").status, 405);
}

TEST(MtaStsHost, ServesNothingElse) {
  WebApp app;
  for (const char* path : {"/", "/ui/icon.svg", "/enrol", "/api/v2/openapi", "/api/v2/session", "/.well-known/mta-sts.txt/", "/.well-known/"}) {
    EXPECT_EQ(get_from(app, "mta-sts.example.com", path).status, 404) << path;
  }
}

TEST(MtaStsHost, OtherHostsDoNotServeIt) {
  WebApp app;
  for (const char* host : {"help.example.com", "mta-sts.unknown.example", "xmta-sts.example.com", "mta-sts.", "mta-sts.mta-sts.example.com"}) {
    EXPECT_EQ(get_from(app, host, kPolicyPath).status, 404) << host;
  }
  EXPECT_EQ(get_from(app, "help.example.com", "/").status, 200);
}

TEST(MtaStsHost, TheOptionsAreThoseOfTheListener) {
  web::WebOptions options;
  options.mta_sts.mode = "enforce";
  options.mta_sts.mx = {"backup.example.net"};
  options.mta_sts.max_age = std::chrono::hours(24);
  WebApp app(options);
  const std::string policy = get_from(app, "mta-sts.example.com", kPolicyPath).body;
  EXPECT_EQ(policy, "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmx: backup.example.net\r\nmax_age: 86400\r\n");
  // What DNS is to announce is this very text.
  Reply advice = app.get("/api/v2/mail_domains/example.com/dns", app.owner_token);
  EXPECT_EQ(advice.at("mail_domain", "mta_sts_policy").as_string(), policy);
  EXPECT_NE(advice.body.find("v=STSv1; id=" + pipeline::mta_sts_id(policy) + ";"), std::string::npos);
}

}  // namespace
}  // namespace postern::test
