#include "core/result.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "tests/support/run_task.h"

namespace postern::core {
namespace {

Result<int> parse(int value) {
  if (value < 0) return fail(Errc::kInvalid, "negative");
  return value;
}

Result<int> add(int a, int b) {
  POSTERN_TRY(const int left, parse(a));
  POSTERN_TRY(const int right, parse(b));
  return left + right;
}

Result<void> check(int a) {
  POSTERN_CHECK(parse(a));
  return {};
}

Task<Result<int>> add_later(int a, int b) {
  POSTERN_CO_TRY(const int left, parse(a));
  POSTERN_CO_CHECK(check(b));
  co_return left + b;
}

TEST(Result, TryPassesValuesOnAndErrorsOut) {
  EXPECT_EQ(add(1, 2).value(), 3);
  const auto failed = add(1, -2);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error() == Errc::kInvalid);
  EXPECT_FALSE(failed.error() == Errc::kIo);
  EXPECT_EQ(failed.error().context(), "negative");
  EXPECT_TRUE(check(1));
  EXPECT_FALSE(check(-1));
}

CO_TEST(Result, TryWorksInCoroutines) {
  EXPECT_EQ((co_await add_later(1, 2)).value(), 3);
  const auto failed = co_await add_later(1, -2);
  EXPECT_TRUE(!failed && failed.error() == Errc::kInvalid);
}

TEST(Error, KnowsWhetherARetryMayHelpAndDescribesItself) {
  EXPECT_FALSE(fail(Errc::kIo).is_transient());
  EXPECT_TRUE(fail_transient(Errc::kTimedOut).is_transient());
  const std::string words = fail(Errc::kIo, "/etc/x").describe();
  EXPECT_NE(words.find("core"), std::string::npos);
  EXPECT_NE(words.find("(/etc/x)"), std::string::npos);
}

TEST(Result, ValueOfAFailureThrows) { EXPECT_ANY_THROW((void)parse(-1).value()); }

}  // namespace
}  // namespace postern::core
