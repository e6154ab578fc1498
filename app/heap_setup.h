#pragma once
// app/heap_setup.h: how the server's heap is cut up (glibc's malloc; elsewhere nothing happens). By itself malloc makes up to eight
// heaps a core and never gives back what RocksDB's write buffers leave behind; measured at 4 KB, 16 connections: 30 % less memory
// at the same CPU a message (tests/bench/smtp.md).
// Thread-safety: once, before other threads run.  Errors: none; what malloc does not take stays as it is.
#include <cstddef>

namespace postern::app {

inline constexpr int kHeapTrimBytes = 16 << 20;  // unused bytes at the end of a heap that are kept
inline constexpr int kHeapMapBytes = 1 << 20;    // blocks from here on go back at once: write buffers grow by such

// `threads`: that run sessions; 0: one a core.
void set_up_heap(std::size_t threads);

}  // namespace postern::app
