#pragma once
// smtp/server/input.h: the one read buffer of a session, wiped after each message and on release. It is small while commands
// are awaited, for most connections of an edge are idle, and has its whole size while content is read.
// Thread-safety: the session's strand.  Ownership: borrows the stream.  Errors: those of net::Stream.
#include <cstddef>
#include <string_view>

#include "core/secret.h"
#include "net/stream.h"

namespace postern::smtp {

class Input {
 public:
  static constexpr std::size_t kCommandBytes = 4096;  // two of the longest commands

  // `bytes`: while content is read.
  Input(net::Stream& stream, std::size_t bytes);
  // Views stay valid until the next fill() or wipe().
  std::string_view buffered() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  // Reads more behind what is buffered; the caller leaves room by consuming.
  core::Task<core::Result<void>> fill(core::Deadline by);
  // Content is read from here on, until wipe().
  void widen() { resize(bytes_max_); }
  // Overwrites everything that was consumed since the last call.
  void wipe();
  // Throws away what is buffered: nothing that came before a handshake is a command (CVE-2011-0411).
  void discard();

 private:
  void resize(std::size_t bytes);

  net::Stream& stream_;
  const std::size_t bytes_max_;
  core::SecretBuffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t dirty_ = 0;  // bytes of the buffer that may hold content
};

}  // namespace postern::smtp
