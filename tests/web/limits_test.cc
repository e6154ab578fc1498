// Rate limits, pending uploads.
#include <gtest/gtest.h>

#include "core/manual_clock.h"
#include "web/api/pending_uploads.h"
#include "web/errc.h"
#include "web/server/rate_limit.h"

namespace postern::web {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

auth::Principal person(std::uint64_t user, std::uint64_t workspace = 1) {
  auth::Principal out;
  out.user.value = user;
  out.workspace.value = workspace;
  return out;
}

TEST(RateLimit, BurstThenRefill) {
  core::ManualClock clock;
  RateLimit limit("t", RateOptions{3, 60}, 100, clock);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take("a").is_allowed);
  RateLimit::Outcome refused = limit.take("a");
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(refused.retry_seconds, 1);
  EXPECT_TRUE(limit.take("b").is_allowed);
  clock.advance(seconds(1));
  EXPECT_TRUE(limit.take("a").is_allowed);
  EXPECT_FALSE(limit.take("a").is_allowed);
}

TEST(RateLimit, FloodOfKeysSharesOneBucketAndFreesNobody) {
  core::ManualClock clock;
  RateLimit limit("t", RateOptions{2, 6}, 10, clock);
  for (int i = 0; i < 10; ++i) (void)limit.take("k" + std::to_string(i));
  int allowed = 0;
  for (int i = 0; i < 50; ++i) allowed += limit.take("new" + std::to_string(i)).is_allowed ? 1 : 0;
  EXPECT_EQ(allowed, 2);
  EXPECT_TRUE(limit.take("k0").is_allowed);
  EXPECT_FALSE(limit.take("k0").is_allowed);
  clock.advance(minutes(10));  // full again: the old ones make room
  EXPECT_TRUE(limit.take("fresh").is_allowed);
}

TEST(RateLimit, Ipv6CountsByNetwork) {
  EXPECT_EQ(network_key("2001:db8:1:2:3::4"), network_key("2001:db8:1:2:ffff::1"));
  EXPECT_NE(network_key("2001:db8:1:2::4"), network_key("2001:db8:1:3::4"));
  EXPECT_NE(network_key("192.0.2.1"), network_key("192.0.2.2"));
}

TEST(RateLimit, FieldsNameTheBucket) {
  core::ManualClock clock;
  RateLimit limit("user", RateOptions{1, 60}, 10, clock);
  (void)limit.take("a");
  Response response;
  add_rate_fields(limit, limit.take("a"), response);
  EXPECT_EQ(response.field("RateLimit"), "\"user\";r=0;t=1");
  EXPECT_EQ(response.field("RateLimit-Policy"), "\"user\";q=1;w=1");
  EXPECT_EQ(response.field("Retry-After"), "1");
}

TEST(PendingUploads, BelongToTheirUserOnly) {
  core::ManualClock clock;
  WebOptions options;
  PendingUploads uploads(options, clock);
  std::string token = uploads.add(person(1), "", {"a.txt", "text/plain", "abc"}).value();
  EXPECT_EQ(uploads.files(person(1), token).value().at(0).content, "abc");
  EXPECT_FALSE(uploads.files(person(2), token).has_value());
  EXPECT_FALSE(uploads.files(person(1, 2), token).has_value());
  EXPECT_FALSE(uploads.add(person(2), token, {"b", "text/plain", "x"}).has_value());
  EXPECT_EQ(uploads.add(person(1), token, {"b", "text/plain", "x"}).value(), token);
  EXPECT_EQ(uploads.files(person(1), token).value().size(), 2U);
}

TEST(PendingUploads, ExpireAndGiveTheirBytesBack) {
  core::ManualClock clock;
  WebOptions options;
  options.upload_bytes_total_max = 10;
  PendingUploads uploads(options, clock);
  std::string token = uploads.add(person(1), "", {"a", "t/t", "123456"}).value();
  EXPECT_TRUE(uploads.add(person(2), "", {"a", "t/t", "123456"}).error() == Errc::kUnavailable);
  clock.advance(options.upload_life);
  EXPECT_FALSE(uploads.files(person(1), token).has_value());
  EXPECT_EQ(uploads.bytes(), 0U);
  EXPECT_TRUE(uploads.add(person(2), "", {"a", "t/t", "123456"}).has_value());
  uploads.forget(person(1), "nonsense");
  EXPECT_EQ(uploads.bytes(), 6U);
}

TEST(PendingUploads, BoundedPerUser) {
  core::ManualClock clock;
  WebOptions options;
  options.uploads_per_user_max = 2;
  PendingUploads uploads(options, clock);
  EXPECT_TRUE(uploads.add(person(1), "", {"a", "t/t", "1"}).has_value());
  EXPECT_TRUE(uploads.add(person(1), "", {"a", "t/t", "1"}).has_value());
  EXPECT_TRUE(uploads.add(person(1), "", {"a", "t/t", "1"}).error() == Errc::kRateLimited);
  EXPECT_TRUE(uploads.add(person(2), "", {"a", "t/t", "1"}).has_value());
}

// 0 would make every list fail, and more than ticketing answers would be ignored.
TEST(WebOptions, PageSizesAreMadePossible) {
  WebOptions options;
  options.page_size_max = 0;
  EXPECT_EQ(within_limits(options).page_size_max, 1U);
  EXPECT_EQ(within_limits(options).page_size_default, 1U);
  options.page_size_max = 5000;
  EXPECT_EQ(within_limits(options).page_size_max, kPageSizeLimit);
  EXPECT_EQ(within_limits(options).page_size_default, 25U);
}

TEST(WebOptions, LimitsAgreeWithEachOther) {
  WebOptions options;
  EXPECT_GE(options.upload_bytes_per_user_max, options.upload_bytes_max);
  EXPECT_LT(options.target_bytes_max, options.header_bytes_max);
  EXPECT_GE(options.body_bytes_in_flight_max, options.upload_bytes_max);
}

}  // namespace
}  // namespace postern::web
