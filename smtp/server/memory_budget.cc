#include "smtp/server/memory_budget.h"

#include <algorithm>

namespace postern::smtp {
namespace {

constexpr std::size_t kFirstBytes = 16U << 10U;

struct ChargedMessage {
  ChargedMessage(core::SecretBuffer bytes, MemoryCharge the_charge)
      : charge(std::move(the_charge)), message(std::move(bytes)) {}
  MemoryCharge charge;
  pipeline::Message message;
};

}  // namespace

bool MemoryBudget::try_take(std::size_t bytes) {
  std::size_t before = in_use_.load(std::memory_order_relaxed);
  do {
    if (bytes > bytes_max_ || before > bytes_max_ - bytes) return false;
  } while (!in_use_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
  return true;
}

bool MemoryBudget::has_room(std::size_t bytes) const { return bytes <= bytes_max_ && in_use() <= bytes_max_ - bytes; }

MemoryCharge& MemoryCharge::operator=(MemoryCharge&& other) noexcept {
  if (this != &other) {
    release();
    budget_ = std::move(other.budget_);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

bool MemoryCharge::try_add(std::size_t bytes) {
  if (!budget_ || !budget_->try_take(bytes)) return false;
  bytes_ += bytes;
  return true;
}

void MemoryCharge::give_back(std::size_t bytes) {
  const std::size_t less = std::min(bytes, bytes_);
  if (less > 0) budget_->give_back(less);
  bytes_ -= less;
}

void MemoryCharge::release() noexcept {
  if (bytes_ > 0) budget_->give_back(std::exchange(bytes_, 0));
}

MessageBuffer::MessageBuffer(std::shared_ptr<MemoryBudget> budget, std::size_t bytes_max)
    : growth_max_(std::min(bytes_max, budget->bytes_max())) {
  charge_ = MemoryCharge(std::move(budget));
}

bool MessageBuffer::append(std::string_view bytes) {
  const std::size_t wanted = bytes_.size() + bytes.size();
  if (wanted > bytes_.capacity()) {
    const std::size_t before = bytes_.capacity();
    const std::size_t after = std::max(wanted, std::min(std::max(kFirstBytes, before * 2), growth_max_));
    if (!charge_.try_add(after - before)) return false;
    bytes_.reserve(after);
  }
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return true;
}

void MessageBuffer::drop() {
  bytes_ = core::SecretBuffer();
  charge_.give_back(charge_.bytes());
}

std::shared_ptr<const pipeline::Message> MessageBuffer::release() {
  auto held = std::make_shared<ChargedMessage>(std::move(bytes_), std::move(charge_));
  return {held, &held->message};
}

}  // namespace postern::smtp
