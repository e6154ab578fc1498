#pragma once
// storage/memory_store.h: the same semantics in memory, for tests and simulation. Every key keeps the versions
// that a living snapshot can still see. commit() completes before it first suspends, so a simulation is deterministic.
// Thread-safety: as the port.  Errors: never kIo or kCorrupt.  Watchers run inside commit() and must not commit.
#include <memory>

#include "core/clock.h"
#include "storage/store.h"

namespace postern::storage {

std::unique_ptr<Store> make_memory_store(const core::Clock& clock, Limits limits = {});

}  // namespace postern::storage
