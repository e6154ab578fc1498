// The issuer table and the check digit.
#include "pipeline/redaction/issuers.h"

#include <gtest/gtest.h>

#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

TEST(Issuers, LuhnOfIsoExample) {
  EXPECT_TRUE(passes_luhn("79927398713"));
  EXPECT_FALSE(passes_luhn("79927398710"));
}

TEST(Issuers, NamesTheMostSpecificBrand) {
  EXPECT_EQ(issuer_of("4111111111111111")->brand, "visa");
  EXPECT_EQ(issuer_of("5555555555554444")->brand, "mastercard");
  EXPECT_EQ(issuer_of("2223000000000000")->brand, "mastercard");
  EXPECT_EQ(issuer_of("378282246310005")->brand, "amex");
  EXPECT_EQ(issuer_of("6062828888666688")->brand, "hipercard");
  EXPECT_EQ(issuer_of("9792090000000004")->brand, "troy");
  EXPECT_EQ(issuer_of("2200000000000004")->brand, "mir");
  EXPECT_EQ(issuer_of("6759649826438453")->brand, "switch");
}

TEST(Issuers, LengthDecidesToo) {
  EXPECT_FALSE(issuer_of("41111111111111"));     // 14 digits
  EXPECT_FALSE(issuer_of("55555555555544441"));  // 17 digits
  EXPECT_FALSE(issuer_of("0411111111111111"));   // no issuer begins with 0
  EXPECT_FALSE(issuer_of("7000000000000000"));
}

TEST(Issuers, ThirteenDigitsAreWeak) {
  EXPECT_EQ(issuer_of("4222222222222")->strength, IssuerStrength::kWeak);
  EXPECT_EQ(issuer_of("6062821234567")->strength, IssuerStrength::kWeak);
  EXPECT_EQ(issuer_of("4111111111111111")->strength, IssuerStrength::kStrong);
}

TEST(Issuers, EveryPublishedRangeIsKnown) {
  const auto rows = test::shared_rows("data/pan/binlist/ranges.csv");
  if (!rows) GTEST_SKIP() << "POSTERN_SHARED is unset";
  std::size_t checked = 0;
  for (const auto& row : *rows) {
    const std::string iin = row[0].substr(0, 6);
    if (iin.find_first_not_of("0123456789") != std::string::npos || iin.size() < 6) continue;
    const std::size_t length = iin[0] == '3' && iin[1] != '6' && iin[1] != '5' ? 15 : 16;
    EXPECT_TRUE(issuer_of(iin + std::string(length - 6, '0'))) << iin;
    ++checked;
  }
  EXPECT_GT(checked, 1000U);
}

}  // namespace
}  // namespace postern::pipeline
