#include "app/heap_setup.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace postern::app {

void set_up_heap(std::size_t threads) {
#if defined(__GLIBC__)
  constexpr std::size_t kHeapsMax = 64;
  const std::size_t count = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  ::mallopt(M_ARENA_MAX, static_cast<int>(std::min(count + 1, kHeapsMax)));
  ::mallopt(M_TRIM_THRESHOLD, kHeapTrimBytes);
  ::mallopt(M_MMAP_THRESHOLD, kHeapMapBytes);
#else
  (void)threads;
#endif
}

}  // namespace postern::app
