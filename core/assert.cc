#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace postern::core {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "postern: assertion failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace postern::core
