#pragma once
// auth/detail/transact.h: runs a change as an optimistic transaction, again after a conflict, a bounded number of times.
// `change` is called with a fresh transaction each time and must not keep what an earlier one told it.
#include <cstddef>
#include <type_traits>
#include <utility>

#include "storage/store.h"

namespace postern::auth {

// `change`: Result<T>(storage::Transaction&). An error of it ends the matter; no writes means no commit.
template <class F, class R = std::invoke_result_t<F&, storage::Transaction&>>
core::Task<R> transact(storage::Store& store, std::size_t attempts_max, F change) {
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = store.begin();
    R result = change(transaction);
    if (!result || transaction.writes().empty()) co_return result;
    const auto committed = co_await store.commit(std::move(transaction));
    if (committed) co_return result;
    if (!(committed.error() == storage::Errc::kConflict) || attempt >= attempts_max) co_return committed.error();
  }
}

}  // namespace postern::auth
