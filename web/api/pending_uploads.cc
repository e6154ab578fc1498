#include "web/api/pending_uploads.h"

#include "core/random.h"
#include "web/errc.h"

namespace postern::web {

PendingUploads::Uploads::iterator PendingUploads::erase(Uploads::iterator at) {
  bytes_ -= at->second.bytes;
  return uploads_.erase(at);
}

void PendingUploads::expire() {
  core::Instant now = clock_.now();
  for (auto at = uploads_.begin(); at != uploads_.end();) {
    at = at->second.expires <= now ? erase(at) : std::next(at);
  }
}

PendingUploads::Uploads::iterator PendingUploads::find(const auth::Principal& who, const std::string& token) {
  auto found = uploads_.find(token);
  bool is_own = found != uploads_.end() && found->second.workspace == who.workspace && found->second.user == who.user;
  return is_own ? found : uploads_.end();
}

core::Result<std::string> PendingUploads::add(const auth::Principal& who, const std::string& token, File file) {
  std::lock_guard lock(mutex_);
  expire();
  std::size_t count = 0;
  std::size_t used = 0;
  for (const auto& [name, upload] : uploads_) {
    if (upload.workspace != who.workspace || upload.user != who.user) continue;
    count += upload.files.size();
    used += upload.bytes;
  }
  if (count >= options_.uploads_per_user_max || used + file.content.size() > options_.upload_bytes_per_user_max) {
    return core::fail_transient(Errc::kRateLimited, "too many uploads wait for their comment");
  }
  if (bytes_ + file.content.size() > options_.upload_bytes_total_max) return core::fail_transient(Errc::kUnavailable, "uploads");
  auto at = uploads_.end();
  if (!token.empty()) {
    at = find(who, token);
    if (at == uploads_.end()) return core::fail(Errc::kInvalid, "unknown upload token");
  } else {
    at = uploads_.emplace(core::random_token(24), Upload()).first;
    at->second.workspace = who.workspace;
    at->second.user = who.user;
  }
  at->second.expires = clock_.now() + options_.upload_life;
  at->second.bytes += file.content.size();
  bytes_ += file.content.size();
  at->second.files.push_back(std::move(file));
  return at->first;
}

core::Result<std::vector<PendingUploads::File>> PendingUploads::files(const auth::Principal& who, const std::string& token) {
  std::lock_guard lock(mutex_);
  expire();
  auto at = find(who, token);
  if (at == uploads_.end()) return core::fail(Errc::kInvalid, "unknown upload token");
  return at->second.files;
}

void PendingUploads::forget(const auth::Principal& who, const std::string& token) {
  std::lock_guard lock(mutex_);
  auto at = find(who, token);
  if (at != uploads_.end()) erase(at);
}

std::size_t PendingUploads::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace postern::web
