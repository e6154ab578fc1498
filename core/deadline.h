#pragma once
// core/deadline.h: a point in time by which work ends. Deadlines are passed down; timeouts are not.
#include "core/clock.h"

namespace postern::core {

class Deadline {
 public:
  constexpr Deadline() = default;  // never
  constexpr explicit Deadline(Instant at) : at_(at) {}
  static Deadline never() { return Deadline(); }
  static Deadline after(Duration how_long, const Clock& clock) { return Deadline(clock.now() + how_long); }

  Instant at() const { return at_; }
  bool is_never() const { return at_ == Instant::max(); }
  bool has_passed(const Clock& clock) const { return clock.now() >= at_; }
  Duration left(const Clock& clock) const {
    return is_never() ? Duration::max() : (at_ > clock.now() ? at_ - clock.now() : Duration::zero());
  }
  Deadline earlier_of(Deadline other) const { return Deadline(at_ < other.at_ ? at_ : other.at_); }

 private:
  Instant at_ = Instant::max();
};

}  // namespace postern::core
