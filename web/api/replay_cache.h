#pragma once
// web/api/replay_cache.h: Idempotency-Key: a repeated request gets the first one's answer. In memory: after a restart a
// repeated request is worked on again, where a ticket's version (If-Match) still protects.
// A large answer is kept without its body (Response::short_body instead): that the change was made must not be forgotten.
// Thread-safety: all methods from any thread.  Limits: entries in total and per user, bytes of one kept answer.
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "auth/principal.h"
#include "core/clock.h"
#include "web/options.h"
#include "web/server/message.h"

namespace postern::web {

class ReplayCache {
 public:
  enum class Kind {
    kNew,       // work on it, then call finish()
    kRepeated,  // `response` is the answer
    kDiffers,   // the key was used for another request
    kInFlight,
    kFull,
  };
  struct Outcome {
    Kind kind = Kind::kNew;
    std::optional<Response> response;
  };
  ReplayCache(const WebOptions& options, const core::Clock& clock) : options_(options), clock_(clock) {}
  // `digest` covers verb, path and body.
  Outcome begin(const auth::Principal& who, const std::string& key, const std::string& digest);
  // Answers of 5xx are forgotten: the client is to try again.
  void finish(const auth::Principal& who, const std::string& key, const Response* response);

 private:
  struct Entry {
    std::string digest;
    core::Instant expires;
    std::optional<Response> response;
  };
  using Key = std::pair<std::uint64_t, std::string>;  // user ids are unique over workspaces
  void expire(std::uint64_t user);

  const WebOptions& options_;
  const core::Clock& clock_;
  std::mutex mutex_;
  std::map<Key, Entry> entries_;
};

}  // namespace postern::web
