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

// The page names its script by content: "/ui/index-<hash>.js".
std::string script_of(const std::string& page) {
  const std::size_t from = page.find("src=\"/ui/");
  return from == std::string::npos ? "" : page.substr(from + 5, page.find('"', from + 5) - from - 5);
}

Request taking_gzip(const std::string& path) {
  Request request = get(path);
  request.fields.push_back(Field{"accept-encoding", "br;q=1, gzip;q=0.8"});
  return request;
}

TEST(StaticFiles, ThePageIsServedAtTheRoot) {
  std::optional<Response> page = static_response(get("/"), WebOptions());
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->field("Cache-Control"), "no-store");
  EXPECT_TRUE(static_response(get(script_of(page->body)), WebOptions()).has_value()) << page->body;
  EXPECT_TRUE(static_response(get("/enrol"), WebOptions()).has_value());
}

TEST(StaticFiles, Asvs_3_4_3_OnlyThePagesOwnScriptsRunAndByANonceUsedOnce) {
  const Response page = *static_response(get("/"), WebOptions());
  const std::string policy(page.field("Content-Security-Policy"));
  const std::size_t from = policy.find("script-src 'nonce-");
  ASSERT_NE(from, std::string::npos) << policy;
  const std::string nonce = policy.substr(from + 18, policy.find('\'', from + 18) - from - 18);
  EXPECT_GE(nonce.size(), 22U) << "128 bits";
  const std::size_t script = page.body.find("<script");
  ASSERT_NE(script, std::string::npos);
  EXPECT_NE(page.body.substr(script, page.body.find('>', script) - script).find("nonce=\"" + nonce + "\""), std::string::npos) << page.body;
  EXPECT_EQ(page.body.find("<script", script + 1), std::string::npos) << "one script";
  EXPECT_EQ(page.body.find("{{"), std::string::npos) << "every place is filled";
  for (const char* part : {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("script-src 'self'"), std::string::npos);
  EXPECT_NE(static_response(get("/"), WebOptions())->field("Content-Security-Policy"), policy);
  EXPECT_TRUE(page.field("ETag").empty()) << "a 304 would pair an old page with a new nonce";
}

TEST(StaticFiles, RevalidatesByETag) {
  std::string tag(static_response(get("/ui/icon.svg"), WebOptions())->field("ETag"));
  Request again = get("/ui/icon.svg");
  again.fields.push_back(Field{"if-none-match", tag});
  Response unchanged = *static_response(again, WebOptions());
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_TRUE(unchanged.body.empty());
  Request packed = taking_gzip("/ui/icon.svg");
  packed.fields.push_back(Field{"if-none-match", tag});
  EXPECT_EQ(static_response(packed, WebOptions())->status, 200) << "another representation";
}

TEST(StaticFiles, WhatIsNamedByItsContentIsKeptForEver) {
  const std::string script = script_of(static_response(get("/"), WebOptions())->body);
  EXPECT_NE(static_response(get(script), WebOptions())->field("Cache-Control").find("immutable"), std::string_view::npos);
  EXPECT_EQ(static_response(get("/ui/icon.svg"), WebOptions())->field("Cache-Control"), "no-cache");
}

TEST(StaticFiles, PackedForWhoTakesItAndPlainForTheOthers) {
  const std::string script = script_of(static_response(get("/"), WebOptions())->body);
  const Response packed = *static_response(taking_gzip(script), WebOptions());
  const Response plain = *static_response(get(script), WebOptions());
  EXPECT_EQ(packed.field("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.field("Vary"), "Accept-Encoding");
  EXPECT_TRUE(plain.field("Content-Encoding").empty());
  EXPECT_LT(packed.body.size(), plain.body.size());
  EXPECT_NE(plain.body.find("import"), std::string::npos);
  Request refusing = get(script);
  refusing.fields.push_back(Field{"accept-encoding", "gzip;q=0, br"});
  EXPECT_EQ(static_response(refusing, WebOptions())->body, plain.body);
}

// Issue 8: what a first visit loads, the page, its script and what that always loads, stays under 200 KB.
TEST(StaticFiles, I8_TheFirstLoadIsUnder200KB) {
  const std::string page = static_response(get("/"), WebOptions())->body;
  std::size_t bytes = page.size();
  for (std::size_t at = page.find("\"/ui/"); at != std::string::npos; at = page.find("\"/ui/", at + 1)) {
    const std::string path = page.substr(at + 1, page.find('"', at + 1) - at - 1);
    bytes += static_response(taking_gzip(path), WebOptions())->body.size();
  }
  EXPECT_LT(bytes, 200'000U);
}

TEST(StaticFiles, HashesAreThoseOfTheBytes) {
  ASSERT_GE(embedded_files().size(), 5U);
  for (const EmbeddedFile& each : embedded_files()) {
    std::string bytes(each.bytes, each.bytes + each.size);
    EXPECT_EQ(core::to_hex(core::sha256(bytes)), each.hash) << each.name;
  }
}

TEST(StaticFiles, NothingElseIsThere) {
  for (const char* path : {"/ui/", "/ui/../icon.svg", "/ui/icon.svg/x", "/index.html", "/ui/index.html", "/etc/passwd", "/ui/ICON.SVG", "/ui/icon.svg.gz"}) {
    EXPECT_FALSE(static_response(get(path), WebOptions()).has_value()) << path;
  }
}

// The Content-Security-Policy forbids both; a page that needs them would be broken, not merely unsafe.
TEST(StaticFiles, NoInlineScriptOrStyleAndNoForeignAddressInThePage) {
  const std::string text = static_response(get("/"), WebOptions())->body;
  for (const char* bad : {"style=\"", " onclick=\"", "<style", "javascript:", "src=\"http", "href=\"http", "//cdn"}) {
    EXPECT_EQ(text.find(bad), std::string::npos) << bad;
  }
  EXPECT_EQ(text.find("<script>"), std::string::npos);
}

TEST(StaticFiles, OtherVerbsAreRefused) {
  Request post = get("/");
  post.verb = Verb::kPost;
  EXPECT_EQ(static_response(post, WebOptions())->status, 405);
  EXPECT_EQ(static_response(post, WebOptions())->field("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace postern::web
