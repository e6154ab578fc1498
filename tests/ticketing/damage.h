#pragma once
// tests/ticketing/damage.h: makes a stored record unreadable.
#include <gtest/gtest.h>

#include "storage/store.h"
#include "tests/support/run_task.h"

namespace postern::test {

// `desk` is any of the helpdesks of these tests.
template <class Desk>
void damage(Desk& desk, const std::string& key) {
  ASSERT_TRUE(desk.store->snapshot()->get(key).value()) << "there is nothing to damage";
  storage::Transaction transaction = desk.store->begin();
  transaction.put(key, "damaged");
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
}

template <class Desk>
std::size_t count_keys(Desk& desk, const std::string& prefix) {
  return desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 1000).value().size();
}

// The only key with this prefix, or the first of them.
template <class Desk>
std::string first_key(Desk& desk, const std::string& prefix) {
  const auto entries = desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 1).value();
  return entries.empty() ? std::string() : entries.front().key;
}

}  // namespace postern::test
