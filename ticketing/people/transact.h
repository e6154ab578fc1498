#pragma once
// ticketing/people/transact.h: runs a change of people as an optimistic transaction, again after a conflict, a bounded number
// of times. `change` is called with a fresh transaction each time and must not keep what an earlier one told it.
#include <type_traits>
#include <utility>

#include "ticketing/detail/retry.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

// `change`: Result<T>(storage::Transaction&). An error of it ends the matter; no writes means no commit.
template <class F, class R = std::invoke_result_t<F&, storage::Transaction&>>
core::Task<R> transact_people(const Basics& with, F change) {
  for (Patience patience(with.clock, with.options);;) {
    storage::Transaction transaction = with.store.begin();
    R result = change(transaction);
    if (!result || transaction.writes().empty()) co_return result;
    const auto committed = co_await with.store.commit(std::move(transaction));
    if (committed) co_return result;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

}  // namespace postern::ticketing
