#pragma once
// smtp/server/instruments.h: the server's metrics, looked up once. Labels come from our own enums only.
// Thread-safety: any thread.
#include <array>

#include "core/metrics.h"
#include "smtp/proto/command.h"
#include "smtp/server/answer.h"

namespace postern::smtp {

struct Instruments {
  explicit Instruments(core::Registry& registry);
  core::Counter& connections;
  core::Gauge& sessions;
  core::Counter& message_bytes;
  core::Counter& tls_sessions;
  core::Counter& tls_failures;
  core::Histogram& message_seconds;  // first byte of content to final reply
  core::Histogram& intake_seconds;   // end of content to verdict
  std::array<core::Counter*, kVerbs> commands{};
  std::array<core::Counter*, 6> replies{};  // by first digit
  std::array<core::Counter*, kRefusals> refusals{};
  std::array<core::Counter*, 5> messages{};  // accept, suspend, reject, defer, other

  core::Counter& messages_with(std::string_view action);
};

}  // namespace postern::smtp
