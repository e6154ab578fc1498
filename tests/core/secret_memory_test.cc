// Memory of secrets: left out of core dumps, locked where permitted, wiped, reused, bounded.
#include "core/secret_memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/metrics.h"
#include "core/secret.h"

namespace postern::core {
namespace {

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::string flags;  // proc(5): VmFlags of smaps
};

std::vector<Mapping> mappings() {
  std::vector<Mapping> out;
  std::ifstream maps("/proc/self/smaps");
  for (std::string line; std::getline(maps, line);) {
    Mapping one;
    char dash = 0;
    std::istringstream words(line);
    if (line.starts_with("VmFlags:")) {
      out.back().flags = line.substr(8) + " ";
    } else if (words >> std::hex >> one.begin >> dash >> one.end && dash == '-') {
      out.push_back(one);
    }
  }
  return out;
}

std::string flags_of(const void* memory) {
  const auto at = reinterpret_cast<std::uintptr_t>(memory);
  for (const Mapping& one : mappings()) {
    if (at >= one.begin && at < one.end) return one.flags;
  }
  return {};
}

bool has_flag(const void* memory, std::string_view flag) {
  return flags_of(memory).find(" " + std::string(flag) + " ") != std::string::npos;
}

// What a core dump of this process would hold: everything writable that is not marked "dd" (core(5), madvise(2)).
// The marker stands in parts, so that the search does not find itself.
std::size_t times_in_dump(std::string_view left, std::string_view right) {
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  std::size_t found = 0;
  for (const Mapping& one : mappings()) {
    const bool is_dumped = one.flags.find(" dd ") == std::string::npos && one.flags.find(" wr ") != std::string::npos;
    const std::size_t bytes = one.end - one.begin;
    if (!is_dumped || bytes > (64U << 20U)) continue;  // larger ones are a sanitizer's shadow
    std::vector<char> copy(bytes);
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(one.begin));
    memory.read(copy.data(), static_cast<std::streamsize>(bytes));
    const std::string_view text(copy.data(), static_cast<std::size_t>(memory.gcount()));
    for (auto at = text.find(left); at != std::string_view::npos; at = text.find(left, at + 1)) {
      if (text.substr(at + left.size()).starts_with(right)) ++found;
    }
  }
  return found;
}

TEST(SecretMemory, IsLeftOutOfCoreDumpsAndOfForkedChildren) {
  for (const std::size_t bytes : {16U, 2000U, 4096U, 1U << 20U}) {
    const SecretBuffer buffer(bytes, 'x');
    EXPECT_TRUE(has_flag(buffer.data(), "dd")) << bytes << flags_of(buffer.data());
    EXPECT_TRUE(has_flag(buffer.data(), "wf")) << bytes << flags_of(buffer.data());
    if (secret_memory_use().unlocked_bytes == 0) {
      EXPECT_TRUE(has_flag(buffer.data(), "lo")) << bytes << flags_of(buffer.data());
    }
  }
}

TEST(SecretMemory, AMarkerInABufferIsInNoDump) {
  std::string left = "marker-of-a-";
  std::string right = "secret-9137";
  ASSERT_EQ(times_in_dump(left, right), 0U);
  {
    SecretBuffer large(1U << 20U, ' ');
    SecretBuffer small(64, ' ');
    for (SecretBuffer* buffer : {&large, &small}) {
      std::memcpy(buffer->data(), left.data(), left.size());
      std::memcpy(buffer->data() + left.size(), right.data(), right.size());
    }
    EXPECT_EQ(times_in_dump(left, right), 0U);
    // The search finds what a dump would hold.
    std::vector<char> plain(large.begin(), large.begin() + 4096);
    EXPECT_EQ(times_in_dump(left, right), 1U);
    wipe(plain.data(), plain.size());
  }
  EXPECT_EQ(times_in_dump(left, right), 0U);
}

