#include "smtp/server/input.h"

#include <algorithm>
#include <cstring>

#include "core/errc.h"

namespace postern::smtp {

Input::Input(net::Stream& stream, std::size_t bytes) : stream_(stream), buffer_(std::max<std::size_t>(bytes, 8192)) {}

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
}

void Input::discard() {
  begin_ = end_;
  wipe();
}

}  // namespace postern::smtp
