#include "net/answer_cache.h"

#include <gtest/gtest.h>

namespace postern::net {
namespace {

using std::chrono::seconds;

DnsAnswer answer_with(DnsStatus status, std::uint32_t ttl) {
  DnsAnswer answer;
  answer.status = status;
  answer.ttl_seconds = ttl;
  answer.rdata = {"x"};
  return answer;
}

const core::Instant kStart{std::chrono::hours(1)};

TEST(AnswerCache, KeepsAnswersForTheirTtlAtMostTheBound) {
  AnswerCache cache(1600, seconds(300));
  cache.keep("short", answer_with(DnsStatus::kOk, 10), kStart);
  cache.keep("long", answer_with(DnsStatus::kNxDomain, 86400), kStart);
  EXPECT_TRUE(cache.find("short", kStart + seconds(9)));
  EXPECT_FALSE(cache.find("short", kStart + seconds(10)));
  EXPECT_TRUE(cache.find("long", kStart + seconds(299)));
  EXPECT_FALSE(cache.find("long", kStart + seconds(300)));
}

TEST(AnswerCache, CountsTheTtlDown) {
  AnswerCache cache(1600, seconds(300));
  cache.keep("k", answer_with(DnsStatus::kOk, 100), kStart);
  EXPECT_EQ(cache.find("k", kStart + seconds(40))->ttl_seconds, 60U);
}

TEST(AnswerCache, NeverKeepsFailures) {
  AnswerCache cache(1600, seconds(300));
  for (DnsStatus status : {DnsStatus::kServFail, DnsStatus::kTimeout, DnsStatus::kBogus}) {
    cache.keep("k", answer_with(status, 100), kStart);
  }
  cache.keep("zero", answer_with(DnsStatus::kOk, 0), kStart);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(AnswerCache, IsBoundedAndForgetsTheLeastRecentlyUsed) {
  AnswerCache cache(160, seconds(300));
  cache.keep("hot", answer_with(DnsStatus::kOk, 100), kStart);
  for (int i = 0; i < 10000; ++i) {
    cache.keep("name" + std::to_string(i), answer_with(DnsStatus::kOk, 100), kStart);
    ASSERT_TRUE(cache.find("hot", kStart)) << i;
  }
  EXPECT_LE(cache.size(), 160U);
}

TEST(AnswerCache, KeyIgnoresCaseAndFinalDotButNotTheType) {
  EXPECT_EQ(AnswerCache::key_of({"A.Test.", DnsType::kA}), AnswerCache::key_of({"a.test", DnsType::kA}));
  EXPECT_NE(AnswerCache::key_of({"a.test", DnsType::kA}), AnswerCache::key_of({"a.test", DnsType::kMx}));
}

}  // namespace
}  // namespace postern::net
