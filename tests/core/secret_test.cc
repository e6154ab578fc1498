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

// The allocator wipes what it releases: observed through an allocator of the same form over memory that stays ours.
TEST(WipingAllocator, WipesBeforeItReleases) {
  alignas(std::max_align_t) static char arena[4096];
  struct Watched : WipingAllocator<char> {
    char* allocate(std::size_t) { return arena; }
    void deallocate(char* memory, std::size_t n) noexcept { wipe(memory, n); }
  };
  Watched allocator;
  char* memory = allocator.allocate(16);
  std::memcpy(memory, "4111111111111111", 16);
  allocator.deallocate(memory, 16);
  EXPECT_EQ(std::string(arena, 16), std::string(16, '\0'));
}

TEST(SecretBuffer, HoldsBytesAndShowsThem) {
  SecretBuffer buffer = to_secret("abc");
  EXPECT_EQ(view(buffer), "abc");
  for (int i = 0; i < 1000; ++i) buffer.push_back('x');
  EXPECT_EQ(view(buffer).substr(0, 4), "abcx");
}

TEST(Random, GivesDifferentTokensOfTheAskedSize) {
  EXPECT_EQ(random_bytes(32).size(), 32U);
  EXPECT_NE(random_bytes(32), random_bytes(32));
  EXPECT_EQ(random_token(32).size(), 43U);
  EXPECT_EQ(random_token(32).find_first_of("+/="), std::string::npos);
}

}  // namespace
}  // namespace postern::core