TEST(SecretMemory, AReleasedRegionIsWipedAndServesTheNext) {
  char* first = nullptr;
  {
    SecretBuffer buffer(300'000, 'q');
    first = buffer.data();
  }
  const std::size_t mapped = secret_memory_use().mapped_bytes;
  const SecretBuffer again(300'000);
  EXPECT_EQ(again.data(), first);
  EXPECT_EQ(secret_memory_use().mapped_bytes, mapped);
  auto* raw = static_cast<char*>(take_secret_memory(300'000));
  std::memset(raw, 'q', 300'000);
  give_back_secret_memory(raw, 300'000);
  auto* reused = static_cast<char*>(take_secret_memory(300'000));
  EXPECT_EQ(reused, raw);
  EXPECT_EQ(std::string_view(reused, 300'000).find('q'), std::string_view::npos);
  give_back_secret_memory(reused, 300'000);
}

TEST(SecretMemory, ASmallBlockIsWipedAndServesTheNext) {
  auto* block = static_cast<char*>(take_secret_memory(100));
  std::memset(block, 'q', 100);
  give_back_secret_memory(block, 100);
  auto* again = static_cast<char*>(take_secret_memory(90));
  EXPECT_EQ(again, block);
  EXPECT_EQ(std::string_view(again, 90), std::string(90, '\0'));
  give_back_secret_memory(again, 90);
}

TEST(SecretMemory, KeepsABoundedAmount) {
  std::vector<std::pair<void*, std::size_t>> many;
  const auto take = [&many](std::size_t bytes) { many.emplace_back(take_secret_memory(bytes), bytes); };
  for (std::size_t i = 0; i < kSecretKeptRegionsMax + 20; ++i) take(4096 + i * 64);
  for (std::size_t i = 0; i < 20; ++i) take((i + 1) << 18U);
  take(kSecretKeptBytesMax + 1);
  for (const auto& [memory, bytes] : many) give_back_secret_memory(memory, bytes);
  const SecretMemoryUse use = secret_memory_use();
  EXPECT_LE(use.kept_bytes, kSecretKeptBytesMax);
  EXPECT_GT(use.kept_bytes, 0U);
  EXPECT_LE(use.mapped_bytes, use.kept_bytes + kSecretPoolBytesMax + (1U << 20U));
  EXPECT_NE(metrics().render().find("postern_secret_unlocked_bytes"), std::string::npos);
}

TEST(SecretMemory, AFullPoolFallsBackToTheHeap) {
  const std::size_t before = secret_memory_use().heap_bytes;
  std::vector<SecretBuffer> many;
  for (std::size_t i = 0; i < 2 * kSecretPoolBytesMax / 2048; ++i) many.push_back(to_secret(std::string(2048, 'x')));
  EXPECT_GE(secret_memory_use().heap_bytes, before + kSecretPoolBytesMax);
  for (const SecretBuffer& buffer : many) ASSERT_EQ(buffer.front(), 'x');
  many.clear();
  EXPECT_EQ(secret_memory_use().heap_bytes, before);
}

// In a child of its own, because a limit that was lowered stays so.
TEST(SecretMemory, WhatCannotBeLockedIsCountedAndWorks) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit none{0, 0};
    bool good = ::setrlimit(RLIMIT_MEMLOCK, &none) == 0 && (::getuid() != 0 || ::setuid(65534) == 0);
    good = good && lockable_bytes_max() == 0;
    const std::size_t before = secret_memory_use().unlocked_bytes;
    {
      const std::size_t bytes = kSecretKeptBytesMax + 1;
      auto* memory = static_cast<char*>(take_secret_memory(bytes));
      memory[0] = memory[bytes - 1] = 'x';
      good = good && secret_memory_use().unlocked_bytes >= before + bytes;
      give_back_secret_memory(memory, bytes);
    }
    good = good && secret_memory_use().unlocked_bytes == before;
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(SecretMemory, ManyThreadsShareIt) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      const char mark = static_cast<char>('a' + t);
      for (std::size_t i = 1; i < 100; ++i) {
        const SecretBuffer small(i, mark);
        const SecretBuffer large(i * 100, mark);
        if (small.back() != mark || large.front() != mark || large.back() != mark) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace postern::core
