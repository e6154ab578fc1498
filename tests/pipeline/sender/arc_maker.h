#pragma once
// tests/pipeline/sender/arc_maker.h: makes chains of ARC sets with keys of its own, publishes the keys, and verifies.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/arc_sealer.h"
#include "pipeline/sender/arc_verifier.h"
#include "pipeline/sender/signing_key.h"
#include "tests/support/run_task.h"

namespace postern::test {

class ArcMaker {
 public:
  // The mail with a set of `domain` on top, sealed after judging the chain as it is.
  std::string seal(const std::string& mail, const std::string& domain, const std::string& results = "none",
                   std::vector<std::string> names = {}) {
    pipeline::ArcSealOptions options;
    options.names = std::move(names);
    const pipeline::ArcSealer sealer(clock, key(domain), options);
    const pipeline::ArcVerdict found = verify(mail);
    return sealer.seal(mail, found, "mx." + domain + "; " + results).value() + mail;
  }

  pipeline::ArcVerdict verify(const std::string& mail, const std::string& author = {},
                              std::vector<std::string> trusted = {}, core::WorkPool* cpu = nullptr) {
    pipeline::ArcVerifier verifier(zone, clock, dkim, arc, std::move(trusted), cpu);
    return run_task(verifier.verify(pipeline::Message::copy_of(mail), author, core::Deadline::never()));
  }

  // The key of s1._domainkey.<domain>, made and published when it is first asked for.
  std::shared_ptr<const pipeline::SigningKey> key(const std::string& domain) {
    std::shared_ptr<const pipeline::SigningKey>& kept = keys_[domain];
    if (kept != nullptr) return kept;
    pipeline::Pkey made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    unsigned char raw[32];
    std::size_t size = sizeof raw;
    EVP_PKEY_get_raw_public_key(made.get(), raw, &size);
    zone.add_txt("s1._domainkey." + domain, "v=DKIM1; k=ed25519; p=" + core::to_base64(std::string(raw, raw + size)));
    pipeline::DkimKeyInfo info;
    info.domain = domain;
    info.selector = "s1";
    info.algorithm = pipeline::DkimAlgorithm::kEd25519Sha256;
    kept = std::make_shared<const pipeline::SigningKey>(info, std::move(made));
    return kept;
  }

  net::ZoneResolver zone;
  core::ManualClock clock;
  pipeline::DkimLimits dkim;
  pipeline::ArcLimits arc;

 private:
  std::map<std::string, std::shared_ptr<const pipeline::SigningKey>> keys_;
};

}  // namespace postern::test
