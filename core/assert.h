#pragma once
// core/assert.h: for what cannot happen. A failed assertion is a bug and aborts, in release builds too:
// a gate that goes on in an unknown state is worse than one that is restarted. Never for user input.
namespace postern::core {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
}
#define POSTERN_ASSERT(expression) \
  ((expression) ? void(0) : ::postern::core::assertion_failed(#expression, __FILE__, __LINE__))
