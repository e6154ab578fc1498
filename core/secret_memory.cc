#include "core/secret_memory.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <mutex>
#include <new>
#include <unordered_set>

#include "core/metrics.h"
#include "core/secret.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, size) static_cast<void>(size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size) static_cast<void>(size)
#endif

namespace postern::core {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kBlockBytesMin = 16;
constexpr std::size_t kBlockClasses = 8;                  // 16, 32 … 2048
constexpr std::size_t kPoolStretchBytes = 64U * 1024U;    // the pool is locked this much at a time

std::size_t round_up(std::size_t bytes, std::size_t step) { return (bytes + step - 1) / step * step; }

// Sizes of regions, so that a released one fits the next message: eight steps an octave waste an eighth at most.
std::size_t region_bytes(std::size_t bytes) {
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  return round_up(bytes, std::max(kPageBytes, std::bit_floor(bytes) / 8));
}

void* map_secret(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::madvise(memory, bytes, MADV_DONTDUMP);
  ::madvise(memory, bytes, MADV_WIPEONFORK);
  return memory;
}

class Regions {
 public:
  void* take(std::size_t asked) {
    const std::size_t bytes = region_bytes(asked);
    void* memory = take_kept(bytes);
    if (memory == nullptr) memory = map(bytes);
    ASAN_POISON_MEMORY_REGION(static_cast<char*>(memory) + asked, bytes - asked);
    return memory;
  }

  void give_back(void* memory, std::size_t asked) noexcept {
    wipe(memory, asked);
    const std::size_t bytes = region_bytes(asked);
    if (bytes > kSecretKeptBytesMax) return unmap(memory, bytes);
    ASAN_POISON_MEMORY_REGION(memory, bytes);
    std::array<Region, kSecretKeptRegionsMax> old{};
    std::size_t old_count = 0;
    {
      std::lock_guard lock(mutex_);
      while (count_ == kept_.size() || kept_bytes_ + bytes > kSecretKeptBytesMax) old[old_count++] = drop_kept(0);
      kept_[count_++] = {memory, bytes};
      kept_bytes_ += bytes;
    }
    for (std::size_t i = 0; i < old_count; ++i) unmap(old[i].memory, old[i].bytes);
  }

  // What is not a region of its own but counts with them.
  void lock(void* memory, std::size_t bytes) {
    const bool is_locked = ::syscall(SYS_mlock, memory, bytes) == 0;  // sanitizers make mlock() do nothing
    std::lock_guard lock(mutex_);
    mapped_bytes_ += bytes;
    if (!is_locked) {
      unlocked_.insert(memory);
      unlocked_bytes_ += bytes;
    }
    show();
  }

  SecretMemoryUse use() {
    std::lock_guard lock(mutex_);
    return {mapped_bytes_, kept_bytes_, unlocked_bytes_, 0};
  }

 private:
  struct Region {
    void* memory;
    std::size_t bytes;
  };

  void* take_kept(std::size_t bytes) {
    std::lock_guard lock(mutex_);
    for (std::size_t i = count_; i-- > 0;) {  // the newest is still in the processor's cache
      if (kept_[i].bytes != bytes) continue;
      const Region found = drop_kept(i);
      ASAN_UNPOISON_MEMORY_REGION(found.memory, bytes);
      return found.memory;
    }
    return nullptr;
  }

  void* map(std::size_t bytes) {
    void* memory = map_secret(bytes);
    lock(memory, bytes);
    return memory;
  }

  void unmap(void* memory, std::size_t bytes) noexcept {
    ASAN_UNPOISON_MEMORY_REGION(memory, bytes);  // another mapping may get the address
    {
      std::lock_guard lock(mutex_);
      mapped_bytes_ -= bytes;
      if (unlocked_.erase(memory) != 0) unlocked_bytes_ -= bytes;
      show();
    }
    ::munmap(memory, bytes);
  }

  Region drop_kept(std::size_t index) noexcept {
    const Region region = kept_[index];
    for (std::size_t i = index + 1; i < count_; ++i) kept_[i - 1] = kept_[i];
    --count_;
    kept_bytes_ -= region.bytes;
    return region;
  }

  void show() noexcept {
    bytes_gauge_.set(static_cast<std::int64_t>(mapped_bytes_));
    unlocked_gauge_.set(static_cast<std::int64_t>(unlocked_bytes_));
  }

