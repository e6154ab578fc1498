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

constexpr std::size_t kRoom = 16U << 20U;
const core::Instant kStart{std::chrono::hours(1)};

TEST(AnswerCache, KeepsAnswersForTheirTtlAtMostTheBound) {
  AnswerCache cache(1600, kRoom, seconds(300));
  cache.keep("short", answer_with(DnsStatus::kOk, 10), kStart);
  cache.keep("long", answer_with(DnsStatus::kNxDomain, 86400), kStart);
  EXPECT_TRUE(cache.find("short", kStart + seconds(9)));
  EXPECT_FALSE(cache.find("short", kStart + seconds(10)));
  EXPECT_TRUE(cache.find("long", kStart + seconds(299)));
  EXPECT_FALSE(cache.find("long", kStart + seconds(300)));
}

TEST(AnswerCache, CountsTheTtlDown) {
  AnswerCache cache(1600, kRoom, seconds(300));
  cache.keep("k", answer_with(DnsStatus::kOk, 100), kStart);
  EXPECT_EQ(cache.find("k", kStart + seconds(40))->ttl_seconds, 60U);
}

TEST(AnswerCache, NeverKeepsFailures) {
  AnswerCache cache(1600, kRoom, seconds(300));
  for (DnsStatus status : {DnsStatus::kServFail, DnsStatus::kTimeout, DnsStatus::kBogus}) {
    cache.keep("k", answer_with(status, 100), kStart);
  }
  cache.keep("zero", answer_with(DnsStatus::kOk, 0), kStart);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(AnswerCache, IsBoundedAndForgetsTheLeastRecentlyUsed) {
  AnswerCache cache(160, kRoom, seconds(300));
  cache.keep("hot", answer_with(DnsStatus::kOk, 100), kStart);
  for (int i = 0; i < 10000; ++i) {
    cache.keep("name" + std::to_string(i), answer_with(DnsStatus::kOk, 100), kStart);
    ASSERT_TRUE(cache.find("hot", kStart)) << i;
  }
  EXPECT_LE(cache.size(), 160U);
}

TEST(AnswerCache, IsBoundedInBytesWhateverTheAnswersHold) {
  constexpr std::size_t kBytes = 1U << 20U;
  AnswerCache cache(16384, kBytes, seconds(300));
  DnsAnswer large = answer_with(DnsStatus::kOk, 100);
  large.rdata = {std::string(3000, 'x')};
  DnsAnswer many = answer_with(DnsStatus::kOk, 100);
  many.rdata.assign(60, "x");
  for (int i = 0; i < 5000; ++i) {
    cache.keep("large" + std::to_string(i), large, kStart);
    cache.keep("many" + std::to_string(i), many, kStart);
    ASSERT_LE(cache.bytes(), kBytes) << i;
  }
  EXPECT_GE(cache.size(), 100U);
  EXPECT_LE(cache.size(), kBytes / (60 * sizeof(std::string)));
}

TEST(AnswerCache, AnAnswerThatWouldPushOutManyIsNotKept) {
  AnswerCache cache(16384, 1U << 20U, seconds(300));
  cache.keep("small", answer_with(DnsStatus::kOk, 100), kStart);
  DnsAnswer huge = answer_with(DnsStatus::kOk, 100);
  huge.rdata = {std::string(64000, 'x')};
  for (int i = 0; i < 100; ++i) cache.keep("huge" + std::to_string(i), huge, kStart);
  EXPECT_EQ(cache.size(), 1U);
  cache.keep("small", huge, kStart);  // and replaces what it makes outdated
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(AnswerCache, CountsWhatIsReplacedOrHasExpiredOnce) {
  AnswerCache cache(1600, kRoom, seconds(300));
  cache.keep("k", answer_with(DnsStatus::kOk, 100), kStart);
  const std::size_t one = cache.bytes();
  cache.keep("k", answer_with(DnsStatus::kOk, 100), kStart);
  EXPECT_EQ(cache.bytes(), one);
  EXPECT_FALSE(cache.find("k", kStart + seconds(100)));
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(AnswerCache, KeyIgnoresCaseAndFinalDotButNotTheType) {
  EXPECT_EQ(AnswerCache::key_of({"A.Test.", DnsType::kA}), AnswerCache::key_of({"a.test", DnsType::kA}));
  EXPECT_NE(AnswerCache::key_of({"a.test", DnsType::kA}), AnswerCache::key_of({"a.test", DnsType::kMx}));
}

}  // namespace
}  // namespace postern::net
