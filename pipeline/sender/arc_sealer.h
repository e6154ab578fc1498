#pragma once
// pipeline/sender/arc_sealer.h: adds an ARC set to a message that is passed on (RFC 8617 section 5.1), with a key of
// the kind that DKIM signs with. Nothing in Postern passes mail on today; this is offered to whoever will.
// Thread-safety: seal() from any thread.  Ownership: shares the key, borrows the clock.
// Errors: SenderErrc::kKeyMaking when OpenSSL refuses.  Limits: ArcLimits, DkimLimits.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/arc_chain.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct SigningKey;  // signing_key.h

struct ArcSealOptions {
  // What an ARC-Message-Signature covers, in lower case. Empty: each field that a message may hold once, named twice so
  // that none can be added, and the DKIM-Signature fields present (section 4.1.2).
  std::vector<std::string> names;
  std::size_t columns_max = 76;  // lines are folded before they pass it; 998 at most (RFC 5322 section 2.1.1)
  DkimLimits dkim;
  ArcLimits arc;
};

class ArcSealer {
 public:
  ArcSealer(core::Clock& clock, std::shared_ptr<const SigningKey> key, ArcSealOptions options);
  // The three fields to put above `message` (CRLF lines, all other changes made), newest on top; empty when nothing may
  // be added: the chain has ended with cv=fail, or is as long as it may be. `found` is what ArcVerifier said of the
  // message; `results` stands behind the instance: "mx.example.net; arc=none; spf=pass …" (see collect_results()).
  core::Result<std::string> seal(std::string_view message, const ArcVerdict& found, std::string_view results) const;

 private:
  core::Result<std::string> sign(std::string_view name, const std::vector<std::string>& head,
                                 const std::vector<std::string>& tail, const std::string& data_before) const;

  core::Clock& clock_;
  std::shared_ptr<const SigningKey> key_;
  ArcSealOptions options_;
};

// The results of all Authentication-Results fields of `authserv_id`, from the top, behind its name (section 4.1.1):
// what an AAR of ours says. "mx.example.net; none" when there are none.
std::string collect_results(std::string_view message, const HeaderLayout& layout, std::string_view authserv_id);

}  // namespace postern::pipeline
