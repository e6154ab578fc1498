#pragma once
// smtp/server/memory_budget.h: the one number that bounds all messages in flight (invariant 4), and a message's bytes
// that are charged to it from the first to the release of the last reference.
// Thread-safety: MemoryBudget from any thread; MessageBuffer has one user at a time.
// Ownership: charges keep the budget alive, because a message may outlive its session.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "core/secret.h"
#include "pipeline/api/message.h"

namespace postern::smtp {

class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  bool try_take(std::size_t bytes);
  void give_back(std::size_t bytes) { in_use_.fetch_sub(bytes, std::memory_order_relaxed); }
  bool has_room(std::size_t bytes) const;  // a hint: nothing is reserved
  std::size_t in_use() const { return in_use_.load(std::memory_order_relaxed); }
  std::size_t bytes_max() const { return bytes_max_; }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> in_use_{0};
};

// Bytes taken from a budget, given back on destruction.
class MemoryCharge {
 public:
  MemoryCharge() = default;
  explicit MemoryCharge(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)) {}
  MemoryCharge(MemoryCharge&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryCharge& operator=(MemoryCharge&& other) noexcept;
  ~MemoryCharge() { release(); }
  bool try_add(std::size_t bytes);
  void give_back(std::size_t bytes);
  std::size_t bytes() const { return bytes_; }

 private:
  void release() noexcept;
  std::shared_ptr<MemoryBudget> budget_;
  std::size_t bytes_ = 0;
};

// A message while it is received. Memory is taken as bytes arrive, never on the client's word. While the buffer moves to
// a larger one, only the larger is charged: the other lasts for one copy, at most one on each thread.
class MessageBuffer {
 public:
  MessageBuffer() = default;
  // `bytes_max`: what the caller will not append beyond. The last growth ends there, or at the size of the budget, so
  // that a budget of one message takes one message.
  explicit MessageBuffer(std::shared_ptr<MemoryBudget> budget, std::size_t bytes_max = SIZE_MAX);
  // False when the budget has no room: nothing was appended.
  bool append(std::string_view bytes);
  std::size_t size() const { return bytes_.size(); }
  std::string_view view() const { return core::view(bytes_); }
  std::size_t charged() const { return charge_.bytes(); }
  // Releases the memory at once: the rest of the message is not wanted.
  void drop();
  // The message, without a copy; its charge ends with its last reference.
  std::shared_ptr<const pipeline::Message> release();

 private:
  MemoryCharge charge_;  // declared first: released after the bytes are
  std::size_t growth_max_ = SIZE_MAX;
  core::SecretBuffer bytes_;
};

}  // namespace postern::smtp
