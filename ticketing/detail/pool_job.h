#pragma once
// ticketing/detail/pool_job.h: a job on the pool, or on the caller's thread where there is none (tests, command line).
// A job that can fail returns a Result, and so does this.
// Errors: core::Errc::kOverloaded (transient) when the pool's queue is full; those of the job.
#include <memory>

#include "core/offload.h"

namespace postern::ticketing {

template <class R>
struct PoolResult {
  using Type = core::Result<R>;
};
template <class T>
struct PoolResult<core::Result<T>> {
  using Type = core::Result<T>;
};

template <class F, class R = std::invoke_result_t<F&>, class Out = typename PoolResult<R>::Type>
core::Task<Out> run_on(core::WorkPool* pool, F job) {
  if (pool == nullptr) co_return job();
  // Behind a pointer: a Result of a Result cannot tell their errors apart.
  auto held = [job = std::move(job)]() mutable { return std::make_unique<R>(job()); };
  POSTERN_CO_TRY(std::unique_ptr<R> done, co_await core::offload(*pool, std::move(held)));
  co_return std::move(*done);
}

}  // namespace postern::ticketing
