#pragma once
// core/log.h: logging is events, not prose: log::info("smtp.rcpt_refused", {{"session", id}, {"code", 452}}).
// Content cannot be printed: a field takes ids, numbers, and text that went through printable() or hashed().
// A plain std::string converts only where the caller states that it is ours (a name from configuration, an enum
// word): see Field. Bodies and subjects are never logged; addresses are hashed.
// Output: one JSON object a line on stderr (the journal keeps it). Thread-safety: any thread; a line is one write.
// Limits: never waits for a reader of stderr: a line that has no room is dropped and counted.
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace postern::core::log {

enum class Level { kDebug, kInfo, kWarn, kError, kOff };

// One key and its value. Keys are literals; string values are cut to 200 bytes and made printable in any case.
class Field {
 public:
  template <std::integral T>
  Field(std::string_view key, T value) : key_(key), value_(std::to_string(value)), quoted_(false) {}
  Field(std::string_view key, bool value) : key_(key), value_(value ? "true" : "false"), quoted_(false) {}
  Field(std::string_view key, double value);
  Field(std::string_view key, std::string_view value) : key_(key), value_(value), quoted_(true) {}
  Field(std::string_view key, const std::string& value) : Field(key, std::string_view(value)) {}
  Field(std::string_view key, const char* value) : Field(key, std::string_view(value)) {}
  std::string_view key() const { return key_; }
  const std::string& value() const { return value_; }
  bool is_quoted() const { return quoted_; }

 private:
  std::string_view key_;
  std::string value_;
  bool quoted_;
};
using Fields = std::initializer_list<Field>;

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warn(std::string_view event, Fields fields = {});   // an operator may want to act
void error(std::string_view event, Fields fields = {});  // we lost something or are about to

void set_level(Level level);
Level level();
// Where lines go; tests capture them. The sink is called with a whole line, without its end.
using Sink = void (*)(std::string_view line);
void set_sink(Sink sink);

// Untrusted text made safe for a log line: ASCII, control characters replaced, at most 30 bytes.
std::string printable(std::string_view untrusted);
// An address as a stable keyed hash ("h:9f2c…", 12 hex digits): lets an operator follow one sender without content.
std::string hashed(std::string_view address);
void set_hash_key(std::string_view key);

}  // namespace postern::core::log
