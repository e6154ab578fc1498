#include "web/server/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "web/api/routes.h"

namespace postern::web {
namespace {

core::Task<core::Result<Response>> nothing(Request&, Context&) { co_return Response(); }

Route row(Verb verb, std::string_view pattern) {
  Route route;
  route.verb = verb;
  route.pattern = pattern;
  route.access = Access::kSignedIn;
  route.handler = nothing;
  route.summary = "test";
  return route;
}

Request request(Verb verb, std::vector<std::string> segments) {
  Request out;
  out.verb = verb;
  out.segments = std::move(segments);
  return out;
}

TEST(Router, ARowWithoutAccessDoesNotStart) {
  Route bad = row(Verb::kGet, "/api/v2/x");
  bad.access = Access::kUnset;
  EXPECT_THROW(Router(std::span(&bad, 1)), std::invalid_argument);
  Route forgotten;
  EXPECT_THROW(Router(std::span(&forgotten, 1)), std::invalid_argument);
}

TEST(Router, TwoRowsForOneRequestDoNotStart) {
  std::vector<Route> rows{row(Verb::kGet, "/api/v2/x/{id}"), row(Verb::kGet, "/api/v2/x/{other}")};
  EXPECT_THROW(Router{rows}, std::invalid_argument);
  rows[1].verb = Verb::kPut;
  EXPECT_NO_THROW(Router{rows});
}

TEST(Router, ParametersAreIdsOnly) {
  std::vector<Route> rows{row(Verb::kGet, "/api/v2/x/{id}"), row(Verb::kGet, "/api/v2/x/count")};
  Router router(rows);
  EXPECT_EQ(router.find(request(Verb::kGet, {"api", "v2", "x", "12"})).route, &rows[0]);
  EXPECT_EQ(router.find(request(Verb::kGet, {"api", "v2", "x", "12"})).params[0].second, "12");
  EXPECT_EQ(router.find(request(Verb::kGet, {"api", "v2", "x", "count"})).route, &rows[1]);
  for (const char* word : {"-1", "1a", "", "99999999999999999999"}) {
    EXPECT_EQ(router.find(request(Verb::kGet, {"api", "v2", "x", word})).route, nullptr) << word;
  }
}

TEST(Router, ADomainIsAHostName) {
  std::vector<Route> rows{row(Verb::kGet, "/api/v2/x/{domain}/dns")};
  Router router(rows);
  for (const char* name : {"example.com", "xn--bcher-kva.example", "_a.B-c.example", "b\xc3\xbc" "cher.example", "1"}) {
    Router::Match match = router.find(request(Verb::kGet, {"api", "v2", "x", name, "dns"}));
    ASSERT_EQ(match.route, &rows[0]) << name;
    EXPECT_EQ(match.params, (std::vector<std::pair<std::string, std::string>>{{"domain", name}}));
  }
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"), std::string("a%"), std::string(254, 'a')}) {
    EXPECT_EQ(router.find(request(Verb::kGet, {"api", "v2", "x", name, "dns"})).route, nullptr) << name;
  }
}

TEST(Router, ASegmentMayHoldTwoIds) {
  std::vector<Route> rows{row(Verb::kGet, "/api/v2/x/{a}-{b}"), row(Verb::kGet, "/api/v2/x/{id}")};
  Router router(rows);
  Router::Match match = router.find(request(Verb::kGet, {"api", "v2", "x", "12-345"}));
  ASSERT_EQ(match.route, &rows[0]);
  EXPECT_EQ(match.params, (std::vector<std::pair<std::string, std::string>>{{"a", "12"}, {"b", "345"}}));
  Router::Match one = router.find(request(Verb::kGet, {"api", "v2", "x", "12"}));
  ASSERT_EQ(one.route, &rows[1]);
  EXPECT_EQ(one.params, (std::vector<std::pair<std::string, std::string>>{{"id", "12"}}));
  for (const char* word : {"12-", "-345", "12-3-4", "12-3x", "12--3", "12-99999999999999999999"}) {
    EXPECT_EQ(router.find(request(Verb::kGet, {"api", "v2", "x", word})).route, nullptr) << word;
  }
}

TEST(Router, PatternsOfNoFormDoNotStart) {
  for (const char* pattern : {"/api/v2/{", "/api/v2/}", "/api/v2/{}", "/api/v2/{a{b}}", "/api/v2/{a/b}"}) {
    Route bad = row(Verb::kGet, pattern);
    EXPECT_THROW(Router(std::span(&bad, 1)), std::invalid_argument) << pattern;
  }
}

TEST(Router, JsonSuffixIsOptionalAndHeadIsGet) {
  std::vector<Route> rows{row(Verb::kGet, "/api/v2/x/{id}")};
  Router router(rows);
  EXPECT_NE(router.find(request(Verb::kGet, {"api", "v2", "x", "12.json"})).route, nullptr);
  EXPECT_NE(router.find(request(Verb::kHead, {"api", "v2", "x", "12"})).route, nullptr);
  Router::Match other = router.find(request(Verb::kPut, {"api", "v2", "x", "12"}));
  EXPECT_EQ(other.route, nullptr);
  EXPECT_EQ(other.allowed, "GET, HEAD");
}

TEST(Routes, EveryRowStartsAndFewArePublic) {
  EXPECT_NO_THROW(Router{api_routes()});
  std::vector<std::string> open;
  for (const Route& each : api_routes()) {
    if (each.access == Access::kPublic) open.push_back(std::string(to_string(each.verb)) + " " + std::string(each.pattern));
  }
  EXPECT_EQ(open, (std::vector<std::string>{"POST /api/v2/session", "POST /api/v2/session/second_factor", "POST /api/v2/session/text_message",
                                            "POST /api/v2/session/challenge", "POST /api/v2/session/passkey", "POST /api/v2/enrolment", "POST /api/v2/enrolment/preview",
                                            "POST /api/v2/password_resets", "POST /api/v2/security_contact/verify", "GET /api/v2/openapi",
                                            // Of end users: a form where an inbox has one, the rest with a signed link.
                                            "POST /api/v2/requests", "GET /api/v2/requests", "GET /api/v2/requests/{id}", "PUT /api/v2/requests/{id}",
                                            "GET /api/v2/requests/{id}/comments"}));
}

}  // namespace
}  // namespace postern::web
