#pragma once
// core/secret.h: memory that is wiped when it is released: received messages and key material. Left out of core dumps and
// kept out of swap where the system permits, see secret_memory.h.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret_memory.h"

namespace postern::core {

void wipe(void* memory, std::size_t bytes) noexcept;  // not removed by the optimiser

// Allocator that wipes on release. A growing container leaves no unwiped copy behind.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  explicit WipingAllocator(const WipingAllocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(take_secret_memory(n * sizeof(T))); }
  void deallocate(T* p, std::size_t n) noexcept { give_back_secret_memory(p, n * sizeof(T)); }  // wipes
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// A byte buffer that is wiped; a vector, because a std::string keeps short text inside itself, unwiped.
using SecretBuffer = std::vector<char, WipingAllocator<char>>;

inline std::string_view view(const SecretBuffer& buffer) { return {buffer.data(), buffer.size()}; }
inline SecretBuffer to_secret(std::string_view text) { return SecretBuffer(text.begin(), text.end()); }

// No core dumps (RLIMIT_CORE 0, PR_SET_DUMPABLE 0), so that unredacted bytes cannot reach a disk in a crash.
void forbid_core_dumps();

}  // namespace postern::core
