#include "web/server/static_files.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace postern::web {
namespace {

Request get(const std::string& path) {
  Request request;
  request.verb = Verb::kGet;
  request.path = path;
  for (std::size_t at = 1; at <= path.size();) {
    std::size_t end = std::min(path.find('/', at), path.size());
    request.segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return request;
}

TEST(StaticFiles, ThePageIsServedAtTheRoot) {
  std::optional<Response> page = static_response(get("/"));
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->field("Cache-Control"), "no-store");
  EXPECT_NE(page->body.find("/ui/app.js"), std::string::npos);
  EXPECT_TRUE(static_response(get("/enrol")).has_value());
}

TEST(StaticFiles, Asvs_3_4_3_OnlyThePagesOwnScriptsRunAndByANonceUsedOnce) {
  const Response page = *static_response(get("/"));
  const std::string policy(page.field("Content-Security-Policy"));
  const std::size_t from = policy.find("script-src 'nonce-");
  ASSERT_NE(from, std::string::npos) << policy;
  const std::string nonce = policy.substr(from + 18, policy.find('\'', from + 18) - from - 18);
  EXPECT_GE(nonce.size(), 22U) << "128 bits";
  EXPECT_NE(page.body.find("<script nonce=\"" + nonce + "\" type=\"module\" src=\"/ui/app.js\">"), std::string::npos);
  for (const char* part : {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("script-src 'self'"), std::string::npos);
  EXPECT_NE(static_response(get("/"))->field("Content-Security-Policy"), policy);
  EXPECT_TRUE(page.field("ETag").empty()) << "a 304 would pair an old page with a new nonce";
}

TEST(StaticFiles, RevalidatesByETag) {
  std::string tag(static_response(get("/ui/app.js"))->field("ETag"));
  Request again = get("/ui/app.js");
  again.fields.push_back(Field{"if-none-match", tag});
  Response unchanged = *static_response(again);
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_TRUE(unchanged.body.empty());
}

TEST(StaticFiles, VersionedAddressIsImmutable) {
  std::string hash;
  for (const EmbeddedFile& each : embedded_files()) {
    if (each.name == "app.css") hash = std::string(each.hash);
  }
  Request request = get("/ui/app.css");
  request.query.emplace_back("v", hash.substr(0, 12));
  EXPECT_NE(static_response(request)->field("Cache-Control").find("immutable"), std::string_view::npos);
  request.query[0].second = "0000000000";
  EXPECT_EQ(static_response(request)->field("Cache-Control"), "no-cache");
}

TEST(StaticFiles, HashesAreThoseOfTheBytes) {
  ASSERT_GE(embedded_files().size(), 10U);
  for (const EmbeddedFile& each : embedded_files()) {
    std::string bytes(each.bytes, each.bytes + each.size);
    EXPECT_EQ(core::to_hex(core::sha256(bytes)), each.hash) << each.name;
  }
}

TEST(StaticFiles, NothingElseIsThere) {
  for (const char* path : {"/ui/", "/ui/../app.js", "/ui/app.js/x", "/index.html", "/etc/passwd", "/ui/APP.JS"}) {
    EXPECT_FALSE(static_response(get(path)).has_value()) << path;
  }
}

// The Content-Security-Policy forbids both; a page that needs them would be broken, not merely unsafe.
TEST(StaticFiles, NoInlineScriptOrStyleAndNoForeignAddress) {
  for (const EmbeddedFile& each : embedded_files()) {
    std::string text(each.bytes, each.bytes + each.size);
    for (const char* bad : {"style=\"", " onclick=\"", "<style", "javascript:", "innerHTML", "insertAdjacentHTML", "document.write",
                            "eval(", "new Function", "src=\"http", "href=\"http", "//cdn"}) {
      EXPECT_EQ(text.find(bad), std::string::npos) << each.name << ": " << bad;
    }
    EXPECT_EQ(text.find("<script>"), std::string::npos) << each.name;
  }
}

TEST(StaticFiles, OtherVerbsAreRefused) {
  Request post = get("/");
  post.verb = Verb::kPost;
  EXPECT_EQ(static_response(post)->status, 405);
  EXPECT_EQ(static_response(post)->field("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace postern::web
