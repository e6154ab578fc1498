#pragma once
// storage/memory_store.h: the same semantics in memory, for tests and simulation. Snapshots are copies of a
// persistent map: cheap enough for thousands of records.
#include <memory>

#include "core/clock.h"
#include "storage/store.h"

namespace postern::storage {

std::unique_ptr<Store> make_memory_store(const core::Clock& clock, Limits limits = {});

}  // namespace postern::storage
