#pragma once
// web/api/replay_book.h: Idempotency-Key: a repeated request gets the first one's answer, also after a restart.
//
// A key is reserved in the store, with the id of its request, before the request is worked on; the answer is written behind it.
// What a crash leaves is a reservation without an answer. Then the audit log tells: every change writes an entry with the id of
// its request in its own transaction, so the change was made if and only if there is such an entry. If there is none, the
// request is worked on as a new one; if there is one, it is answered with the object that the entry names. There is no moment
// at which a change could be made twice. (A handler of several transactions that died between them counts as done.)
//
// Keys are kept by a keyed hash, answers are sealed. A large answer is kept without its body (Response::short_body instead), and
// so is one that may hold a secret: that the change was made must not be forgotten.
// Thread-safety: all methods from any thread.  Ownership: borrows options and services.
// Limits: WebOptions: life, keys of a user, bytes of a kept answer.
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "auth/principal.h"
#include "storage/schema/webhooks.pb.h"
#include "web/options.h"
#include "web/server/message.h"
#include "web/services.h"

namespace postern::web {

class ReplayBook {
 public:
  enum class Kind {
    kNew,       // work on it, then call finish() or abandon()
    kRepeated,  // `response` is the answer
    kDiffers,   // the key was used for another request
    kInFlight,
    kFull,      // the user has too many keys
  };
  struct Outcome {
    Kind kind = Kind::kNew;
    std::optional<Response> response;
  };
  ReplayBook(const WebOptions& options, const Services& services) : options_(options), with_(services) {}

  // `digest` covers verb, path and body. `who` has the id of the request.
  core::Task<core::Result<Outcome>> begin(auth::Principal who, std::string key, std::string digest);
  // Answers of 5xx and 429 are not kept: the client is to try again, and then the audit log decides.
  core::Task<core::Result<void>> finish(auth::Principal who, std::string key, Response response, bool keeps_body);
  // The request came to no end of its own: nothing is known of it.
  void abandon(const auth::Principal& who, const std::string& key);
  // Chore: erases what has expired; how many.
  core::Task<core::Result<std::size_t>> expire(core::WorkspaceId workspace);

 private:
  using Place = std::pair<std::uint64_t, std::string>;  // user ids are unique over workspaces; keyed hash
  enum class Fate { kDone, kNothing, kUnknown };
  struct Found {
    Fate fate = Fate::kNothing;
    Response response;
  };
  core::Result<std::string> hash_of(core::WorkspaceId workspace, const std::string& key) const;
  core::Result<Outcome> reserve(storage::Transaction& transaction, const auth::Principal& who, const std::string& hash, const std::string& digest);
  core::Result<Found> look_up_fate(const auth::Principal& who, const schema::Replay& record) const;
  void release(const Place& place);
  struct Freed;

  const WebOptions& options_;
  const Services& with_;
  std::mutex mutex_;
  std::map<Place, std::string> active_;  // digests of what is being worked on here and now
};

}  // namespace postern::web