  std::mutex mutex_;
  std::array<Region, kSecretKeptRegionsMax> kept_{};  // oldest first
  std::size_t count_ = 0;
  std::size_t kept_bytes_ = 0;
  std::size_t mapped_bytes_ = 0;
  std::size_t unlocked_bytes_ = 0;
  std::unordered_set<void*> unlocked_;
  Gauge& bytes_gauge_ = metrics().gauge("postern_secret_bytes", "memory for unredacted content and keys, left out of core dumps");
  Gauge& unlocked_gauge_ = metrics().gauge("postern_secret_unlocked_bytes", "of postern_secret_bytes, what RLIMIT_MEMLOCK kept from being locked");
};

// Small blocks in powers of two, each size with a list of free ones that stands in the blocks themselves.
class Pool {
 public:
  // nullptr when the pool is full.
  void* take(std::size_t asked, Regions& regions) {
    const std::size_t index = class_of(asked);
    const std::size_t bytes = kBlockBytesMin << index;
    std::lock_guard lock(mutex_);
    void* memory = free_[index];
    if (memory != nullptr) {
      ASAN_UNPOISON_MEMORY_REGION(memory, sizeof(void*));
      free_[index] = *static_cast<void**>(memory);
      *static_cast<void**>(memory) = nullptr;
    } else {
      memory = take_fresh(bytes, regions);
      if (memory == nullptr) return nullptr;
    }
    ASAN_UNPOISON_MEMORY_REGION(memory, asked);
    return memory;
  }

  void give_back(void* memory, std::size_t asked) noexcept {
    wipe(memory, asked);
    const std::size_t index = class_of(asked);
    std::lock_guard lock(mutex_);
    ASAN_UNPOISON_MEMORY_REGION(memory, sizeof(void*));
    *static_cast<void**>(memory) = free_[index];
    free_[index] = memory;
    ASAN_POISON_MEMORY_REGION(memory, kBlockBytesMin << index);
  }

  bool has(const void* memory) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(memory);
    const auto base = base_.load(std::memory_order_acquire);
    return base != 0 && at >= base && at < base + kSecretPoolBytesMax;
  }

 private:
  static std::size_t class_of(std::size_t bytes) {
    return static_cast<std::size_t>(std::countr_zero(std::bit_ceil(std::max(bytes, kBlockBytesMin)))) - 4U;
  }

  void* take_fresh(std::size_t bytes, Regions& regions) {
    if (base_ == 0) {
      void* memory = map_secret(kSecretPoolBytesMax);
      ASAN_POISON_MEMORY_REGION(memory, kSecretPoolBytesMax);
      base_.store(reinterpret_cast<std::uintptr_t>(memory), std::memory_order_release);
    }
    // Blocks are aligned to their size, so that none crosses a stretch.
    const std::size_t at = round_up(used_, bytes);
    if (at + bytes > kSecretPoolBytesMax) return nullptr;
    if (at + bytes > locked_) {
      regions.lock(reinterpret_cast<void*>(base_ + locked_), kPoolStretchBytes);
      locked_ += kPoolStretchBytes;
    }
    used_ = at + bytes;
    return reinterpret_cast<void*>(base_ + at);
  }

  std::mutex mutex_;
  std::array<void*, kBlockClasses> free_{};
  std::atomic<std::uintptr_t> base_{0};
  std::size_t used_ = 0;
  std::size_t locked_ = 0;
};

struct SecretMemory {
  Regions regions;
  Pool pool;
  std::atomic<std::size_t> heap_bytes{0};
  Gauge& heap_gauge = metrics().gauge("postern_secret_heap_bytes", "small secrets for which the locked pool had no room");

  void add_heap_bytes(std::size_t by) noexcept {
    heap_gauge.set(static_cast<std::int64_t>(heap_bytes.fetch_add(by, std::memory_order_relaxed) + by));
  }
};

// Never destroyed: buffers of static storage are released after everything else.
SecretMemory& secret_memory() {
  static SecretMemory& one = *new SecretMemory();
  return one;
}

constexpr std::size_t kBlockBytesMax = kBlockBytesMin << (kBlockClasses - 1);

}  // namespace

void* take_secret_memory(std::size_t bytes) {
  SecretMemory& all = secret_memory();
  if (bytes > kBlockBytesMax) return all.regions.take(bytes);
  if (void* memory = all.pool.take(bytes, all.regions)) return memory;
  void* memory = ::operator new(bytes);
  all.add_heap_bytes(bytes);
  return memory;
}

void give_back_secret_memory(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  SecretMemory& all = secret_memory();
  if (bytes > kBlockBytesMax) return all.regions.give_back(memory, bytes);
  if (all.pool.has(memory)) return all.pool.give_back(memory, bytes);
  wipe(memory, bytes);
  all.add_heap_bytes(std::size_t{0} - bytes);
  ::operator delete(memory);
}

SecretMemoryUse secret_memory_use() {
  SecretMemoryUse out = secret_memory().regions.use();
  out.heap_bytes = secret_memory().heap_bytes.load(std::memory_order_relaxed);
  return out;
}

std::size_t lockable_bytes_max() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  const bool may_lock_all = ::syscall(SYS_capget, &header, &sets) == 0 && (sets[0].effective & (1U << CAP_IPC_LOCK)) != 0;
  rlimit limit{};
  if (may_lock_all || ::getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return limit.rlim_cur;
}

}  // namespace postern::core
