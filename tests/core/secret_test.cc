#include "core/secret.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/random.h"

namespace postern::core {
namespace {

TEST(Wipe, ClearsMemory) {
  char bytes[64];
  std::memset(bytes, 'x', sizeof bytes);
  wipe(bytes, sizeof bytes);
  for (char c : bytes) EXPECT_EQ(c, 0);
}

TEST(SecretBuffer, HoldsBytesAndShowsThem) {
  SecretBuffer buffer = to_secret("abc");
  EXPECT_EQ(view(buffer), "abc");
  for (int i = 0; i < 1000; ++i) buffer.push_back('x');
  EXPECT_EQ(view(buffer).substr(0, 4), "abcx");
  buffer.shrink_to_fit();
  EXPECT_EQ(buffer.size(), 1003U);
}

TEST(Random, GivesDifferentTokensOfTheAskedSize) {
  EXPECT_EQ(random_bytes(32).size(), 32U);
  EXPECT_NE(random_bytes(32), random_bytes(32));
  EXPECT_EQ(random_token(32).size(), 43U);
  EXPECT_EQ(random_token(32).find_first_of("+/="), std::string::npos);
}

}  // namespace
}  // namespace postern::core
