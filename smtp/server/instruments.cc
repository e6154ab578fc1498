#include "smtp/server/instruments.h"

namespace postern::smtp {
namespace {

constexpr std::array<std::string_view, 5> kActions{"accept", "suspend", "reject", "defer", "other"};

std::string label(std::string_view key, std::string_view value) {
  return std::string(key) + "=\"" + std::string(value) + '"';
}

}  // namespace

Instruments::Instruments(core::Registry& registry)
    : connections(registry.counter("postern_smtp_connections_total", "Connections taken.")),
      sessions(registry.gauge("postern_smtp_sessions", "Sessions open now.")),
      message_bytes(registry.counter("postern_smtp_message_bytes_total", "Content bytes of complete messages.")),
      tls_sessions(registry.counter("postern_smtp_tls_sessions_total", "Handshakes completed.")),
      tls_failures(registry.counter("postern_smtp_tls_failures_total", "Handshakes failed.")),
      message_seconds(registry.histogram("postern_smtp_message_seconds", "From start of content to the final reply.")),
      intake_seconds(registry.histogram("postern_smtp_intake_seconds", "From end of content to the verdict.")) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const char* name = row_of(static_cast<Verb>(i)).name;
    const std::string verb = *name == '\0' ? "other" : name;
    commands[i] = &registry.counter("postern_smtp_commands_total", "Commands by verb.", label("verb", verb));
  }
  for (std::size_t i = 2; i < replies.size(); ++i) {
    replies[i] = &registry.counter("postern_smtp_replies_total", "Replies by class.",
                                   label("class", std::to_string(i) + "xx"));
  }
  for (std::size_t i = 1; i < refusals.size(); ++i) {
    refusals[i] = &registry.counter("postern_smtp_refusals_total", "Refusals by reason.",
                                    label("reason", to_string(static_cast<Refusal>(i))));
  }
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i] = &registry.counter("postern_smtp_messages_total", "Complete messages by what was done.",
                                    label("action", kActions[i]));
  }
}

core::Counter& Instruments::messages_with(std::string_view action) {
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i] == action) return *messages[i];
  }
  return *messages.back();
}

}  // namespace postern::smtp
