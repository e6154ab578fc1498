#include "smtp/server/input.h"

#include <algorithm>
#include <cstring>

#include "core/errc.h"

namespace postern::smtp {

Input::Input(net::Stream& stream, std::size_t bytes)
    : stream_(stream), bytes_max_(std::max<std::size_t>(bytes, 2 * kCommandBytes)), buffer_(kCommandBytes) {}

// Keeps what is buffered; the old memory is wiped on release.
void Input::resize(std::size_t bytes) {
  if (bytes == buffer_.size()) return;
  const std::size_t kept = end_ - begin_;
  core::SecretBuffer next(bytes);
  std::memcpy(next.data(), buffer_.data() + begin_, kept);
  buffer_ = std::move(next);
  begin_ = 0;
  end_ = dirty_ = kept;
}

core::Task<core::Result<void>> Input::fill(core::Deadline by) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) co_return core::fail(core::Errc::kOverloaded, "smtp.input");
  const std::span<char> room(buffer_.data() + end_, buffer_.size() - end_);
  POSTERN_CO_TRY(const std::size_t bytes, co_await stream_.read_some(room, by));
  end_ += bytes;
  dirty_ = std::max(dirty_, end_);
  co_return core::Result<void>();
}

void Input::wipe() {
  const std::size_t kept = end_ - begin_;
  std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  end_ = kept;
  core::wipe(buffer_.data() + kept, dirty_ - kept);
  dirty_ = kept;
  if (kept <= kCommandBytes / 2) resize(kCommandBytes);
}

void Input::discard() {
  begin_ = end_;
  wipe();
}

}  // namespace postern::smtp
