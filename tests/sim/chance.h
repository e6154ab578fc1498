#pragma once
// tests/sim/chance.h: the only source of randomness in a simulation. Every actor has one of its own, forked from the
// seed in a fixed order, so that what one actor draws does not depend on when the others run.
// Thread-safety: none.
#include <chrono>
#include <cstdint>
#include <random>

#include "core/clock.h"

namespace postern::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  // 0 … limit - 1
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  std::size_t index(std::size_t size) { return static_cast<std::size_t>(below(size)); }
  bool permille(std::uint64_t p) { return below(1000) < p; }
  bool percent(std::uint64_t p) { return below(100) < p; }
  core::Duration between(std::chrono::milliseconds least, std::chrono::milliseconds most) {
    const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + std::chrono::milliseconds(static_cast<std::int64_t>(below(span)));
  }
  Chance fork() { return Chance(engine_()); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace postern::sim
