#pragma once
// web/api/pending_uploads.h: files that were uploaded and wait for the comment that will carry them. They live in
// memory only, because nothing may be stored before the redactor has seen it (design invariant 2); a restart or ten
// minutes lose them and the client uploads again.
// Thread-safety: all methods from any thread.  Limits: count and bytes per user, bytes in total.
// Errors: Errc::kInvalid for an unknown or foreign token; kUnavailable (transient) when the memory is used up.
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/clock.h"
#include "core/result.h"
#include "ticketing/tickets.h"
#include "web/options.h"

namespace postern::web {

class PendingUploads {
 public:
  using File = ticketing::Tickets::Update::File;
  PendingUploads(const WebOptions& options, const core::Clock& clock) : options_(options), clock_(clock) {}
  // Adds the file to the upload of that token, or to a new one when it is empty. Returns the token.
  core::Result<std::string> add(const auth::Principal& who, const std::string& token, File file);
  // Copies: the upload stays until forget(), so that a refused comment can be sent again.
  core::Result<std::vector<File>> files(const auth::Principal& who, const std::string& token);
  void forget(const auth::Principal& who, const std::string& token);
  std::size_t bytes() const;

 private:
  struct Upload {
    core::WorkspaceId workspace;
    core::UserId user;
    core::Instant expires;
    std::vector<File> files;
    std::size_t bytes = 0;
  };
  using Uploads = std::map<std::string, Upload>;
  Uploads::iterator find(const auth::Principal& who, const std::string& token);
  Uploads::iterator erase(Uploads::iterator at);
  void expire();

  const WebOptions& options_;
  const core::Clock& clock_;
  mutable std::mutex mutex_;
  Uploads uploads_;
  std::size_t bytes_ = 0;
};

}  // namespace postern::web
