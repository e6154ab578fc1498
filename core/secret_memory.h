#pragma once
// core/secret_memory.h: where the bytes of a SecretBuffer live. Memory that a core dump leaves out (MADV_DONTDUMP), that
// no child made by fork sees (MADV_WIPEONFORK), that is kept out of swap where RLIMIT_MEMLOCK permits, and that is
// wiped when it is given back. Large blocks are regions of their own, small ones come from one pool.
// Thread-safety: all functions from any thread.
// Ownership: whoever took a block gives it back with the size that it asked for. The pool and the kept regions live as
// long as the process.
// Errors: std::bad_alloc. A refused lock is no error: it is counted, see secret_memory_use().
// Limits: those below. A full pool falls back to the heap, where blocks are wiped but neither locked nor left out.
#include <cstddef>

namespace postern::core {

// All small blocks together.
inline constexpr std::size_t kSecretPoolBytesMax = 1U << 20U;
// Released regions that wait for the next message: mapping and locking anew costs a fault a page.
inline constexpr std::size_t kSecretKeptBytesMax = 32U << 20U;
inline constexpr std::size_t kSecretKeptRegionsMax = 128;

void* take_secret_memory(std::size_t bytes);
void give_back_secret_memory(void* memory, std::size_t bytes) noexcept;

struct SecretMemoryUse {
  std::size_t mapped_bytes = 0;    // regions in use, kept regions and the pool
  std::size_t kept_bytes = 0;      // of these, wiped and waiting
  std::size_t unlocked_bytes = 0;  // of these, what the system did not lock
  std::size_t heap_bytes = 0;      // small blocks for which the pool had no room
};
// Also the metrics postern_secret_bytes, postern_secret_unlocked_bytes and postern_secret_heap_bytes.
SecretMemoryUse secret_memory_use();

// How much this process may lock (RLIMIT_MEMLOCK); SIZE_MAX when nothing bounds it.
std::size_t lockable_bytes_max();

}  // namespace postern::core
