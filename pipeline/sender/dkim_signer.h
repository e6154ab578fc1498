#pragma once
// pipeline/sender/dkim_signer.h: signs outgoing mail (RFC 6376, RFC 8463) with the active keys of a DkimKeyFolder:
// relaxed/relaxed, oversigned so that no field can be added unseen (RFC 6376 section 8.15).
// Thread-safety: sign() from any thread, also during reload().  Ownership: keys are loaded once and shared.
// Errors: SenderErrc::kKeyMaking when OpenSSL refuses; a domain without keys is not an error.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "pipeline/api/ports.h"
#include "pipeline/sender/dkim_keys.h"

namespace postern::pipeline {

struct SigningKey;  // signing_key.h

class DkimSigner final : public MessageSigner {
 public:
  // Starts without keys; reload() brings them.
  explicit DkimSigner(core::Clock& clock);
  ~DkimSigner() override;
  // Loads all active keys of all domains of the folder and swaps them in; on failure the old ones stay.
  core::Result<void> reload(const DkimKeyFolder& folder);
  core::Result<std::string> sign(std::string_view domain, std::string_view message) const override;
  std::size_t key_count() const;
  // With which it signs for the domain, sorted.
  std::vector<std::string> selectors(std::string_view domain) const;

 private:
  using KeyRing = std::map<std::string, std::vector<std::shared_ptr<const SigningKey>>>;  // by domain, lower case
  std::shared_ptr<const KeyRing> ring() const;

  core::Clock& clock_;
  std::mutex reload_mutex_;  // a reload that read older files must not end last
  mutable std::mutex mutex_;  // guards ring_ only; held to copy the pointer
  std::shared_ptr<const KeyRing> ring_;
};

}  // namespace postern::pipeline
